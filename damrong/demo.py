"""Demo people: one for each role, so that a newcomer can try every part at once."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from case_store import clock
from case_store.agencies.keep_agencies import find_agency
from case_store.agencies.start_agencies import load_agencies
from case_store.database import Database
from case_store.people.models import Role
from case_store.people.passwords import matches
from case_store.people.staff import add_person, find_person, retire_person
from case_store.places.provinces import centres
from case_store.settings import Settings
from damrong.demo_rota import load_rota_inputs
from damrong.demo_training import certify, hold_next_session
from damrong.installation import write_secret

PASSWORD_SECRET = "demo-password"  # noqa: S105 - the name of a file


@dataclass(frozen=True)
class DemoPerson:
    """A person who exists in demonstrations only."""

    username: str
    display_name: str
    role: Role
    centre_code: str
    agency: str | None = None
    is_agency_head: bool = False
    inspection_region: str | None = None


NAMED = (
    DemoPerson("kanya", "กัญญา ใจดี", Role.AGENT, "50"),
    DemoPerson("somchai", "สมชาย รักถิ่น", Role.AGENT, "50"),
    DemoPerson("malee", "มาลี ศรีสุข", Role.AGENT, "10"),
    DemoPerson("boonmee", "บุญมี อุดมพร", Role.AGENT, "41"),
    DemoPerson("prapai", "ประไพ ธรรมรักษ์", Role.CASE_OFFICER, "50"),
    DemoPerson("thongchai", "ธงชัย เมืองงาม", Role.CASE_OFFICER, "10"),
    DemoPerson("wichai", "วิชัย พิทักษ์ชน", Role.SUPERVISOR, "50"),
    DemoPerson("suda", "สุดา แสงทอง", Role.AGENCY_OFFICER, "50", agency="pea_50"),
    DemoPerson(
        "prasit", "ประสิทธิ์ ไฟสว่าง", Role.AGENCY_OFFICER, "50", agency="pea_50", is_agency_head=True
    ),
    DemoPerson("chalerm", "เฉลิม ทางดี", Role.AGENCY_OFFICER, "50", agency="highways_50"),
    DemoPerson("orathai", "อรทัย บริหารกิจ", Role.DEPUTY_GOVERNOR, "50"),
    DemoPerson("anan", "อนันต์ ปกครองเมือง", Role.GOVERNOR, "50"),
    DemoPerson("pranee", "ปราณี ตรวจงาน", Role.INSPECTOR, "00", inspection_region="15"),
    DemoPerson("naree", "นารี ประชานาถ", Role.NATIONAL_OFFICER, "00"),
    DemoPerson("admin", "ผู้ดูแลระบบ", Role.ADMINISTRATOR, "00"),
)
"""One or two for each role: those whom a newcomer is told of."""
MORE_AGENTS = (
    DemoPerson("ratana", "รัตนา คำมูล", Role.AGENT, "50"),
    DemoPerson("pichai", "พิชัย ไชยวงค์", Role.AGENT, "50"),
    DemoPerson("duangjai", "ดวงใจ อินต๊ะ", Role.AGENT, "50"),
    DemoPerson("surasak", "สุรศักดิ์ ปัญญาดี", Role.AGENT, "50"),
    DemoPerson("nongyao", "นงเยาว์ แก้วมา", Role.AGENT, "50"),
    DemoPerson("wanchai", "วันชัย บุญเรือง", Role.AGENT, "50"),
    DemoPerson("siriporn", "ศิริพร ใจคำ", Role.AGENT, "50"),
    DemoPerson("anucha", "อนุชา สุวรรณ", Role.AGENT, "50"),
)
"""As many more as a rota round the clock wants."""
TRAINEE = DemoPerson("kaew", "แก้ว ตั้งใจเรียน", Role.AGENT, "50")
"""New, without a certificate: may practise, and takes no calls yet."""
PEOPLE = (*NAMED, *MORE_AGENTS, TRAINEE)


def load_people(database: Database, home: Path) -> int:
    """Add the demo people who are not there yet, and agencies; return how many people were added."""
    password = demo_password(home)
    added = 0
    with database.transaction() as session:
        load_agencies(session, centres())
        for person in PEOPLE:
            there = find_person(session, person.username)
            if there is None:
                add_person(
                    session,
                    username=person.username,
                    display_name=person.display_name,
                    role=person.role,
                    centre_code=person.centre_code,
                    agency_id=_agency_id(session, person.agency),
                    is_agency_head=person.is_agency_head,
                    inspection_region=person.inspection_region,
                    password=password,
                    at=clock.now(),
                )
                added += 1
            elif not there.active and matches(password, there.password_hash):
                there.active = True
            user = find_person(session, person.username)
            if user is not None and person is not TRAINEE:
                certify(session, user, at=clock.now())
        hold_next_session(session, at=clock.now())
        load_rota_inputs(session, at=clock.now())
    return added


def _agency_id(session: Session, code: str | None) -> int | None:
    agency = find_agency(session, code) if code else None
    return agency.id if agency else None


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
        f"  {p.username:<10}{p.role.value:<18}{p.centre_code} {names[p.centre_code]}{_besides(p)}"
        for p in NAMED
    ]
    rows.append(
        f"  and {len(MORE_AGENTS)} more agents in 50, for its rota: {', '.join(p.username for p in MORE_AGENTS)}"
    )
    rows.append(
        f"  {TRAINEE.username}, an agent in 50 without a certificate: to try training and practice calls"
    )
    return "\n".join([f"Demo staff, all with the password {demo_password(settings.home)}", *rows])


def _besides(person: DemoPerson) -> str:
    if person.agency:
        return f", {person.agency}" + (" (head)" if person.is_agency_head else "")
    return f", region {person.inspection_region}" if person.inspection_region else ""


def introduction(settings: Settings, url: str) -> str:
    """What a newcomer reads before the first call."""
    return f"""
{staff_list(settings)}

Take calls:   sign in at {url} as kanya and choose “ready”.
Place a call: open {url}/demo in a second window, a phone in the browser;
              or call 1567 by SIP at {settings.sip_bind}:{settings.sip_port} (UDP), from 053112233 for instance.
See cases:    damrong demo cases --count 300 --province 50, then sign in as prapai.
"""
