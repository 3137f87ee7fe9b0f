"""How far demo cases have come: the steps of a case, one after the other, until the present cuts them off."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from case_store.agencies.models import Agency
from case_store.cases.models import CaseEventKind as Kind
from case_store.cases.models import CaseState, Outcome, RejectReason
from case_store.cases.referral_models import ReferralState
from damrong.demo_cases.matters import Matter, Writer

_FORGOTTEN = 0.02
_NOW_COMES_FIRST = "the next step lies in the future"


@dataclass(slots=True)
class Step:
    kind: Kind
    at: datetime
    by: str
    note: str = ""
    referral: "Asked | None" = None
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Asked:
    """A referral."""

    agency: Agency
    request: str
    sent_at: datetime
    state: ReferralState = ReferralState.SENT
    report: str = ""
    accepted_at: datetime | None = None
    ended_at: datetime | None = None
    progress_at: datetime | None = None


@dataclass(slots=True)
class Story:
    """A case's life until now."""

    steps: list[Step] = field(default_factory=list)
    referrals: list[Asked] = field(default_factory=list)
    state: CaseState = CaseState.RECEIVED
    state_since: datetime | None = None
    screened_at: datetime | None = None
    clock_since: datetime | None = None
    """When the clock began: at receipt, or at the last reopening."""
    waits: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    result: str = ""
    outcome: Outcome | None = None
    reject_reason: RejectReason | None = None
    transferred_to: str | None = None
    closed_at: datetime | None = None
    reopened: int = 0


class _Cut(Exception):
    pass


class Teller:
    """Tells stories of one centre's cases."""

    def __init__(self, random: Random, writer: Writer, now: datetime) -> None:
        self._random, self._writer, self._now = random, writer, now

    def tell(
        self, matter: Matter, at: datetime, channel: str, officer: str, agencies: Sequence[Agency]
    ) -> Story:
        return _Telling(self._random, self._writer, self._now, matter, at, officer).told(
            channel, agencies
        )


class _Telling:
    def __init__(
        self,
        random: Random,
        writer: Writer,
        now: datetime,
        matter: Matter,
        at: datetime,
        officer: str,
    ) -> None:
        self._random, self._writer, self._now, self._matter = random, writer, now, matter
        self._at, self._officer = at, officer
        self._story = Story(state_since=at, clock_since=at)

    def told(self, channel: str, agencies: Sequence[Agency]) -> Story:
        self._write(Kind.RECEIVED, channel=channel)
        with suppress(_Cut):
            self._live(agencies)
        return self._story

    def _live(self, agencies: Sequence[Agency]) -> None:
        chance = self._random.random()
        self._later(0.05, 2.5)
        self._enter(CaseState.SCREENING, Kind.SCREENING_BEGUN)
        if chance < 0.03:
            return self._withdraw()
        self._later(0.02, 1.5)
        if chance < 0.10:
            return self._reject()
        if chance < 0.32 or not agencies:
            self._handle()
        else:
            self._refer(agencies)
        self._later(0.3, 4)
        self._close()
        if self._random.random() < 0.04:
            self._reopen()
        return None

    # ── Steps of the centre ───────────────────────────────────────────────────────────────────────

    def _withdraw(self) -> None:
        self._later(1, 12)
        self._end(CaseState.WITHDRAWN, Kind.WITHDRAWN, self._note("withdrawn"))

    def _reject(self) -> None:
        self._screened()
        reason = self._random.choice(
            (RejectReason.NO_CHECKABLE_FACTS, RejectReason.IN_COURT, RejectReason.DECIDED_ALREADY)
        )
        self._story.reject_reason = reason
        self._end(CaseState.REJECTED, Kind.REJECTED, self._note("rejected"), reason=reason.value)

    def _handle(self) -> None:
        self._screened()
        self._enter(CaseState.HANDLING, Kind.HANDLING_BEGUN, self._note("screened"))
        if self._random.random() < 0.15:
            self._wait()
        for _ in range(self._random.randrange(3)):
            self._later(1, 9)
            self._write(Kind.PROGRESS, self._note("progress"))
        self._later(0.5, 8)
        self._story.result = self._note("report")
        self._enter(CaseState.REVIEW, Kind.RESULT_REPORTED, self._story.result)

    def _wait(self) -> None:
        self._later(0.2, 2)
        self._write(Kind.WAITS_FOR_COMPLAINANT, self._note("waiting"))
        begun = self._at
        self._story.waits.append((begun, None))
        self._later(2, 30)
        self._write(Kind.COMPLAINANT_ANSWERED, self._note("answered"))
        self._story.waits[-1] = (begun, self._at)

    def _close(self) -> None:
        story, outcome = self._story, self._random.choices(list(Outcome), (62, 24, 6, 8))[0]
        if outcome is Outcome.REFERRED_ELSEWHERE:
            story.transferred_to = "สำนักงานจังหวัด"
        story.result = self._note("closed")
        story.outcome = outcome
        self._end(
            CaseState.CLOSED, Kind.CLOSED, story.result,
            outcome=outcome.value, transferred_to=story.transferred_to or "",
        )  # fmt: skip

    def _reopen(self) -> None:
        story = self._story
        self._later(2, 60)
        story.outcome = story.closed_at = story.transferred_to = story.screened_at = None
        story.reopened += 1
        story.clock_since = self._at
        story.waits.clear()
        self._enter(CaseState.REOPENED, Kind.REOPENED, self._note("reopened"))
        self._later(0.2, 2)
        self._enter(CaseState.SCREENING, Kind.SCREENING_BEGUN)
        self._later(0.1, 2)
        self._handle()
        self._later(0.3, 4)
        self._close()

    # ── Referrals ─────────────────────────────────────────────────────────────────────────────────

    def _refer(self, agencies: Sequence[Agency]) -> None:
        asked = self._ask(self._random.choice(agencies))
        if self._random.random() < 0.08:
            self._later(0.3, 5)
            asked.state, asked.report, asked.ended_at = (
                ReferralState.RETURNED, self._note("returned"), self._at,
            )  # fmt: skip
            self._tell(asked, Kind.REFERRAL_RETURNED, asked.report)
            self._state(CaseState.SCREENING)
            self._later(0.1, 1)
            others = [agency for agency in agencies if agency is not asked.agency]
            asked = self._ask(self._random.choice(others or agencies))
        self._work(asked)

    def _ask(self, agency: Agency) -> Asked:
        asked = Asked(agency, self._note("request"), self._at, progress_at=self._at)
        self._story.referrals.append(asked)
        self._screened()
        self._state(CaseState.REFERRED)
        self._tell(asked, Kind.REFERRED, asked.request, by=self._officer)
        return asked

    def _work(self, asked: Asked) -> None:
        self._later(0.2, 6)
        asked.state, asked.accepted_at = ReferralState.ACCEPTED, self._at
        self._tell(asked, Kind.REFERRAL_ACCEPTED)
        self._later(0.2, 4)
        asked.state = ReferralState.IN_PROGRESS
        self._tell(asked, Kind.REFERRAL_BEGUN)
        for _ in range(self._random.randrange(3)):
            self._later(1, 9)
            self._tell(asked, Kind.REFERRAL_PROGRESS, self._note("progress"))
        self._later(1, 25)
        asked.state, asked.ended_at, asked.report = (
            ReferralState.REPORTED, self._at, self._note("report"),
        )  # fmt: skip
        self._tell(asked, Kind.REFERRAL_REPORTED, asked.report)
        self._state(CaseState.REVIEW)

    # ── What every step does ──────────────────────────────────────────────────────────────────────

    def _later(self, least: float, most: float) -> None:
        """Soon rather than late, within these days; now and then it is forgotten for weeks."""
        days = least + (most - least) * self._random.random() ** 2
        if self._random.random() < _FORGOTTEN:
            days += 20 + 120 * self._random.random()
        self._at += timedelta(days=days)
        if self._at > self._now:
            raise _Cut(_NOW_COMES_FIRST)

    def _note(self, kind: str) -> str:
        return self._writer.note(kind, self._matter.place)

    def _enter(self, state: CaseState, kind: Kind, note: str = "", **data: Any) -> None:
        self._state(state)
        self._write(kind, note, **data)

    def _end(self, state: CaseState, kind: Kind, note: str, **data: Any) -> None:
        self._enter(state, kind, note, **data)
        self._story.closed_at = self._at

    def _state(self, state: CaseState) -> None:
        self._story.state, self._story.state_since = state, self._at

    def _screened(self) -> None:
        self._story.screened_at = self._story.screened_at or self._at

    def _write(self, kind: Kind, note: str = "", **data: Any) -> None:
        self._story.steps.append(Step(kind, self._at, self._officer, note, None, data))

    def _tell(self, asked: Asked, kind: Kind, note: str = "", by: str = "") -> None:
        asked.progress_at = self._at
        data = {"agency_code": asked.agency.code}
        self._story.steps.append(Step(kind, self._at, by or asked.agency.code, note, asked, data))
