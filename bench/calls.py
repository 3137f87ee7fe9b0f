"""Calls through our flow against a plain dialplan on the same Asterisk, in turns, so that drift is cancelled."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from bench.figures import Aim, Better, Figure, middle, ratio, slowest_twentieth
from bench.line import Line, running_line
from bench.network import Call, Network, Plan
from bench.tones import Tone

OURS: Final = Plan("1567", until=Tone.WAITING, key="1")
"""As a landline: 1 is the likeliest province of its area code, pressed during the greeting."""
PLAIN: Final = Plan("plain", until=Tone.WAITING)
_LISTENING: Final = Plan("plain", until=Tone.WAITING, stay=4.0)
_LISTENERS: Final = 40
_REAL_CALL_SECONDS: Final = 60
"""Of menus and music; what agent and citizen say comes on top, and costs both the same."""
_LEAD_IN_SECONDS: Final = 1.0
_LAST_CALLS_SECONDS: Final = 12.0
_PAUSE_SECONDS: Final = 0.02
_WARM_UP: Final = 3

CALLS_AIM: Final = Aim(0.8, Better.ABOVE)
PROMPT_AIM: Final = Aim(30, Better.BELOW, "ms")


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    single_calls: int = 40
    rounds: int = 3
    busy_rate: float = 10.0
    """New calls a second of a very busy day, all day long."""
    busy_seconds: float = 4.0
    callers: int = 96
    """At once, at full load: so many that processors and not speech are the limit."""
    full_seconds: float = 6.0


@dataclass
class Load:
    """What callers met, over all rounds."""

    calls: list[Call] = field(default_factory=list)
    counted: int = 0
    seconds: float = 0.0
    processor: float = 0.0

    @property
    def good(self) -> list[Call]:
        return [call for call in self.calls if not call.failure]

    @property
    def a_second(self) -> float:
        return ratio(self.counted, self.seconds)

    @property
    def processor_ms(self) -> float:
        return 1000 * ratio(self.processor, len(self.calls))

    @property
    def prompts(self) -> list[float]:
        """Milliseconds from INVITE to first prompt."""
        return [1000 * call.first_prompt for call in self.good if call.first_prompt is not None]


@dataclass
class Pair:
    """The same, through our flow and through the plain dialplan."""

    ours: Load = field(default_factory=Load)
    plain: Load = field(default_factory=Load)


def measure(size: Size, say: Callable[[str], None]) -> tuple[list[Figure], list[str]]:
    """The figures, and what went wrong."""
    say("starting Asterisk, Redis and the call flows")
    alone, busy, full = Pair(), Pair(), Pair()
    with running_line() as line, Network(line.address) as network:
        say(f"calls: {2 * size.single_calls} of them, one at a time, in turns")
        _one_at_a_time(network, size.single_calls, alone)
        line.settle()
        say(f"calls: {_LISTENERS} callers who listen for {_LISTENING.stay:.0f} s")
        listening = _listening_ms(line, network)
        for number in range(1, size.rounds + 1):
            say(f"calls: round {number} of {size.rounds}, {size.busy_rate:.0f} new ones a second")
            _in_turn(line, busy, lambda plan, load: _offer(network, plan, size, load))
            say(f"calls: round {number} of {size.rounds}, {size.callers} callers at once")
            _in_turn(line, full, lambda plan, load: _keep_calling(network, plan, size, load))
    figures = [*_alone_figures(alone), *_busy_figures(busy, size), *_full_figures(full, size)]
    figures += _real_figures(full, listening)
    problems = [
        *_failures("our flow", alone.ours, busy.ours, full.ours),
        *_failures("plain dialplan", alone.plain, busy.plain, full.plain),
    ]
    return figures, problems


# ── Measuring ─────────────────────────────────────────────────────────────────────────────────────


def _one_at_a_time(network: Network, how_many: int, pair: Pair) -> None:
    """Up to the first prompt, by turns; the first few only warm everything up."""
    for number in range(how_many + _WARM_UP):
        for load, dialled in ((pair.ours, OURS.dialled), (pair.plain, PLAIN.dialled)):
            call = network.place(Plan(dialled, until=Tone.GREETING))
            while call.ended is None:
                network.serve()
            if number >= _WARM_UP:
                load.calls.append(call)
            time.sleep(_PAUSE_SECONDS)


def _listening_ms(line: Line, network: Network) -> float:
    """Processor milliseconds of one second in which one caller hears something."""
    for _ in range(_LISTENERS):
        network.place(_LISTENING)
    _serve_for(network, 1.0)
    used = line.processor_seconds()
    _serve_for(network, _LISTENING.stay - 1.5)
    used = line.processor_seconds() - used
    _let_end(network, Load())
    line.settle()
    return 1000 * used / (_LISTENERS * (_LISTENING.stay - 1.5))


def _serve_for(network: Network, seconds: float) -> None:
    end = time.time() + seconds
    while time.time() < end:
        network.serve()


def _in_turn(line: Line, pair: Pair, offer: Callable[[Plan, Load], None]) -> None:
    """Ours, then plain. What a call still costs after its end (the ledger) counts as its cost."""
    used = line.processor_seconds()
    offer(OURS, pair.ours)
    line.settle()
    between = line.processor_seconds()
    with line.without_flows():
        offer(PLAIN, pair.plain)
        line.settle()
        after = line.processor_seconds()
    line.settle()
    pair.ours.processor += between - used
    pair.plain.processor += after - between


def _offer(network: Network, plan: Plan, size: Size, load: Load) -> None:
    """A new call every so often, however many there are."""
    begin = time.time()
    end = begin + size.busy_seconds
    placed = 0
    while time.time() < end:
        while placed < (time.time() - begin) * size.busy_rate:
            network.place(plan)
            placed += 1
        load.calls += network.serve(0.01)
    _let_end(network, load)
    load.seconds += size.busy_seconds


def _keep_calling(network: Network, plan: Plan, size: Size, load: Load) -> None:
    """As soon as one caller has hung up the next one dials; counted after a lead-in."""
    begin = time.time() + _LEAD_IN_SECONDS
    end = begin + size.full_seconds
    while time.time() < end:
        while network.open_calls < size.callers:
            network.place(plan)
        load.calls += network.serve()
    _let_end(network, load)
    load.counted += sum(1 for call in load.good if begin <= (call.ended or 0) < end)
    load.seconds += size.full_seconds


def _let_end(network: Network, load: Load) -> None:
    end = time.time() + _LAST_CALLS_SECONDS
    while network.open_calls and time.time() < end:
        load.calls += network.serve()


# ── Telling ───────────────────────────────────────────────────────────────────────────────────────


def _alone_figures(pair: Pair) -> list[Figure]:
    ours, plain = pair.ours.prompts, pair.plain.prompts
    slow_ours, slow_plain = slowest_twentieth(ours), slowest_twentieth(plain)
    return [
        Figure("INVITE to first prompt, one call at a time"),
        Figure("  plain dialplan (baseline), median", middle(plain), "ms"),
        _against_plain("  our flow, median", middle(ours), middle(plain)),
        _added(ours, plain),
        Figure("  plain dialplan, slowest twentieth", slow_plain, "ms"),
        _against_plain("  our flow, slowest twentieth", slow_ours, slow_plain),
    ]


def _busy_figures(pair: Pair, size: Size) -> list[Figure]:
    ours, plain = pair.ours.prompts, pair.plain.prompts
    return [
        Figure(f"INVITE to first prompt, {size.busy_rate:.0f} new calls a second"),
        Figure("  plain dialplan (baseline), median", middle(plain), "ms"),
        _against_plain("  our flow, median", middle(ours), middle(plain)),
        _added(ours, plain),
    ]


def _full_figures(pair: Pair, size: Size) -> list[Figure]:
    ours, plain = pair.ours, pair.plain
    share = ratio(ours.a_second, plain.a_second)
    return [
        Figure(f"Calls from INVITE to queue, {size.callers} callers at once"),
        Figure("  plain dialplan (baseline)", plain.a_second, "a second"),
        Figure("  our flow", ours.a_second, "a second", share, CALLS_AIM, share),
        Figure("  processor time of a call, plain dialplan", plain.processor_ms, "ms"),
        _against_plain("  processor time of a call, our flow", ours.processor_ms, plain.processor_ms),
    ]  # fmt: skip


def _real_figures(pair: Pair, listening: float) -> list[Figure]:
    """Full load is all handling and next to no speech. A real call is mostly speech, which costs both the same."""
    plain = pair.plain.processor_ms + _REAL_CALL_SECONDS * listening
    ours = pair.ours.processor_ms + _REAL_CALL_SECONDS * listening
    return [
        Figure(f"Calls of {_REAL_CALL_SECONDS} s that one processor carries, reckoned from the above"),
        Figure("  processor time of a second of speech", listening, "ms"),
        Figure("  plain dialplan (baseline)", ratio(1000, plain), "a second"),
        Figure("  our flow", ratio(1000, ours), "a second", ratio(plain, ours)),
    ]  # fmt: skip


def _against_plain(what: str, value: float, plain: float) -> Figure:
    return Figure(what, value, "ms", ratio(value, plain))


def _added(ours: Sequence[float], plain: Sequence[float]) -> Figure:
    added = middle(ours) - middle(plain)
    return Figure("  added by our flow, median", added, "ms", aim=PROMPT_AIM, judged=added)


def _failures(name: str, *loads: Load) -> list[str]:
    """What failed and how often; a kind of load that met no success at all is named as such."""
    calls = [call for load in loads for call in load.calls]
    counted = Counter(call.failure for call in calls if call.failure)
    found = [f"{name}: {n} of {len(calls)} calls failed: {why}" for why, n in counted.items()]
    if not all(load.good for load in loads):
        found.append(f"{name}: no call succeeded")
    return found
