"""Keeps a RevocationSet current: one thread listens to the stream, one asks while the stream does not do."""

from __future__ import annotations

import logging
import random
import ssl
import threading
from typing import Any, Dict, Optional

from .clock import Clock
from .keys import KeySource
from .revocations import Moment, RevocationSet, Wanted
from .sse import Parser
from .statements import STATEMENT_BYTES_MAX, StatementReader
from .transport import Answer, Line, basic

log = logging.getLogger("usher_verify")

PATH = "/api/revocations"
SILENCE_MAX = 15.0  #: three heartbeats
PAUSE_LEAST = 0.1
PAUSE_MIN = 1.0
PAUSE_MAX = 10.0


class Feed:
    def __init__(
        self,
        url: str,
        keys: KeySource,
        *,
        issuer: str,
        leeway: float,
        stream: bool,
        poll_every: float,
        http_timeout: float,
        client_id: Optional[str],
        client_secret: Optional[str],
        ssl_context: Optional[ssl.SSLContext],
        clock: Clock,
    ) -> None:
        self.revocations = RevocationSet(leeway)
        self.complete = threading.Event()  #: set once the first whole set is there
        self._reader = StatementReader(keys, issuer)
        self._clock = clock
        self._poll_every = poll_every
        self._credentials = basic(client_id, client_secret)
        self._lock = threading.Lock()  # held while statements are added, never while one is waited for
        self._refused = 0
        self._closed = threading.Event()
        self._ask_now = threading.Event()
        self._streaming = False
        self._etag: Dict[str, str] = {}
        self._reachable = True
        self._asking = Line(url, http_timeout, ssl_context)
        self._listening = Line(url, http_timeout, ssl_context)
        self._threads = [threading.Thread(target=self._ask_forever, name="usher-ask", daemon=True)]
        if stream:
            self._threads.append(threading.Thread(target=self._listen_forever, name="usher-listen", daemon=True))

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        self._closed.set()
        self._ask_now.set()
        self._asking.cut()
        self._listening.cut()
        for thread in self._threads:
            if thread.is_alive() and thread is not threading.current_thread():
                thread.join(2.0)

    def status(self) -> Dict[str, Any]:
        current = self.revocations
        age = current.age(self._now())
        return {
            "have": current.have,
            "heard": current.heard,
            "age": None if age == float("inf") else age,
            "entries": current.entries,
            "streaming": self._streaming,
            "refused_statements": self._refused,
        }

    def _now(self) -> Moment:
        return Moment(self._clock.wall(), self._clock.steady())

    def _take(self, text: bytes) -> Optional[int]:
        """Adds one statement. Its `iat` when it is news, nothing when it was dropped or is older than others."""
        try:
            claims = self._reader.read(text)
            with self._lock:
                news = self.revocations.add(claims, self._now())
        except ValueError as error:  # Dropped, or a member that is not as it should be
            with self._lock:
                self._refused += 1
            if self._refused & (self._refused - 1) == 0:  # the 1st, 2nd, 4th, 8th: a flood of them fills no log
                log.warning("%d statements of the revocation feed were dropped; the last: %s", self._refused, error)
            return None
        if self.revocations.wanted is Wanted.NOTHING:
            self.complete.set()
        return int(claims["iat"]) if news else None

    # --- asking

    def _ask_forever(self) -> None:
        while not self._closed.is_set():
            pause = self._poll_every * random.uniform(0.95, 1.0)
            if self._must_ask():
                pause = max(pause, self._ask_once())
                self._closed.wait(PAUSE_LEAST)  # however often somebody wants it
            self._ask_now.wait(max(pause - PAUSE_LEAST, 0.0))
            self._ask_now.clear()
        self._asking.close()

    def _must_ask(self) -> bool:
        current = self.revocations
        return (
            not self._streaming
            or current.wanted is not Wanted.NOTHING
            or current.age(self._now()) > SILENCE_MAX
        )

    def _ask_once(self) -> float:
        """Seconds that the service wants to be left alone for."""
        try:
            answer = self._ask()
        except Exception as error:  # of whatever kind: this thread must live, and tries again
            self._note(error)
            return 0.0
        if answer.status == 200:
            self._take(answer.body.strip())
        if answer.status in (200, 304):
            self._note(None)
            return 0.0
        self._note(ValueError(f"{PATH} answers {answer.status}"))
        wait = answer.headers.get("retry-after", "")
        return min(float(wait[:3]), PAUSE_MAX) if wait.isascii() and wait.isdigit() else 0.0

    def _ask(self) -> Answer:
        wanted, have = self.revocations.wanted, self.revocations.have
        path = PATH if wanted is Wanted.WHOLE else f"{PATH}?since={have}"
        headers = {"Accept": "application/jwt", **self._credentials}
        if wanted is Wanted.NOTHING and path in self._etag:
            headers["If-None-Match"] = self._etag[path]
        answer = self._asking.get(path, headers)
        if answer.status == 200:
            self._etag = {path: answer.headers["etag"]} if "etag" in answer.headers else {}
        return answer

    def _note(self, error: Optional[Exception]) -> None:
        """One line when the service is lost, one when it is back."""
        if self._closed.is_set() or (error is None) == self._reachable:
            return
        self._reachable = error is None
        if error is None:
            log.info("the revocation feed answers again")
        else:
            log.warning("the revocation feed does not answer: %s", error)

    # --- listening

    def _listen_forever(self) -> None:
        pause = PAUSE_MIN
        while not self._closed.is_set():
            try:
                if self._listen_once():
                    pause = PAUSE_MIN
            except Exception as error:  # of whatever kind: this thread must live, and tries again
                log.debug("the stream ended: %s", error)
            if self._streaming:
                self._streaming = False
                pause = PAUSE_MIN
            self._listening.close()
            self._ask_now.set()
            self._closed.wait(pause * random.uniform(0.5, 1.0))
            pause = min(pause * 2, PAUSE_MAX)
        self._listening.close()

    def _listen_once(self) -> bool:
        headers = {"Accept": "text/event-stream", "Cache-Control": "no-store", **self._credentials}
        current = self.revocations
        if current.wanted is not Wanted.WHOLE:
            headers["Last-Event-ID"] = str(current.have)
        stream = self._listening.open(PATH + "/stream", headers)
        stream.wait_for(SILENCE_MAX)
        parser = Parser(STATEMENT_BYTES_MAX)
        newest = -1
        for piece in stream:
            for event in parser.feed(piece):
                issued = self._take(event.data) if event.name == "revocations" else None
                if issued is None:
                    continue
                if issued > newest:
                    newest = issued
                    self._streaming = True
                    stream.wait_for(SILENCE_MAX)
                if self.revocations.wanted is not Wanted.NOTHING:
                    self._ask_now.set()
        return newest >= 0
