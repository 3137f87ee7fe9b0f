"""Files of cases: brought, found, removed, each only by whoever may."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from case_store.cases.history import require_writable, write_history
from case_store.cases.models import Case, CaseEventKind
from case_store.people.models import Role
from case_store.people.permissions import Action, Actor, NotAllowed, may
from case_store.privacy.models import LegalHold
from case_store.storage.errors import NotStorable, Refusal
from case_store.storage.file_names import clean_name
from case_store.storage.kinds import Kind, identify
from case_store.storage.models import Attachment
from case_store.storage.vault import Received, folder_of, keep, limit_of, place_of, received

if TYPE_CHECKING:
    from case_store.cases.referral_models import Referral

MOST_OF_A_CASE: Final = 100


def add_attachment(
    session: Session,
    case: Case,
    source: BinaryIO,
    file_name: str,
    *,
    by: Actor,
    at: datetime,
    referral: "Referral | None" = None,
    for_agencies: bool = False,
) -> Attachment:
    """Keeps a file of a case. An agency's file belongs to its running referral, named or the only one.

    Raises `NotStorable` with the reason, `NotAllowed`.
    """
    require_writable(case, Action.ATTACH_FILES, by)
    referral = _referral_for(case, referral, by)
    if len(_present(case)) >= MOST_OF_A_CASE:
        raise NotStorable(Refusal.TOO_MANY)
    folder = folder_of(session)
    with received(folder, source, limit=limit_of(session)) as file:
        kind, name = identify(file.path, clean_name(file_name))
        keep(folder, file, at=at)
    attachment = _row(case, file, kind, name, by=by, at=at)
    attachment.referral_id = referral.id if referral else None
    attachment.for_agencies = for_agencies and by.role is not Role.AGENCY_OFFICER
    session.flush()
    write_history(
        session, case, CaseEventKind.ATTACHED, by=by, at=at, referral=referral, private_detail=name,
        attachment=attachment.id, media_type=kind.media_type, size=file.size, sha256=file.sha256,
    )  # fmt: skip
    return attachment


def find_attachment(session: Session, attachment_id: int, *, by: Actor) -> Attachment | None:
    """The file of an id; None when there is none, when it was removed, and when it is not for `by`."""
    attachment = session.get(Attachment, attachment_id)
    if attachment is None or not _may_see(attachment, by):
        return None
    return attachment


def attachments_for(case: Case, reader: Actor) -> list[Attachment]:
    """The files of a case that this reader may open, oldest first."""
    return [attachment for attachment in case.attachments if _may_see(attachment, reader)]


def path_of(session: Session, attachment: Attachment) -> Path:
    """Where the bytes lie. Never to be executed, and never to be shown as a page of ours."""
    return place_of(folder_of(session), attachment.sha256)


def may_remove(attachment: Attachment, actor: Actor) -> bool:
    """The centre's case officers, and whoever brought the file, while they may still bring files."""
    case = attachment.case
    if attachment.removed_at is not None:
        return False
    if may(actor, Action.HANDLE_CASES, case):
        return True
    brought_it = attachment.added_by == actor.name and may(actor, Action.ATTACH_FILES, case)
    if actor.role is not Role.AGENCY_OFFICER:
        return brought_it
    return brought_it and any(
        one.id == attachment.referral_id and one.is_running for one in case.referrals
    )


def remove_attachment(session: Session, attachment: Attachment, *, by: Actor, at: datetime) -> None:
    """Marks a file as removed; its bytes go with the next sweep when no other case has them. Raises `NotStorable`."""
    if not may_remove(attachment, by):
        raise NotAllowed(by, Action.ATTACH_FILES)
    case = attachment.case
    if _is_held(session, case):
        raise NotStorable(Refusal.HELD)
    attachment.removed_at = at
    referral = next((one for one in case.referrals if one.id == attachment.referral_id), None)
    write_history(
        session, case, CaseEventKind.ATTACHMENT_REMOVED, by=by, at=at, referral=referral,
        private_detail=attachment.file_name, attachment=attachment.id, sha256=attachment.sha256,
    )  # fmt: skip


def may_share(attachment: Attachment, actor: Actor) -> bool:
    """Whoever may bring files, but no agency: what it sees is the centre's to say."""
    return (
        attachment.removed_at is None
        and actor.role is not Role.AGENCY_OFFICER
        and attachment.case.anonymised_at is None
        and may(actor, Action.ATTACH_FILES, attachment.case)
    )


def share_attachment(
    session: Session, attachment: Attachment, *, for_agencies: bool, by: Actor, at: datetime
) -> bool:
    """Opens a file to the agencies of its case, or closes it; False when it is so already.

    An agency keeps seeing what it brought itself. Raises `NotAllowed`.
    """
    if not may_share(attachment, by):
        raise NotAllowed(by, Action.ATTACH_FILES)
    if attachment.for_agencies == for_agencies:
        return False
    attachment.for_agencies = for_agencies
    kind = CaseEventKind.ATTACHMENT_SHARED if for_agencies else CaseEventKind.ATTACHMENT_WITHHELD
    write_history(
        session, attachment.case, kind, by=by, at=at,
        private_detail=attachment.file_name, attachment=attachment.id, sha256=attachment.sha256,
    )  # fmt: skip
    return True


def _referral_for(case: Case, named: "Referral | None", by: Actor) -> "Referral | None":
    if named is not None and named.case_id != case.id:
        raise ValueError("the referral is of another case")
    if by.role is not Role.AGENCY_OFFICER:
        return named
    theirs = [one for one in case.referrals if one.is_running and one.agency_id == by.agency_id]
    wanted = named or (theirs[0] if len(theirs) == 1 else None)
    if wanted not in theirs:
        raise NotAllowed(by, Action.ATTACH_FILES)
    return wanted


def _row(
    case: Case, file: Received, kind: Kind, name: str, *, by: Actor, at: datetime
) -> Attachment:
    attachment = Attachment(
        sha256=file.sha256, size=file.size, media_type=kind.media_type, file_name=name,
        added_by=by.name, added_at=at,
    )  # fmt: skip
    case.attachments.append(attachment)
    return attachment


def _present(case: Case) -> list[Attachment]:
    return [attachment for attachment in case.attachments if attachment.removed_at is None]


def _may_see(attachment: Attachment, reader: Actor) -> bool:
    case = attachment.case
    if attachment.removed_at is not None or not may(reader, Action.SEE_CASES, case):
        return False
    if reader.role is not Role.AGENCY_OFFICER or attachment.for_agencies:
        return True
    return any(
        one.id == attachment.referral_id and one.agency_id == reader.agency_id
        for one in case.referrals
    )


def _is_held(session: Session, case: Case) -> bool:
    lasting = exists().where(LegalHold.case_id == case.id, LegalHold.ended_at.is_(None))
    return bool(session.scalar(select(lasting)))
