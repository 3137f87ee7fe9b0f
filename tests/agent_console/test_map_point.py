"""A point on the map, from what people paste."""

import pytest

from agent_console.map_point import read_point, typed_point


@pytest.mark.parametrize(
    "typed",
    [
        "18.7883, 98.9853",
        " 18.7883 98.9853 ",
        "geo:18.7883,98.9853",
        "https://www.google.com/maps/@18.7883,98.9853,17z",
        "https://www.google.com/maps/place/Wat/@18.1,98.1,17z/data=!3m1!4b1!4m5!3d18.7883!4d98.9853",
        "https://maps.google.com/?q=18.7883,98.9853",
        "https://maps.apple.com/?ll=18.7883,98.9853&q=Wat",
        "https://www.openstreetmap.org/?mlat=18.7883&mlon=98.9853#map=17/18.1/98.1",
        "https://www.openstreetmap.org/#map=17/18.7883/98.9853",
        "https://www.google.com/maps/search/?api=1&query=18.7883%2C98.9853",
    ],
)
def test_a_point_is_found_in_what_a_map_shares(typed: str) -> None:
    assert read_point(typed) == (18.7883, 98.9853)


@pytest.mark.parametrize(
    "typed", ["", "ที่วัด", "18.7883", "https://goo.gl/maps/abc", "081 2345", "1" * 9999]
)
def test_nothing_else_is_a_point(typed: str) -> None:
    assert read_point(typed) is None


def test_a_point_is_read_as_it_is_written() -> None:
    assert read_point(typed_point(18.788312345678, 98.9853)) == (18.788312345678, 98.9853)
    assert typed_point(None, None) == ""
