"""`python -m damrong` is the same as `damrong`."""

from damrong.cli import app

app()
