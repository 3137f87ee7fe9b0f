"""Who complains in demo cases: names put together, and numbers from the range that no real telephone of 1567 calls."""

from random import Random

from damrong.demo_cases.matters import words


class Crowd:
    """Makes people up; some of them call again."""

    def __init__(self, random: Random, regulars: int = 400) -> None:
        self._random = random
        self._regulars = [self._new() for _ in range(regulars)]

    def somebody(self) -> tuple[str, str]:
        """A name and a telephone number, E.164."""
        return self._random.choice(self._regulars) if self._random.random() < 0.15 else self._new()

    def _new(self) -> tuple[str, str]:
        names, random = words()["names"], self._random
        name = random.choice(names["title"]) + random.choice(names["first"])
        return f"{name} {random.choice(names['last'])}", f"+668{random.randrange(10**8):08d}"
