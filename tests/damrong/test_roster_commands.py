"""`damrong roster bench`: one line for each instance, one sentence for each that cannot be read."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.case_store.rotation.examiner import Instance, read_csv
from tests.case_store.rotation.instances import TWO_WEEKS

IMPOSSIBLE = TWO_WEEKS.replace("Dao,E=0|L=14,2400,960", "Dao,E=0|L=14,2400,2401")


def bench(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "damrong", "roster", "bench", str(folder), *options],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.slow
def test_each_instance_is_one_line_and_one_csv(tmp_path: Path) -> None:
    (tmp_path / "Ours2.txt").write_bytes(TWO_WEEKS.encode())
    (tmp_path / "Ours10.txt").write_bytes(TWO_WEEKS.encode())
    (tmp_path / "notes.md").write_text("no instance")

    done = bench(tmp_path, "--seconds", "20", "--out", str(tmp_path / "out"), "--seed", "7")

    assert done.returncode == 0, done.stderr
    names, objectives = [], []
    for line in done.stdout.splitlines():
        assert re.fullmatch(r"\S+ \d+ \d+ \d+\.\d", line)
        names.append(line.split()[0])
        objectives.append(int(line.split()[1]))
    assert names == ["Ours2", "Ours10"]
    for name, objective in zip(names, objectives, strict=True):
        roster = read_csv((tmp_path / "out" / f"{name}.csv").read_text())
        assert Instance(TWO_WEEKS).faults(roster) == []
        assert Instance(TWO_WEEKS).cost(roster) == objective


@pytest.mark.slow
def test_a_bad_file_is_one_sentence_and_the_others_are_solved(tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_text("SECTION_HORIZON\nmany\n")
    (tmp_path / "good.txt").write_bytes(TWO_WEEKS.encode())
    (tmp_path / "impossible.txt").write_bytes(IMPOSSIBLE.encode())

    done = bench(tmp_path, "--seconds", "20")

    assert done.returncode == 1
    assert done.stdout.startswith("good ") and done.stdout.count("\n") == 1
    sentences = [line for line in done.stderr.splitlines() if line.startswith("damrong: ")]
    assert sentences == [
        "damrong: bad.txt, line 2: 'many' is no whole number from 0 to 366.",
        "damrong: impossible.txt has no valid roster: Dao cannot keep least_minutes, most_minutes.",
    ]


def test_a_folder_without_instances_is_told(tmp_path: Path) -> None:
    done = bench(tmp_path)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"damrong: {tmp_path} has no *.txt file.\n"
    assert "Traceback" not in done.stderr


def test_the_solver_is_loaded_only_to_solve() -> None:
    script = "import sys, damrong.cli, damrong.roster_commands; sys.exit('ortools' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
