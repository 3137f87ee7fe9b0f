"""Changing the keys: everything that is sealed is sealed anew, some rows at a time, beside people at work.

What a row is sealed with stands in the row, so a rotation that was broken off goes on where it stopped.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from case_store.cases.models import Case, CaseDraft
from case_store.exchange.models import ImportBatch
from case_store.identity.complainants import Identity, index_identity
from case_store.identity.keyring import CannotUnseal, Keyring, Sealed, keyring_of
from case_store.identity.models import Complainant
from case_store.outbox.models import Webhook

BATCH: Final = 500


@dataclass(frozen=True)
class SealedKind:
    """Rows that hold something sealed. `places`: for each row, what each of its sealed columns is bound to."""

    name: str
    model: type[Any]
    id: InstrumentedAttribute[int]
    places: Callable[[Session, Sequence[Any]], list[Mapping[str, str]]]
    sealed: InstrumentedAttribute[Any]

    def sealed_with(self, keys: frozenset[str]) -> ColumnElement[bool]:
        column: InstrumentedAttribute[str] = self.model.key_id
        return column.in_(keys)


@dataclass(frozen=True)
class Progress:
    """One batch: how many were done, the last id to go on after (None: that was all), and what could not be opened."""

    done: int
    last: int | None
    broken: tuple[str, ...] = ()


def reseal(session: Session, kind: SealedKind, *, after: int = 0, limit: int = BATCH) -> Progress:
    """Seals a batch of what an old key sealed with the present one."""
    ring = keyring_of(session)
    rows = _locked(session, kind.model, kind.id, after, kind.sealed_with(ring.seals.old), limit)
    places = kind.places(session, rows)
    broken = [
        f"{kind.name} {getattr(row, kind.id.key)}"
        for row, bound in zip(rows, places, strict=True)
        if not _resealed(ring, row, bound)
    ]
    session.flush()
    return _progress(kind.id, rows, broken)


def reindex(session: Session, *, after: int = 0, limit: int = BATCH) -> Progress:
    """Makes the blind index of a batch of complainants anew with the present key."""
    ring = keyring_of(session)
    old = Complainant.index_key_id.in_(ring.indexes.old)
    rows = _locked(session, Complainant, Complainant.case_id, after, old, limit)
    broken = []
    for row, bound in zip(rows, _places_of_complainants(session, rows), strict=True):
        try:
            sealed = Sealed(row.key_id, row.sealed)
            plain = ring.unseal(sealed, bound_to=bound["sealed"])
        except CannotUnseal:
            broken.append(f"complainants {row.case_id}")
        else:
            index_identity(ring, row, Identity.as_sealed(plain))
    session.flush()
    return _progress(Complainant.case_id, rows, broken)


def seal_keys_in_use(session: Session) -> frozenset[str]:
    """The names of the keys without which something could not be opened."""
    kinds = [_distinct(session, kind.model.key_id, kind.sealed.is_not(None)) for kind in KINDS]
    return frozenset().union(*kinds)


def index_keys_in_use(session: Session) -> frozenset[str]:
    """The names of the keys without which somebody could not be found."""
    return _distinct(session, Complainant.index_key_id, Complainant.sealed.is_not(None))


def _locked(
    session: Session,
    model: type[Any],
    id_column: InstrumentedAttribute[int],
    after: int,
    wanted: ColumnElement[bool],
    limit: int,
) -> Sequence[Any]:
    """Rows in the order of their ids, held until the end of the transaction: nobody's correction is overwritten."""
    query = select(model).where(wanted, id_column > after).order_by(id_column).limit(limit)
    if model is Complainant:
        query = query.options(selectinload(Complainant.indexes))
    locked = query.with_for_update(of=model).execution_options(populate_existing=True)
    return session.scalars(locked).all()


def _resealed(ring: Keyring, row: Any, bound: Mapping[str, str]) -> bool:
    fresh = {}
    try:
        for column, place in bound.items():
            if (data := getattr(row, column)) is not None:
                plain = ring.unseal(Sealed(row.key_id, data), bound_to=place)
                fresh[column] = ring.seal(plain, bound_to=place).data
    except CannotUnseal:
        return False
    for column, data in fresh.items():
        setattr(row, column, data)
    row.key_id = ring.seals.current
    return True


def _progress(
    id_column: InstrumentedAttribute[int], rows: Sequence[Any], broken: list[str]
) -> Progress:
    last = getattr(rows[-1], id_column.key) if rows else None
    return Progress(len(rows) - len(broken), last, tuple(broken))


def _distinct(
    session: Session, column: InstrumentedAttribute[str], wanted: ColumnElement[bool]
) -> frozenset[str]:
    """The few values of a column, each by one look into its index."""
    found: set[str] = set()
    last = ""
    query = select(column).where(wanted).order_by(column).limit(1)
    while (value := session.scalar(query.where(column > last))) is not None:
        found.add(value)
        last = value
    return frozenset(found)


def _places_of_complainants(
    session: Session, rows: Sequence[Complainant]
) -> list[Mapping[str, str]]:
    ids = [row.case_id for row in rows]
    found = session.execute(select(Case.id, Case.ref).where(Case.id.in_(ids)))
    refs = {row.id: row.ref for row in found}
    return [
        {"sealed": f"identity:{ref}", "sealed_pin": f"pin:{ref}"}
        for ref in (refs[one] for one in ids)
    ]


def _own_place(column: str) -> Callable[[Session, Sequence[Any]], list[Mapping[str, str]]]:
    return lambda _session, rows: [{column: row.place} for row in rows]


KINDS: Final = (
    SealedKind(
        "complainants",
        Complainant,
        Complainant.case_id,
        _places_of_complainants,
        Complainant.sealed,
    ),
    SealedKind("drafts", CaseDraft, CaseDraft.id, _own_place("sealed"), CaseDraft.sealed),
    SealedKind("imports", ImportBatch, ImportBatch.id, _own_place("sealed"), ImportBatch.sealed),
    SealedKind("webhooks", Webhook, Webhook.id, _own_place("sealed_secret"), Webhook.sealed_secret),
)
"""Everything that is sealed. Whatever else is sealed one day must stand here, or a rotation would lose it."""
