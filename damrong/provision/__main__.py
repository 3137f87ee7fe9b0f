"""`python3 -m damrong.provision venv|tools|lock`: what the Makefile calls, with any Python 3.11."""

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor

from damrong.provision import asterisk, chromium, fonts, lock, node, tools, venv
from damrong.provision.errors import SetupError
from damrong.provision.locking import one_setup_at_a_time


def main() -> int:
    """Do one step of the set-up; a failure is one sentence and exit code 1."""
    parser = argparse.ArgumentParser(prog="damrong.provision", description=__doc__)
    parser.add_argument("step", choices=["venv", "tools", "lock"])
    parser.add_argument("--dev", action="store_true", help="also what the tests need")
    arguments = parser.parse_args()
    try:
        with one_setup_at_a_time():
            _do(arguments.step, dev=arguments.dev)
    except SetupError as error:
        sys.stderr.write(f"damrong: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _do(step: str, *, dev: bool) -> None:
    if step == "lock":
        lock.renew()
        return
    # Python's and Debian's packages come side by side; each waits mostly for the network.
    with ThreadPoolExecutor() as pool:
        waiting = [pool.submit(venv.make_venv, dev=dev)]
        if step == "tools":
            waiting.append(pool.submit(_programs, dev=dev))
        for one in waiting:
            one.result()
    if step == "tools":
        node.build_frontend()
        if dev:
            chromium.provide()


def _programs(*, dev: bool) -> None:
    asterisk.provide()
    fonts.provide()
    tools.provide(tools.TO_RUN + (tools.TO_TEST if dev else ()))


sys.exit(main())
