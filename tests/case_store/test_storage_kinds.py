"""What a file is, by its content; and what becomes of its name."""

import contextlib
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from case_store.storage.errors import NotStorable, Refusal
from case_store.storage.file_names import LONGEST, clean_name, extension_of
from case_store.storage.kinds import identify
from tests.case_store import files_kit as files


def _identify(tmp_path: Path, content: bytes, name: str) -> tuple[str, str]:
    path = tmp_path / "file"
    path.write_bytes(content)
    kind, shown = identify(path, name)
    return kind.media_type, shown


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (files.picture("JPEG"), "a.jpeg", "image/jpeg"),
        (files.picture("PNG"), "a.PNG", "image/png"),
        (files.picture("WEBP"), "a.webp", "image/webp"),
        (files.HEIC, "a.heic", "image/heic"),
        (files.pdf(), "a.pdf", "application/pdf"),
        (files.ole("WordDocument"), "a.doc", "application/msword"),
        (files.ole("Workbook"), "a.xls", "application/vnd.ms-excel"),
        (files.docx(), "a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (files.xlsx(), "a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (files.MP3, "a.mp3", "audio/mpeg"),
        (files.wav(), "a.wav", "audio/wav"),
        (files.M4A, "a.m4a", "audio/mp4"),
        (files.MP4, "a.m4a", "audio/mp4"),
        (files.MP4, "a.mp4", "video/mp4"),
        ("ไฟถนนดับ".encode(), "a.txt", "text/plain"),
        ("BM ก็เป็นตัวหนังสือ".encode("cp874"), "a.txt", "text/plain"),
        ("เรื่อง,วันที่\r\n".encode("cp874"), "a.csv", "text/csv"),
    ],
)  # fmt: skip
def test_every_allowed_kind_is_known_by_its_content(
    tmp_path: Path, content: bytes, name: str, media_type: str
) -> None:
    assert _identify(tmp_path, content, name) == (media_type, name)


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (files.HTML, "letter.pdf", Refusal.DISGUISED),
        (files.HTML, "letter.txt", Refusal.DISGUISED),
        (b"\xef\xbb\xbf \n<svg onload=x>", "a.txt", Refusal.DISGUISED),
        (files.picture(), "letter.pdf", Refusal.DISGUISED),
        (files.pdf(), "photo.jpg", Refusal.DISGUISED),
        (files.ELF, "a.txt", Refusal.DISGUISED),
        (files.ELF, "a.exe", Refusal.NOT_ALLOWED),
        (files.ELF, "a", Refusal.NOT_ALLOWED),
        (files.HTML, "a.html", Refusal.NOT_ALLOWED),
        (b"<svg/>", "a.svg", Refusal.NOT_ALLOWED),
        (files.pdf(), "a.pdf.exe", Refusal.NOT_ALLOWED),
        (files.archive(a=b"x"), "a.docx", Refusal.DISGUISED),
        (files.archive(a=b"x"), "a.zip", Refusal.NOT_ALLOWED),
        (files.xlsx(), "a.docx", Refusal.DISGUISED),
        (files.docx()[:-30], "a.docx", Refusal.BROKEN),
        (files.docx(word__vbaProject_dot_bin=b"x"), "a.docx", Refusal.MACROS),
        (files.ole("WordDocument", "_VBA_PROJECT"), "a.doc", Refusal.MACROS),
        (files.ole("PowerPoint Document"), "a.doc", Refusal.DISGUISED),
        (b"a\x00b", "a.csv", Refusal.DISGUISED),
        (b"#!/bin/sh\n", "a.txt", Refusal.DISGUISED),
    ],
)
def test_what_is_not_what_it_says_is_refused(
    tmp_path: Path, content: bytes, name: str, reason: Refusal
) -> None:
    with pytest.raises(NotStorable) as refused:
        _identify(tmp_path, content, name)
    assert refused.value.reason is reason


def test_a_document_that_would_fill_a_disk_is_refused_unopened(tmp_path: Path) -> None:
    bomb = files.docx(word__media_dot_bin=bytes(210_000_000))
    assert len(bomb) < 300_000

    with pytest.raises(NotStorable) as refused:
        _identify(tmp_path, bomb, "a.docx")
    assert refused.value.reason is Refusal.BOMB


def test_a_document_of_very_many_parts_is_refused(tmp_path: Path) -> None:
    many = files.docx(**{f"part{number}": b"" for number in range(5_001)})

    with pytest.raises(NotStorable) as refused:
        _identify(tmp_path, many, "a.docx")
    assert refused.value.reason is Refusal.BOMB


def test_a_picture_named_as_another_kind_of_picture_gets_its_own_name(tmp_path: Path) -> None:
    assert _identify(tmp_path, files.picture("PNG"), "photo.jpg") == ("image/png", "photo.png")


def test_a_file_without_an_extension_gets_one(tmp_path: Path) -> None:
    assert _identify(tmp_path, files.pdf(), "หนังสือ") == ("application/pdf", "หนังสือ.pdf")


@given(damage=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=30))
def test_no_damage_breaks_the_check_itself(
    tmp_path_factory: pytest.TempPathFactory, damage: list[tuple[int, int]]
) -> None:
    broken = bytearray(files.docx())
    for place, value in damage:
        broken[place % len(broken)] = value
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(broken)
    with contextlib.suppress(NotStorable):
        identify(path, "a.docx")


@pytest.mark.parametrize(
    ("given_name", "cleaned"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\ภาพ\\ถนน หน้าวัด.jpg", "ถนน หน้าวัด.jpg"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie_ x.pdf"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("น้ำท่วม ๒๕๖๙.pdf", "น้ำท่วม ๒๕๖๙.pdf"),
        ("  .  ", "file"),
        (".htaccess", "htaccess"),
        ("", "file"),
        ("a/", "file"),
        ("จดหมาย.ไทย", "จดหมาย_ไทย"),
    ],
)
def test_a_name_is_cleaned_and_stays_readable(given_name: str, cleaned: str) -> None:
    assert clean_name(given_name) == cleaned


@given(st.text(max_size=400))
def test_no_name_can_harm(given_name: str) -> None:
    name = clean_name(given_name)

    assert 1 <= len(name) <= LONGEST
    assert not set(name) & set('/\\<>:"|?*%\n\r\t')
    assert not [sign for sign in name if unicodedata.category(sign).startswith("C")]
    assert name == name.strip(" .") and clean_name(name) == name
    name.encode()


@given(stem=st.text(alphabet="กขคงจ่้ำ", min_size=1, max_size=400))
def test_a_long_thai_name_keeps_its_beginning_and_its_extension(stem: str) -> None:
    name = clean_name(f"{stem}.pdf")

    assert extension_of(name) == "pdf"
    assert unicodedata.normalize("NFC", stem).startswith(name.removesuffix(".pdf"))
