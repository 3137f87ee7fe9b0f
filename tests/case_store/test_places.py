"""Provinces and numbering, each checked against a second source."""

import phonenumbers
import pytest

from case_store.places.numbering import NumberKind, area_codes, read_caller
from case_store.places.provinces import (
    NATIONAL,
    by_postcode,
    centres,
    province,
    provinces,
    regions,
)


class TestProvinces:
    def test_there_are_77_and_the_national_centre(self) -> None:
        assert len(provinces()) == 77
        assert [centre.code for centre in centres()][:2] == [NATIONAL, "10"]
        assert province("50").name("th") == "เชียงใหม่"  # type: ignore[union-attr]
        assert province("99") is None

    def test_every_province_is_in_one_region(self) -> None:
        listed = [code for region in regions() for code in region.province_codes]

        assert sorted(listed) == [p.code for p in provinces()]
        assert {region.code: len(region.province_codes) for region in regions()} == {
            "north": 9, "northeast": 20, "central": 22, "east": 7, "west": 5, "south": 14,
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("postcode", "code"), [("50200", "50"), ("10310", "10"), ("83000", "83"), ("38000", "38")]
    )
    def test_a_postcode_names_its_province(self, postcode: str, code: str) -> None:
        assert by_postcode(postcode)[0].code == code

    @pytest.mark.parametrize("postcode", ["00000", "99999", "", "abcde", "5020"])
    def test_an_unknown_postcode_names_none(self, postcode: str) -> None:
        assert by_postcode(postcode) == ()


class TestAreaCodes:
    def test_every_province_has_one_and_each_is_shared_by_two_to_eight(self) -> None:
        listed = {code for codes in area_codes().values() for code in codes}

        assert listed == {p.code for p in provinces()}
        assert {len(codes) for codes in area_codes().values()} <= set(range(2, 9))

    def test_they_are_the_numbering_plans_fixed_lines(self) -> None:
        """The second source: the metadata of valid numbers, which names no places."""
        for area in area_codes():
            number = phonenumbers.parse(f"0{area}{'2' * (8 - len(area))}", "TH")
            assert phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.FIXED_LINE

    def test_042_is_shared_by_eight_two_of_them_from_our_own_table(self) -> None:
        assert set(area_codes()["42"]) == {"38", "39", "41", "42", "43", "47", "48", "49"}

    def test_the_likeliest_is_first(self) -> None:
        assert area_codes()["2"][0] == "10"
        assert area_codes()["53"][0] == "50"


class TestReadingCallers:
    @pytest.mark.parametrize(
        "presented",
        [
            "053211234",
            "+6653211234",
            "6653211234",
            "006653211234",
            "053-211-234",
            " 053 211234",
        ],
    )
    def test_a_landline_is_read_in_any_form(self, presented: str) -> None:
        caller = read_caller(presented)

        assert caller is not None
        assert (caller.e164, caller.kind, caller.national) == (
            "+6653211234",
            NumberKind.LANDLINE,
            "053211234",
        )
        assert caller.province_codes[0] == "50"

    @pytest.mark.parametrize(
        ("presented", "kind"),
        [
            ("0812345678", NumberKind.MOBILE),
            ("66812345678", NumberKind.MOBILE),
            ("+14155552671", NumberKind.FOREIGN),
            ("14155552671", NumberKind.FOREIGN),
            ("1800123456", NumberKind.OTHER),
        ],
    )
    def test_other_kinds_name_no_province(self, presented: str, kind: NumberKind) -> None:
        caller = read_caller(presented)

        assert caller is not None
        assert (caller.kind, caller.province_codes) == (kind, ())

    @pytest.mark.parametrize(
        ("presented", "e164"),
        [
            ("00442079460000", "+442079460000"),
            ("0081312345678", "+81312345678"),
            ("001442079460000", "+442079460000"),
        ],
    )
    def test_00_before_a_foreign_number_is_its_plus_or_a_carriers_code(
        self, presented: str, e164: str
    ) -> None:
        caller = read_caller(presented)

        assert caller is not None
        assert (caller.e164, caller.kind) == (e164, NumberKind.FOREIGN)

    @pytest.mark.parametrize(
        "presented",
        [
            None,
            "",
            "anonymous",
            "unknown",
            "1567",
            "0000000000",
            "9" * 30,
            "+",
            "sip:x@y",
            "081234567๘",
            "081;ext=1",
        ],
    )
    def test_withheld_and_malformed_ones_are_nobodys(self, presented: str | None) -> None:
        assert read_caller(presented) is None
