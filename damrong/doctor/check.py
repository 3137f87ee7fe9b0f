"""What a check of the installation says."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from case_store.settings import Settings


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, and how to mend it when it is not well."""

    subject: str
    mend: str = ""

    @property
    def is_well(self) -> bool:
        """Whether there is nothing to mend."""
        return not self.mend

    def __str__(self) -> str:
        return f"✓ {self.subject}" if self.is_well else f"✗ {self.subject}: {self.mend}"


Check = Callable[[Settings], Iterator[Finding]]


def finding(subject: str, well: bool, mend: str) -> Finding:
    """A finding that tells how to mend the subject unless it is well."""
    return Finding(subject, "" if well else mend)
