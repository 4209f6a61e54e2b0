"""Speaks /.well-known/jwks.json and /api/revocations as docs/revocations.md says, unless told to do otherwise."""

from __future__ import annotations

import functools
import json
import queue
import socket
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from usher_verify import Refused, Verifier
from usher_verify.testing import TestIssuer

JWKS, FEED, STREAM = "/.well-known/jwks.json", "/api/revocations", "/api/revocations/stream"


@functools.lru_cache(None)
def issuer_of(alg: str) -> TestIssuer:
    """An RSA key takes a second to make: one of each kind for all tests."""
    return TestIssuer(alg)


def refusal_of(verify, *args, **kwargs) -> str:
    """The slug that a call is refused with; "" when it is not."""
    try:
        verify(*args, **kwargs)
    except Refused as refused:
        return refused.error
    return ""


def wait_until(holds, seconds: float = 5.0, what: str = "it") -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return
        time.sleep(0.005)
    raise AssertionError(f"{what} did not happen within {seconds} s")


class StandIn:
    def __init__(self, issuer: TestIssuer, tls: ssl.SSLContext | None = None) -> None:
        self.issuer = issuer
        self.log: list[tuple[str, str]] = []  # ("session", sid) or ("user", sub), one per number
        self.users: dict[str, int] = {}
        self.first = 1  # the number of the first in the log
        self.asked: list[tuple[str, str, dict]] = []  # path, query, headers of every request
        self.behave: dict[str, object] = {}  # path -> what is done instead, with the handler
        self.jwks = issuer.jwks
        self.jwks_headers = {"Cache-Control": "max-age=300", "ETag": '"keys"'}
        self.listeners: list[queue.Queue] = []
        self._connections: list[socket.socket] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> StandIn:
        return self

    def __exit__(self, *_) -> None:
        self.cut_streams()
        self._server.shutdown()
        self._server.server_close()
        for connection in self._connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # closed already

    def verifier(self, **settings) -> Verifier:
        return Verifier(self.url, **{"poll_every": 0.05, "http_timeout": 1.0, **settings})

    # --- what it knows

    @property
    def seq(self) -> int:
        return self.first - 1 + len(self.log)

    def end_session(self, sid: str) -> None:
        self._append("session", sid)

    def bump_user(self, sub: str, generation: int) -> None:
        self.users[sub] = generation
        self._append("user", sub)

    def _append(self, kind: str, name: str) -> None:
        with self._lock:
            known = self.seq
            self.log.append((kind, name))
            for listener in self.listeners:
                listener.put(self.statement(known))

    def statement(self, since: int = 0, **overrides) -> str:
        news = self.log[max(since - self.first + 1, 0) :]
        sessions = [name for kind, name in news if kind == "session"]
        users = {name: self.users[name] for kind, name in news if kind == "user"}
        return self.issuer.statement(self.seq, since, sessions=sessions, users=users, **overrides)

    def beat(self) -> None:
        self.say(self.statement(self.seq))

    def say(self, statement: str | None) -> None:
        """To all listeners; None ends their streams."""
        for listener in list(self.listeners):
            listener.put(statement)

    def cut_streams(self) -> None:
        self.say(None)

    def requests_for(self, path: str) -> int:
        return sum(1 for asked, _, _ in self.asked if asked == path)

    # --- how it answers

    def _handler(self):
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def setup(self):
                super().setup()
                server._connections.append(self.connection)

            def do_GET(self):  # noqa: N802: the library's name
                parts = urlsplit(self.path)
                server.asked.append((parts.path, parts.query, dict(self.headers.items())))
                usual = {JWKS: server._send_keys, FEED: server._send_statement, STREAM: server._stream}
                work = server.behave.get(parts.path) or usual.get(parts.path) or (lambda h: answer(h, 404, b""))
                try:
                    work(self)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

        return Handler

    def _send_keys(self, handler) -> None:
        if handler.headers.get("If-None-Match") == self.jwks_headers.get("ETag", ""):
            answer(handler, 304, b"", self.jwks_headers)
            return
        answer(handler, 200, json.dumps(self.jwks).encode(), self.jwks_headers)

    def _send_statement(self, handler) -> None:
        since = int(parse_qs(urlsplit(handler.path).query).get("since", ["0"])[0])
        since = 0 if since > self.seq else since
        answer(handler, 200, self.statement(since).encode(), {"Content-Type": "application/jwt"})

    def _stream(self, handler) -> None:
        begin_stream(handler)
        events: queue.Queue = queue.Queue()
        since = int(handler.headers.get("Last-Event-ID", self.seq))
        with self._lock:
            events.put(self.statement(0 if since > self.seq else since))
            self.listeners.append(events)
        try:
            while (statement := events.get()) is not None:
                send_event(handler, statement)
        finally:
            self.listeners.remove(events)
            handler.close_connection = True


def answer(handler, status: int, body: bytes, headers: dict | None = None) -> None:
    handler.send_response(status)
    for name, value in (headers or {}).items():
        handler.send_header(name, value)
    if status != 304:
        handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def begin_stream(handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.send_header("Connection", "close")
    handler.end_headers()
    handler.wfile.write(b"retry: 1000\n\n")


def send_event(handler, statement: str) -> None:
    handler.wfile.write(f"id: 1\nevent: revocations\ndata: {statement}\n\n".encode())
    handler.wfile.flush()
