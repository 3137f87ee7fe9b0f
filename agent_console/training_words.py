"""What somebody without a valid certificate is told: which course is missing, and when it is held next."""

from agent_console.formats import format_moment
from agent_console.i18n import gettext, language
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
