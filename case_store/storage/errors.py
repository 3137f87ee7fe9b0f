"""Why a file is not taken."""

from enum import StrEnum


class Refusal(StrEnum):
    """What is wrong with a file, for the reader to be told in their own words."""

    EMPTY = "empty"
    TOO_BIG = "too_big"
    TOO_MANY = "too_many"
    """The case has as many files as it may have."""
    NOT_ALLOWED = "not_allowed"
    """Not one of the kinds of file that are taken."""
    DISGUISED = "disguised"
    """The name says another kind than the content."""
    BROKEN = "broken"
    BOMB = "bomb"
    """Small, but would fill the reader's machine when opened."""
    MACROS = "macros"
    """A document that brings a program along."""
    DISK_FULL = "disk_full"
    HELD = "held"
    """A legal hold forbids that anything of the case is removed."""


class NotStorable(Exception):
    """The file is not taken (or not removed); nothing of it is left."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(f"the file is refused: {reason}")
        self.reason = reason
