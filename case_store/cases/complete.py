"""What a step needs besides being possible: text that is really there, an office, a reason."""


class NotComplete(ValueError):
    """Something that the step needs is missing; `field` says what."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is missing")
        self.field = field


def needed(text: str, field: str, *, least: int = 1) -> str:
    """The text without its margins. Raises `NotComplete` when it is shorter than `least`."""
    text = text.strip()
    if len(text) < least:
        raise NotComplete(field)
    return text
