"""The 15 defects of pyst2 0.5.1, one class each: what our session does, and that bare pyst2 does not.

Both talk to the same peer over a real socket pair.
"""

import io
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from asterisk.agi import AGI, AGIAppError, AGIResultHangup, AGIUnknownError

from ivr.agi.errors import (
    AppFailed,
    CommandRefused,
    Hangup,
    NotOffered,
    PeerTimeout,
    ProtocolError,
    UnsafeArgument,
)
from ivr.agi.session import Session
from ivr.agi.wire import Wire
from tests.ivr.agi.asterisk_peer import RawPeer, request, scripted

CALLER = "0812345678"
OK = "200 result=1\n"


class Line:
    """A session and its peer. `heard` is what the peer was told, once the conversation is over."""

    def __init__(self, agi: Any, hang_up: Callable[[], list[str]]) -> None:
        self.agi = agi
        self.heard = hang_up


@contextmanager
def line(make: Callable[[socket.socket], Any], opening: bytes, **answers: str) -> Iterator[Line]:
    """Connects what `make` makes to a peer that opens with `opening` and then gives `answers`.

    A name of `answers` is the start of a command, with _ for its spaces.
    """
    ours, theirs = socket.socketpair()
    peer = RawPeer(theirs)
    peer.send_bytes(opening)
    replies = {start.replace("_", " "): answer for start, answer in answers.items()}
    with ThreadPoolExecutor(1) as pool:
        played = pool.submit(scripted(peer, replies))
        try:

            def end() -> list[str]:
                ours.shutdown(socket.SHUT_RDWR)  # close() would wait for pyst2's files
                return played.result()

            yield Line(make(ours), end)
        finally:
            with suppress(OSError):
                ours.shutdown(socket.SHUT_RDWR)
            ours.close()
            played.exception()
            peer.close()


def session(connection: socket.socket) -> Session:
    return Session(Wire(connection))


def bare(connection: socket.socket) -> AGI:
    """pyst2 as it comes, with the text streams that it needs, in the one thread that it works in."""
    before = signal.getsignal(signal.SIGHUP)
    try:
        return AGI(connection.makefile("r"), connection.makefile("w"), io.StringIO())
    finally:
        signal.signal(signal.SIGHUP, before)


OPENING = "".join(f"{text}\n" for text in [*request(), ""]).encode()


def in_thread(work: Callable[[], Any]) -> Any:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


class Test01SignalsInThreads:
    def test_a_session_is_made_in_any_thread(self) -> None:
        with line(lambda c: in_thread(lambda: session(c)), OPENING) as call:
            assert call.agi.uniqueid == "1.1"

    def test_bare_pyst2_sets_a_signal_handler(self) -> None:
        with (
            pytest.raises(ValueError, match="main thread"),
            line(lambda c: in_thread(lambda: bare(c)), OPENING),
        ):
            pass


class Test02BytesOnSockets:
    def test_a_session_writes_bytes_to_its_socket(self) -> None:
        with line(session, OPENING) as call:
            call.agi.verbose("สวัสดี")

            assert call.heard() == ['VERBOSE "สวัสดี" "1"']

    def test_bare_pyst2_cannot_write_to_what_socketserver_gives_it(self) -> None:
        def on_binary_files(connection: socket.socket) -> AGI:
            agi = bare(connection)
            agi.stdout = connection.makefile("wb")
            return agi

        with line(on_binary_files, OPENING) as call, pytest.raises(TypeError):
            call.agi.verbose("hello")


class Test03ItsServer:
    def test_our_server_can_be_imported(self) -> None:
        from ivr.agi.server import AgiServer

        assert AgiServer.__module__ in sys.modules

    def test_pyst2s_server_cannot(self) -> None:
        with pytest.raises(ModuleNotFoundError, match="SocketServer"):
            import asterisk.fastagi  # noqa: F401


class Test04Injection:
    EVIL = 'x"\nEXEC System "rm -rf /'

    def test_a_line_break_in_an_argument_is_refused_and_nothing_is_sent(self) -> None:
        with line(session, OPENING) as call:
            acts: tuple[Callable[[], object], ...] = (
                lambda: call.agi.set_variable("NAME", self.EVIL),
                lambda: call.agi.stream_file("a\r\nHANGUP"),
                lambda: call.agi.set_context("a\nHANGUP"),
                lambda: call.agi.appexec("Playback", "a\0b"),
            )
            for act in acts:
                with pytest.raises(UnsafeArgument):
                    act()

            assert [text for text in call.heard() if "TIMEOUT" not in text] == []

    def test_quotation_marks_and_backslashes_stay_inside_their_argument(self) -> None:
        with line(session, OPENING) as call:
            call.agi.set_variable("NAME", 'say "hi" \\ there')

            assert call.heard() == [r'SET VARIABLE "NAME" "say \"hi\" \\ there"']

    def test_an_argument_that_pyst2_leaves_unquoted_is_quoted(self) -> None:
        with line(session, OPENING) as call:
            call.agi.set_context("a b")

            assert call.heard() == ['SET CONTEXT "a b"']

    def test_bare_pyst2_sends_a_second_command(self) -> None:
        with line(bare, OPENING) as call:
            call.agi.set_variable("NAME", self.EVIL)

            assert call.heard()[1] == 'EXEC System "rm -rf /"'


class Test05HangupLines:
    def test_a_hangup_line_before_the_answer_is_a_hangup(self) -> None:
        with line(session, OPENING, STREAM_FILE="HANGUP\n200 result=0 endpos=5\n") as call:
            with pytest.raises(Hangup):
                call.agi.stream_file("greeting")

            assert call.agi.hung_up

    def test_a_variable_can_still_be_set_behind_a_hangup_line(self) -> None:
        with line(
            session, OPENING, SET_VARIABLE=f"HANGUP\n{OK}", GET_FULL="200 result=1 (th)\n"
        ) as call:
            call.agi.set_variable("A", "1")

            assert call.agi.get_variable("CHANNEL(language)") == "th"

    def test_bare_pyst2_breaks_on_it_and_loses_its_place(self) -> None:
        with (
            line(bare, OPENING, SET_VARIABLE=f"HANGUP\n{OK}") as call,
            pytest.raises(ValueError, match="invalid literal"),
        ):
            call.agi.set_variable("A", "1")


class Test06EndOfStream:
    def test_the_end_of_the_connection_is_a_hangup(self) -> None:
        with line(session, OPENING) as call:
            call.heard()

            with pytest.raises(Hangup):
                call.agi.noop()

    def test_the_end_within_a_usage_text_is_a_hangup(self) -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            theirs.sendall(OPENING + b"520-Invalid command syntax.  Proper usage follows:\nUsage")
            theirs.shutdown(socket.SHUT_WR)

            with pytest.raises(Hangup):
                session(ours).noop()

    def test_bare_pyst2_reads_an_ended_usage_text_for_ever(self) -> None:
        class Ended(io.StringIO):
            reads = 0

            def readline(self, *_: Any) -> str:  # type: ignore[override]
                self.reads += 1
                if self.reads > 10_000:
                    raise RecursionError("for ever")
                return super().readline()

        agi = AGI.__new__(AGI)
        agi.stdin, agi.stderr = Ended("520-Invalid command syntax.\n"), io.StringIO()

        with pytest.raises(RecursionError):
            agi.get_result()


class Test07DeadChannel:
    DEAD = "511 Command Not Permitted on a dead channel or intercept routine\n"

    def test_a_dead_channel_is_a_hangup(self) -> None:
        with line(session, OPENING, STREAM_FILE=self.DEAD) as call, pytest.raises(Hangup):
            call.agi.stream_file("greeting")

    def test_bare_pyst2_does_not_know_it(self) -> None:
        with line(bare, OPENING, STREAM_FILE=self.DEAD) as call, pytest.raises(AGIUnknownError):
            call.agi.stream_file("greeting")


class Test08FailedOrHungUp:
    @pytest.mark.parametrize(
        ("status", "raised"),
        [
            ("200 result=6\n", AppFailed),
            ("200 result=-1\n", Hangup),
            ("511 Command Not Permitted on a dead channel\n", Hangup),
            ("HANGUP\n200 result=6\n", Hangup),
        ],
    )
    def test_minus_one_is_a_hangup_only_when_the_channel_is_gone(
        self, status: str, raised: type[Exception]
    ) -> None:
        with (
            line(session, OPENING, EXEC="200 result=-1\n", CHANNEL_STATUS=status) as call,
            pytest.raises(raised),
        ):
            call.agi.appexec("Queue", "p50")

    def test_bare_pyst2_says_the_same_of_both(self) -> None:
        with line(bare, OPENING, EXEC="200 result=-1\n") as call, pytest.raises(AGIAppError):
            call.agi.appexec("Queue", "p50")


class Test09TheWordHangup:
    def test_a_value_that_says_hangup_is_a_value(self) -> None:
        with line(session, OPENING, GET_FULL="200 result=1 (hangup)\n") as call:
            assert call.agi.get_variable("X") == "hangup"

    def test_bare_pyst2_takes_it_for_one(self) -> None:
        with (
            line(bare, OPENING, DATABASE_GET="200 result=1 (hangup)\n") as call,
            pytest.raises(AGIResultHangup),
        ):
            call.agi.database_get("a", "b")


class Test10LineBreaksInValues:
    def test_a_value_is_encoded_by_asterisk_so_that_it_stays_on_one_line(self) -> None:
        with line(session, OPENING, GET_FULL="200 result=1 (a%0a200%20result%3d1%20(b)\n") as call:
            assert call.agi.get_variable("X") == "a\n200 result=1 (b"

            assert call.heard() == ['GET FULL VARIABLE "${URIENCODE(${X})}"']

    def test_only_a_name_can_be_asked_for(self) -> None:
        with line(session, OPENING) as call, pytest.raises(UnsafeArgument):
            call.agi.get_variable("X)}${SHELL(id)")

    def test_an_answer_that_is_none_ends_the_session(self) -> None:
        with line(session, OPENING, NOOP="b) and more\n") as call, pytest.raises(ProtocolError):
            call.agi.noop()

    def test_bare_pyst2_reads_the_rest_as_its_next_answer(self) -> None:
        value = "200 result=1 (a\n200 result=1 (forged)\n"
        with line(bare, OPENING, GET_VARIABLE=value) as call:
            call.agi.get_variable("X")

            assert call.agi.get_result()["result"] == ("1", "forged")


class Test11TheTimeOutOfGetData:
    def test_digits_that_silence_ended_are_told_apart(self) -> None:
        with line(session, OPENING, GET_DATA="200 result=12 (timeout)\n") as call:
            assert call.agi.get_data("ask") == ("12", True)

    def test_no_digits_at_all_are_read_too(self) -> None:
        with line(session, OPENING, GET_DATA="200 result= (timeout)\n") as call:
            assert call.agi.get_data("ask") == ("", True)

    def test_bare_pyst2_drops_it(self) -> None:
        with line(bare, OPENING, GET_DATA="200 result=12 (timeout)\n") as call:
            assert call.agi.get_data("ask") == "12"


class Test12BrokenCharacters:
    BROKEN = OPENING.replace(b"calleridname: unknown", b"calleridname: \xe0\xb8\xff")

    def test_a_broken_name_does_not_end_the_call(self) -> None:
        with line(session, self.BROKEN) as call:
            assert "\ufffd" in call.agi.env["agi_calleridname"]

    def test_it_ends_bare_pyst2s(self) -> None:
        with pytest.raises(UnicodeDecodeError), line(bare, self.BROKEN):
            pass


class Test13PersonalDataInLogs:
    def test_nothing_of_the_conversation_is_written_down(
        self, capfd: pytest.CaptureFixture[str]
    ) -> None:
        with line(session, OPENING) as call:
            call.agi.set_variable("NUMBER", CALLER)

        assert capfd.readouterr() == ("", "")

    def test_bare_pyst2_writes_the_callers_number(self) -> None:
        with line(bare, OPENING) as call:
            assert CALLER in call.agi.stderr.getvalue()


class Test14TheDatabase:
    @pytest.mark.parametrize("command", ["get", "put", "del", "deltree"])
    def test_it_is_not_offered(self, command: str) -> None:
        arguments = ("a", "b", "c")[: 3 if command == "put" else 2]
        with line(session, OPENING) as call, pytest.raises(NotOffered):
            getattr(call.agi, f"database_{command}")(*arguments)

    def test_bare_pyst2_quotes_the_name_twice(self) -> None:
        with line(bare, OPENING, DATABASE_GET="200 result=1 (x)\n") as call:
            call.agi.database_get("a", "b")

            assert call.heard() == ['DATABASE GET ""a"" ""b""']


class Test15SilentPeers:
    def test_a_peer_that_does_not_answer_costs_a_bounded_time(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("ivr.agi.session.QUICK_SECONDS", 0.1)
        with line(session, OPENING, NOOP="") as call, pytest.raises(PeerTimeout):
            call.agi.noop()

    def test_a_command_may_last_as_long_as_it_said_and_the_switch_is_set_for_it(self) -> None:
        with line(session, OPENING, STREAM="200 result=0 endpos=9\n") as call:
            with call.agi.lasting(12.5):
                call.agi.stream_file("greeting")
            call.agi.release()

            assert call.heard() == [
                'SET VARIABLE "TIMEOUT(absolute)" "15"',
                'STREAM FILE "greeting" "" "0"',
                'SET VARIABLE "TIMEOUT(absolute)" "0"',
            ]

    def test_bare_pyst2_waits_as_long_as_the_peer_likes(self) -> None:
        with line(bare, OPENING, NOOP="") as call, ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(call.agi.noop)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.3)
            call.heard()
            waiting.exception()


class TestOtherAnswers:
    def test_an_unknown_command_is_refused(self) -> None:
        with (
            line(session, OPENING, NOOP="510 Invalid or unknown command\n") as call,
            pytest.raises(CommandRefused),
        ):
            call.agi.noop()

    @pytest.mark.parametrize(
        "usage",
        [
            "520 Invalid command syntax.  Proper usage not available.\n",
            "520-Invalid command syntax.  Proper usage follows:\nUsage: NOOP\n\n520 End of proper usage.\n",
        ],
    )
    def test_wrong_arguments_are_refused_and_the_next_answer_is_the_next(self, usage: str) -> None:
        with line(session, OPENING, NOOP=usage, VERBOSE=OK) as call:
            with pytest.raises(CommandRefused):
                call.agi.noop()
            call.agi.verbose("next")

    def test_a_recording_that_a_hangup_ended_is_kept(self) -> None:
        answer = "200 result=-1 (hangup) endpos=16000\nHANGUP\n"
        with line(session, OPENING, RECORD=answer) as call:
            recording = call.agi.record_file("/tmp/m", "wav")

            assert (recording.hung_up, recording.samples) == (True, 16000)
            with pytest.raises(Hangup):
                call.agi.stream_file("thanks")

    @pytest.mark.parametrize("presentation", ["32", "35", "67"])
    def test_a_withheld_number_is_none(self, presentation: str) -> None:
        opening = OPENING.replace(b"callingpres: 0", f"callingpres: {presentation}".encode())
        with line(session, opening) as call:
            assert call.agi.caller_number is None

    def test_an_unknown_number_is_none(self) -> None:
        with line(session, OPENING.replace(b"0812345678", b"unknown")) as call:
            assert call.agi.caller_number is None
