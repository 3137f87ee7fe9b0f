"""Small start scripts in `.tools/bin`, one for each program, wherever the program came from."""

import os
from collections.abc import Mapping
from pathlib import Path

from damrong.provision.debian import PackageTree
from damrong.provision.errors import SetupError
from damrong.provision.paths import BIN

_LOADERS = ("ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1")
_TEMPLATE = """\
#!/bin/sh
# Starts {name} from a private Debian tree through that tree's own loader and libraries.
root='{root}'
{exports}exec "$root/{loader}" --argv0 '{name}' --library-path "{libraries}" "$root/{program}" "$@"
"""


def library_folder(tree: PackageTree) -> Path:
    """Find the tree's folder of shared libraries for this machine's architecture."""
    for loader in _LOADERS:
        for found in sorted(tree.root.glob(f"usr/lib/*-linux-gnu/{loader}")):
            return found.parent
    raise SetupError(
        "Debian's packages hold no dynamic loader for this machine's processor: "
        "only amd64 and arm64 are supported."
    )


def write_tree_launcher(
    name: str, tree: PackageTree, program: str, env: Mapping[str, str] | None = None
) -> Path:
    """Write `.tools/bin/<name>` that runs `program` of the tree; `env` values may use `$root`."""
    folder = library_folder(tree)
    loader = next(folder / name for name in _LOADERS if (folder / name).exists())
    folders = [folder, *(p for p in (folder / "pulseaudio",) if p.exists())]
    text = _TEMPLATE.format(
        name=name,
        root=tree.root,
        exports="".join(f'export {key}="{value}"\n' for key, value in (env or {}).items()),
        loader=loader.relative_to(tree.root),
        libraries=":".join(f"$root/{path.relative_to(tree.root)}" for path in folders),
        program=program,
    )
    return _write(name, text)


def write_system_launcher(name: str, program: str | Path) -> Path:
    """Write `.tools/bin/<name>` that runs a program which the machine already has."""
    return _write(name, f'#!/bin/sh\nexec "{program}" "$@"\n')


def write_script_launcher(name: str, interpreter: Path, script: Path) -> Path:
    """Write `.tools/bin/<name>` that runs a script by its interpreter."""
    return _write(name, f'#!/bin/sh\nexec "{interpreter}" "{script}" "$@"\n')


def write_environment_launcher(name: str, tree: PackageTree, program: str) -> Path:
    """Write `.tools/bin/<name>` for a program that starts its own sisters by their path.

    Such a program cannot go through the loader, so its tree must be of the machine's own suite.
    """
    libraries = library_folder(tree)
    text = f'#!/bin/sh\nexport LD_LIBRARY_PATH="{libraries}"\nexec "{tree.root / program}" "$@"\n'
    return _write(name, text)


def _write(name: str, text: str) -> Path:
    BIN.mkdir(parents=True, exist_ok=True)
    path = BIN / name
    temporary = path.with_suffix(".new")
    temporary.write_text(text)
    temporary.chmod(0o755)
    os.replace(temporary, path)  # noqa: PTH105 - atomic, another copy may be starting it
    return path
