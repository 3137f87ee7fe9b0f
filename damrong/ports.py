"""Looks whether the ports are free before anything is started on them."""

import errno
import socket
from dataclasses import dataclass

from case_store.settings import Settings
from damrong.provision.errors import SetupError


@dataclass(frozen=True)
class Port:
    """A port of ours and the setting that moves it elsewhere."""

    setting: str
    kind: str
    address: str
    number: int

    def is_free(self) -> bool:
        """Whether a server could take it now."""
        kind = socket.SOCK_DGRAM if self.kind == "UDP" else socket.SOCK_STREAM
        with socket.socket(socket.AF_INET, kind) as probe:
            if self.kind == "TCP":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.address, self.number))
            except OSError as error:
                if error.errno in (errno.EADDRINUSE, errno.EACCES):
                    return False
                raise SetupError(
                    f"This machine cannot listen on {self.address} ({error.strerror}): "
                    f"mend the setting that names it (see {self.setting})."
                ) from None
        return True


def ports_of(settings: Settings) -> list[Port]:
    """All ports that this installation listens on, but for those of speech."""
    loopback = "127.0.0.1"
    return [
        Port("DAMRONG_SIP_PORT", "UDP", settings.sip_bind, settings.sip_port),
        Port("DAMRONG_WS_PORT", "TCP", settings.console_bind, settings.ws_port),
        Port("DAMRONG_AGI_PORT", "TCP", loopback, settings.agi_port),
        Port("DAMRONG_AMI_PORT", "TCP", loopback, settings.ami_port),
        Port("DAMRONG_CONSOLE_PORT", "TCP", settings.console_bind, settings.console_port),
    ]


def require_free_ports(settings: Settings) -> None:
    """Stop with the name of the setting when a port is taken, or asked for twice."""
    seen: dict[tuple[str, int], str] = {}
    for port in ports_of(settings):
        twin = seen.setdefault((port.kind, port.number), port.setting)
        if twin != port.setting:
            raise SetupError(
                f"{twin} and {port.setting} both name port {port.number}: change one of them."
            )
        if not port.is_free():
            raise SetupError(
                f"{port.kind} port {port.number} on {port.address} is in use or not allowed: "
                f"stop the program that uses it, or set {port.setting} to another port."
            )
