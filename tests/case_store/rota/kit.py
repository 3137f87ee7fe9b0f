"""Short ways to make shift types and rotas. Days are of December 2026; the 7th is a Monday."""

from datetime import date

from sqlalchemy.orm import Session

from case_store.people.models import User
from case_store.rotation.rota.models import (
    ChannelOfficer,
    Duty,
    DutyCause,
    Layer,
    Rota,
    RotaState,
    ShiftPlace,
    ShiftType,
)
from tests.case_store.kit import NOON, person

FIRST, LAST = date(2026, 12, 7), date(2027, 1, 3)


def shift_type(
    session: Session,
    code: str,
    start_hour: int,
    hours: int = 8,
    *,
    centre: str = "50",
    place: ShiftPlace = ShiftPlace.ON_SITE,
) -> ShiftType:
    made = ShiftType(
        centre_code=centre, code=code, name_th=f"เวร {code}", name_en=f"Shift {code}",
        start_minute=start_hour * 60, minutes=hours * 60, break_minutes=60 if hours > 5 else 0,
        place=place, channel="phone_1567", active=True,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def three_shifts(session: Session, centre: str = "50") -> tuple[ShiftType, ShiftType, ShiftType]:
    """Morning from 8, evening from 16, night from midnight."""
    return (
        shift_type(session, "M", 8, centre=centre),
        shift_type(session, "E", 16, centre=centre),
        shift_type(session, "N", 0, centre=centre),
    )


def rota(
    session: Session,
    centre: str = "50",
    *,
    first: date = FIRST,
    last: date = LAST,
    state: RotaState = RotaState.PUBLISHED,
) -> Rota:
    made = Rota(
        centre_code=centre, first_day=first, last_day=last, state=state, version=1,
        made_by="wichai", made_at=NOON, published_by="wichai", published_at=NOON, solved={},
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def duty(
    session: Session,
    rota: Rota,
    user: User,
    day: date,
    shift_type: ShiftType | None,
    layer: Layer = Layer.GENERATED,
    cause: DutyCause = DutyCause.PLAN,
) -> Duty:
    made = Duty(
        rota_id=rota.id, user_id=user.id, day=day, shift_type_id=shift_type and shift_type.id,
        layer=int(layer), cause=cause, reason="", made_by="wichai", made_at=NOON,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def channel_officer(session: Session, channel: str = "letter") -> ChannelOfficer:
    """Somebody of Chiang Mai who answers for a channel."""
    made = ChannelOfficer(
        centre_code="50", channel=channel, user_id=person(session, "letters").id,
        first_day=NOON.date(), order="", made_by="wichai", made_at=NOON,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made
