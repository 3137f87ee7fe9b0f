"""A first roster: everyone in turn gets the best valid line beside those who have theirs.

Only one person's rules are looked at at a time, so it comes soon however large the problem is. Who
cannot have any line is told with the rules that stand in the way.
"""

from dataclasses import dataclass, replace
from random import Random
from typing import Any

from ortools.sat.python import cp_model

from case_store.rotation.roster.board import Board
from case_store.rotation.roster.lines import LineMaker, NoLine
from case_store.rotation.roster.model import line_model
from case_store.rotation.roster.problem import Person, Problem, Rule
from case_store.rotation.roster.tables import Floats, Line, tabulate

_SECONDS_A_LINE = 0.5
_SECONDS_TO_BE_SURE = 600.0
_SWEEPS = 4  # over all people
_SHARE_OF_SWEEPS = 0.2  # of the time


@dataclass(frozen=True)
class Clash:
    """A person for whom there is no valid line, and the rules of which each alone is in the way.

    Without any rules, it takes more than one to be lifted.
    """

    person: str
    rules: frozenset[Rule]


class Stopped(Exception):
    """The search was stopped before everyone had a line."""


def first_lines(board: Board, maker: LineMaker, seed: int) -> list[Line]:
    """Valid lines for all; raises NoLine when somebody has none."""
    tables = board.tables
    random = Random(seed)
    people = list(range(tables.people))
    lines: dict[int, Line] = {}
    for sweep in range(_SWEEPS):
        random.shuffle(people)
        for person in people:
            if sweep and board.elapsed > _SHARE_OF_SWEEPS * board.seconds:
                break
            others = {other: line for other, line in lines.items() if other != person}
            prices = tables.prices_beside(person, tables.heads(others))
            line = one_line(board, maker, person, prices)
            old = lines.get(person)
            if old is None or tables.price(person, line, prices) < tables.price(
                person, old, prices
            ):
                lines[person] = line
    return [lines[person] for person in range(tables.people)]


def one_line(board: Board, maker: LineMaker, person: int, prices: Floats) -> Line:
    if board.stopped():
        raise Stopped
    if maker.fits(person):
        [priced] = maker.best([person], [prices])
        if priced.line is not None:
            return priced.line
    elif (line := maker.near_best(person, prices)) is not None:
        return line
    model, open_line = line_model(board.tables, person, prices)
    for seconds in (_SECONDS_A_LINE, _SECONDS_TO_BE_SURE):
        with board.solver(seconds, workers=1, seed=person) as solver:
            if seconds == _SECONDS_TO_BE_SURE:
                model.proto.clear_objective()
            status = solver.solve(model)
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return open_line.line(solver)
        if status == cp_model.INFEASIBLE:
            raise NoLine
        if board.stopped():
            raise Stopped
    raise Stopped


def clashes(board: Board) -> tuple[Clash, ...]:
    """Who has no valid line, and why."""
    problem = board.tables.problem
    return tuple(
        Clash(person.id, frozenset(rule for rule in Rule if _possible(board, _without(own, rule))))
        for person in problem.people
        if not _possible(board, own := _alone(problem, person))
    )


def _possible(board: Board, problem: Problem) -> bool:
    tables = tabulate(problem)
    alone = Board(tables, board.seconds, None, board.stop)
    try:
        one_line(alone, LineMaker(tables), 0, tables.prices_beside(0, tables.need * 0))
    except NoLine:
        return False
    return True


def _alone(problem: Problem, person: Person) -> Problem:
    pins = tuple(pin for pin in problem.pins if pin.person == person.id)
    return replace(problem, people=(person,), pins=pins, wishes=(), needs=())


def _without(problem: Problem, rule: Rule) -> Problem:
    """The problem of one person without one of the rules."""
    [person] = problem.people
    if rule is Rule.PINS:
        return replace(problem, pins=())
    if rule is Rule.CERTIFICATES:
        return replace(problem, shifts=tuple(replace(s, channel=None) for s in problem.shifts))
    if rule is Rule.SUCCESSION:
        free = tuple(replace(shift, not_next_day=frozenset()) for shift in problem.shifts)
        return replace(problem, shifts=free)
    if rule is Rule.LEAVE:
        return replace(problem, people=(replace(person, leave=frozenset()),))
    if rule is Rule.NEVER:
        return replace(problem, people=(replace(person, never=frozenset()),))
    if rule is Rule.HISTORY:
        return replace(problem, people=(replace(person, history=()),))
    without_limit: dict[str, Any] = {
        Rule.LEAST_REST: 0,
        Rule.MOST_OF_SHIFT: {},
        Rule.CAPS: (),
        Rule.MOST_MINUTES_IN_SEVEN_DAYS: None,
        Rule.MOST_MINUTES: problem.days * max(shift.minutes for shift in problem.shifts),
        Rule.LEAST_MINUTES: 0,
        Rule.MOST_DAYS_IN_ROW: problem.days + len(person.history),
        Rule.LEAST_DAYS_IN_ROW: 1,
        Rule.LEAST_DAYS_OFF_IN_ROW: 1,
        Rule.MOST_WEEKENDS: None,
        Rule.MOST_NIGHTS_IN_ROW: None,
    }
    # These rules are named as the contract names them.
    contract = replace(person.contract, **{rule.value: without_limit[rule]})
    return replace(problem, people=(replace(person, contract=contract),))
