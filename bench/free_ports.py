"""Ports of the loopback that nobody uses now."""

import socket

LOOPBACK = "127.0.0.1"


def free_ports(how_many: int, kind: socket.SocketKind = socket.SOCK_STREAM) -> list[int]:
    """Different ones, each free at this moment."""
    opened = [socket.socket(socket.AF_INET, kind) for _ in range(how_many)]
    try:
        for each in opened:
            each.bind((LOOPBACK, 0))
        return [int(each.getsockname()[1]) for each in opened]
    finally:
        for each in opened:
            each.close()
