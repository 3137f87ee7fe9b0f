"""Agents for the tests: people who are signed in, with a telephone."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import count

from sqlalchemy import select

from case_store import clock
from case_store.people.models import BreakReason, PresenceState, Role, SignIn, User
from case_store.people.presence import issue_softphone_secret, set_presence
from case_store.people.sign_in import begin_sign_in, end_sign_in
from case_store.people.staff import add_person
from tests.telephony.line import Line, eventually
from tests.telephony.telephone import Telephone
from tests.trained import trained

_NUMBERS = count(1)


@dataclass
class Agent:
    """One person of a centre at work."""

    line: Line
    user_id: int
    extension: str
    secret: str
    phone: Telephone

    def is_(self, state: PresenceState, reason: BreakReason | None = None) -> None:
        """Ready, on a break, off: as the person says on the console."""
        with self.line.database.transaction() as session:
            user = session.get_one(User, self.user_id)
            set_presence(session, user, state, at=clock.now(), reason=reason)

    def signs_out(self) -> None:
        with self.line.database.transaction() as session:
            for sign_in in session.scalars(select(SignIn).where(SignIn.user_id == self.user_id)):
                end_sign_in(session, sign_in, at=clock.now())

    def refreshes_the_page(self) -> None:
        """The page forgets its call and begins anew, with a telephone of another name."""
        self.phone.close()
        self.phone = Telephone(self.extension, self.secret, self.line.settings.sip_port)
        assert self.phone.register() == 200

    def in_wrap_up(self) -> bool:
        with self.line.database.reading() as session:
            presence = session.get_one(User, self.user_id).presence
            return presence is not None and presence.wrap_up_until is not None


def new_agent(line: Line, centre_code: str, *, state: PresenceState = PresenceState.READY) -> Agent:
    """Signs somebody new in at a centre; their telephone is registered when this returns."""
    at = clock.now()
    with line.database.transaction() as session:
        user = add_person(
            session,
            username=f"person.{next(_NUMBERS)}",
            display_name="ทดสอบ",
            role=Role.NATIONAL_OFFICER if centre_code == "00" else Role.AGENT,
            centre_code=centre_code,
            password="correct-horse-battery",
            at=at,
        )
        trained(session, user)
        begin_sign_in(session, user, at=at, lasts=timedelta(hours=1))
        session.flush()
        sign_in = session.scalars(select(SignIn).where(SignIn.user_id == user.id)).one()
        secret = issue_softphone_secret(session, sign_in, expires_at=at + timedelta(hours=1))
        set_presence(session, user, state, at=at)
        user_id, extension = user.id, user.extension
    phone = Telephone(extension, secret, line.settings.sip_port)
    assert eventually(lambda: phone.register() == 200, every=0.2), line.asterisk_log()
    # Asterisk rings a telephone only after it answered an OPTIONS.
    assert eventually(lambda: _is_reachable(line, extension), every=0.2), line.asterisk_log()
    return Agent(line, user_id, extension, secret, phone)


def agent_on_duty(line: Line, centre_code: str) -> Agent:
    """One whom callers reach: before `ivr` has put them in, their queue is empty, and a caller leaves it at once."""
    agent = new_agent(line, centre_code)
    assert eventually(lambda: agent.extension in line.members(), seconds=10), line.members()
    return agent


def _is_reachable(line: Line, extension: str) -> bool:
    contacts = line.cli("pjsip show contacts").splitlines()
    return any(f"{extension}/" in row and " Avail" in row for row in contacts)
