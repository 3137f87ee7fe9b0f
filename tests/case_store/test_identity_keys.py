"""Sealing: what was sealed opens where it was sealed, and nowhere else; keys change and nothing is lost."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from case_store.cases.drafts import find_draft, save_draft
from case_store.cases.models import Case, CaseDraft
from case_store.database import Database
from case_store.exchange.models import ImportBatch
from case_store.identity import rotation
from case_store.identity.complainants import (
    Identity,
    cases_indexed,
    cases_with_phone,
    erase_identity,
    open_identity,
    pin_of,
    seal_identity,
)
from case_store.identity.keyring import CannotUnseal, Keyring, Sealed, keyring_of
from case_store.identity.keyring_file import KeyringFile, keyring_text, parse_keyring
from case_store.identity.models import Anonymity, Complainant, IdentityIndex, IndexKind
from case_store.mapped import metadata
from case_store.people.models import Role
from case_store.people.permissions import Actor
from case_store.settings import MissingSecret
from tests.case_store.kit import KEYS, NATIONAL, NOON, case, person

RING = Keyring.new()
quick = settings(max_examples=60, deadline=None)


@given(plain=st.binary(max_size=200), place=st.text(st.characters(codec="utf-8"), max_size=20))
@quick
def test_what_is_sealed_opens_there_and_shows_nothing(plain: bytes, place: str) -> None:
    sealed = RING.seal(plain, bound_to=place)

    assert RING.unseal(sealed, bound_to=place) == plain
    assert len(plain) < 4 or plain not in sealed.data
    assert sealed != RING.seal(plain, bound_to=place), "equal names look different"


@given(
    plain=st.binary(max_size=50),
    place=st.text("ab:1", max_size=6),
    other=st.text("ab:1", max_size=6),
)
@quick
def test_what_was_moved_to_another_place_stays_shut(plain: bytes, place: str, other: str) -> None:
    sealed = RING.seal(plain, bound_to=place)
    if place != other:
        with pytest.raises(CannotUnseal):
            RING.unseal(sealed, bound_to=other)


@given(plain=st.binary(max_size=50), data=st.data())
@quick
def test_every_changed_bit_and_every_cut_is_noticed(plain: bytes, data: st.DataObject) -> None:
    sealed = RING.seal(plain, bound_to="identity:1").data
    at = data.draw(st.integers(0, len(sealed) - 1))
    flipped = bytearray(sealed)
    flipped[at] ^= 1 << data.draw(st.integers(0, 7))

    for damaged in (bytes(flipped), sealed[:at], sealed[at + 1 :]):
        with pytest.raises(CannotUnseal):
            RING.unseal(Sealed(RING.seals.current, damaged), bound_to="identity:1")


def test_another_installations_keys_open_nothing() -> None:
    sealed = Keyring.new().seal(b"x", bound_to="a")
    with pytest.raises(CannotUnseal):
        RING.unseal(sealed, bound_to="a")
    with pytest.raises(CannotUnseal, match="k9 is not in the ring"):
        RING.unseal(Sealed("k9", sealed.data), bound_to="a")


def test_a_ring_never_shows_its_keys() -> None:
    ring = RING.with_new_key().with_new_index()
    secrets = [*ring.seals.keys.values(), *ring.indexes.keys.values()]
    assert not any(repr(key) in repr(ring) or key.hex() in repr(ring) for key in secrets)


def test_the_file_holds_the_whole_ring() -> None:
    ring = RING.with_new_key().with_new_key().with_new_index()
    assert parse_keyring(keyring_text(ring)) == ring
    assert ring.seals.current == "k3"
    assert set(ring.seals.old) == {"k1", "k2"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"seal": {"current": "k1", "keys": {}}, "index": {"current": "i1", "keys": {}}}',
        keyring_text(RING)[:-5],
        keyring_text(RING).replace("k1", "k 1"),
        keyring_text(RING).replace('"current": "k1"', '"current": "k2"'),
    ],
)
def test_a_file_that_is_not_whole_is_refused(text: str) -> None:
    with pytest.raises(MissingSecret):
        parse_keyring(text)


def test_a_running_process_learns_of_a_new_key(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    file = KeyringFile(path)
    assert file.ring is None
    path.write_text(keyring_text(RING))
    assert file.ring == RING
    newer = RING.with_new_key()
    path.write_text(keyring_text(newer))
    assert file.ring == newer
    path.write_text("damaged")
    assert file.ring == newer, "calls and cases go on"
    path.unlink()
    assert file.ring == newer


class TestLookingUp:
    def test_a_number_finds_only_what_the_reader_may_know(self, session: Session) -> None:
        fields: dict[str, Any] = {
            "complainant_phone": "0812345678",
            "complainant_name": "สมหญิง ใจดี",
        }
        named = case(session, **fields)
        case(session, anonymity=Anonymity.TO_ALL, **fields)
        session.flush()

        def found(by: Actor) -> list[int]:
            return list(session.scalars(cases_with_phone(session, "+66812345678", by=by)))

        assert found(NATIONAL) == [named.id]
        assert found(Actor("o", Role.CASE_OFFICER, "50")) == [named.id]
        assert found(Actor("o", Role.CASE_OFFICER, "10")) == []
        assert found(Actor("g", Role.GOVERNOR, "50")) == [], (
            "who must give a reason cannot try numbers out"
        )
        assert found(Actor("a", Role.AGENCY_OFFICER, "50", agency_id=1)) == []
        assert found(Actor("r", Role.ADMINISTRATOR, "00")) == []
        by_name = cases_indexed(session, IndexKind.NAME, "ใจดี", by=NATIONAL)
        assert session.scalars(by_name).all() == [named.id]

    def test_an_erased_complainant_is_found_by_nothing(self, session: Session) -> None:
        one = case(session, complainant_phone="0812345678")
        session.flush()
        assert one.complainant is not None
        erase_identity(one.complainant)
        session.flush()

        assert session.scalars(sa.select(IdentityIndex)).all() == []
        assert open_identity(session, one) is None
        assert pin_of(session, one) is None
        assert rotation.seal_keys_in_use(session) == frozenset()

    def test_an_identity_opens_although_todays_rules_would_refuse_it(
        self, session: Session
    ) -> None:
        one = case(session)
        old = Identity.model_construct(
            name=None, phone="+6600", national_id=None, email="x", address=None
        )
        assert one.complainant is not None
        seal_identity(keyring_of(session), one.ref, one.complainant, old, pin="1234")

        assert open_identity(session, one) == old

    def test_one_that_was_moved_to_another_case_stays_shut(self, session: Session) -> None:
        one, other = case(session, complainant_name="ก"), case(session, complainant_name="ข")
        assert one.complainant is not None
        assert other.complainant is not None
        one.complainant.sealed = other.complainant.sealed
        with pytest.raises(CannotUnseal):
            open_identity(session, one)


COUNT = 7


@pytest.fixture
def filled(database: Database) -> Database:
    """Complainants, a draft and an import; one complainant is erased already."""
    with database.transaction() as session:
        for number in range(COUNT):
            case(
                session,
                complainant_name=f"สมหญิง {number}",
                complainant_phone=f"081234567{number}",
            )
        erased = case(session)
        assert erased.complainant is not None
        erase_identity(erased.complainant)
        save_draft(session, person(session, "malee"), "call-1", {"subject": "ไฟดับ"}, at=NOON)
        batch = ImportBatch(
            centre_code="50", file_name="a.xlsx", key_id="", report={}, made_by="a", made_at=NOON
        )
        session.add(batch)
        session.flush()
        sealed = keyring_of(session).seal(b"rows", bound_to=batch.place)
        batch.key_id, batch.sealed = sealed.key_id, sealed.data
    return database


class _PowerCut(Exception):
    pass


def _all_batches(database: Database, ring: Keyring, *, most: int | None = None) -> None:
    """A rotation as the command line makes it, in batches of two; `most`: the power fails in batch number so many."""
    database._keyring = ring
    batches = 0
    steps = [
        *((rotation.reseal, {"kind": kind}) for kind in rotation.KINDS),
        (rotation.reindex, {}),
    ]
    for step, what in steps:
        after: int | None = 0
        while after is not None:
            with database.transaction() as session:
                progress = step(session, after=after, limit=2, **what)  # type: ignore[operator]
                assert progress.broken == ()
                batches += 1
                if batches == most:
                    raise _PowerCut
            after = progress.last


def _is_all_there(database: Database) -> bool:
    with database.reading() as session:
        cases = session.scalars(sa.select(Case).order_by(Case.id)).all()
        names = [(open_identity(session, one) or Identity()).name for one in cases]
        pins = [pin_of(session, one) for one in cases]
        found = [
            session.scalars(cases_with_phone(session, f"+6681234567{n}", by=NATIONAL)).all()
            for n in range(COUNT)
        ]
        user = session.scalars(sa.select(CaseDraft)).one().user
        draft = find_draft(session, user, "call-1")
        fields = draft.fields if draft else None
        batch = session.scalars(sa.select(ImportBatch)).one()
        assert batch.sealed is not None
        rows = keyring_of(session).unseal(Sealed(batch.key_id, batch.sealed), bound_to=batch.place)
    return (
        names == [*(f"สมหญิง {n}" for n in range(COUNT)), None]
        and all(pin and len(pin) == 4 for pin in pins[:-1])
        and found == [[one.id] for one in cases[:-1]]
        and fields == {"subject": "ไฟดับ"}
        and rows == b"rows"
    )


@pytest.mark.parametrize("batch", range(1, 16))
def test_a_rotation_that_breaks_off_loses_nothing_and_goes_on(filled: Database, batch: int) -> None:
    ring = KEYS.with_new_key().with_new_index()
    with pytest.raises(_PowerCut):
        _all_batches(filled, ring, most=batch)
    assert _is_all_there(filled)

    _all_batches(filled, ring)
    assert _is_all_there(filled)

    with filled.reading() as session:
        assert rotation.seal_keys_in_use(session) == {ring.seals.current}
        assert rotation.index_keys_in_use(session) == {ring.indexes.current}
    filled._keyring = ring.only_current()
    assert _is_all_there(filled), "the old keys are needed for nothing"


def test_what_cannot_be_opened_is_named_and_stops_none_of_the_others(filled: Database) -> None:
    with filled.transaction() as session:
        damaged = session.scalars(sa.select(Complainant).order_by(Complainant.case_id)).first()
        assert damaged is not None
        assert damaged.sealed is not None
        damaged.sealed = damaged.sealed[:-1] + b"x"
    filled._keyring = KEYS.with_new_key().with_new_index()

    with filled.transaction() as session:
        resealed = rotation.reseal(session, rotation.KINDS[0])
        reindexed = rotation.reindex(session)

    assert resealed.broken == reindexed.broken == (f"complainants {damaged.case_id}",)
    assert resealed.done == reindexed.done == COUNT - 1


def test_everything_that_has_a_key_is_in_the_rotation() -> None:
    sealed = {table.name for table in metadata.sorted_tables if "key_id" in table.columns}
    assert sealed == {kind.model.__tablename__ for kind in rotation.KINDS}
