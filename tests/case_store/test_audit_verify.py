"""Whatever somebody does to the audit trail behind our back, verifying finds it and says where."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from case_store.audit.heads import NotHeads, current_heads, parse_heads, queue_heads
from case_store.audit.models import AuditEntry
from case_store.audit.stored import BATCH
from case_store.audit.trail import hash_of, record
from case_store.audit.verify import Damage, Fault, verify
from case_store.database import Database
from case_store.outbox.models import OutboxKind, OutboxMessage
from tests.case_store.kit import NOON
from tests.case_store.tampering import without_triggers

COUNT = 7
both_databases = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
FACTS = st.dictionaries(
    st.text(max_size=8),
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**53) + 1, 2**53 - 1),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=12),
        st.lists(st.integers(0, 9), max_size=3),
    ),
    max_size=4,
)
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20)


class _Undo(Exception):
    pass


@contextmanager
def trial(database: Database) -> Iterator[Session]:
    """A transaction that leaves nothing behind."""
    with pytest.raises(_Undo), database.transaction() as session:
        yield session
        raise _Undo


def fill(session: Session, chain: str = "50", count: int = COUNT) -> list[AuditEntry]:
    """Entries of which every second one has a detail."""
    return [
        record(
            session,
            chain=chain,
            action="case.note",
            subject=f"case:{number}",
            by="malee",
            at=NOON + timedelta(microseconds=number),
            facts={"step": number},
            detail=f"ข้อความ {number}" if number % 2 else "",
        )
        for number in range(1, count + 1)
    ]


def sql(session: Session, statement: str, **values: Any) -> None:
    with without_triggers(session):
        session.execute(sa.text(statement), values)


def test_an_untouched_trail_has_no_fault(session: Session) -> None:
    fill(session)
    fill(session, "system")

    assert verify(session) == []
    assert verify(session, saved=current_heads(session)) == []


@given(
    facts=st.lists(FACTS, min_size=1, max_size=4),
    words=st.lists(TEXT, min_size=3, max_size=3),
    details=st.lists(TEXT | st.just(""), min_size=4, max_size=4),
)
@both_databases
def test_whatever_is_recorded_verifies_when_it_is_read_back(
    database: Database, facts: list[dict[str, Any]], words: list[str], details: list[str]
) -> None:
    facts = [{key.replace("\x00", ""): value for key, value in one.items()} for one in facts]
    with trial(database) as session:
        for one, detail in zip(facts, details, strict=False):
            record(
                session, chain="50", action=words[0], subject=words[1], by=words[2], at=NOON,
                facts=one, detail=detail,
            )  # fmt: skip
        session.expire_all()
        assert verify(session) == []


Attack = Callable[[Session, int], set[Fault]]
"""Does something to entry `n` of chain 50 (1 to COUNT), and says what must be found."""


def _fault(number: int, what: Damage, until: int | None = None) -> set[Fault]:
    return {Fault("50", number, what, until)}


def _set(column: str, value: Any) -> Attack:
    def attack(session: Session, n: int) -> set[Fault]:
        change = sa.update(sa.table("audit_entries", sa.column(column), sa.column("number")))
        with without_triggers(session):
            session.execute(change.where(sa.column("number") == n).values({column: value}))
        return _fault(n, Damage.CHANGED)

    attack.__name__ = f"change_{column}"
    return attack


def rewrite_with_its_hash(session: Session, n: int) -> set[Fault]:
    entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.number == n)).one()
    session.expunge(entry)
    entry.facts = {"step": 999}
    sql(
        session,
        "UPDATE audit_entries SET facts = :facts, hash = :hash WHERE number = :n",
        facts='{"step": 999}', hash=hash_of(entry), n=n,
    )  # fmt: skip
    return _fault(n, Damage.HEAD_CHANGED if n == COUNT else Damage.CHANGED)


def swap_numbers(session: Session, n: int) -> set[Fault]:
    other = n % COUNT + 1
    for before, after in ((n, 1000), (other, n), (1000, other)):
        sql(session, "UPDATE audit_entries SET number = :a WHERE number = :b", a=after, b=before)
    return _fault(n, Damage.MOVED) | _fault(other, Damage.MOVED)


def move_behind_the_end(session: Session, n: int) -> set[Fault]:
    sql(session, "UPDATE audit_entries SET number = 1000 WHERE number = :n", n=n)
    gone = Damage.CUT_OFF if n == COUNT else Damage.REMOVED
    return _fault(n, gone) | _fault(1000, Damage.ADDED)


def remove(session: Session, n: int) -> set[Fault]:
    sql(
        session,
        "DELETE FROM audit_details WHERE entry_id = (SELECT id FROM audit_entries WHERE number = :n)",
        n=n,
    )
    sql(session, "DELETE FROM audit_entries WHERE number = :n", n=n)
    return _fault(n, Damage.CUT_OFF if n == COUNT else Damage.REMOVED)


def cut_off(session: Session, n: int) -> set[Fault]:
    sql(
        session,
        "DELETE FROM audit_details WHERE entry_id IN (SELECT id FROM audit_entries WHERE number >= :n)",
        n=n,
    )
    sql(session, "DELETE FROM audit_entries WHERE number >= :n", n=n)
    return _fault(n, Damage.CUT_OFF, COUNT if n < COUNT else None)


def remove_and_close_the_gap(session: Session, n: int) -> set[Fault]:
    remove(session, n)
    for number in range(n + 1, COUNT + 1):
        sql(
            session,
            "UPDATE audit_entries SET number = :a WHERE number = :b",
            a=number - 1,
            b=number,
        )
    moved = {Fault("50", number, Damage.MOVED) for number in range(n, COUNT)}
    return moved | _fault(COUNT, Damage.CUT_OFF)


def change_the_heads_number(session: Session, n: int) -> set[Fault]:
    sql(session, "UPDATE audit_heads SET number = :n", n=COUNT + n)
    return _fault(COUNT + 1, Damage.CUT_OFF, COUNT + n if n > 1 else None)


def change_the_heads_hash(session: Session, n: int) -> set[Fault]:
    sql(session, "UPDATE audit_heads SET hash = :hash", hash=f"{n:064x}")
    return _fault(COUNT, Damage.HEAD_CHANGED)


def put_the_head_back(session: Session, n: int) -> set[Fault]:
    sql(
        session,
        "UPDATE audit_heads SET number = :n, hash = (SELECT hash FROM audit_entries WHERE number = :n)",
        n=max(n - 1, 1),
    )
    return {Fault("50", number, Damage.ADDED) for number in range(max(n - 1, 1) + 1, COUNT + 1)}


def remove_the_head(session: Session, n: int) -> set[Fault]:
    sql(session, "DELETE FROM audit_heads")
    return _fault(COUNT, Damage.HEAD_REMOVED)


def change_a_detail(session: Session, n: int) -> set[Fault]:
    odd = n if n % 2 else n - 1
    sql(
        session,
        "UPDATE audit_details SET text = text || ' ไม่' "
        "WHERE entry_id = (SELECT id FROM audit_entries WHERE number = :n)",
        n=odd,
    )
    return _fault(odd, Damage.DETAIL_CHANGED)


def bring_a_detail(session: Session, n: int) -> set[Fault]:
    even = max(n - n % 2, 2)
    sql(
        session,
        "INSERT INTO audit_details (entry_id, salt, text) "
        "SELECT id, 'salt', 'text' FROM audit_entries WHERE number = :n",
        n=even,
    )
    return _fault(even, Damage.DETAIL_CHANGED)


def erase_a_detail(session: Session, n: int) -> set[Fault]:
    session.execute(
        sa.text(
            "DELETE FROM audit_details WHERE entry_id = (SELECT id FROM audit_entries WHERE number = :n)"
        ),
        {"n": n},
    )
    return set()


ATTACKS: list[Attack] = [
    _set("facts", '{"step": 0}'),
    _set("facts", '{"step": 1e400}'),
    _set("actor", "somchai"),
    _set("action", "case.closed"),
    _set("subject", "case:x"),
    _set("at", "2026-11-23 05:00:00.500000"),
    _set("detail_digest", "0" * 64),
    _set("previous", "f" * 64),
    _set("hash", "f" * 64),
    rewrite_with_its_hash,
    swap_numbers,
    move_behind_the_end,
    remove,
    cut_off,
    remove_and_close_the_gap,
    change_the_heads_number,
    change_the_heads_hash,
    put_the_head_back,
    remove_the_head,
    change_a_detail,
    bring_a_detail,
    erase_a_detail,
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_every_attack_is_found_and_named_and_nothing_else_is(
    database: Database, attack: Attack
) -> None:
    for n in range(1, COUNT + 1):
        with trial(database) as session:
            fill(session)
            expected = attack(session, n)

            found = set(verify(session))

            if attack.__name__ == "change_detail_digest":  # the detail no longer fits the digest
                found = {fault for fault in found if fault.what is not Damage.DETAIL_CHANGED}
            assert found == expected, f"entry {n}"


@given(data=st.data())
@both_databases
def test_any_two_attacks_at_once_are_found(database: Database, data: st.DataObject) -> None:
    single: list[Attack] = [*ATTACKS[:10], remove, change_a_detail]
    first, second = data.draw(st.tuples(st.sampled_from(single), st.sampled_from(single)))
    m = data.draw(st.integers(1, COUNT))
    n = data.draw(st.integers(1, COUNT).filter(lambda number: number != m))
    with trial(database) as session:
        fill(session)
        touched = {fault.number for fault in first(session, m) | _guarded(second, session, n)}

        found = verify(session)

        named = {
            number
            for fault in found
            for number in range(fault.number, (fault.until or fault.number) + 1)
        }
        # An entry that is removed takes along what it alone said of the one before: that one's hash.
        silent = {number - 1 for attack, number in ((first, m), (second, n)) if attack is remove}
        assert found
        assert touched - silent <= named
        assert named <= touched | {one - 1 for one in touched}, "blames an entry far away"


def _guarded(attack: Attack, session: Session, n: int) -> set[Fault]:
    """The second attack, of what the first one left there."""
    there = session.scalar(sa.select(AuditEntry.id).where(AuditEntry.number == n))
    return attack(session, n) if there else set()


def test_a_chain_that_was_written_anew_does_not_end_in_the_saved_heads(session: Session) -> None:
    fill(session)
    saved = current_heads(session)
    sql(session, "DELETE FROM audit_details")
    sql(session, "DELETE FROM audit_entries")
    sql(session, "DELETE FROM audit_heads")
    session.expire_all()
    fill(session, count=COUNT + 1)

    assert verify(session) == []
    assert verify(session, saved=saved) == [Fault("50", COUNT, Damage.NOT_AS_SAVED)]


def test_a_chain_that_vanished_is_missed_by_the_saved_heads(session: Session) -> None:
    fill(session)
    saved = [str(head) for head in current_heads(session)]
    for table in ("audit_details", "audit_entries", "audit_heads"):
        sql(session, f"DELETE FROM {table}")  # noqa: S608

    found = verify(session, saved=parse_heads(["# kept by the inspector", "", *saved]))

    assert [str(fault) for fault in found] == [
        f"chain 50, entry {COUNT}: it is not the one whose hash was saved"
    ]


def test_a_saved_file_that_holds_something_else_is_refused() -> None:
    with pytest.raises(NotHeads, match="line 2"):
        list(parse_heads([f"50 1 {'a' * 64}", "50 one two"]))


def test_longer_than_a_batch_and_only_its_newest_part(session: Session) -> None:
    fill(session, count=BATCH + 20)
    sql(session, "UPDATE audit_entries SET actor = 'x' WHERE number IN (3, :last)", last=BATCH + 19)

    assert [fault.number for fault in verify(session)] == [3, BATCH + 19]
    assert [fault.number for fault in verify(session, newest=50)] == [BATCH + 19]
    assert verify(session, newest=1) == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_row_that_cannot_even_be_read_hides_none_of_the_others(session: Session) -> None:
    fill(session)
    sql(session, "UPDATE audit_entries SET facts = 'not JSON' WHERE number = 2")
    sql(session, "UPDATE audit_entries SET at = 'never' WHERE number = 3")
    sql(session, "UPDATE audit_entries SET actor = x'ff' WHERE number = 5")
    session.expire_all()

    assert [(fault.number, fault.what) for fault in verify(session)] == [
        (number, Damage.CHANGED) for number in (2, 3, 5)
    ]


def test_heads_leave_the_house_once_a_day(session: Session) -> None:
    fill(session)

    first = queue_heads(session, at=NOON)
    again = queue_heads(session, at=NOON + timedelta(hours=5))
    tomorrow = queue_heads(session, at=NOON + timedelta(hours=13))

    assert first is not None
    assert again is None
    assert tomorrow is not None
    messages = session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)).all()
    assert [(message.kind, message.key) for message in messages] == [
        (OutboxKind.AUDIT_HEADS, "audit-heads-2026-11-23"),
        (OutboxKind.AUDIT_HEADS, "audit-heads-2026-11-24"),
    ]
    [head] = current_heads(session)
    assert first.payload == {"heads": [{"chain": "50", "number": COUNT, "hash": head.hash}]}
