"""Small real files of every kind, made by the libraries that make them elsewhere too."""

import io
import wave
import zipfile

import openpyxl
from fpdf import FPDF
from PIL import Image


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), orientation: int = 1) -> bytes:
    """Left half red, right half blue; a JPEG also says where it was taken."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, size[0], size[1]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = "house of the complainant"
    target = io.BytesIO()
    image.save(target, format=kind, **({"exif": exif} if kind == "JPEG" else {}))
    return target.getvalue()


def pdf(text: str = "first page") -> bytes:
    document = FPDF()
    document.add_page()
    document.set_font("helvetica", size=40)
    document.cell(text=text)
    return bytes(document.output())


def xlsx(*rows: tuple[object, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows or (("ก", "ข"),):
        book.worksheets[0].append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def archive(**members: bytes) -> bytes:
    """A zip; `__` in a name stands for a slash, `_dot_` for a dot."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return target.getvalue()


def docx(**more: bytes) -> bytes:
    names = zipped("[Content_Types].xml", "word/document.xml")
    return archive(**dict.fromkeys(names, b"<x/>"), **more)


def zipped(*names: str) -> list[str]:
    return [name.replace("/", "__").replace(".", "_dot_") for name in names]


def ole(*streams: str) -> bytes:
    names = b"".join(stream.encode("utf-16-le") + b"\0\0" for stream in streams)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + names + bytes(512)


def wav() -> bytes:
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(1600))
    return target.getvalue()


MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x00" + bytes(200)
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + bytes(64)
M4A = b"\x00\x00\x00\x18ftypM4A \x00\x00\x02\x00M4A mp42" + bytes(64)
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(64)
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
ELF = b"\x7fELF\x02\x01\x01" + bytes(64)
