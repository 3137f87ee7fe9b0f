"""Which calls are over for so long that their sound, or what tells of their callers, is to go."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, func, or_
from sqlalchemy.orm import aliased

from case_store.calls.callbacks import WAITS
from case_store.calls.models import Call, CallbackRequest, CallOutcome, CallSound
from case_store.cases.models import Case, CaseState, case_calls
from case_store.clock import BANGKOK
from case_store.places.provinces import NATIONAL
from case_store.privacy.holds import lasting_hold
from case_store.privacy.models import CallData, CallErasure, LegalHold

centre_of_call: Final[ColumnElement[str]] = func.coalesce(
    Call.province_code, func.substr(Call.queue, 2), NATIONAL
)
"""`Call.centre_code`, for queries."""
_STILL_THERE: Final[Mapping[CallData, ColumnElement[bool]]] = {
    CallData.RECORDINGS: Call.sound == CallSound.KEPT,
    CallData.CALLS: Call.anonymised_at.is_(None),
}


def month_start(at: datetime, *, earlier: int = 0) -> datetime:
    """When the month of Bangkok began that `at` falls in, or one so many months earlier."""
    local = at.astimezone(BANGKOK)
    months = local.year * 12 + local.month - 1 - earlier
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=BANGKOK).astimezone(UTC)


def erasable(data: CallData) -> ColumnElement[bool]:
    """Calls that are over, of which there is something left, and which nothing keeps."""
    return and_(
        _STILL_THERE[data],
        Call.ended_at.is_not(None),
        Call.outcome.not_in(CallOutcome.live()),
        ~_is_waited_on(),
        ~_is_kept_by_case(),
    )


def of_erasure(erasure: CallErasure) -> ColumnElement[bool]:
    """The calls of a month and a centre, of which something is left and which nothing keeps now."""
    return and_(
        Call.started_at >= erasure.since,
        Call.started_at < erasure.until,
        centre_of_call == erasure.centre_code,
        erasable(erasure.data),
    )


def _is_waited_on() -> ColumnElement[bool]:
    """Its caller left a wish that nobody has settled."""
    return exists().where(CallbackRequest.call_id == Call.id, CallbackRequest.state.in_(WAITS))


def _is_kept_by_case() -> ColumnElement[bool]:
    """It belongs to a case that runs or is held, or to a duplicate of one."""
    main: Any = aliased(Case)
    of_main = exists().where(main.id == Case.merged_into_id, _keeps(main))
    return exists().where(
        case_calls.c.call_id == Call.id,
        case_calls.c.case_id == Case.id,
        or_(_keeps(Case), of_main),
    )


def _keeps(case: type[Case]) -> ColumnElement[bool]:
    runs = case.state.not_in(CaseState.ended())
    return or_(runs, lasting_hold(LegalHold.case_id == case.id))
