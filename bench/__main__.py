"""`python -m bench [which …]`: measures, prints tables, and never fails by the clock."""

import argparse
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from bench import agi, calls, forecast, rotas, search, work_list
from bench.figures import Figure, table
from damrong.provision.errors import SetupError

Measure = Callable[[Callable[[str], None]], tuple[list[Figure], list[str]]]

_QUICK_CALLS: Final = calls.Size(single_calls=20, rounds=1, busy_seconds=2, full_seconds=3)
_QUICK_AGI: Final = agi.Size(rounds=1, seconds=1, singles=10)
_QUICK_WORK_LIST: Final = work_list.Size(cases=10_000, requests=50)
_QUICK_FORECAST: Final = forecast.Size(places=3)
_QUICK_ROTAS: Final = rotas.Size(provinces=4, seconds=1)


def main() -> int:
    """0 when everything could be measured, whatever the figures are."""
    wanted = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that all that was started is ended
    size = _QUICK_CALLS if wanted.quick else calls.Size()
    agi_size = _QUICK_AGI if wanted.quick else agi.Size()
    list_size = _QUICK_WORK_LIST if wanted.quick else work_list.Size()
    forecast_size = _QUICK_FORECAST if wanted.quick else forecast.Size()
    rotas_size = _QUICK_ROTAS if wanted.quick else rotas.Size()
    search_size = search.Size(
        cases=wanted.cases, sqlite_cases=wanted.sqlite_cases, chart=wanted.chart
    )
    benchmarks: dict[str, tuple[str, Measure]] = {
        "calls": ("Calls through our flow, and a plain dialplan", lambda say: calls.measure(size, say)),
        "agi": ("AGI: our server, and bare alternatives", lambda say: agi.measure(agi_size, say)),
        "work_list": ("Work lists at the API", lambda say: work_list.measure(list_size, say)),
        "search": ("Search, and LIKE", lambda say: search.measure(search_size, say)),
        "forecast": ("A month of calls foretold", lambda say: forecast.measure(forecast_size, say)),
        "rotas": ("A month's rota for each province", lambda say: rotas.measure(rotas_size, say)),
    }  # fmt: skip
    began, sound = time.monotonic(), True
    for name in wanted.which or list(benchmarks):
        sound = _run(*benchmarks[name]) and sound
    print(f"Took {time.monotonic() - began:.0f} s. How to read this: bench/README.md")
    return 0 if sound else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "which",
        nargs="*",
        choices=["calls", "agi", "work_list", "search", "forecast", "rotas", []],
        help="default: all",
    )
    parser.add_argument("--quick", action="store_true", help="a short look, with rough figures")
    search_size = search.Size()
    parser.add_argument(
        "--cases", type=int, default=search_size.cases, help="of the search on PostgreSQL"
    )
    parser.add_argument(
        "--sqlite-cases", type=int, default=search_size.sqlite_cases, help="of that on SQLite"
    )
    parser.add_argument(
        "--chart", type=Path, default=search_size.chart, help="where the search's growth is drawn"
    )
    return parser.parse_args()


def _run(title: str, measure: Measure) -> bool:
    try:
        figures, problems = measure(_say)
    except (SetupError, RuntimeError, OSError) as error:
        print(f"{title}: could not be measured: {error}")
        return False
    print(f"\n{title}\n\n{table(figures)}")
    for problem in problems:
        print(f"! {problem}")
    print()
    return not any("no call succeeded" in problem for problem in problems)


def _say(text: str) -> None:
    print(f"… {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
