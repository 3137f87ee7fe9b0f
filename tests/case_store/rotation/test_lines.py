"""The two ways to a person's best line agree, and the quick way to a good one keeps the rules."""

from math import inf

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model

from case_store.rotation.roster.lines import LineMaker, NoLine
from case_store.rotation.roster.model import line_model
from case_store.rotation.roster.problem import Problem
from case_store.rotation.roster.tables import tabulate
from tests.case_store.rotation.instances import problems
from tests.case_store.rotation.rules import breaches_of

LIGHT = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(problems(), st.integers(-9, 9), st.integers(0, 5))
@LIGHT
def test_counting_and_cp_sat_find_lines_of_the_same_price(
    problem: Problem, low: int, step: int
) -> None:
    tables = tabulate(problem)
    prices = tables.prices_beside(0, tables.need * 0)
    prices[:, 1:] += low
    prices[::2, 1] += step
    [priced] = LineMaker(tables).best([0], [prices])

    model, line = line_model(tables, 0, prices)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    status = solver.solve(model)

    if priced.line is None:
        assert (priced.price, status) == (inf, cp_model.INFEASIBLE)
    else:
        assert status == cp_model.OPTIMAL
        assert tables.price(0, priced.line, prices) == priced.price
        assert tables.price(0, line.line(solver), prices) == priced.price


@given(problems())
@LIGHT
def test_the_quick_line_keeps_every_rule(problem: Problem) -> None:
    tables = tabulate(problem)
    prices = tables.prices_beside(0, tables.need * 0)
    maker = LineMaker(tables)
    try:
        line = maker.near_best(0, prices)
    except NoLine:
        assert maker.best([0], [prices])[0].line is None
        return

    if line is not None:
        [row] = tables.roster([line])
        assert breaches_of(problem, problem.people[0], row) == []
