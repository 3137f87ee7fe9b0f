"""The process that parses one stranger's file and writes one picture (case_store/storage/confinement.py)."""

import sys
from pathlib import Path

from case_store.storage.confinement import confine

MEMORY = 1_500_000_000
SECONDS = 15
LARGEST_OUTPUT = 20_000_000
MOST_PIXELS = 50_000_000
EDGE = 1200
"""The longer edge of a preview, in pixels."""


def main() -> None:
    source, target, media_type = sys.argv[1:]
    confine(memory=MEMORY, seconds=SECONDS, largest_file=LARGEST_OUTPUT)
    if media_type == "application/pdf":
        first_page(Path(source), Path(target))
    else:
        picture(Path(source), Path(target))


def picture(source: Path, target: Path) -> None:
    """Turned upright, made small, and written anew: what the camera wrote into the file stays behind."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with Image.open(source, formats=("JPEG", "PNG", "WEBP")) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise SystemExit("too many pixels")
        opened.draft("RGB", (EDGE, EDGE))
        upright = ImageOps.exif_transpose(opened)
        small = upright.convert("RGBA" if "A" in upright.getbands() else "RGB")
        small.thumbnail((EDGE, EDGE))
        plain = Image.new(small.mode, small.size)
        plain.paste(small)
        plain.save(target, format="PNG")


def first_page(source: Path, target: Path) -> None:
    """The first page of a PDF on white, as large as `EDGE` allows, whatever size it claims."""
    import pypdfium2

    document = pypdfium2.PdfDocument(source)
    page = document[0]
    width, height = page.get_size()
    if not (0 < width < 20_000 and 0 < height < 20_000):
        raise SystemExit("no size that a page has")
    picture_of_page = page.render(scale=EDGE / max(width, height), may_draw_forms=False)
    picture_of_page.to_pil().convert("RGB").save(target, format="PNG")


if __name__ == "__main__":
    main()
