"""Our AGI server against bare alternatives: the same tiny conversation, held with the same peer, in turns."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.agi_peer import Begin, Talks, converse, dial, start
from bench.figures import Aim, Better, Figure, middle, ratio
from bench.free_ports import free_ports
from damrong.lifeline import die_with_parent

PER_PROCESS_AIM: Final = Aim(3, Better.ABOVE)
_SCRIPTS: Final = Path(__file__).parent / "scripts"
_ROOT: Final = Path(__file__).parents[1]
_START_SECONDS: Final = 15.0
_WARM_UP: Final = 20

OURS: Final = "our AGI server"
BARE_PYTHON: Final = "a Python process per call, no library (baseline)"
PYST2: Final = "a Python process per call, pyst2"
PHP: Final = "a PHP process per call, no library"
PANORAMISK: Final = "panoramisk's FastAGI server"
_ORDER: Final = (BARE_PYTHON, PYST2, PHP, PANORAMISK, OURS)


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    rounds: int = 3
    seconds: float = 2.0
    at_once: int = 4
    singles: int = 30


@dataclass
class Result:
    """What one way of answering AGI came to."""

    singles: Talks = field(default_factory=Talks)
    many: Talks = field(default_factory=Talks)
    seconds: float = 0.0

    @property
    def a_second(self) -> float:
        return ratio(len(self.many.seconds), self.seconds)

    @property
    def milliseconds(self) -> float:
        return 1000 * middle(self.singles.seconds)


def measure(size: Size, say: Callable[[str], None]) -> tuple[list[Figure], list[str]]:
    """The figures, and what went wrong."""
    with ExitStack() as stack:
        ways = _ways(stack)
        results = {name: Result() for name in ways}
        for number in range(1, size.rounds + 1):
            say(f"AGI: {len(ways)} ways of answering, round {number} of {size.rounds}")
            for name, begin in ways.items():
                _round(begin, size, results[name])
    problems = [
        f"{name}: {result.many.failed + result.singles.failed} conversations failed"
        for name, result in results.items()
        if result.many.failed or result.singles.failed
    ]
    return _figures(results), problems


def _ways(stack: ExitStack) -> dict[str, Begin]:
    ours = stack.enter_context(_server("ours"))
    panoramisk = stack.enter_context(_server("of_panoramisk"))
    # The interpreter itself, isolated: the quickest start that Python offers.
    bare = [str(Path(sys.base_exec_prefix) / "bin" / "python3"), "-I", "-S"]
    ways = {
        BARE_PYTHON: start([*bare, str(_SCRIPTS / "bare.py")]),
        PYST2: start([sys.executable, str(_SCRIPTS / "with_pyst2.py")]),
        PANORAMISK: panoramisk,
        OURS: ours,
    }
    if php := shutil.which("php"):
        ways[PHP] = start([php, "-q", str(_SCRIPTS / "bare.php")])
    return ways


@contextmanager
def _server(module: str) -> Iterator[Begin]:
    port = free_ports(1)[0]
    process = subprocess.Popen(
        [sys.executable, "-m", f"bench.servers.{module}", str(port)],
        cwd=_ROOT,
        preexec_fn=die_with_parent,  # noqa: PLW1509 - the bench has one thread
    )
    try:
        begin = dial(port)
        _wait_until_it_answers(begin, process)
        yield begin
    finally:
        process.terminate()
        process.wait()


def _wait_until_it_answers(begin: Begin, process: "subprocess.Popen[bytes]") -> None:
    """By whole conversations: panoramisk's server does not survive a connection that says nothing."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            converse(begin, at_once=1, seconds=_START_SECONDS, most=_WARM_UP)
            return
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise RuntimeError("a server of the bench did not start")


def _round(begin: Begin, size: Size, result: Result) -> None:
    singles = converse(begin, at_once=1, seconds=size.seconds, most=size.singles)
    result.singles.seconds += singles.seconds
    result.singles.failed += singles.failed
    began = time.perf_counter()
    many = converse(begin, at_once=size.at_once, seconds=size.seconds)
    result.seconds += time.perf_counter() - began
    result.many.seconds += many.seconds
    result.many.failed += many.failed


def _figures(results: dict[str, Result]) -> list[Figure]:
    figures = [Figure("Conversations of five commands, four at once")]
    figures += [_many(name, results, results[BARE_PYTHON]) for name in _ORDER]
    if php := results.get(PHP):
        figures.append(_ours_to("a PHP process per call", php, results[OURS], PER_PROCESS_AIM))
    figures.append(_ours_to("panoramisk", results[PANORAMISK], results[OURS], None))
    figures.append(Figure("One conversation at a time, median"))
    figures += [
        _single(name, results[name], results[BARE_PYTHON]) for name in _ORDER if name in results
    ]
    return figures  # fmt: skip


def _many(name: str, results: dict[str, Result], baseline: Result) -> Figure:
    if name not in results:
        return Figure(f"  {name}", "not installed")
    value = results[name].a_second
    times = ratio(value, baseline.a_second)
    return Figure(
        f"  {name}", value, "a second", times, PER_PROCESS_AIM if name == OURS else None, times
    )


def _ours_to(name: str, other: Result, ours: Result, aim: Aim | None) -> Figure:
    times = ratio(ours.a_second, other.a_second)
    return Figure(f"  our AGI server to {name}", times, "times", aim=aim, judged=times)


def _single(name: str, result: Result, baseline: Result) -> Figure:
    times = ratio(result.milliseconds, baseline.milliseconds)
    return Figure(f"  {name}", result.milliseconds, "ms", times)
