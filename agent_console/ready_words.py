"""Why somebody cannot be ready: which course is missing and when it is held next, or when it is their turn."""

from agent_console.formats import format_moment
from agent_console.i18n import gettext, language
from case_store.rotation.today.gate import NotOnShift
from case_store.rotation.training.gate import NotCertified


def refusal(missing: NotCertified) -> str:
    """In the reader's language."""
    if missing.course is None:
        return gettext("There is no course for this work. Please tell the administrator.")
    course = missing.course.name(language())
    if missing.course.begins_at is None:
        return gettext(
            "A valid certificate of the course “%(course)s” is missing. No date is set for the next one: "
            "please ask your supervisor.",
            course=course,
        )
    return gettext(
        "A valid certificate of the course “%(course)s” is missing. It is held next on %(when)s, %(place)s: "
        "take a place under “My training”.",
        course=course,
        when=format_moment(missing.course.begins_at),
        place=missing.course.place,
    )


def not_your_turn(error: NotOnShift) -> str:
    """In the reader's language."""
    if error.begins_at is None:
        return gettext(
            "You are not on the rota in the coming weeks. Ask your supervisor for a duty."
        )
    return gettext(
        "It is not your turn: your next duty begins on %(when)s. If you are needed now, your supervisor "
        "gives you a duty.",
        when=format_moment(error.begins_at),
    )
