"""Instances in the public text format: read, solved and examined by code of their own."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from case_store.rotation.roster import curtois
from case_store.rotation.roster.curtois import UnreadableInstance, parse_instance, read_instance
from case_store.rotation.roster.files import write_roster
from case_store.rotation.roster.search import NoRoster, Result, solve
from tests.case_store.rotation.examiner import Instance, read_csv
from tests.case_store.rotation.instances import TWO_WEEKS, public_instances


def examined(text: str, folder: Path, seconds: float) -> Result | None:
    """Solve, write, read again and compare with what the examiner makes of the text."""
    problem = parse_instance(text, "ours.txt")
    result = solve(problem, seconds=seconds)
    if isinstance(result, NoRoster):
        assert result.clashes
        return None
    write_roster(folder / "ours.csv", problem, result.roster)
    roster = read_csv((folder / "ours.csv").read_text())
    instance = Instance(text)
    assert instance.faults(roster) == []
    assert instance.cost(roster) == result.objective >= result.bound
    return result


def test_an_instance_is_solved_to_its_end(tmp_path: Path) -> None:
    result = examined(TWO_WEEKS, tmp_path, seconds=30)

    assert result is not None
    assert result.proved


@given(text=public_instances())
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_every_roster_of_a_random_instance_is_valid(text: str, tmp_path: Path) -> None:
    examined(text, tmp_path, seconds=0.3)


@pytest.mark.slow
def test_half_a_year_of_many_people_has_a_valid_roster_in_its_time(tmp_path: Path) -> None:
    result = examined(_half_a_year(people=40), tmp_path, seconds=15)

    assert result is not None


def test_a_file_is_read_with_any_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "ours.txt"
    path.write_bytes(b"\xef\xbb\xbf" + TWO_WEEKS.replace("\r\n", "\n").encode())

    assert read_instance(path) == parse_instance(TWO_WEEKS, "ours.txt")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("SECTION_STAFF", "SECTION_STUFF", "line 9: there is no section SECTION_STUFF"),
        ("L,480,E", "L,480", "line 8: 3 values are wanted here, not 2"),
        ("L,480,E", "L,-480,E", "line 8: '-480' is no whole number"),
        ("L,480,E", "E,480,E", "line 8: the shift 'E' stands here twice"),
        ("Chai,9", "Chai,14", "line 17: '14' is no whole number from 0 to 13"),
        ("Chai,9", "Chay,9", "line 17: there is no employee 'Chay'"),
        ("E=0|L=14", "E=0|X=14", "line 13: there is no shift 'X'"),
        ("E=0|L=14", "E=0|L", "line 13: 'L' is not SHIFT=NUMBER"),
        ("0,E,1,100,1", "0,E,1,100", "line 26: 5 values are wanted here, not 4"),
        ("1,E,2,100,1", "0,E,2,100,1", "The need of day and shift 0 E appears twice"),
        ("L,480,E", "L,480,X", "There is no shift X"),
        ("SECTION_HORIZON", "# nothing", "line 4: a SECTION_ line has to come first"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(old: str, new: str, sentence: str) -> None:
    assert old in TWO_WEEKS

    with pytest.raises(UnreadableInstance, match=r"^ours\.txt") as caught:
        parse_instance(TWO_WEEKS.replace(old, new, 1), "ours.txt")

    assert sentence in str(caught.value)


def test_a_text_without_a_horizon_is_no_instance() -> None:
    with pytest.raises(UnreadableInstance, match="no SECTION_HORIZON"):
        parse_instance("# nothing\n", "ours.txt")


def test_files_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curtois, "MOST_BYTES", 10)
    path = tmp_path / "large.txt"
    path.write_text(TWO_WEEKS)

    with pytest.raises(UnreadableInstance, match="larger than"):
        read_instance(path)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None])
def test_what_is_no_text_is_refused(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "odd.txt"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(UnreadableInstance, match=r"odd\.txt cannot be read"):
        read_instance(path)


def _half_a_year(people: int) -> str:
    """26 weeks with shifts of many lengths: far too much to count every total of a line."""
    shifts = {"A": 360, "B": 480, "C": 540, "D": 600, "E": 720}
    rows = ["SECTION_HORIZON", "182", "SECTION_SHIFTS"]
    rows += [
        f"{code},{minutes}," + ("A" if code == "E" else "") for code, minutes in shifts.items()
    ]
    rows.append("SECTION_STAFF")
    rows += [
        f"p{n},A=182|B=182|C=40|D=182|E={20 + n},56160,45000,5,2,{2 + n % 2},13"
        for n in range(people)
    ]
    rows.append("SECTION_DAYS_OFF")
    rows += [f"p{n},{n % 9},{60 + n},{150 - n}" for n in range(people)]
    rows.append("SECTION_COVER")
    rows += [f"{d},{code},{people // 8},100,1" for d in range(182) for code in shifts]
    return "\n".join(rows)
