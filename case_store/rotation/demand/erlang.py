"""Queues of callers by Erlang's formulas: B and C (nobody gives up) and A (callers lose patience).

Units everywhere: a load is in Erlang (calls a second times seconds a call: how many talk at once on average), a time in
seconds, a probability from 0 to 1, `agents` people who take calls at once. Reckoned by recursion, without factorials:
thousands of agents are no harder than two.
"""

import math
from dataclasses import dataclass
from typing import Final

MOST_AGENTS: Final = 20_000
"""No centre has more people at once; a target that needs more is a mistake in its input."""
_NEGLIGIBLE: Final = 30.0
"""A queue whose weight is below the likeliest one's by this logarithm changes no figure."""
_LONGEST_QUEUE: Final = 200_000


@dataclass(frozen=True)
class Target:
    """What callers are promised; None: no promise. `patience`: seconds after which a caller gives up, on average."""

    answered_share: float | None = 0.8
    within: float = 20.0
    average_wait: float | None = None
    """The longest average wait, in seconds."""
    abandoned_share: float | None = None
    patience: float = 120.0


@dataclass(frozen=True)
class Service:
    """What callers and agents meet with so many agents."""

    waiting: float
    """The probability that a caller must wait at all."""
    within_target: float
    """The share of callers who are answered within the target's seconds."""
    average_wait: float
    """Seconds until the answer, those who need not wait included."""
    occupancy: float
    """The share of their time in which agents talk or finish notes."""
    abandoned: float
    """The share of callers who give up; 0 by Erlang C, where nobody does."""


class TooMany(ValueError):
    """No number of agents that a centre could have reaches the target."""


def offered_load(calls: float, handling: float, interval: float) -> float:
    """Erlang: `calls` in an interval of so many seconds, each of which takes an agent `handling` seconds."""
    return calls * handling / interval


def blocking(agents: int, load: float) -> float:
    """Erlang B: the probability that all agents are busy, were callers turned away then."""
    if load <= 0:
        return 0.0 if agents else 1.0
    inverse = 1.0
    for number in range(1, agents + 1):
        inverse = 1.0 + inverse * number / load
        if math.isinf(inverse):
            return 0.0
    return 1.0 / inverse


def waiting_probability(agents: int, load: float) -> float:
    """Erlang C: the probability that a caller must wait. 1 when there are no more agents than the load."""
    if load <= 0:
        return 0.0
    if agents <= load:
        return 1.0
    return _waiting(agents, load, blocking(agents, load))


def _waiting(agents: int, load: float, blocked: float) -> float:
    return agents * blocked / (agents - load * (1.0 - blocked))


def erlang_c(agents: int, load: float, handling: float, *, within: float = 20.0) -> Service:
    """What `agents` give when nobody gives up; `handling` and `within` in seconds."""
    waiting = waiting_probability(agents, load)
    return _without_patience(agents, load, handling, within, waiting)


def _without_patience(
    agents: int, load: float, handling: float, within: float, waiting: float
) -> Service:
    if load <= 0:
        return Service(0.0, 1.0, 0.0, 0.0, 0.0)
    spare = agents - load
    if spare <= 0:
        return Service(1.0, 0.0, math.inf, 1.0, 0.0)
    return Service(
        waiting=waiting,
        within_target=1.0 - waiting * math.exp(-spare * within / handling),
        average_wait=waiting * handling / spare,
        occupancy=load / agents,
        abandoned=0.0,
    )


def erlang_a(
    agents: int, load: float, handling: float, *, patience: float, within: float = 20.0
) -> Service:
    """What `agents` give when callers who wait give up after `patience` seconds on average (exponentially).

    A birth-death process: calls come at one rate, agents end them at another, and those who wait leave at a third.
    `average_wait` is over all callers, those who gave up included.
    """
    if load <= 0:
        return Service(0.0, 1.0, 0.0, 0.0, 0.0)
    if agents <= 0:
        return Service(1.0, 0.0, patience, 0.0, 1.0)
    arrivals, served, leaves = load / handling, agents / handling, 1.0 / patience
    blocked = blocking(agents, load)
    if blocked == 0.0:
        return Service(0.0, 1.0, 0.0, load / agents, 0.0)
    weights, peak = _queue_weights(arrivals, served, leaves)
    # The states in which somebody is free, on the same scale: the first of `weights` is 1 before it.
    total = sum(weights) + (1.0 / blocked - 1.0) * math.exp(-peak)
    length = sum(place * weight for place, weight in enumerate(weights)) / total
    waiting = sum(weights) / total
    abandoned = leaves * length / arrivals
    answered = sum(
        weight * share
        for weight, share in zip(
            weights, _answered_within(within, served, leaves, len(weights)), strict=True
        )
    )
    return Service(
        waiting=waiting,
        within_target=min(1.0, 1.0 - waiting + answered / total),
        average_wait=length / arrivals,
        occupancy=load * (1.0 - abandoned) / agents,
        abandoned=abandoned,
    )


def _queue_weights(arrivals: float, served: float, leaves: float) -> tuple[list[float], float]:
    """How likely a queue of 0, 1, 2 … callers is, all agents being busy; the likeliest has 1.

    Beside it the logarithm by which they were scaled down: a crowd's weights leave the range of numbers.
    """
    logarithms, now, peak = [0.0], 0.0, 0.0
    while now > peak - _NEGLIGIBLE and len(logarithms) < _LONGEST_QUEUE:
        now += math.log(arrivals / (served + len(logarithms) * leaves))
        logarithms.append(now)
        peak = max(peak, now)
    return [math.exp(one - peak) for one in logarithms], peak


def _answered_within(within: float, served: float, leaves: float, places: int) -> list[float]:
    """For who finds 0, 1, 2 … callers in front: the probability of an answer within so many seconds.

    A patient caller's wait is a sum of exponential steps at the rates served + i * leaves, so X = exp(-leaves * wait)
    has a beta distribution, with a = served / leaves and b = the place; the answer comes in time with the probability
    E[X; X >= u]. What is left of the beta's distribution above u falls with each place by one term.
    """
    a = served / leaves
    gone = -math.expm1(-leaves * within)
    if gone <= 0.0:
        return [0.0] * places
    log_u = -leaves * within
    above = -math.expm1((a + 1) * log_u)
    term = (a + 1) * log_u + math.log(gone) + math.log(a + 1)
    found = []
    for place in range(1, places + 1):
        found.append(max(0.0, above) * a / (a + place))
        above -= math.exp(term)
        term += math.log(gone * (a + 1 + place) / (place + 1))
    return found


def agents_needed(
    calls: float, handling: float, interval: float, target: Target, *, shrinkage: float = 0.0
) -> int:
    """How many people must be rostered for an interval of so many seconds, so that the target is met.

    Answers in time and the average wait go by Erlang C, so that the promise holds also when nobody gives up; the share
    of those who give up by Erlang A. `shrinkage`: the share of paid time in which people are not at the telephone.
    """
    if not 0.0 <= shrinkage < 1.0:
        raise ValueError("shrinkage is a share below 1")
    load = offered_load(calls, handling, interval)
    if load <= 0:
        return 0
    agents = _enough(load, handling, target)
    return math.ceil(agents / (1.0 - shrinkage) - 1e-9)


def _enough(load: float, handling: float, target: Target) -> int:
    """The smallest number that meets the target; the recursion goes on from one number to the next."""
    agents = math.floor(load) + 1
    if agents > MOST_AGENTS:
        raise TooMany(f"{load:.0f} Erlang")
    blocked = blocking(agents, load)
    while not _meets(agents, load, handling, blocked, target):
        agents += 1
        if agents > MOST_AGENTS:
            raise TooMany("the target asks for more than anybody could give")
        blocked = load * blocked / (agents + load * blocked)
    return agents


def _meets(agents: int, load: float, handling: float, blocked: float, target: Target) -> bool:
    waiting = _waiting(agents, load, blocked)
    given = _without_patience(agents, load, handling, target.within, waiting)
    if target.answered_share is not None and given.within_target < target.answered_share:
        return False
    if target.average_wait is not None and given.average_wait > target.average_wait:
        return False
    if target.abandoned_share is None:
        return True
    patient = erlang_a(agents, load, handling, patience=target.patience)
    return patient.abandoned <= target.abandoned_share
