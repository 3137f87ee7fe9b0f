"""Renews the lock files: exact versions with the hashes of their files, and no addresses."""

from damrong.provision.commands import Words, run
from damrong.provision.paths import CHECKOUT, TOOLS, VENV_PYTHON
from damrong.provision.progress import step

_OPTIONS = (
    "--quiet",
    "--generate-hashes",
    "--universal",
    "--python-version=3.11",
    "--no-emit-index-url",
    "--custom-compile-command=make lock",
)


def renew() -> None:
    """Resolve pyproject.toml's dependencies anew, keeping versions that still fit."""
    uv = TOOLS / "uv"
    with step("Fetching the resolver"):
        run(
            [VENV_PYTHON, "-m", "pip", "install", "--quiet", "--upgrade", "--target", uv, "uv"],
            "Fetching the resolver",
        )
    compile_: Words = [uv / "bin" / "uv", "pip", "compile", *_OPTIONS]
    runtime, dev = "requirements.lock", "requirements-dev.lock"
    with step("Resolving"):
        for arguments in (
            ["pyproject.toml", "-o", runtime],
            ["pyproject.toml", "--extra", "dev", "-c", runtime, "-o", dev],
            ["--group", "node", "-o", "requirements-node.lock"],
        ):
            run([*compile_, *arguments], "Resolving the dependencies", cwd=CHECKOUT)
