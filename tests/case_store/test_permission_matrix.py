"""Who may do what, where: one table for all roles and actions, and the same rule as a condition of queries."""

import random
from dataclasses import dataclass, replace
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.cases.models import Case, CaseState, Secrecy
from case_store.cases.referral_models import Referral, ReferralState
from case_store.cases.scope import visible_to
from case_store.people.models import Role
from case_store.people.permissions import Action, Actor, NotAllowed, may, visible_centres
from tests.case_store.casework import agency
from tests.case_store.kit import NOON, case

# How far each role may go: . nowhere, a what is referred to its agency, c its own centre, r its inspection region,
# E everywhere. Written down apart from the code; the people of each role are those of DOMAIN.md.
TABLE = """
                   agent case_officer agency_officer supervisor deputy_governor governor inspector national_officer administrator
take_calls           c        .             .            c             .            .         .            c              .
see_calls            c        c             .            c             .            .         .            E              .
answer_callbacks     c        c             .            c             .            .         .            E              .
listen               .        .             .            c             .            .         .            E              .
watch_board          .        .             .            c             c            c         r            E              E
plan_demand          .        .             .            c             .            .         .            E              .
see_rota             c        c             .            c             c            c         r            E              .
plan_rota            .        .             .            c             .            .         .            E              .
appoint_channel_officers . .             .            c             c            .         .            E              .
keep_training        .        .             .            c             .            .         .            E              .
agree_night_sharing  .        .             .            .             c            c         .            .              .
see_cases            c        c             a            c             c            c         r            E              .
see_secret_cases     .        c             a            c             c            c         r            E              .
log_cases            E        E             .            E             .            .         .            E              .
note_cases           c        c             .            c             c            c         r            E              .
handle_cases         .        c             .            c             .            .         .            E              .
assign_cases         .        c             .            c             c            .         .            E              .
report_referrals     .        .             a            .             .            .         .            .              .
attach_files         c        c             a            c             .            .         .            E              .
merge_cases          .        c             .            c             .            .         .            E              .
see_identity         c        c             .            c             .            .         .            E              .
reveal_identity      .        c             .            c             c            c         r            E              .
export_cases         .        c             .            c             c            c         r            E              .
import_cases         .        c             .            c             .            .         .            E              .
see_statistics       .        c             .            c             c            c         r            E              E
manage_words         .        .             .            .             .            .         .            E              E
manage_closures      .        .             .            c             .            .         .            E              E
handle_privacy       .        c             .            c             c            .         .            E              .
approve_erasure      .        .             .            .             c            c         .            E              .
see_audit            .        .             .            .             c            c         r            E              E
manage_webhooks      .        .             .            .             .            .         .            .              E
manage_people        .        .             .            .             .            .         .            .              E
see_system           .        .             .            .             .            .         .            .              E
"""  # noqa: E501
OWN_AGENCY, OTHER_AGENCY = 7, 8


@dataclass(frozen=True)
class Thing:
    """A case as permissions see it."""

    centre_code: str
    agency_ids: frozenset[int] = frozenset()
    is_secret: bool = False


# For somebody of Chiang Mai (50), region 15, the first agency.
THINGS = {
    "of the own centre": Thing("50"),
    "of the region": Thing("52"),
    "of another region": Thing("83"),
    "referred to the own agency": Thing("83", frozenset({OWN_AGENCY})),
    "referred to another agency": Thing("83", frozenset({OTHER_AGENCY})),
    "of the own centre, referred to both": Thing("50", frozenset({OWN_AGENCY, OTHER_AGENCY})),
    "of the ministry's centre": Thing("00"),
}
REGION_15 = {"50", "51", "52", "58"}


def _table() -> dict[tuple[Role, Action], str]:
    head, *rows = [line.split() for line in TABLE.strip().splitlines()]
    return {
        (Role(role), Action(action)): cell
        for action, *cells in rows
        for role, cell in zip(head, cells, strict=True)
    }


REACHES = _table()


def actor(role: Role, centre: str | None = None) -> Actor:
    national = role in {Role.NATIONAL_OFFICER, Role.ADMINISTRATOR, Role.INSPECTOR}
    return Actor(
        role.value,
        role,
        centre or ("00" if national else "50"),
        user_id=1,
        agency_id=OWN_AGENCY if role is Role.AGENCY_OFFICER else None,
        inspection_region="15" if role is Role.INSPECTOR else None,
    )


def reached(role: Role, action: Action, thing: Thing) -> bool:
    """What the table says of a thing that is not secret."""
    match REACHES[role, action]:
        case "a":
            return OWN_AGENCY in thing.agency_ids
        case "c":
            return thing.centre_code == actor(role).centre_code
        case "r":
            return thing.centre_code in REGION_15
        case "E":
            return True
    return False


def test_the_table_is_whole() -> None:
    assert REACHES.keys() == set(product(Role, Action))


@pytest.mark.parametrize("name", THINGS)
@pytest.mark.parametrize("role", Role)
def test_who_may_do_what_to_which_thing(role: Role, name: str) -> None:
    for action in Action:
        wanted = reached(role, action, THINGS[name])
        assert may(actor(role), action, THINGS[name]) == wanted, action


@pytest.mark.parametrize("role", Role)
def test_a_secret_thing_is_for_those_who_may_see_secrets_too(role: Role) -> None:
    for plain, action in product(THINGS.values(), Action):
        thing = replace(plain, is_secret=True)
        wanted = reached(role, action, thing) and reached(role, Action.SEE_SECRET_CASES, thing)
        assert may(actor(role), action, thing) == wanted, (action, thing)


@pytest.mark.parametrize("role", Role)
def test_at_which_centres(role: Role) -> None:
    where: dict[str, set[str]] = {
        ".": set(), "a": set(), "c": {actor(role).centre_code}, "r": REGION_15
    }  # fmt: skip
    for action in Action:
        cell = REACHES[role, action]
        for centre in ("00", "50", "52", "83"):
            assert may(actor(role), action, centre) == (
                cell == "E" or centre in where.get(cell, set())
            )
        if cell == ".":
            with pytest.raises(NotAllowed):
                visible_centres(actor(role), action)
        else:
            assert visible_centres(actor(role), action) == (None if cell == "E" else where[cell])


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR, Role.CASE_OFFICER])
def test_at_the_national_centre_a_role_reaches_every_province_but_no_calls(role: Role) -> None:
    for action in Action:
        cell = REACHES[role, action]
        own_only = action is Action.TAKE_CALLS
        assert may(actor(role, "00"), action, Thing("83")) == (cell in "cE" and not own_only)


def test_without_an_agency_or_a_region_one_sees_nothing() -> None:
    lost = Actor("x", Role.AGENCY_OFFICER, "50")
    assert not may(lost, Action.SEE_CASES)
    assert not may(lost, Action.SEE_CASES, Thing("50", frozenset({OWN_AGENCY})))
    for region in (None, "99", ""):
        nowhere = Actor("x", Role.INSPECTOR, "00", inspection_region=region)
        assert not may(nowhere, Action.SEE_CASES, Thing("50"))


CENTRES = ("00", "10", "50", "52", "83")
AGENCIES = ("pea_50", "pwa_50", "land_83")

actors = st.builds(
    lambda role, centre, which, region: (role, centre, which, region),
    st.sampled_from(Role),
    st.sampled_from(CENTRES),
    st.sampled_from((*AGENCIES, None)),
    st.sampled_from((None, "0", "6", "15", "99")),
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 10**6), drawn=st.lists(actors, min_size=8, max_size=8))
def test_a_query_finds_exactly_what_may_be_seen(
    session: Session, seed: int, drawn: list[tuple[Role, str, str | None, str | None]]
) -> None:
    ids = {code: agency(session, code).id for code in AGENCIES}
    cases = _cases(session)
    _shuffle(session, cases, ids, random.Random(seed))
    for role, centre, which, region in drawn:
        who = Actor("x", role, centre, 1, ids[which] if which else None, region)
        for action in (Action.SEE_CASES, Action.HANDLE_CASES, Action.REPORT_REFERRALS):
            wanted = {one.id for one in cases if may(who, action, one)}
            if may(who, action):
                found = set(session.scalars(select(Case.id).where(visible_to(who, action))))
                assert found == wanted, (who, action)
            else:
                assert wanted == set()
                with pytest.raises(NotAllowed):
                    visible_to(who, action)


def _cases(session: Session) -> list[Case]:
    there = list(session.scalars(select(Case).order_by(Case.id)))
    return there or [case(session) for _ in range(12)]


def _shuffle(session: Session, cases: list[Case], ids: dict[str, int], dice: random.Random) -> None:
    """Gives every case another centre, secrecy, state and other referrals."""
    for one in cases:
        one.centre_code = dice.choice(CENTRES)
        one.secrecy = dice.choice(list(Secrecy))
        one.state = dice.choice(list(CaseState))
        one.referrals.clear()
        for agency_id in dice.sample(sorted(ids.values()), dice.randrange(len(ids) + 1)):
            one.referrals.append(
                Referral(
                    agency_id=agency_id, state=dice.choice(list(ReferralState)), request="ขอ",
                    sent_by="x", sent_at=NOON, progress_at=NOON,
                )
            )  # fmt: skip
    session.flush()
