"""Small instances of our own, in the public format and in the engine's words."""

from hypothesis import strategies as st

from case_store.rotation.roster.problem import (
    Cap,
    Certificate,
    Contract,
    Need,
    Person,
    Pin,
    Problem,
    ShiftType,
    Wish,
)

MORNING = ShiftType("M", 480, start=8 * 60, channel="phone")
EVENING = ShiftType("E", 480, start=16 * 60, not_next_day=frozenset({"M"}))
NIGHT = ShiftType("N", 600, start=22 * 60, night=True, channel="phone")
SHIFTS = (MORNING, EVENING, NIGHT)

# Two weeks, four people: a line end of the other world, comments, empty lines, a person without
# caps and days off, and a shift that may be followed by all.
TWO_WEEKS = "\r\n".join(
    """# ours
SECTION_HORIZON
# days
14

SECTION_SHIFTS
E,480,
L,480,E
SECTION_STAFF
Anong,E=14|L=5,4800,3360,5,2,2,1
Boon,E=14|L=14,4800,3360,5,2,2,1
Chai,E=14|L=14,4800,3360,6,2,3,2
Dao,E=0|L=14,2400,960,5,1,1,1
SECTION_DAYS_OFF
Anong,0
Boon,5,6
Chai,9
SECTION_SHIFT_ON_REQUESTS
Anong,2,E,2
Anong,3,E,2
Dao,8,L,3
SECTION_SHIFT_OFF_REQUESTS
Boon,12,L,1
Chai,2,E,4
SECTION_COVER""".splitlines()
    + [f"{day},E,{1 + day % 2},100,1\r\n{day},L,1,100,1" for day in range(14)]
)


@st.composite
def public_instances(draw: st.DrawFn) -> str:
    """Random texts in the public format; not all of them have a valid roster."""
    small = st.integers
    days = 7 * draw(small(1, 3))
    shifts = ["E", "L", "N"][: draw(small(1, 3))]
    lines = ["SECTION_HORIZON", str(days), "SECTION_SHIFTS"]
    lines += [
        f"{shift},{draw(st.sampled_from((360, 480, 600)))},"
        + "|".join(draw(st.lists(st.sampled_from(shifts), unique=True, max_size=1)))
        for shift in shifts
    ]
    lines.append("SECTION_STAFF")
    people = [f"p{number}" for number in range(draw(small(1, 4)))]
    for person in people:
        caps = "|".join(f"{s}={draw(st.sampled_from((0, 2, days)))}" for s in shifts)
        most = draw(small(2, days)) * 480
        row, off = draw(small(2, 6)), draw(small(1, 3))
        least = draw(small(0, most // 960)) * 480
        lines.append(
            f"{person},{caps},{most},{least},{row},{draw(small(1, 2))},{off},{draw(small(0, 3))}"
        )
    day = small(0, days - 1)
    lines.append("SECTION_DAYS_OFF")
    lines += [f"{person},{draw(day)}" for person in people if draw(st.booleans())]
    for section in ("ON", "OFF"):
        lines.append(f"SECTION_SHIFT_{section}_REQUESTS")
        for _ in range(draw(small(0, 4))):
            shift = draw(st.sampled_from(shifts))
            lines.append(f"{draw(st.sampled_from(people))},{draw(day)},{shift},{draw(small(1, 9))}")
    lines.append("SECTION_COVER")
    lines += [f"{d},{s},{draw(small(0, 2))},100,1" for d in range(days) for s in shifts]
    return "\n".join(lines) + "\n"


@st.composite
def problems(
    draw: st.DrawFn, least_days: int = 5, most_days: int = 16, most_people: int = 3
) -> Problem:
    """Random problems with all that the public format lacks."""
    small = st.integers
    days = draw(small(least_days, most_days))
    day = small(0, days - 1)
    people = tuple(
        draw(persons(f"p{number}", days)) for number in range(draw(small(1, most_people)))
    )
    names = st.sampled_from([person.id for person in people])
    codes = st.sampled_from(["M", "E", "N"])
    pins = draw(
        st.lists(
            st.builds(Pin, names, day, st.none() | codes),
            max_size=2,
            unique_by=lambda pin: (pin.person, pin.day),
        )
    )
    return Problem(
        days=days,
        shifts=SHIFTS,
        people=people,
        needs=tuple(
            Need(d, s.code, draw(small(0, 2)), experienced=draw(small(0, 1)))
            for d in range(days)
            for s in SHIFTS
        ),
        wishes=tuple(
            draw(
                st.lists(st.builds(Wish, names, day, codes, small(1, 9), st.booleans()), max_size=4)
            )
        ),
        pins=tuple(pins),
        first_weekday=draw(small(0, 6)),
        weight_unpaired=draw(st.sampled_from((0, 30))),
    )


def caps(days: int) -> st.SearchStrategy[Cap]:
    some_days = st.frozensets(st.integers(0, days - 1), max_size=days)
    shifts = st.frozensets(st.sampled_from("MEN"), min_size=1)
    return st.builds(Cap, st.integers(0, 4), shifts, st.none() | some_days)


@st.composite
def persons(draw: st.DrawFn, name: str, days: int) -> Person:
    small = st.integers
    first = draw(small(0, days // 2))
    return Person(
        name,
        Contract(
            most_minutes=draw(small(3, days)) * 480,
            least_minutes=draw(small(0, days // 4)) * 480,
            most_days_in_row=draw(small(2, 6)),
            least_days_in_row=draw(small(1, 3)),
            least_days_off_in_row=draw(small(1, 3)),
            most_weekends=draw(st.none() | small(0, 3)),
            most_nights_in_row=draw(st.none() | small(1, 3)),
            least_rest=draw(st.sampled_from((0, 660, 960))),
            most_of_shift=draw(st.dictionaries(st.sampled_from(["M", "N"]), small(0, 3))),
            caps=draw(st.lists(caps(days), max_size=2).map(tuple)),
            most_minutes_in_seven_days=draw(st.none() | st.sampled_from((960, 1500, 2400))),
        ),
        never=draw(
            st.frozensets(st.tuples(small(0, days - 1), st.sampled_from("MEN")), max_size=2)
        ),
        experienced=draw(st.booleans()),
        leave=frozenset(draw(st.lists(small(0, days - 1), max_size=2))),
        certificates=(Certificate("phone", first, draw(small(first, days))),),
        history=tuple(draw(st.lists(st.sampled_from([None, "M", "E", "N"]), max_size=6))),
    )
