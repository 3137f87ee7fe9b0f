"""What a page says when a change of duties is refused: each broken rule in a sentence, with whose it is."""

from sqlalchemy.orm import Session

from agent_console.i18n import gettext
from agent_console.rota_words import breach_words
from case_store.people.models import User
from case_store.rotation.rota.editing import RuleBroken


def broken_words(session: Session, broken: RuleBroken, centre_code: str) -> list[str]:
    """In the reader's language."""
    return [
        breach_words(session, breach, _name(session, user_id), centre_code)
        for user_id, several in broken.found.items()
        for breach in several
    ]


def locked_words() -> str:
    return gettext("The rota is locked, or there is none for that day. Please ask your supervisor.")


def _name(session: Session, user_id: int) -> str:
    user = session.get(User, user_id)
    return user.display_name if user else ""
