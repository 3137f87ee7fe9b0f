"""Our FastAGI server and session."""

import sys
import threading

from ivr.agi.server import AgiServer
from ivr.agi.session import Session


def converse(session: Session) -> None:
    session.get_variable("LANGUAGE")
    session.set_variable("DAMRONG_QUEUE", "p50")
    session.verbose("on the way")
    session.get_variable("LANGUAGE")
    session.set_variable("DAMRONG_NEXT", "end")


if __name__ == "__main__":
    AgiServer({"tiny": converse}, port=int(sys.argv[1])).start()
    threading.Event().wait()
