"""`solve`: a first roster at once, then ever better ones until time is up or none can be better.

Two ways of searching run side by side and share the best roster: column generation with dives
(where a line can be reckoned quickly), and CP-SAT on the whole or on parts, the rest held fixed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from random import Random
from threading import Event, Thread

from ortools.sat.python import cp_model

from case_store.rotation.roster.board import Board, Progress
from case_store.rotation.roster.columns import Columns
from case_store.rotation.roster.lines import LineMaker, NoLine
from case_store.rotation.roster.model import PartModel, choice_model
from case_store.rotation.roster.problem import Problem, Roster
from case_store.rotation.roster.start import Clash, Stopped, clashes, first_lines
from case_store.rotation.roster.tables import Line, tabulate

_WHOLE = 1_500  # person-days that CP-SAT is asked about at once, besides in parts
_WHOLE_SHARE = 0.2  # of the time, for the whole at first
_STRATEGIES = 8  # of CP-SAT side by side on the whole, however many cores: they help each other
_CANDIDATES = 6_000  # lines that CP-SAT chooses among
_ROOT_SHARE = 0.5  # of the time, at most, for the linear program
_ROUNDS = 8  # of pricing between two decisions of a dive


@dataclass(frozen=True)
class Result:
    roster: Roster
    objective: int
    bound: int  # no roster costs less
    seconds: float

    @property
    def proved(self) -> bool:
        return self.objective == self.bound


@dataclass(frozen=True)
class NoRoster:
    """The hard rules leave somebody without a line; without clashes, it was stopped too early."""

    clashes: tuple[Clash, ...]
    seconds: float


def solve(
    problem: Problem,
    *,
    seconds: float = 60.0,
    workers: int = 2,
    seed: int = 0,
    told: Callable[[Progress], None] | None = None,
    stop: Event | None = None,
) -> Result | NoRoster:
    """The best roster that is found in the time; `told` hears of each better one, from any thread.

    The first roster keeps every hard rule and is waited for, even if it takes longer.
    """
    board = Board(tabulate(problem), seconds, told, stop or Event())
    maker = LineMaker(board.tables)
    ended = Event()
    watch = Thread(target=_end_solvers, args=(board, ended), daemon=True)
    watch.start()
    try:
        try:
            board.offer(first_lines(board, maker, seed))
        except NoLine:
            return NoRoster(clashes(board), board.elapsed)
        _improve(board, maker, workers, seed)
    except Stopped:
        return NoRoster((), board.elapsed)
    finally:
        ended.set()
        watch.join()
    objective = int(board.objective)
    return Result(
        board.tables.roster(board.lines), objective, min(board.least, objective), board.elapsed
    )


def _end_solvers(board: Board, ended: Event) -> None:
    """CP-SAT looks at nothing of ours while it solves: somebody has to tell it."""
    while not ended.wait(0.05):
        if board.stopped() or (board.lines and board.over()):
            board.end_solvers()


def _improve(board: Board, maker: LineMaker, workers: int, seed: int) -> None:
    columns: Columns | None = None
    if all(maker.fits(person) for person in range(board.tables.people)):
        columns = Columns(board.tables, maker, board.over)
    failures: list[BaseException] = []

    def guarded(search: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            try:
                search()
            except BaseException as failure:  # noqa: BLE001  raised again by whoever waits
                failures.append(failure)
                board.seconds = 0.0

        return run

    bounded = Event()
    searches: list[Callable[[], None]] = []
    if columns is not None:
        by_columns = columns
        alone = workers < 2
        searches.append(lambda: _search_columns(board, by_columns, bounded, seed, alone))
    else:
        bounded.set()
    while len(searches) < max(1, workers):
        number = len(searches)
        searches.append(partial(_search_parts, board, columns, bounded, seed + number))
    threads = [Thread(target=guarded(search), daemon=True) for search in searches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def _search_columns(board: Board, columns: Columns, bounded: Event, seed: int, alone: bool) -> None:
    random = Random(seed)
    tables = board.tables
    if alone:
        _solve_whole(board, seed)
    until = board.elapsed + _ROOT_SHARE * (board.seconds - board.elapsed)
    for person, line in enumerate(board.lines):
        columns.pool.add(person, line)
    try:
        columns.root(lambda: board.elapsed >= until)
        board.raise_bound(columns.bound)
    finally:
        bounded.set()
    for turn in count():
        if board.over():
            return
        # Most dives keep the lines that some of the people have in the best roster.
        fixed: dict[int, Line] = {}
        if turn % 3:
            kept = random.randrange(tables.people // 4, max(1, tables.people * 3 // 4) + 1)
            fixed = {p: board.lines[p] for p in random.sample(range(tables.people), kept)}
        slack = 2 * (board.objective - columns.bound) + 10
        lines = columns.dive(random, fixed, slack, _ROUNDS)
        if lines is not None:
            board.offer(lines)
        if alone and turn % 3 == 2:
            _choose(board, columns, seed + turn)


def _choose(board: Board, columns: Columns, seed: int) -> None:
    """The best roster of lines that were made so far, and that may stand in a better one."""
    for person, line in enumerate(board.lines):
        columns.pool.add(person, line)
    gap = board.objective - columns.bound
    ranked = sorted(
        (reduced, person, line)
        for person, lines in enumerate(columns.pool.lines)
        for line, cost in list(lines.items())
        if (reduced := columns.reduced(person, line, cost)) <= gap
    )[:_CANDIDATES]
    best = list(board.lines)
    candidates = [[line] for line in best]
    for _, person, line in ranked:
        if line != best[person]:
            candidates[person].append(line)
    model, taken = choice_model(board.tables, candidates, best, columns.bound)
    left = min(board.seconds - board.elapsed, max(2.0, board.seconds / 8))
    with board.solver(left, workers=1, seed=seed) as solver:
        if solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            board.offer(
                [
                    next(line for line, literal in lines.items() if solver.boolean_value(literal))
                    for lines in taken
                ]
            )


def _search_parts(board: Board, columns: Columns | None, bounded: Event, seed: int) -> None:
    """CP-SAT on the whole when it is small, and on parts that grow while they are solved easily."""
    tables, random = board.tables, Random(seed)
    people, days = tables.people, tables.problem.days
    size = 300.0  # person-days
    _solve_whole(board, seed)
    whole_tried = people * days > _WHOLE
    for turn in count():
        if board.over():
            return
        if bounded.is_set() and not whole_tried:
            whole_tried = True
            _solve_part(board, list(range(people)), None, board.seconds / 12, seed)
            continue
        if columns is not None and bounded.is_set() and turn % 4 == 0:
            _choose(board, columns, seed + turn)
            continue
        some, window = _part(random, people, days, size)
        limit = max(1.0, board.seconds / 20)
        solved = _solve_part(board, some, window, limit, random.randrange(2**31 - 1))
        size = min(people * days, size * 1.1) if solved else max(30.0, size * 0.9)


def _part(random: Random, people: int, days: int, size: float) -> tuple[list[int], range]:
    """Some people over a window of days: few for long or many for short."""
    length = min(days, random.choice((7, 14, 21, 28, days)))
    number = min(people, max(2, round(size / length)))
    first = random.randrange(days - length + 1)
    return random.sample(range(people), number), range(first, first + length)


class _Offers(cp_model.CpSolverSolutionCallback):
    """Every better roster is offered at once: whoever watches sees it while the solver goes on."""

    def __init__(self, board: Board, part: PartModel, lines: Sequence[Line]) -> None:
        super().__init__()
        self._board, self._part, self._lines = board, part, lines

    def on_solution_callback(self) -> None:
        lines = list(self._lines)
        for person, line in self._part.lines.items():
            lines[person] = line.line(self)
        self._board.offer(lines)


def _solve_whole(board: Board, seed: int) -> None:
    """With little to weigh and much to keep, this alone is soon at the end; else it is a better begin."""
    tables = board.tables
    if tables.people * tables.problem.days <= _WHOLE:
        seconds = _WHOLE_SHARE * board.seconds
        _solve_part(board, list(range(tables.people)), None, seconds, seed)


def _solve_part(
    board: Board, people: list[int], window: range | None, seconds: float, seed: int
) -> bool:
    """Whether the part was solved to its end."""
    lines = list(board.lines)
    part = PartModel(board.tables, lines, people, window, board.bound)
    left = min(seconds, board.seconds - board.elapsed)
    side_by_side = _STRATEGIES if window is None else 1
    with board.solver(left, workers=side_by_side, seed=seed) as solver:
        status = solver.solve(part.model, _Offers(board, part, lines))
    if window is None and status != cp_model.INFEASIBLE:
        board.raise_bound(solver.best_objective_bound)
    return status == cp_model.OPTIMAL
