"""Previews: small, upright, without what the camera wrote; and what defies them."""

import io
import struct
import zlib

import pytest
from PIL import Image
from sqlalchemy.orm import Session

from case_store.storage import previews
from case_store.storage.attachments import add_attachment, path_of, remove_attachment
from case_store.storage.models import Attachment
from case_store.storage.previews import preview
from case_store.storage.sweeping import sweep_files
from tests.case_store import files_kit as files
from tests.case_store.kit import NOON, case
from tests.case_store.test_storage import LATER, OFFICER

pytestmark = pytest.mark.slow


def _attached(session: Session, content: bytes, name: str) -> Attachment:
    return add_attachment(session, case(session), io.BytesIO(content), name, by=OFFICER, at=NOON)


def _picture(session: Session, content: bytes, name: str) -> Image.Image:
    path = preview(session, _attached(session, content, name))
    assert path is not None
    with Image.open(path) as picture:
        picture.load()
    return picture


@pytest.mark.parametrize(
    ("kind", "name"), [("JPEG", "a.jpg"), ("PNG", "a.png"), ("WEBP", "a.webp")]
)
def test_a_picture_is_made_small(session: Session, kind: str, name: str) -> None:
    picture = _picture(session, files.picture(kind, (2400, 1200)), name)

    assert picture.size == (1200, 600)
    red, _, blue = picture.convert("RGB").getpixel((100, 300))  # type: ignore[misc]
    assert red > 200 and blue < 60


def test_a_picture_stands_upright_and_says_nothing_of_where_it_was_taken(session: Session) -> None:
    content = files.picture("JPEG", (64, 48), orientation=6)
    assert b"house of the complainant" in content

    attachment = _attached(session, content, "a.jpg")
    path = preview(session, attachment)

    assert path is not None
    assert b"house" not in path.read_bytes()
    with Image.open(path) as picture:
        assert picture.size == (48, 64)
        assert not picture.getexif()
        # Turned a quarter to the right, what was left is above.
        red, _, blue = picture.convert("RGB").getpixel((24, 5))  # type: ignore[misc]
    assert red > 200 and blue < 60


def test_of_a_pdf_the_first_page_is_shown(session: Session) -> None:
    picture = _picture(session, files.pdf("HELLO"), "a.pdf").convert("L")

    assert max(picture.size) == 1200
    assert picture.getextrema() == (0, 255)


def test_a_preview_is_made_once(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    attachment = _attached(session, files.picture(), "a.jpg")
    first = preview(session, attachment)
    monkeypatch.setattr(previews, "_run", lambda *_: pytest.fail("made again"))

    assert first is not None and preview(session, attachment) == first


def test_a_picture_of_too_many_pixels_has_no_preview_and_is_not_tried_again(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    attachment = _attached(session, _claiming(60_000, 60_000), "a.png")

    assert preview(session, attachment) is None
    monkeypatch.setattr(previews, "_run", lambda *_: pytest.fail("tried again"))
    assert preview(session, attachment) is None


def test_a_broken_pdf_has_no_preview(session: Session) -> None:
    assert preview(session, _attached(session, b"%PDF-1.7\nbroken", "a.pdf")) is None


def test_a_maker_that_takes_too_long_is_ended(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "_SECONDS", 0.01)

    assert preview(session, _attached(session, files.picture(), "a.jpg")) is None


def test_other_kinds_have_none(session: Session) -> None:
    assert preview(session, _attached(session, b"text", "a.txt")) is None


def test_the_preview_goes_with_the_file(session: Session) -> None:
    attachment = _attached(session, files.picture(), "a.jpg")
    shown = preview(session, attachment)
    assert shown is not None and shown.exists() and shown.stat().st_mode & 0o777 == 0o600

    remove_attachment(session, attachment, by=OFFICER, at=NOON)
    session.flush()
    sweep_files(session, at=LATER)

    assert not shown.exists() and not path_of(session, attachment).exists()


def _claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it has that many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    data = zlib.compress(bytes(10_000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )
