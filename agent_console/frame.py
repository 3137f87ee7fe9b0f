"""The frame around a signed-in page: for whoever takes calls, the phone, their duty and the queues stand beside it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from agent_console.console import Console
from agent_console.dependencies import ConsoleDep, CurrentUser, SignedIn
from agent_console.rendering import render
from case_store.calls.callbacks import count_open_callbacks
from case_store.calls.find_calls import call_of_agent
from case_store.calls.waiting import WaitingCallers, waiting_callers
from case_store.clock import BANGKOK, now
from case_store.outbox.notices import count_unread
from case_store.people.models import BreakReason, PresenceState
from case_store.people.permissions import Action, may
from case_store.rotation.training.gate import is_certified
from case_store.rotation.training.models import PHONE


@dataclass(frozen=True)
class Duty:
    """What the agent's panel shows: off, ready, break, wrap_up or talking."""

    state: str
    reason: BreakReason | None
    since: datetime | None
    now: datetime
    wrap_up_until: datetime | None = None
    wrap_up_seconds: int = 0
    wrap_up_call_id: int | None = None
    may_practise: bool = False
    """The demo line is there, and this person has no certificate yet."""


def duty_of(
    session: Session, reader: SignedIn, *, at: datetime, wrap_up_seconds: int, practice_line: bool
) -> Duty:
    presence = reader.user(session).presence
    if call_of_agent(session, reader.user_id):
        return Duty("talking", None, None, at)
    today = at.astimezone(BANGKOK).date()
    may_practise = practice_line and not is_certified(session, reader.user_id, PHONE, today, today)
    if presence is None:
        return Duty(PresenceState.OFF, None, None, at, may_practise=may_practise)
    until = presence.wrap_up_until
    if presence.state is PresenceState.READY and until and until > at:
        total = max(wrap_up_seconds, int((until - at).total_seconds()))
        return Duty("wrap_up", None, presence.since, at, until, total, presence.wrap_up_call_id)
    return Duty(
        presence.state, presence.break_reason, presence.since, at, may_practise=may_practise
    )


@dataclass(frozen=True)
class Dock:
    """What stands beside every page of an agent."""

    duty: Duty
    queues: list[WaitingCallers]


@dataclass(frozen=True)
class Counts:
    """What the bar counts."""

    callbacks: int = 0
    notices: int = 0


@dataclass(frozen=True)
class PageFrame:
    """Renders pages and fragments for the person who is signed in."""

    request: Request
    console: Console
    reader: SignedIn

    def page(self, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
        """A whole page. htmx takes only its #main, so that the phone beside it goes on."""
        dock, counts = self._dock()
        return self.fragment(
            template,
            status=status,
            dock=dock,
            open_callbacks=counts.callbacks,
            unread_notices=counts.notices,
            **context,
        )

    def fragment(
        self,
        template: str,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
        **context: Any,
    ) -> HTMLResponse:
        return render(self.request, template, status=status, headers=headers, **context)

    def _dock(self) -> tuple[Dock | None, Counts]:
        if "HX-Request" in self.request.headers:
            return None, Counts()
        actor, at = self.reader.actor, now()
        with self.console.database.reading() as session:
            callbacks = (
                count_open_callbacks(session, by=actor)
                if may(actor, Action.ANSWER_CALLBACKS)
                else 0
            )
            counts = Counts(callbacks, count_unread(session, self.reader.user_id))
            if not self.reader.takes_calls:
                return None, counts
            wrap_up = self.console.settings.wrap_up_seconds
            duty = duty_of(
                session,
                self.reader,
                at=at,
                wrap_up_seconds=wrap_up,
                practice_line=self.console.settings.demo,
            )
            return Dock(duty, waiting_callers(session, by=actor, at=at)), counts


def page_frame(request: Request, console: ConsoleDep, reader: CurrentUser) -> PageFrame:
    return PageFrame(request, console, reader)


Frame = Annotated[PageFrame, Depends(page_frame)]
