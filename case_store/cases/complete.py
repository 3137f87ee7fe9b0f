"""What a step needs besides being possible: text that is really there, an office, a reason."""


class NotComplete(ValueError):
    """Something that the step needs is missing; `field` says what."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is missing")
        self.field = field


def needed(text: str, field: str, *, least: int = 1, most: int = 20_000) -> str:
    """The text without its margins. Raises `NotComplete` when it is too short, or longer than anybody reads."""
    text = text.strip()
    if not least <= len(text) <= most:
        raise NotComplete(field)
    return text
