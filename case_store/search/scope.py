"""What the index itself can limit a search to: centres, a province, an agency."""

from dataclasses import dataclass

from case_store.people.permissions import Action, Actor, Reach, centres_within, reach


@dataclass(frozen=True)
class IndexScope:
    """None: no limit. It only saves work: whether a case is really to be seen is decided by `visible_to`."""

    centres: frozenset[str] | None = None
    province_code: str | None = None
    agency_ids: frozenset[int] = frozenset()
    """Agencies that all of them were asked."""

    @property
    def is_empty(self) -> bool:
        return self.centres is not None and not self.centres

    @property
    def is_wide(self) -> bool:
        """Whether most of the newest cases are within it."""
        return self == IndexScope()


def index_scope(
    by: Actor,
    *,
    centre_code: str | None = None,
    province_code: str | None = None,
    agency_id: int | None = None,
) -> IndexScope:
    """The scope of a reader, and of filters."""
    agencies = {agency_id} if agency_id is not None else set()
    centres = frozenset({centre_code}) if centre_code and _is_code(centre_code) else None
    if reach(by, Action.SEE_CASES) is Reach.OWN_AGENCY:
        agencies |= {by.agency_id} if by.agency_id is not None else set()
    else:
        within = centres_within(by, Action.SEE_CASES)
        if centres is None or within is None:
            centres = centres or within
        else:
            centres &= within
    province = province_code if province_code and _is_code(province_code) else None
    return IndexScope(centres, province, frozenset(agencies))


def _is_code(code: str) -> bool:
    """What is none finds nothing anyway, and must not get into the index's language."""
    return len(code) == 2 and code.isascii() and code.isdigit()
