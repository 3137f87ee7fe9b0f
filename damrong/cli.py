"""The `damrong` command line; each command imports what it needs only when it is called."""

import errno
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, ParamSpec

import typer

from damrong.provision.errors import SetupError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="The 1567 line of Thailand's Damrongdhama Centres: set up, start, check and feed it.",
)
audit = typer.Typer(no_args_is_help=True, help="The trail of what was done.")
db = typer.Typer(no_args_is_help=True, help="The database's schema.")
demo = typer.Typer(no_args_is_help=True, help="Things for demonstrations only.")
identity = typer.Typer(no_args_is_help=True, help="The keys that seal who complains.")
person = typer.Typer(no_args_is_help=True, help="Members of staff.")
prompts = typer.Typer(no_args_is_help=True, help="What callers hear.")
roster = typer.Typer(no_args_is_help=True, help="Who works when.")
token = typer.Typer(no_args_is_help=True, help="Other programs' access to the JSON API.")
for name, group in (
    ("audit", audit),
    ("db", db),
    ("demo", demo),
    ("identity", identity),
    ("person", person),
    ("prompts", prompts),
    ("roster", roster),
    ("token", token),
):
    app.add_typer(group, name=name)

P = ParamSpec("P")

AgencyOption = Annotated[
    str | None, typer.Option(help="The agency's code, for an agency_officer: `pea_50`.")
]
RegionOption = Annotated[
    str | None, typer.Option(help="The inspection region, for an inspector: `15`.")
]


def sentence_on_failure(command: Callable[P, None]) -> Callable[P, None]:
    """Tell an expected failure in one sentence, with exit code 1, instead of a traceback."""

    @wraps(command)
    def told(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except SetupError as error:
            _fail(str(error))
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                _fail("The disk is full: free some space and start again.")
            if error.errno in (errno.EACCES, errno.EROFS):
                _fail(f"{error.filename} cannot be used: set DAMRONG_HOME to a folder of your own.")
            raise

    return told


def _fail(text: str) -> None:
    sys.stderr.write(f"damrong: {text}\n")
    raise typer.Exit(1)


@app.command()
@sentence_on_failure
def up(
    caller: Annotated[
        int | None, typer.Option(help="End too when the process of this number ends.", hidden=True)
    ] = None,
) -> None:
    """Set up what is missing and run the whole system until Ctrl-C.

    Starts Redis, Asterisk, the call flows, the worker and the console under one parent that revives what dies.
    The last line on standard output is READY and the console's address.
    """
    from damrong.configuration import load_settings
    from damrong.up import up as run_all

    run_all(load_settings(), caller)


@app.command()
@sentence_on_failure
def ivr() -> None:
    """Run the call flows: the FastAGI server and the link to Asterisk's manager."""
    from damrong.configuration import load_settings
    from damrong.processes import run_ivr

    run_ivr(load_settings())


@app.command()
@sentence_on_failure
def console() -> None:
    """Run the staff's console and its JSON API."""
    from damrong.configuration import load_settings
    from damrong.processes import run_console

    run_console(load_settings())


@app.command()
@sentence_on_failure
def worker() -> None:
    """Send what leaves the house, and keep deadlines, reminders and what is done once a day.

    Without it everything waits in the store; two of them share the work.
    """
    from damrong.configuration import load_settings
    from damrong.processes import run_worker

    run_worker(load_settings())


@app.command()
@sentence_on_failure
def doctor() -> None:
    """Check an installation piece by piece, and say how to mend what is wrong.

    One line for each piece; exit code 1 when something is wrong.
    """
    from damrong.configuration import load_settings
    from damrong.doctor import examine

    if not examine(load_settings()):
        raise typer.Exit(1)


@audit.command("verify")
@sentence_on_failure
def audit_verify(
    chain: Annotated[
        str | None, typer.Option(help="One chain alone: a province code, 00, or `system`.")
    ] = None,
    heads: Annotated[
        Path | None, typer.Option(help="Compare with a file of heads saved outside the database.")
    ] = None,
) -> None:
    """Find every entry of the audit trail that was changed, removed, reordered or cut off.

    One line for each; exit code 1 when there is one.
    """
    from damrong import audit_commands
    from damrong.configuration import load_settings

    if not audit_commands.verify(load_settings(), chain, heads):
        raise typer.Exit(1)


@audit.command("heads")
@sentence_on_failure
def audit_heads() -> None:
    """Print each chain's newest entry: chain, number, hash. Keep them where nobody of the system can write."""
    from damrong import audit_commands
    from damrong.configuration import load_settings

    audit_commands.heads(load_settings())


@identity.command("rotate")
@sentence_on_failure
def identity_rotate(
    index: Annotated[
        bool,
        typer.Option("--index", help="The key by which people are found, not the one that seals."),
    ] = False,
    drop_old: Annotated[
        bool,
        typer.Option(
            "--drop-old",
            help="Remove the old keys once nothing needs them. Backups of before cannot be read then.",
        ),
    ] = False,
) -> None:
    """Make a new key and seal everything with it, while people work. Broken off, it goes on where it stopped.

    When there are old keys, --drop-old makes no new one: it finishes the rotation and removes them.
    """
    from damrong import identity_commands
    from damrong.configuration import load_settings

    identity_commands.rotate(load_settings(), index=index, drop_old=drop_old)


@db.command("upgrade")
@sentence_on_failure
def db_upgrade(
    revision: Annotated[str, typer.Argument(help="Up to which revision.")] = "head",
) -> None:
    """Bring the database's schema up to date."""
    from damrong import store_commands
    from damrong.configuration import load_settings

    store_commands.upgrade(load_settings(), revision)


@db.command("downgrade")
@sentence_on_failure
def db_downgrade(
    revision: Annotated[str, typer.Argument(help="Down to which revision; `base` empties it.")],
) -> None:
    """Take the database's schema back to an earlier revision; what only newer ones hold is lost."""
    from damrong import store_commands
    from damrong.configuration import load_settings

    store_commands.downgrade(load_settings(), revision)


@db.command("revision")
@sentence_on_failure
def db_revision(
    name: Annotated[str, typer.Argument(help="What it does, in a few words.")],
) -> None:
    """Write a new migration from the mapped classes, for a developer to read and correct."""
    from damrong import store_commands

    store_commands.write_revision(name)


@demo.command("people")
@sentence_on_failure
def demo_people() -> None:
    """Add one person for each role, and print their names and password."""
    from damrong import store_commands
    from damrong.configuration import load_settings

    store_commands.add_demo_people(load_settings())


@demo.command("cases")
@sentence_on_failure
def demo_cases(
    count: Annotated[int, typer.Option(min=1, max=20_000_000, help="How many.")] = 1_000,
    seed: Annotated[int, typer.Option(help="The same seed makes the same cases.")] = 1567,
    province: Annotated[str | None, typer.Option(help="All of one province, by code.")] = None,
) -> None:
    """Add made-up Thai cases with histories over time, for demonstrations and for measuring.

    Their history is made up, too, so the audit trail says once for each centre and batch that they were loaded.
    """
    from damrong import store_commands
    from damrong.configuration import load_settings

    store_commands.add_demo_cases(load_settings(), count, seed, province)


@person.command("add")
@sentence_on_failure
def person_add(
    username: Annotated[str, typer.Argument(help="Small letters, for instance `somchai`.")],
    name: Annotated[str, typer.Option(help="The name that colleagues see.")],
    role: Annotated[
        str,
        typer.Option(
            help="agent, case_officer, agency_officer, supervisor, deputy_governor, governor, "
            "inspector, national_officer, administrator."
        ),
    ],
    centre: Annotated[str, typer.Option(help="Province code, 00 for the national centre.")] = "00",
    agency: AgencyOption = None,
    head: Annotated[
        bool, typer.Option("--head", help="The agency's head, who is told when nothing moves.")
    ] = False,
    region: RegionOption = None,
) -> None:
    """Add a member of staff; asks for the password, or reads it from standard input."""
    from damrong import store_commands
    from damrong.configuration import load_settings

    settings = load_settings()
    belonging = store_commands.Belonging(agency, head, region)
    store_commands.add_staff(settings, username, name, role, centre, _asked_password(), belonging)


@person.command("password")
@sentence_on_failure
def person_password(username: Annotated[str, typer.Argument(help="Whose.")]) -> None:
    """Give somebody a new password, asked for or from standard input; they are signed out."""
    from damrong import store_commands
    from damrong.configuration import load_settings

    store_commands.change_staff_password(load_settings(), username, _asked_password())


@person.command("retire")
@sentence_on_failure
def person_retire(username: Annotated[str, typer.Argument(help="Who leaves.")]) -> None:
    """Sign somebody out who leaves, and let them sign in no more; what they did keeps their name."""
    from damrong import store_commands
    from damrong.configuration import load_settings

    store_commands.retire_staff(load_settings(), username)


def _asked_password() -> str:
    if sys.stdin.isatty():
        asked: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        return asked
    return sys.stdin.readline().rstrip("\n")


@prompts.command("build")
@sentence_on_failure
def prompts_build() -> None:
    """Speak all prompts into files, in Thai and English; recorded ones replace them."""
    from damrong.configuration import load_settings
    from damrong.up import build_prompts, provide_programs

    settings = load_settings()
    provide_programs()
    build_prompts(settings)


@roster.command("bench")
@sentence_on_failure
def roster_bench(
    folder: Annotated[
        Path, typer.Argument(help="A folder of instances, `*.txt`.", file_okay=False, exists=True)
    ],
    seconds: Annotated[float, typer.Option(min=0.1, max=86_400, help="For each instance.")] = 60.0,
    out: Annotated[Path | None, typer.Option(help="A folder for the rosters, as CSV.")] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1)] = 0,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Searches side by side.")] = 2,
) -> None:
    """Solve public rostering instances (the format of Curtois and Qu) with the roster engine.

    One line for each: instance, objective, bound, seconds. Exit code 1 when one could not be read or solved.
    """
    from damrong.roster_commands import bench

    if not bench(folder, seconds, out, seed, workers):
        raise typer.Exit(1)


@roster.command("plan")
@sentence_on_failure
def roster_plan(
    centre: Annotated[str, typer.Option(help="Province code, 00 for the national centre.")],
    first: Annotated[str, typer.Option(help="First day, as 2026-12-07.")],
    days: Annotated[int, typer.Option(min=1, max=92)] = 28,
    seconds: Annotated[int, typer.Option(min=5, max=600, help="How long to search.")] = 30,
) -> None:
    """Plan a rota for a centre: a draft, which a supervisor looks at and publishes."""
    from damrong.configuration import load_settings
    from damrong.roster_commands import plan

    if not plan(load_settings(), centre, first, days, seconds):
        raise typer.Exit(1)


@roster.command("search", hidden=True)
@sentence_on_failure
def roster_search(job: Annotated[int, typer.Argument(min=1)]) -> None:
    """Do the search that the worker has taken, at the lowest priority."""
    from damrong.configuration import load_settings
    from damrong.roster_commands import do_search

    do_search(load_settings(), job)


@token.command("create")
@sentence_on_failure
def token_create(
    name: Annotated[str, typer.Option(help="Which program it is for.")],
    role: Annotated[
        str,
        typer.Option(
            help="agent, case_officer, supervisor: calls and cases of the centre; agency_officer: "
            "what is referred to the agency; inspector: the region's cases; national_officer: of "
            "every province; administrator: the board's figures, no calls and no cases."
        ),
    ],
    centre: Annotated[str, typer.Option(help="Province code, 00 for the national centre.")] = "00",
    agency: AgencyOption = None,
    region: RegionOption = None,
) -> None:
    """Make a bearer token for the JSON API and print it: it is shown this once only."""
    from damrong import store_commands
    from damrong.configuration import load_settings

    belonging = store_commands.Belonging(agency, region=region)
    store_commands.create_api_token(load_settings(), name, role, centre, belonging)


@token.command("revoke")
@sentence_on_failure
def token_revoke(name: Annotated[str, typer.Option(help="As it was made for.")]) -> None:
    """End a token at once; its name may be used for a new one."""
    from damrong import store_commands
    from damrong.configuration import load_settings

    store_commands.revoke_api_token(load_settings(), name)
