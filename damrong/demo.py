"""Demo people: one for each role, so that a newcomer can try every part at once."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from case_store import clock
from case_store.database import Database
from case_store.people.models import Role
from case_store.people.passwords import matches
from case_store.people.staff import add_person, find_person, retire_person
from case_store.places.provinces import centres
from case_store.settings import Settings
from damrong.installation import write_secret

PASSWORD_SECRET = "demo-password"  # noqa: S105 - the name of a file


@dataclass(frozen=True)
class DemoPerson:
    """A person who exists in demonstrations only."""

    username: str
    display_name: str
    role: Role
    centre_code: str


PEOPLE = (
    DemoPerson("kanya", "กัญญา ใจดี", Role.AGENT, "50"),
    DemoPerson("somchai", "สมชาย รักถิ่น", Role.AGENT, "50"),
    DemoPerson("malee", "มาลี ศรีสุข", Role.AGENT, "10"),
    DemoPerson("boonmee", "บุญมี อุดมพร", Role.AGENT, "41"),
    DemoPerson("wichai", "วิชัย พิทักษ์ชน", Role.SUPERVISOR, "50"),
    DemoPerson("naree", "นารี ประชานาถ", Role.NATIONAL_OFFICER, "00"),
    DemoPerson("admin", "ผู้ดูแลระบบ", Role.ADMINISTRATOR, "00"),
)


def load_people(database: Database, home: Path) -> int:
    """Add the demo people who are not there yet; return how many were added."""
    password = demo_password(home)
    added = 0
    with database.transaction() as session:
        for person in PEOPLE:
            there = find_person(session, person.username)
            if there is None:
                add_person(
                    session,
                    username=person.username,
                    display_name=person.display_name,
                    role=person.role,
                    centre_code=person.centre_code,
                    password=password,
                    at=clock.now(),
                )
                added += 1
            elif not there.active and matches(password, there.password_hash):
                there.active = True
    return added


def retire_people(database: Database, home: Path) -> int:
    """Outside a demo nobody signs in with the password that its sign-in page showed; return how many could."""
    if not (home / "secrets" / PASSWORD_SECRET).exists():
        return 0
    password, retired = demo_password(home), 0
    with database.transaction() as session:
        for person in PEOPLE:
            there = find_person(session, person.username)
            if there and there.active and matches(password, there.password_hash):
                retire_person(session, there, at=clock.now())
                retired += 1
    return retired


def demo_password(home: Path) -> str:
    """The demo people's password: random for each installation, kept beside the other secrets."""
    path = home / "secrets" / PASSWORD_SECRET
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_secret(path, f"demo-{secrets.randbelow(10**8):08d}")
    return path.read_text(encoding="ascii").strip()


def staff_list(settings: Settings) -> str:
    """The demo people, with their common password."""
    names = {centre.code: centre.name_th for centre in centres()}
    rows = [
        f"  {p.username:<10}{p.role.value:<18}{p.centre_code} {names[p.centre_code]}"
        for p in PEOPLE
    ]
    return "\n".join([f"Demo staff, all with the password {demo_password(settings.home)}", *rows])


def introduction(settings: Settings, url: str) -> str:
    """What a newcomer reads before the first call."""
    return f"""
{staff_list(settings)}

Take calls:   sign in at {url} as kanya and choose “ready”.
Place a call: open {url}/demo in a second window, a phone in the browser;
              or call 1567 by SIP at {settings.sip_bind}:{settings.sip_port} (UDP), from 053112233 for instance.
"""
