"""Conversations with a citizen, from the greeting to the queue."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from case_store import clock
from case_store.calls.models import Call
from case_store.calls.record_call import open_call, set_province
from case_store.database import Database
from case_store.places.numbering import area_codes, read_caller
from case_store.places.provinces import by_postcode, regions
from ivr.agi.server import AgiServer
from tests.ivr.agi.asterisk_peer import PhoneCall, eventually
from tests.ivr.flows.conftest import Dial

Written = Callable[..., Call | None]
MOBILE = "0812345678"
ORDINARY = {
    "withheld": {"callerid": "0812345678", "callingpres": "32"},
    "unknown": {"callerid": "unknown"},
    "foreign": {"callerid": "+442071838750"},
    "malformed": {"callerid": "'; DROP TABLE calls; --"},
    "too long": {"callerid": "0" * 300},
    "sip name": {"callerid": "anonymous"},
}


def source_of(call: Call | None) -> tuple[str | None, str, str]:
    assert call is not None
    return call.province_code, call.province_source, call.language


class TestTheOpening:
    def test_the_greeting_comes_first_then_that_the_call_is_recorded(self, dial: Dial) -> None:
        dial(MOBILE).hears("greeting", "recorded", "press-9-english").hangs_up()

    def test_the_first_sound_is_the_third_command_at_the_latest(self, dial: Dial) -> None:
        call = dial(MOBILE).hears("greeting")

        assert call.commands <= 2

    def test_the_dead_mans_switch_is_set_before_each_sound_and_let_go_at_the_end(
        self, dial: Dial
    ) -> None:
        call = dial("053211234").hears("greeting").hears("choose-province").presses("1").goes_on()

        assert all(seconds > 2 for seconds in call.switch[:-1])
        assert call.switch[-1] == 0


class TestLandlines:
    def test_the_provinces_of_the_area_code_are_offered_likeliest_first(
        self, dial: Dial, written: Written
    ) -> None:
        call = dial("053211234").hears("greeting")
        call.hears("choose-province", "province-50", "menu-press", "digits/1", "province-57")
        call.presses("1").hears("connecting-to", "province-50", "please-wait").goes_on()

        assert call.queue == "p50"
        assert source_of(written()) == ("50", "area_code", "th")

    def test_an_area_code_that_eight_provinces_share_offers_all_eight(self, dial: Dial) -> None:
        codes = area_codes()["42"]
        assert len(codes) == 8
        call = dial("042211234").hears("greeting").hears(*(f"province-{code}" for code in codes))
        call.presses("8").goes_on()

        assert call.queue == f"p{codes[7]}"

    def test_bangkoks_area_code_offers_its_neighbours_too(self, dial: Dial) -> None:
        call = dial("022221234").hears("greeting").hears("province-10", "province-12")
        call.presses("2").goes_on()

        assert call.queue != "p10"

    def test_another_province_is_a_star_away(self, dial: Dial, written: Written) -> None:
        call = dial("053211234").hears("greeting").hears("other-province-star").presses("*")
        call.hears("ask-postcode").presses("90110")
        call.hears("confirm-province-before", "province-90").presses("1").goes_on()

        assert source_of(written()) == ("90", "postcode", "th")

    def test_a_key_pressed_during_the_greeting_is_the_answer(self, dial: Dial) -> None:
        call = dial("053211234").hears("greeting").presses("1").hears("connecting-to").goes_on()

        assert call.queue == "p50"


class TestRememberedCallers:
    @pytest.fixture(autouse=True)
    def called_before(self, database: Database) -> None:
        with database.transaction() as session:
            at = clock.now() - timedelta(days=1)
            before = open_call(session, "0.9", caller=read_caller(MOBILE), at=at)
            set_province(session, before, province_code="83", source="menu")  # type: ignore[arg-type]

    def test_the_province_of_last_time_is_offered(self, dial: Dial, written: Written) -> None:
        call = dial(MOBILE).hears("greeting")
        call.hears("remembered-before", "province-83", "remembered-yes-no").presses("1").goes_on()

        assert source_of(written()) == ("83", "remembered", "th")

    def test_another_one_is_asked_for_by_postcode(self, dial: Dial) -> None:
        call = dial(MOBILE).hears("greeting").hears("remembered-before").presses("2")
        call.hears("ask-postcode").presses("50200").hears("province-50").presses("1").goes_on()

        assert call.queue == "p50"

    @pytest.mark.parametrize("postcode", ["50200", "10310"])
    def test_a_postcode_keyed_at_once_is_understood(self, dial: Dial, postcode: str) -> None:
        """People who called before know what is asked; 0 in the middle does not call the national centre."""
        call = dial(MOBILE).hears("greeting").presses(postcode)
        call.hears("confirm-province-before", f"province-{postcode[:2]}").presses("1").goes_on()

        assert call.queue == f"p{postcode[:2]}"

    def test_star_leads_to_the_regions_at_once(self, dial: Dial, written: Written) -> None:
        call = dial(MOBILE).hears("greeting").hears("remembered-before").presses("*")
        call.hears("choose-region").presses("1").hears("province-50").presses("1").goes_on()

        assert source_of(written()) == ("50", "menu", "th")

    def test_a_withheld_number_is_not_remembered(self, dial: Dial) -> None:
        dial(MOBILE, callingpres="32").hears("greeting").hears("ask-postcode").hangs_up()

    def test_a_landline_is_asked_by_its_area_code_all_the_same(self, dial: Dial) -> None:
        dial("053211234").hears("greeting").hears("choose-province").hangs_up()


class TestPostcodes:
    def test_it_is_read_back_as_a_province(self, dial: Dial, written: Written) -> None:
        call = dial(MOBILE).hears("greeting").hears("ask-postcode", "star-regions")
        call.presses("50200").hears("confirm-province-before", "province-50", "confirm-yes-no")
        call.presses("1").goes_on()

        assert call.queue == "p50"
        assert source_of(written()) == ("50", "postcode", "th")

    def test_it_may_be_keyed_during_the_greeting(self, dial: Dial) -> None:
        call = dial(MOBILE).hears("greeting").presses("50200").hears("confirm-province-before")
        call.presses("1").goes_on()

        assert call.queue == "p50"

    def test_a_refused_one_is_asked_again(self, dial: Dial) -> None:
        call = dial(MOBILE).hears("greeting").hears("ask-postcode").presses("50200")
        call.hears("province-50").presses("2").hears("ask-postcode").presses("83000")
        call.hears("province-83").presses("1").goes_on()

        assert call.queue == "p83"

    def test_one_on_both_sides_of_a_border_is_a_choice(self, dial: Dial) -> None:
        code = next(c for c in map(str, range(10000, 97000, 10)) if len(by_postcode(c)) > 1)
        found = [province.code for province in by_postcode(code)]
        call = dial(MOBILE).hears("greeting").hears("ask-postcode").presses(code)
        call.hears(*(f"province-{p}" for p in found)).presses("2").goes_on()

        assert call.queue == f"p{found[1]}"

    def test_an_unknown_one_twice_goes_to_the_national_centre(
        self, dial: Dial, written: Written
    ) -> None:
        call = dial(MOBILE).hears("greeting").hears("ask-postcode").presses("19999")
        call.hears("postcode-unknown", "ask-postcode").presses("29999").hears("to-national")
        call.goes_on()

        assert call.queue == "p00"
        assert source_of(written()) == ("00", "none", "th")

    def test_half_a_postcode_is_a_mistake(self, dial: Dial) -> None:
        call = dial(MOBILE).hears("greeting").hears("ask-postcode").presses("502")
        call.hears("not-understood", "try-again", "ask-postcode").presses("50200")
        call.hears("province-50").presses("1").goes_on()

        assert call.queue == "p50"

    @pytest.mark.parametrize("facts", ORDINARY.values(), ids=ORDINARY)
    def test_numbers_that_tell_nothing_are_ordinary_callers(
        self, dial: Dial, written: Written, facts: dict[str, str]
    ) -> None:
        facts = dict(facts)
        call = dial(facts.pop("callerid"), **facts).hears("greeting").hears("ask-postcode")
        call.presses("50200").hears("province-50").presses("1").goes_on()

        assert source_of(written()) == ("50", "postcode", "th")


class TestRegions:
    def test_star_offers_the_regions_and_then_their_provinces(
        self, dial: Dial, written: Written
    ) -> None:
        call = dial(MOBILE).hears("greeting").hears("ask-postcode").presses("*")
        call.hears("choose-region", *(f"region-{region.code}" for region in regions()))
        call.presses("4").hears("choose-province", "province-20", "digits/1")
        call.presses("1").goes_on()

        assert call.queue == "p20"
        assert source_of(written()) == ("20", "menu", "th")

    def test_no_page_is_longer_than_eight_and_nine_turns_it(self, dial: Dial) -> None:
        north_east = regions()[1].province_codes
        call = dial(MOBILE).hears("greeting").hears("ask-postcode").presses("*")
        call.hears("choose-region").presses("2")
        call.hears(*(f"province-{code}" for code in north_east[:8]), "menu-more", "digits/9")
        call.hears_nothing_of(f"province-{north_east[8]}").presses("9")
        call.hears(f"province-{north_east[8]}").presses("9").hears(f"province-{north_east[16]}")
        call.presses("9").hears(f"province-{north_east[0]}").presses("8").goes_on()

        assert call.queue == f"p{north_east[7]}"

    def test_star_repeats_a_menu(self, dial: Dial) -> None:
        call = dial(MOBILE).hears("greeting").hears("ask-postcode").presses("*")
        call.hears("choose-region").presses("*").hears("choose-region").presses("1")
        call.hears("province-50").presses("*").hears("province-50").presses("1").goes_on()

        assert call.queue == "p50"

    def test_repeating_for_ever_ends_at_the_national_centre(self, dial: Dial) -> None:
        call = dial(MOBILE).hears("greeting").hears("ask-postcode").presses("*")
        for _ in range(7):
            call.hears("choose-region").presses("*")
        call.hears("to-national").goes_on()

        assert call.queue == "p00"

    def test_turning_pages_for_ever_ends_at_the_national_centre(self, dial: Dial) -> None:
        call = dial(MOBILE).hears("greeting").hears("ask-postcode").presses("*")
        call.hears("choose-region").presses("2")
        for _ in range(9):
            call.hears("menu-more").presses("9")
        call.hears("to-national").goes_on()

        assert call.queue == "p00"


class TestTheNationalCentre:
    @pytest.mark.parametrize(
        "way",
        [
            lambda call: call.hears("greeting").presses("0"),
            lambda call: call.hears("greeting").hears("ask-postcode").presses("0"),
            lambda call: call.hears("greeting").hears("ask-postcode").presses("*")
            .hears("choose-region").presses("0"),
            lambda call: call.hears("greeting").hears("ask-postcode").presses("50200")
            .hears("confirm-yes-no").presses("0"),
            lambda call: call.hears("greeting").presses("50200").hears("confirm-yes-no").presses("1")
            .hears("connecting-to").presses("0"),
        ],
        ids=["greeting", "postcode", "region", "confirmation", "connecting"],
    )  # fmt: skip
    def test_zero_at_any_moment_leads_there(
        self, dial: Dial, written: Written, way: Callable[[PhoneCall], PhoneCall]
    ) -> None:
        call = way(dial(MOBILE)).hears("to-national").goes_on()

        assert call.queue == "p00"
        assert source_of(written()) == ("00", "operator", "th")

    def test_two_silences_lead_there(self, dial: Dial, written: Written) -> None:
        call = dial("053211234").hears("greeting").hears("choose-province").stays_silent()
        call.hears("nothing-heard", "try-again", "choose-province").stays_silent()
        call.hears("to-national").goes_on()

        assert call.queue == "p00"
        assert source_of(written()) == ("00", "none", "th")

    def test_two_wrong_keys_lead_there(self, dial: Dial) -> None:
        call = dial("053211234").hears("greeting").hears("choose-province").presses("#")
        call.hears("not-understood", "choose-province").presses("#").hears("to-national").goes_on()

        assert call.queue == "p00"

    def test_the_count_begins_anew_at_each_step(self, dial: Dial) -> None:
        call = dial("053211234").hears("greeting").hears("choose-province").stays_silent()
        call.hears("choose-province").presses("*").hears("ask-postcode").stays_silent()
        call.hears("ask-postcode").presses("50200").hears("confirm-yes-no").stays_silent()
        call.hears("confirm-yes-no").presses("1").goes_on()

        assert call.queue == "p50"


class TestEnglish:
    def test_nine_on_the_first_menu_changes_the_language(
        self, dial: Dial, written: Written
    ) -> None:
        call = dial("053211234").hears("greeting").hears("choose-province").presses("9")
        call.hears("recorded").hears("choose-province").presses("1").goes_on()

        assert call.variables["CHANNEL(language)"] == "en"
        assert source_of(written()) == ("50", "area_code", "en")

    def test_nine_during_the_greeting_does_too(self, dial: Dial, written: Written) -> None:
        call = dial(MOBILE).hears("greeting").presses("9")
        call.hears("recorded").hears("ask-postcode").presses("50200")
        call.hears("confirm-yes-no").presses("1").goes_on()

        assert source_of(written()) == ("50", "postcode", "en")

    def test_a_postcode_that_begins_with_nine_is_a_postcode(self, dial: Dial) -> None:
        call = dial(MOBILE).hears("greeting").hears("ask-postcode").presses("90110")
        call.hears("province-90").presses("1").goes_on()

        assert call.queue == "p90"
        assert "CHANNEL(language)" not in call.variables

    def test_nine_later_is_a_mistake(self, dial: Dial) -> None:
        call = dial("053211234").hears("greeting").hears("choose-province").presses("*")
        call.hears("ask-postcode").presses("50200").hears("confirm-yes-no").presses("9")
        call.hears("not-understood", "confirm-yes-no").hangs_up()

        assert "CHANNEL(language)" not in call.variables

    def test_changing_for_ever_ends_at_the_national_centre(self, dial: Dial) -> None:
        call = dial("053211234").hears("greeting").hears("choose-province")
        for _ in range(3):
            call.presses("9").hears("recorded").hears("choose-province")
        call.presses("9").hears("not-understood").presses("9").hears("to-national").goes_on()

        assert call.queue == "p00"

    def test_a_channel_that_asterisk_thinks_english_begins_in_thai(self, dial: Dial) -> None:
        call = dial(MOBILE, language="en").hears("greeting")

        assert call.variables["CHANNEL(language)"] == "th"


class TestHangingUp:
    def test_at_any_point_frees_the_slot_and_is_nothing_to_log(
        self, dial: Dial, server: AgiServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        dial(MOBILE).hears("greeting").hangs_up()
        dial(MOBILE).hears("greeting").hears("ask-postcode").hangs_up()
        dial(MOBILE).hears("greeting").presses("50200").hears("confirm-yes-no").hangs_up()

        assert eventually(lambda: server.running_calls == 0)
        assert caplog.text == ""
