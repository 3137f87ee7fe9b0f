"""Nights answered by another province of the inspection region: both governors agree, and only at night."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.audit.models import AuditEntry
from case_store.deadlines.models import PolicyKind
from case_store.deadlines.policies import StaffingValues, change_policy
from case_store.people.models import Role
from case_store.people.permissions import Actor, NotAllowed
from case_store.rotation.rota.models import NightSharing
from case_store.rotation.rota.night_sharing import (
    BadSharing,
    agree_sharing,
    centres_answered_at,
    end_sharing,
    nights_answered_by,
)
from tests.case_store.kit import NATIONAL, NOON

TODAY = date(2026, 11, 23)
# Region 15: Chiang Mai 50, Lamphun 51, Lampang 52, Mae Hong Son 58.


def governor(centre: str, role: Role = Role.GOVERNOR) -> Actor:
    return Actor(f"governor of {centre}", role, centre, user_id=None)


def at(hour: int, minute: int = 0, day: int = 23) -> datetime:
    """A time of the clock in Bangkok."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=7)


def _agree(session: Session, centre: str, by_centre: str, first: date = TODAY) -> NightSharing:
    return agree_sharing(session, centre, by_centre, first_day=first, by=governor(centre), at=NOON)


def test_both_agree_and_it_holds_at_night(session: Session) -> None:
    _agree(session, "50", "50")
    _agree(session, "58", "50")
    assert nights_answered_by(session, at(12)) == {}
    assert nights_answered_by(session, at(19, 59)) == {}
    assert nights_answered_by(session, at(20)) == {"58": "50"}
    assert nights_answered_by(session, at(5, 59, 24)) == {"58": "50"}
    assert nights_answered_by(session, at(6, 0, 24)) == {}
    assert centres_answered_at(session, "50", at(20)) == ["58"]
    assert centres_answered_at(session, "58", at(20)) == []


def test_it_begins_with_an_evening(session: Session) -> None:
    _agree(session, "50", "50")
    _agree(session, "58", "50", TODAY + timedelta(days=1))
    assert nights_answered_by(session, at(21)) == {}
    assert nights_answered_by(session, at(3, 0, 24)) == {}  # still the night of the 23rd
    assert nights_answered_by(session, at(21, 0, 24)) == {"58": "50"}


def test_the_hours_are_those_of_the_policy(session: Session) -> None:
    _agree(session, "50", "50")
    _agree(session, "58", "50")
    values = StaffingValues(night_begins=0, night_ends=5).model_dump()
    change_policy(session, PolicyKind.STAFFING, None, values, by=NATIONAL, at=NOON)
    assert nights_answered_by(session, at(23)) == {}
    assert nights_answered_by(session, at(4, 59, 24)) == {"58": "50"}
    assert nights_answered_by(session, at(5, 0, 24)) == {}


@pytest.mark.parametrize("whose", [0, 1])
def test_either_governor_ends_it(session: Session, whose: int) -> None:
    both = [_agree(session, "50", "50"), _agree(session, "58", "50")]
    deputy = governor(both[whose].centre_code, Role.DEPUTY_GOVERNOR)
    end_sharing(session, both[whose], by=deputy, at=at(1, 0, 24))
    assert nights_answered_by(session, at(2, 0, 24)) == {"58": "50"}  # this night is not torn
    assert nights_answered_by(session, at(21, 0, 24)) == {}
    with pytest.raises(BadSharing, match="state"):
        end_sharing(session, both[whose], by=deputy, at=at(1, 0, 24))
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions.count("night_sharing.agreed") == 2
    assert actions.count("night_sharing.ended") == 1


def test_only_within_the_region_and_with_who_offers(session: Session) -> None:
    for by_centre, field in (("57", "by_centre_code"), ("00", "by_centre_code"), ("50", "offer")):
        with pytest.raises(BadSharing, match=field):
            _agree(session, "58", by_centre)
    with pytest.raises(BadSharing, match="by_centre_code"):
        _agree(session, "10", "10")  # Bangkok is a region of its own
    with pytest.raises(BadSharing, match="first_day"):
        _agree(session, "58", "58", TODAY - timedelta(days=1))


def test_no_chains_and_one_at_a_time(session: Session) -> None:
    _agree(session, "50", "50")
    _agree(session, "51", "51")
    _agree(session, "58", "50")
    with pytest.raises(BadSharing, match="state"):
        _agree(session, "50", "51")  # it answers for others
    with pytest.raises(BadSharing, match="state"):
        _agree(session, "58", "51")
    with pytest.raises(BadSharing, match="chain"):
        _agree(session, "52", "58")


@pytest.mark.parametrize(
    "by",
    [
        governor("50"),
        NATIONAL,
        Actor("wichai", Role.SUPERVISOR, "58"),
        Actor("admin", Role.ADMINISTRATOR, "00"),
    ],
)
def test_nobody_else_agrees_for_a_province(session: Session, by: Actor) -> None:
    with pytest.raises(NotAllowed):
        agree_sharing(session, "58", "58", first_day=TODAY, by=by, at=NOON)
