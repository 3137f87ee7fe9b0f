"""Fair shares of what nobody likes: how many night duties of each kind somebody gets at the most.

Duties are dealt one by one to whoever has the fewest for their weight, past ones counted, so that equal people with
equal pasts differ by one at the most. A past that lies far apart is made up for over several plans, not at once.
"""

from collections.abc import Mapping
from typing import Final

CATCH_UP: Final = 2
"""So many duties more or fewer than the average may one plan make up for."""


def fair_shares(
    wanted: Mapping[str, int], weights: Mapping[int, float], past: Mapping[int, int]
) -> dict[int, dict[str, int]]:
    """Person → kind → duties at the most; all kinds together are dealt fairly. Weight 0: none.

    Raises nothing: with nobody to deal to, the shares are empty of duties.
    """
    shares = {person: dict.fromkeys(wanted, 0) for person in weights}
    able = [person for person, weight in weights.items() if weight > 0]
    if not able:
        return shares
    average = sum(past.get(person, 0) for person in able) / sum(weights[one] for one in able)
    had = {
        person: _near(past.get(person, 0) - average * weights[person], CATCH_UP) for person in able
    }
    for kind, duties in wanted.items():
        for _ in range(duties):
            least = min(able, key=lambda one: ((had[one] + 1) / weights[one], one))
            had[least] += 1
            shares[least][kind] += 1
    return shares


def _near(value: float, most: int) -> float:
    return max(-most, min(most, value))
