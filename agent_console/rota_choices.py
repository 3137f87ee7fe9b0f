"""What can be chosen in the rota's forms: codes with their words."""

from collections.abc import Iterable

from agent_console.labels import label
from case_store.people.models import User

Choices = list[tuple[str, str]]


def word_choices(kind: str, codes: Iterable[str]) -> Choices:
    return [(code, label(kind, code)) for code in map(str, codes)]


def person_choices(people: Iterable[User]) -> Choices:
    return [(str(one.id), one.display_name) for one in people]
