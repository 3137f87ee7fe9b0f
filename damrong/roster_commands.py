"""What the command line does with rosters."""

import os
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from case_store.clock import now
from case_store.database import Database
from case_store.events.redis_stream import RedisPublisher
from case_store.people.models import Role
from case_store.people.permissions import Actor
from case_store.places.provinces import NATIONAL
from case_store.rotation.roster.curtois import UnreadableInstance, read_instance
from case_store.rotation.roster.files import write_roster
from case_store.rotation.rota.jobs import BadPlan, ask_for_plan
from case_store.rotation.rota.models import PlanningJob, PlanState
from case_store.rotation.rota.planning import NothingToPlan
from case_store.settings import Settings
from damrong.provision.errors import SetupError
from damrong.store_commands import opened_store

if TYPE_CHECKING:  # the solver is loaded when there is something to solve
    from case_store.rotation.roster.board import Progress
    from case_store.rotation.roster.search import NoRoster


def bench(folder: Path, seconds: float, out: Path | None, seed: int, workers: int) -> bool:
    """Solve every instance of a folder; one line on standard output each. True when all went well."""
    paths = sorted(folder.glob("*.txt"), key=_by_number)
    if not paths:
        raise SetupError(f"{folder} has no *.txt file.")
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
    failed = [path for path in paths if not _solved(path, seconds, out, seed, workers)]
    return not failed


def plan(settings: Settings, centre: str, first: str, days: int, seconds: int) -> bool:
    """Ask for a rota and search for it here; True when there is a draft then."""
    from case_store.rotation.rota.search_job import search

    by = Actor("command line", Role.NATIONAL_OFFICER, NATIONAL)
    try:
        first_day = date.fromisoformat(first)
    except ValueError:
        raise SetupError("Write the first day as 2026-12-07.") from None
    last_day = first_day + timedelta(days=days - 1)
    with opened_store(settings) as database:
        try:
            with database.transaction() as session:
                job = ask_for_plan(
                    session, centre, first_day, last_day, seconds=seconds, by=by, at=now()
                )
                job.state, job.started_at, job.beat_at = PlanState.RUNNING, now(), now()
        except BadPlan as bad:
            raise SetupError(
                f"{bad}: days from today on, 92 at the most, one search at a time."
            ) from None
        except NothingToPlan as nothing:
            raise SetupError(
                f"Centre {centre} has {nothing}: keep them under Office, Rotation."
            ) from None
        search(database, job.id)
        with database.reading() as session:
            done = session.get_one(PlanningJob, job.id)
    if done.rota_id is None:
        return _complain(f"no rota was found ({done.state}): {done.reasons}")
    print(f"rota {done.rota_id}: {len(done.reasons)} shifts are short of people", flush=True)
    return True


def do_search(settings: Settings, job_id: int) -> None:
    """One search, as the worker's child."""
    from case_store.rotation.rota.search_job import search

    os.nice(10)  # calls and pages come first
    database = Database.of(settings, RedisPublisher(settings.redis_address))
    search(database, job_id)
    database.close()


def _by_number(path: Path) -> tuple[str, int, str]:
    """Instance2 before Instance10."""
    name = path.stem.rstrip("0123456789")
    return name, int(path.stem[len(name) :] or 0), path.name


def _solved(path: Path, seconds: float, out: Path | None, seed: int, workers: int) -> bool:
    from case_store.rotation.roster.search import NoRoster, solve

    try:
        problem = read_instance(path)
    except UnreadableInstance as error:
        return _complain(str(error))
    result = solve(
        problem, seconds=seconds, workers=workers, seed=seed, told=_progress_of(path.stem)
    )
    if isinstance(result, NoRoster):
        return _complain(f"{path.name} has no valid roster: {_why(result)}.")
    print(f"{path.stem} {result.objective} {result.bound} {result.seconds:.1f}", flush=True)
    if out is not None:
        write_roster(out / f"{path.stem}.csv", problem, result.roster)
    return True


def _progress_of(name: str) -> "Callable[[Progress], None]":
    """Tells each better roster on standard error, at most once a second, the first after one."""
    last = 0.0

    def told(progress: "Progress") -> None:
        nonlocal last
        if progress.seconds - last >= 1.0:
            last = progress.seconds
            sys.stderr.write(
                f"  … {name}: {progress.objective}, at least {progress.bound}"
                f" ({progress.seconds:.0f} s)\n"
            )

    return told


def _why(result: "NoRoster") -> str:
    if not result.clashes:
        return "none was found before it was stopped"
    clash = result.clashes[0]
    rules = ", ".join(sorted(clash.rules)) or "several rules together"
    more = len(result.clashes) - 1
    return f"{clash.person} cannot keep {rules}" + (f", nor can {more} more" if more else "")


def _complain(text: str) -> bool:
    sys.stderr.write(f"damrong: {text}\n")
    return False
