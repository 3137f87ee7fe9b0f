"""`damrong up`: sets up what is missing, starts everything, and says READY when a call can be taken."""

import os
import time

from case_store import clock, migrations
from case_store.cases.words import load_words
from case_store.deadlines.policies import load_policies
from case_store.rotation.rota.keep_rules import load_rules
from case_store.rotation.rota.staff_holidays import load_next_holidays
from case_store.rotation.training.courses import load_courses
from case_store.settings import Settings
from damrong import demo, installation, ports, probes
from damrong.configuration import misspelt_settings
from damrong.doctor import exposure
from damrong.provision import asterisk, fonts, node, tools
from damrong.provision.errors import SetupError
from damrong.provision.locking import one_setup_at_a_time
from damrong.provision.paths import BIN
from damrong.provision.progress import say, step
from damrong.provision.tools import launcher
from damrong.services import services_of
from damrong.store_commands import opened_store
from damrong.supervisor.caller import Caller
from damrong.supervisor.supervisor import Stopped, Supervisor, tell

_SAY_EVERY = 3.0


def up(settings: Settings, caller_pid: int | None = None) -> None:
    """Run the whole system until somebody asks for its end."""
    for sentence in misspelt_settings():
        say(f"  ! {sentence}")
    with installation.occupy(settings):
        installation.prepare_home(settings)
        ports.require_free_ports(settings)
        caller = Caller(caller_pid) if caller_pid else None
        supervisor = Supervisor(settings.home / "log", caller)
        supervisor.catch_signals()
        try:
            _run(settings, supervisor)
        except Stopped:
            tell("ending")
        finally:
            supervisor.end()


def _run(settings: Settings, supervisor: Supervisor) -> None:
    provide_programs()
    prepare(settings)
    with step("Starting Asterisk, Redis, the call flows and the console"):
        supervisor.start(services_of(settings))
        supervisor.wait_until_ready()
    url = probes.console_url(settings)
    if settings.demo:
        say(demo.introduction(settings, url))
    if not settings.owns_redis and not probes.redis_answers(settings):
        say("  ! Redis at DAMRONG_REDIS_URL does not answer: calls work, but screens are not live.")
    for warning in exposure.warnings(settings):
        say(f"  {warning}")
    say(f"READY {url}")
    supervisor.watch()


def provide_programs() -> None:
    """Bring the programs that the machine lacks, and put all of them on the path."""
    with one_setup_at_a_time():
        asterisk.provide()
        tools.provide(tools.TO_RUN)
        fonts.provide()
        node.build_frontend()
    os.environ["PATH"] = f"{BIN}:{os.environ.get('PATH', os.defpath)}"


def prepare(settings: Settings) -> None:
    """Bring the state folder up to date: secrets, database, people, prompts, Asterisk's files."""
    installation.write_privately()
    installation.prepare_home(settings)
    with opened_store(settings) as database:
        if migrations.current(database.engine) != migrations.head():
            with step("Bringing the database up to date"):
                migrations.upgrade(database.engine, keyring=database.keyring)
        with database.transaction() as session:
            load_words(session)
            load_courses(session)
            load_policies(session)
            load_rules(session)
            load_next_holidays(session, at=clock.now())
        if settings.demo:
            demo.load_people(database, settings.home)
        elif retired := demo.retire_people(database, settings.home):
            say(f"  ! {retired} demo people, whose password many know, can no longer sign in.")
    build_prompts(settings)
    render_asterisk(settings)


def build_prompts(settings: Settings) -> None:
    """Speak all prompts into files, in Thai and English."""
    from ivr.prompts.build import BuildFailed, build_all

    try:
        with step("Speaking the prompts in Thai and English"):
            report = build_all(settings, _Counter(), launcher("espeak-ng"))
    except BuildFailed as error:
        raise SetupError(str(error)) from None
    for problem in report.problems:
        say(f"  ! {problem}")


class _Counter:
    """Says now and then how far something has come."""

    def __init__(self) -> None:
        self._said = time.monotonic()

    def __call__(self, what: str, done: int, total: int) -> None:
        if time.monotonic() - self._said > _SAY_EVERY:
            self._said = time.monotonic()
            say(f"  … {what}: {done} of {total}")


def render_asterisk(settings: Settings) -> None:
    """Write Asterisk's configuration for this installation."""
    from ivr.pbx.config import ConfigError, render

    provided = asterisk.installed() or asterisk.provide()
    provided.link_into(settings.home)
    try:
        render(settings, settings.home / "asterisk" / "etc")
    except ConfigError as error:
        raise SetupError(str(error)) from None
