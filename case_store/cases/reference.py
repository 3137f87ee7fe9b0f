"""A case's reference: digits only, short enough to say on a bad line and to key in.

Two digits of the Buddhist year, a running number of at least six digits, and a check digit by Damm's algorithm, which
catches every single wrong digit and every swap of two neighbours. 690000013 is shown and read as 690 000 013.
"""

import re
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from stdnum import damm

from case_store.cases.models import Counter
from case_store.clock import BANGKOK

SHAPE: Final = re.compile(r"[0-9]{9,12}")


def next_reference(session: Session, *, at: datetime) -> str:
    """The next reference of the year that `at` falls in, in Bangkok."""
    year = f"{(at.astimezone(BANGKOK).year + 543) % 100:02d}"
    body = f"{year}{_next(session, f'case-{year}'):06d}"
    return body + damm.calc_check_digit(body)


def parse_reference(typed: str) -> str | None:
    """The reference that somebody typed or keyed in, without separators; None when a digit must be wrong."""
    digits = re.sub(r"[\s\-.]", "", typed)
    return digits if SHAPE.fullmatch(digits) and damm.is_valid(digits) else None


def grouped(ref: str) -> str:
    """In groups for reading aloud: 690 000 013."""
    head, tail = ref[:6], ref[6:]
    return f"{head[:3]} {head[3:]} {tail}"


def _next(session: Session, name: str) -> int:
    counter = session.scalar(select(Counter).where(Counter.name == name).with_for_update())
    if counter is None:
        try:
            with session.begin_nested():
                session.add(Counter(name=name, value=0))
        except IntegrityError:  # another transaction opened the year
            pass
        counter = session.scalars(
            select(Counter).where(Counter.name == name).with_for_update()
        ).one()
    counter.value += 1
    return counter.value
