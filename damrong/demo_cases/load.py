"""Loading demo cases: some thousands a transaction, each with its audit entry for every centre."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from stdnum import damm

from case_store.agencies.models import Agency
from case_store.agencies.start_agencies import load_agencies
from case_store.audit.trail import record
from case_store.cases.models import Case
from case_store.cases.models import Counter as Counted
from case_store.clock import BANGKOK
from case_store.database import Database
from case_store.deadlines.policies import load_policies
from case_store.identity.keyring import keyring_of
from case_store.people.models import Role, User
from case_store.places.provinces import centres
from damrong.demo_cases.clocks import Clocks
from damrong.demo_cases.matters import Writer
from damrong.demo_cases.people import Crowd
from damrong.demo_cases.rows import MAKER, Batch, Known, Officer, RowWriter
from damrong.demo_cases.stories import Teller
from damrong.demo_cases.writing import Sink, sink_of, without_search_index

BATCH: Final = 5_000
_AT_A_TIME: Final = 500
_MANY: Final = 1_000
"""From so many on, when there are no more than these already, the search index is made at the end."""
_OFFICERS: Final = (Role.CASE_OFFICER, Role.SUPERVISOR, Role.AGENT)
_DAYS_FOR_A_FEW: Final = 120
_LONGEST: Final = 4 * 365
_AFTER_A_FEW: Final = 100_000


@dataclass
class Loader:
    """Makes cases up and writes them. The same seed makes the same cases at the same moment."""

    database: Database
    now: datetime
    seed: int = 1567
    province_code: str | None = None
    """All of one province; None: of the whole country."""
    told: Callable[[int], None] = lambda _: None
    _random: Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = Random(self.seed)
        self._writer = Writer(self._random)
        self._crowd = Crowd(self._random)
        self._teller = Teller(self._random, self._writer, self.now)

    def load(self, count: int) -> int:
        """Adds so many cases, oldest first, and says after each batch how many there are."""
        with self.database.transaction() as session:
            load_agencies(session, centres())
            load_policies(session)
            there = session.scalar(select(func.count()).select_from(Case)) or 0
        anew = count >= max(_MANY, there)
        with without_search_index(self.database) if anew else nullcontext():
            self._load_batches(count)
        return count

    def _load_batches(self, count: int) -> None:
        moments, made = self._moments(count), 0
        while made < count:
            size = min(BATCH, count - made)
            with self.database.transaction() as session:
                self._load_batch(session, [next(moments) for _ in range(size)])
            made += size
            self.told(made)

    def _moments(self, count: int) -> Iterator[datetime]:
        """In order, between eight and twenty o'clock of the days before now."""
        days = _DAYS_FOR_A_FEW + (_LONGEST - _DAYS_FOR_A_FEW) * min(1.0, count / _AFTER_A_FEW)
        midnight = self.now.astimezone(BANGKOK).replace(hour=0, minute=0, second=0, microsecond=0)
        for number in range(count):
            passed = days * (number + self._random.random()) / count
            day = midnight + timedelta(days=int(passed) - int(days) - 1)
            yield day + timedelta(hours=8 + 12 * (passed % 1))

    def _load_batch(self, session: Session, moments: Sequence[datetime]) -> None:
        sink = sink_of(session)
        writer = RowWriter(self._random, keyring_of(session), Clocks(session, self.now))
        officers, agencies = _officers(session), _agencies(session)
        refs = _references(session, moments)
        case_ids = sink.ids("cases", len(moments))
        referral_ids = iter(sink.ids("referrals", 2 * len(moments)))
        per_centre, made = Counter[str](), Batch()
        with _writing_beside(sink) as write:
            for case_id, ref, at in zip(case_ids, refs, moments, strict=True):
                centre = self.province_code or self._writer.province()
                officer = self._random.choice(officers.get(centre) or [Officer(None, MAKER)])
                known = Known(case_id, ref, at, writer.channel(), officer, self._crowd.somebody())
                matter = self._writer.matter(centre)
                story = self._teller.tell(matter, at, known.channel, officer.name, agencies[centre])
                writer.write(
                    made, known, matter, story, [next(referral_ids) for _ in story.referrals]
                )
                per_centre[centre] += 1
                if len(made.indexed) == _AT_A_TIME:
                    write(made)
                    made = Batch()
            write(made)
        _record(session, per_centre, self.now)


@contextmanager
def _writing_beside(sink: Sink) -> Iterator[Callable[[Batch], None]]:
    """While the database takes some rows, the next are made up. At the end all are written, or it raises."""
    pending: list[Future[None]] = []

    def write(batch: Batch) -> None:
        if pending:
            pending.pop().result()
        pending.append(one_thread.submit(sink.write, batch))

    with ThreadPoolExecutor(1) as one_thread:
        yield write
        pending.pop().result()


def _officers(session: Session) -> dict[str, list[Officer]]:
    query = select(User).where(User.role.in_(_OFFICERS), User.active)
    found: dict[str, list[Officer]] = defaultdict(list)
    for user in session.scalars(query):
        found[user.centre_code].append(Officer(user.id, user.username))
    return found


def _agencies(session: Session) -> dict[str, list[Agency]]:
    found: dict[str, list[Agency]] = defaultdict(list)
    for agency in session.scalars(select(Agency).where(Agency.active)):
        if agency.centre_code:
            found[agency.centre_code].append(agency)
    return found


def _references(session: Session, moments: Sequence[datetime]) -> list[str]:
    """The next references of each year, as `next_reference` would give them one after the other."""
    years = [f"{(at.astimezone(BANGKOK).year + 543) % 100:02d}" for at in moments]
    numbers = {}
    for year, count in Counter(years).items():
        query = select(Counted).where(Counted.name == f"case-{year}").with_for_update()
        counter = session.scalar(query)
        if counter is None:
            counter = Counted(name=f"case-{year}", value=0)
            session.add(counter)
        numbers[year] = iter(range(counter.value + 1, counter.value + count + 1))
        counter.value += count
    session.flush()
    bodies = [f"{year}{next(numbers[year]):06d}" for year in years]
    return [body + damm.calc_check_digit(body) for body in bodies]


def _record(session: Session, per_centre: Counter[str], at: datetime) -> None:
    """One true entry for each centre: nobody took these steps, so none is written down as taken."""
    for centre, number in sorted(per_centre.items()):
        record(
            session, chain=centre, action="demo.cases_loaded", subject=f"centre:{centre}",
            by=MAKER, at=at, facts={"cases": number},
        )  # fmt: skip
