"""Plays Asterisk's manager over a real socket, for what a real one does too rarely."""

import contextlib
import socket
import threading
from collections.abc import Callable

Action = dict[str, str]
Answers = Callable[[Action], str | None]
"""What to write for an action, without its ActionID line; None: nothing."""


class ManagerPeer:
    """Listens on a port of its own; remembers every action that arrives."""

    def __init__(self, answers: Answers = lambda _: "Response: Success") -> None:
        self._answers = answers
        self.actions: list[Action] = []
        self.logins = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._connections: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def hang_up(self) -> None:
        """Breaks every connection; new ones are taken."""
        for connection in self._connections:
            with contextlib.suppress(OSError):  # it has ended by itself
                connection.shutdown(socket.SHUT_RDWR)
        self._connections.clear()

    def say(self, text: str) -> None:
        """Sends an event to whoever is connected."""
        for connection in self._connections:
            connection.sendall(text.replace("\n", "\r\n").encode() + b"\r\n\r\n")

    def close(self) -> None:
        self._listener.close()
        self.hang_up()

    def named(self, name: str) -> list[Action]:
        return [action for action in self.actions if action["Action"] == name]

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._connections.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):  # the client hung up
            self._converse(connection)

    def _converse(self, connection: socket.socket) -> None:
        connection.sendall(b"Asterisk Call Manager/11.0.0\r\n")
        action: Action = {}
        with connection.makefile("r", encoding="utf-8", newline="\r\n") as stream:
            for line in stream:
                name, _, value = line.rstrip("\r\n").partition(": ")
                if name:
                    action[name] = value
                elif action:
                    self._receive(connection, action)
                    action = {}

    def _receive(self, connection: socket.socket, action: Action) -> None:
        self.actions.append(action)
        if action["Action"] == "Login":
            self.logins += 1
            welcome = f"Response: Success\nActionID: {action['ActionID']}\n\nEvent: FullyBooted\n\n"
            connection.sendall(welcome.replace("\n", "\r\n").encode())
            return
        answer = self._answers(action)
        for packet in answer.split("\n\n") if answer else []:
            connection.sendall(
                f"{packet}\nActionID: {action['ActionID']}\n\n".replace("\n", "\r\n").encode()
            )
