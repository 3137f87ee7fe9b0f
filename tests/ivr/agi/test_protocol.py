"""Laws of the AGI protocol that hold for whatever a peer or a caller's data may be."""

import socket
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.agi.errors import ProtocolError, SessionError
from ivr.agi.reply import read_reply
from ivr.agi.session import Session
from ivr.agi.wire import Wire
from tests.ivr.agi.asterisk_peer import request, words_of

one_line = st.text(
    st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=60
)


def session_with(connection: socket.socket, theirs: socket.socket, then: bytes) -> Session:
    theirs.sendall("".join(f"{line}\n" for line in [*request(), ""]).encode() + then)
    return Session(Wire(connection))


@given(name=one_line, value=one_line)
def test_whatever_an_argument_holds_asterisk_reads_it_as_that_one_argument(
    name: str, value: str
) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        session = session_with(ours, theirs, b"200 result=1\n")

        session.set_variable(name, value)

        sent = theirs.recv(4096).decode()
        assert sent.count("\n") == 1
        assert words_of(sent.removesuffix("\n")) == ["SET", "VARIABLE", name, value]


@given(value=one_line)
def test_a_value_with_brackets_of_its_own_comes_back_whole(value: str) -> None:
    reply = read_reply(lambda: f"200 result=1 ({value})")

    assert (reply.result, reply.data) == ("1", value)


@pytest.mark.parametrize(
    ("ending", "result"), [("complete", "0"), ("complete (abnormal exit)", "-1"), ("failed", "0")]
)
def test_a_step_of_the_dialplan_that_is_cut_off_has_failed_whatever_it_says(
    ending: str, result: str
) -> None:
    lines = iter(["100 result=0 Trying...", f"200 result=0 Gosub {ending}"])

    assert read_reply(lambda: next(lines)).result == result


@given(noise=st.binary(max_size=200))
def test_noise_is_an_answer_or_an_error_of_ours_and_never_anything_else(noise: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        session = session_with(ours, theirs, noise + b"\n")
        theirs.shutdown(socket.SHUT_WR)

        with suppress(SessionError):
            session.noop()


@pytest.mark.parametrize("pieces", [1, 2, 3, 7])
def test_an_answer_in_pieces_is_read_whole(pieces: int) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        answer = "200 result=1 (สวัสดี)\n".encode()
        session = session_with(ours, theirs, b"")
        for start in range(0, len(answer), pieces):
            theirs.sendall(answer[start : start + pieces])

        assert session.execute("GET VARIABLE", "X")["result"] == ("1", "สวัสดี")


def test_a_line_longer_than_asterisks_own_buffer_is_refused() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        session = session_with(ours, theirs, b"2" * 20_000)

        with pytest.raises(ProtocolError, match="too long"):
            session.noop()
