"""Requests as bytes on a socket of one's own: for tests that care when the last byte is sent, or not to read."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit


def post_bytes(path: str, token: str) -> bytes:
    return (f"POST {path} HTTP/1.1\r\nHost: usher\r\nAuthorization: Bearer {token}\r\nContent-Length: 0\r\n\r\n").encode()


@dataclass
class RawAnswer:
    status: int
    body: dict


class Wire:
    """One keep-alive connection."""

    def __init__(self, url: str):
        place = urlsplit(url)
        self.socket = socket.create_connection((place.hostname, place.port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def read(self) -> RawAnswer:
        head = self._until(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        length = 0
        for line in head.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        while len(self.buffer) < length:
            self._more()
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        return RawAnswer(status, json.loads(body or b"{}"))

    def lose_answer(self) -> None:
        """The answer came as far as this machine, and nobody reads it."""
        self.socket.recv(1, socket.MSG_PEEK)
        self.close()

    def close(self) -> None:
        self.socket.close()

    def _until(self, mark: bytes) -> bytes:
        while mark not in self.buffer:
            self._more()
        head, _, self.buffer = self.buffer.partition(mark)
        return head

    def _more(self) -> None:
        got = self.socket.recv(65536)
        if not got:
            raise ConnectionError("closed before the answer was whole")
        self.buffer += got


def all_at_once(wires: list[Wire], requests: list[bytes]) -> list[RawAnswer]:
    """Everything but the last byte of each request first, then the last bytes one right after the other, so that
    all requests become whole within the same fraction of a millisecond."""
    for wire, request in zip(wires, requests):
        wire.send(request[:-1])
    for wire, request in zip(wires, requests):
        wire.send(request[-1:])
    return [wire.read() for wire in wires]
