"""The Thai font of printed documents: the machine's own, else from its own Debian.

Laksaman is the TLWG's edition of the letters that Thai offices write with (TH Sarabun). Its licence, GPL with the font
exception, lays no duty on documents that it is embedded in.
"""

from collections.abc import Sequence
from pathlib import Path

from damrong.provision import debian
from damrong.provision.errors import SetupError
from damrong.provision.paths import FONTS, STAMPS, TOOLS

PACKAGE = "fonts-tlwg-laksaman-ttf"
FILES = ("Laksaman.ttf", "Laksaman-Bold.ttf")
_FOLDER = "usr/share/fonts/truetype/tlwg"


def provide(system: Sequence[Path] = (Path("/") / _FOLDER,)) -> None:
    """Link the font's files into `.tools/fonts`, fetching them when the machine lacks them."""
    if are_there():
        return
    found = next((folder for folder in system if _holds_all(folder)), None) or _fetched()
    FONTS.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        (FONTS / name).unlink(missing_ok=True)
        (FONTS / name).symlink_to(found / name)


def are_there() -> bool:
    """Whether an earlier set-up provided them."""
    return _holds_all(FONTS)


def _fetched() -> Path:
    tree = debian.machine_suite_tree(TOOLS)
    tree.provide([PACKAGE], stamps=STAMPS, only=True)
    folder = tree.root / _FOLDER
    if not _holds_all(folder):
        raise SetupError(
            f"Debian {tree.suite}'s {PACKAGE} holds no {FILES[0]}: install it and start again."
        )
    return folder


def _holds_all(folder: Path) -> bool:
    return all((folder / name).is_file() for name in FILES)
