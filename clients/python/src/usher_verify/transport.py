"""HTTP by the standard library, with what it lacks: a deadline for the whole request and a limit for the body."""

from __future__ import annotations

import base64
import http.client
import io
import socket
import ssl
import time
import zlib
from typing import Any, Dict, Iterator, Mapping, NamedTuple, Optional
from urllib.parse import quote_plus, urlsplit

BODY_BYTES_MAX = 64 * 1024 * 1024
PIECE = 64 * 1024


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes


class _Socket:
    """What http.client needs of a socket, held to a deadline by the steady clock."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self.sock = sock
        self.deadline = deadline
        self._users = 1

    def remaining(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("no answer in time")
        return left

    def sendall(self, data: Any) -> None:
        self.sock.settimeout(self.remaining())
        self.sock.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        self._users += 1
        return io.BufferedReader(_Incoming(self), PIECE)

    def close(self) -> None:
        """By the connection, and by each file that was made; the last one closes."""
        self._users -= 1
        if self._users == 0:
            self.sock.close()


class _Incoming(io.RawIOBase):
    def __init__(self, owner: _Socket) -> None:
        self._owner = owner

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        if not self.closed:
            self._owner.close()
        super().close()

    def readinto(self, buffer: Any) -> int:
        self._owner.sock.settimeout(self._owner.remaining())
        return self._owner.sock.recv_into(buffer)


class Line:
    """One connection, used by one thread at a time; `cut` may be called by any."""

    def __init__(
        self,
        url: str,
        timeout: float,
        context: Optional[ssl.SSLContext] = None,
        bytes_max: Optional[int] = None,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("url must be http://HOST or https://HOST")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("url must hold neither credentials nor a query")
        self._secure = parts.scheme == "https"
        self._host = parts.hostname
        self._port = parts.port or (443 if self._secure else 80)
        self._prefix = parts.path.rstrip("/")
        self._timeout = timeout
        self._context = context
        self._bytes_max = bytes_max
        self._connection: Optional[http.client.HTTPConnection] = None
        self._socket: Optional[_Socket] = None
        self._cut = False

    def get(self, path: str, headers: Mapping[str, str]) -> Answer:
        """Redirects are not followed: an answer from elsewhere is none of Usher's."""
        deadline = time.monotonic() + self._timeout
        was_open = self._connection is not None
        try:
            return self._get(path, headers, deadline)
        except (http.client.RemoteDisconnected, ConnectionError):
            self.close()
            if not was_open or self._cut:
                raise
        except BaseException:
            self.close()
            raise
        return self.get(path, headers)  # on a new connection: the old one was closed while idle, as servers do

    def open(self, path: str, headers: Mapping[str, str]) -> "Stream":
        """Ends with an error unless the answer is 200 and of type text/event-stream."""
        self.close()
        deadline = time.monotonic() + self._timeout
        try:
            response = self._ask(path, headers, deadline)
            kind = (response.getheader("Content-Type") or "").partition(";")[0].strip().lower()
            if response.status != 200 or kind != "text/event-stream":
                raise http.client.HTTPException(f"the stream answers {response.status}, {kind or 'without a type'}")
        except BaseException:
            self.close()
            raise
        assert self._socket is not None
        return Stream(response, self._socket)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = self._socket = None

    def cut(self) -> None:
        """For good: whatever waits on the connection fails at once."""
        self._cut = True
        held = self._socket
        if held is not None:
            try:
                socket.socket.shutdown(held.sock, socket.SHUT_RDWR)  # also beneath TLS
            except OSError:
                pass

    def _connect(self, deadline: float) -> http.client.HTTPConnection:
        timeout = max(deadline - time.monotonic(), 0.001)
        if self._secure:
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                self._host, self._port, timeout=timeout, context=self._context
            )
        else:
            connection = http.client.HTTPConnection(self._host, self._port, timeout=timeout)
        connection.connect()
        self._socket = _Socket(connection.sock, deadline)
        connection.sock = self._socket
        return connection

    def _ask(self, path: str, headers: Mapping[str, str], deadline: float) -> http.client.HTTPResponse:
        if self._cut:
            raise ConnectionAbortedError("closed")
        if self._connection is None:
            self._connection = self._connect(deadline)
        if self._cut:
            raise ConnectionAbortedError("closed")
        assert self._socket is not None
        self._socket.deadline = deadline
        self._connection.request("GET", self._prefix + path, headers=dict(headers))
        return self._connection.getresponse()

    def _get(self, path: str, headers: Mapping[str, str], deadline: float) -> Answer:
        response = self._ask(path, {"Accept-Encoding": "gzip", **headers}, deadline)
        bytes_max = self._bytes_max or BODY_BYTES_MAX
        body = _unpacked(_body(response, bytes_max), response.getheader("Content-Encoding"), bytes_max)
        found: Dict[str, str] = {name.lower(): value for name, value in response.getheaders()}
        if response.will_close:
            self.close()
        return Answer(response.status, found, body)


class Stream:
    """A body without an end, piece by piece, for as long as the caller goes on waiting."""

    def __init__(self, response: http.client.HTTPResponse, held: _Socket) -> None:
        self._response = response
        self._held = held

    def wait_for(self, seconds: float) -> None:
        self._held.deadline = time.monotonic() + seconds

    def __iter__(self) -> Iterator[bytes]:
        while piece := self._response.read1(PIECE):
            yield piece


def _body(response: http.client.HTTPResponse, bytes_max: int) -> bytes:
    pieces, size = [], 0
    while piece := response.read(PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > bytes_max:
            raise http.client.HTTPException("the answer is too long")
    if response.length:
        raise http.client.IncompleteRead(b"", response.length)
    return b"".join(pieces)


def _unpacked(body: bytes, coding: Optional[str], bytes_max: int) -> bytes:
    if coding is None or coding.lower() == "identity" or not body:
        return body
    if coding.lower() not in ("gzip", "x-gzip"):
        raise http.client.HTTPException("a coding that was not asked for")
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    plain = unpacker.decompress(body, bytes_max)
    if unpacker.unconsumed_tail or not unpacker.eof:
        raise http.client.HTTPException("the answer is cut, or too long")
    return plain


def context_for(url: Optional[str], given: Optional[ssl.SSLContext]) -> Optional[ssl.SSLContext]:
    """Made once: it reads all the authorities that the machine trusts."""
    secure = url is not None and url.lower().startswith("https:")
    return given or (ssl.create_default_context() if secure else None)


def basic(client_id: Optional[str], client_secret: Optional[str]) -> Dict[str, str]:
    """RFC 6749 section 2.3.1: each form-encoded, so that a colon within is none between."""
    if client_id is None:
        return {}
    pair = f"{quote_plus(client_id)}:{quote_plus(client_secret or '')}"
    return {"Authorization": "Basic " + base64.b64encode(pair.encode("ascii")).decode("ascii")}
