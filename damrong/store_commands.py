"""What the command line does in the store."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory

from alembic.util.exc import CommandError
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.orm import Session

from case_store import clock, migrations
from case_store.agencies.keep_agencies import find_agency
from case_store.cases.words import load_words
from case_store.database import Database
from case_store.deadlines.policies import load_policies
from case_store.people.models import Role, User
from case_store.people.staff import (
    BadPerson,
    add_person,
    change_password,
    check_belonging,
    find_person,
    retire_person,
)
from case_store.people.tokens import TokenNameTaken, create_token, revoke_token
from case_store.places.provinces import NATIONAL, province
from case_store.rotation.rota.keep_rules import load_rules
from case_store.rotation.rota.staff_holidays import load_next_holidays
from case_store.rotation.training.courses import load_courses
from case_store.settings import Settings
from damrong import demo
from damrong.command_trail import write_trail
from damrong.installation import make_home, make_secrets, write_privately
from damrong.provision.errors import SetupError
from damrong.provision.progress import say


@contextmanager
def opened_store(settings: Settings) -> Iterator[Database]:
    """The store of these settings; its trouble becomes one sentence."""
    write_privately()
    make_home(settings.home)
    try:
        database = Database.of(settings)
    except (ArgumentError, ImportError) as error:
        raise SetupError(f"DAMRONG_DATABASE_URL is not understood ({error}): mend it.") from None
    try:
        yield database
    except CommandError as error:
        raise SetupError(
            f"The database cannot be brought to that revision ({error}): use the program's newest "
            "version, or name another revision."
        ) from None
    except OperationalError as error:
        raise SetupError(
            f"The database of DAMRONG_DATABASE_URL does not do its work ({_reason(error)}): "
            "start it, mend the setting, or say `damrong db upgrade`."
        ) from None
    finally:
        database.close()


def _reason(error: OperationalError) -> str:
    return str(error.orig).strip().splitlines()[0] if error.orig else type(error).__name__


def upgrade(settings: Settings, revision: str) -> None:
    """Bring the schema up to a revision."""
    with opened_store(settings) as database:
        migrations.upgrade(database.engine, revision, keyring=database.keyring)
        if migrations.current(database.engine) == migrations.head():
            with database.transaction() as session:
                load_words(session)
                load_courses(session)
                load_policies(session)
                load_rules(session)
                load_next_holidays(session, at=clock.now())
        say(f"The database is at revision {migrations.current(database.engine)}.")


def write_revision(name: str) -> None:
    """Write a new migration, compared with an empty database that is at the newest one."""
    with TemporaryDirectory() as folder:
        scratch = Database(f"sqlite:///{folder}/scratch.sqlite3")
        migrations.write_revision(name, scratch.engine)
        scratch.close()


def downgrade(settings: Settings, revision: str) -> None:
    """Take the schema back to a revision."""
    with opened_store(settings) as database:
        migrations.downgrade(database.engine, revision, keyring=database.keyring)
        say(f"The database is at revision {migrations.current(database.engine) or 'base'}.")


def add_demo_people(settings: Settings) -> None:
    """Add the demo people and introduce them."""
    with opened_store(settings) as database:
        added = demo.load_people(database, settings.home)
    say(f"{added} demo people added.")
    say(demo.staff_list(settings))


@dataclass(frozen=True)
class Belonging:
    """Where a person or a program belongs besides a centre: an agency by its code, or an inspection region."""

    agency: str | None = None
    head: bool = False
    region: str | None = None


def add_demo_cases(settings: Settings, count: int, seed: int, province_code: str | None) -> None:
    """Make cases up and add them, with a line after every batch."""
    from damrong.demo_cases.load import Loader  # its words take a moment to read

    if province_code is not None and (province_code == NATIONAL or not province(province_code)):
        raise SetupError(f"There is no province {province_code}: use a two-digit province code.")
    begun = time.monotonic()

    def tell(made: int) -> None:
        seconds = time.monotonic() - begun
        say(f"  … {made:,} of {count:,} cases, {made / seconds:,.0f} a second")

    make_home(settings.home)
    make_secrets(settings.home)
    with opened_store(settings) as database:
        Loader(database, clock.now(), seed, province_code, tell).load(count)
    say(f"{count:,} demo cases added. Nobody in them is real.")


def add_staff(
    settings: Settings,
    username: str,
    name: str,
    role: str,
    centre: str,
    password: str,
    belonging: Belonging,
) -> None:
    """Add a member of staff."""
    try:
        with opened_store(settings) as database, database.transaction() as session:
            add_person(
                session,
                username=username,
                display_name=name,
                role=_role(role),
                centre_code=centre,
                agency_id=_agency_id(session, belonging.agency),
                is_agency_head=belonging.head,
                inspection_region=belonging.region,
                password=password,
                at=clock.now(),
            )
            write_trail(session, "person.added", f"person:{username}", role=role, centre=centre)
    except BadPerson as error:
        raise SetupError(f"{username} was not added: {error}.") from None
    say(f"{username} was added.")


def change_staff_password(settings: Settings, username: str, password: str) -> None:
    """Give a member of staff a new password."""
    try:
        with opened_store(settings) as database, database.transaction() as session:
            change_password(session, _person(session, username), password, at=clock.now())
            write_trail(session, "person.password_reset", f"person:{username}")
    except BadPerson as error:
        raise SetupError(f"The password was not changed: {error}.") from None
    say(f"{username} has a new password and is signed out.")


def retire_staff(settings: Settings, username: str) -> None:
    """Let a member of staff sign in no more."""
    with opened_store(settings) as database, database.transaction() as session:
        retire_person(session, _person(session, username), at=clock.now())
        write_trail(session, "person.retired", f"person:{username}")
    say(f"{username} is signed out and can no longer sign in.")


def _person(session: Session, username: str) -> User:
    found = find_person(session, username)
    if found is None:
        raise SetupError(f"There is nobody of the user name {username}.")
    return found


def revoke_api_token(settings: Settings, name: str) -> None:
    """End an API token."""
    with opened_store(settings) as database, database.transaction() as session:
        if not revoke_token(session, name, at=clock.now()):
            raise SetupError(f"There is no living token named {name}.")
        write_trail(session, "token.revoked", f"token:{name}")
    say(f"The token {name} is worth nothing any more.")


def _agency_id(session: Session, code: str | None) -> int | None:
    if code is None:
        return None
    agency = find_agency(session, code)
    if agency is None:
        raise SetupError(f"There is no agency {code}: an administrator adds it in the console.")
    return agency.id


def create_api_token(
    settings: Settings, name: str, role: str, centre: str, belonging: Belonging
) -> None:
    """Make an API token and print it, alone on its line."""
    if province(centre) is None:
        raise SetupError(f"There is no centre {centre}: use a two-digit province code, or 00.")
    try:
        with opened_store(settings) as database, database.transaction() as session:
            agency_id = _agency_id(session, belonging.agency)
            check_belonging(_role(role), agency_id, belonging.region)
            made = create_token(
                session,
                name=name,
                role=_role(role),
                at=clock.now(),
                centre_code=centre,
                agency_id=agency_id,
                inspection_region=belonging.region,
            )
            write_trail(session, "token.made", f"token:{name}", role=role, centre=centre)
    except TokenNameTaken:
        raise SetupError(f"There is a token named {name}: choose another name.") from None
    except BadPerson as error:
        raise SetupError(f"The token was not made: {error}.") from None
    say(made)


def _role(word: str) -> Role:
    try:
        return Role(word)
    except ValueError:
        known = ", ".join(role.value for role in Role)
        raise SetupError(f"There is no role {word}: use one of {known}.") from None
