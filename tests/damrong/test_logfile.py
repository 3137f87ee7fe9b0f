"""Logs of children are kept small without disturbing who writes them."""

from pathlib import Path

from damrong.supervisor.logfile import LogFile


def test_a_large_log_is_copied_away_and_the_writer_goes_on(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "ivr.log", large=10)
    with log.open() as writer:
        writer.write(b"first part, long enough\n")
        writer.flush()
        log.rotate_if_large()
        writer.write(b"second\n")
    assert (tmp_path / "ivr.log.1").read_text() == "first part, long enough\n"
    assert log.path.read_text() == "second\n"


def test_only_the_last_few_logs_are_kept(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "ivr.log", large=1, kept=2)
    for text in ("one", "two", "three"):
        log.path.write_text(text)
        log.rotate_if_large()
    kept = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert kept == {"ivr.log": "", "ivr.log.1": "three", "ivr.log.2": "two"}


def test_the_last_line_that_says_something_is_found(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "ivr.log")
    log.path.write_text("Traceback\nValueError: no such port\n\n  \n")
    assert log.last_line() == "ValueError: no such port"
