"""Redis, speech, SIPp and PostgreSQL: the machine's own, else private copies of its own Debian's."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from damrong.provision import debian, launchers
from damrong.provision.errors import SetupError
from damrong.provision.paths import BIN, STAMPS, TOOLS

_SYSTEM_FOLDERS = ("/usr/bin", "/usr/sbin", "/usr/local/bin")


@dataclass(frozen=True)
class Tool:
    """A Debian package, the programs wanted from it, and where they lie in a tree (a glob)."""

    package: str
    programs: tuple[str, ...]
    folder: str = "usr/bin"
    env: dict[str, str] = field(default_factory=dict)
    starts_sisters: bool = False


REDIS = Tool("redis-server", ("redis-server",))
SPEECH = Tool("espeak-ng", ("espeak-ng",), env={"ESPEAK_DATA_PATH": "$root/{libraries}"})
SIPP = Tool("sip-tester", ("sipp",))
POSTGRES = Tool(
    "postgresql",
    ("postgres", "initdb", "pg_ctl"),
    folder="usr/lib/postgresql/*/bin",
    starts_sisters=True,
)
TO_RUN = (REDIS, SPEECH)
TO_TEST = (SIPP, POSTGRES)


def provide(tools: Sequence[Tool]) -> None:
    """Write a launcher for each program of each tool, fetching what the machine lacks."""
    missing = [tool for tool in tools if not _from_system(tool)]
    if not missing:
        return
    tree = debian.machine_suite_tree(TOOLS)
    for tool in missing:
        tree.provide([tool.package], stamps=STAMPS)
        for program in tool.programs:
            _launch_from_tree(tree, tool, program)


def launcher(program: str) -> Path:
    """Find a program that the set-up provided."""
    path = BIN / program
    if not path.exists():
        raise SetupError(f"{program} is not set up here: run `make tools` first.")
    return path


def _from_system(tool: Tool) -> bool:
    found = {program: _system_program(tool, program) for program in tool.programs}
    if not all(found.values()):
        return False
    for program, path in found.items():
        launchers.write_system_launcher(program, str(path))
    return True


def _system_program(tool: Tool, program: str) -> Path | None:
    places = [Path(folder) / program for folder in _SYSTEM_FOLDERS]
    places += sorted(Path("/").glob(f"{tool.folder}/{program}"), reverse=True)
    located = shutil.which(program)
    if located and BIN not in Path(located).parents:
        places.append(Path(located))
    return next((place.resolve() for place in places if place.exists()), None)


def _launch_from_tree(tree: debian.PackageTree, tool: Tool, program: str) -> None:
    found = sorted(tree.root.glob(f"{tool.folder}/{program}"), reverse=True)
    if not found:
        raise SetupError(
            f"Debian {tree.suite}'s {tool.package} holds no {program}: install it yourself "
            "and start again."
        )
    inside = str(found[0].relative_to(tree.root))
    if tool.starts_sisters:
        launchers.write_environment_launcher(program, tree, inside)
        return
    libraries = launchers.library_folder(tree).relative_to(tree.root)
    env = {key: value.format(libraries=libraries) for key, value in tool.env.items()}
    launchers.write_tree_launcher(program, tree, inside, env)
