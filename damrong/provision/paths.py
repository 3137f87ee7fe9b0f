"""Where the checkout keeps what the set-up brings."""

from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
TOOLS = CHECKOUT / ".tools"
BIN = TOOLS / "bin"
STAMPS = TOOLS / "stamps"
FONTS = TOOLS / "fonts"
VENV = CHECKOUT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
