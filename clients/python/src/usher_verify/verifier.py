"""Verifier: is this token good, now?"""

from __future__ import annotations

import hashlib
import os
import re
import ssl
import threading
import weakref
from typing import Any, Dict, List, Optional, Sequence, Tuple, Union

from . import errors
from .cache import Cache
from .claims import Verified, read_access
from .clock import Clock
from .errors import Refused
from .feed import Feed
from .jws import TOKEN_BYTES_MAX, Malformed, Reader, parse_object
from .keys import Fetched, FetchedKeys, KeyMaterial, KeySource, KeysUnavailable, StaticKeys
from .revocations import Moment
from .transport import Line, context_for

ACCESS_TYP = "at+jwt"
JWKS_PATH = "/.well-known/jwks.json"
JWKS_BYTES_MAX = 1 << 20
LEEWAY_MAX = 60

_TOKEN68 = re.compile(r"[A-Za-z0-9\-._~+/]+=*")


def bearer_token(authorization: Union[None, str, Sequence[str]]) -> str:
    """The token of an Authorization header (RFC 6750 section 2.1), or of all that a request has. Raises Refused."""
    values = [authorization] if isinstance(authorization, str) else list(authorization or ())
    if not values:
        raise Refused(errors.TOKEN_MISSING)
    scheme, _, token = values[0].partition(" ")
    good = len(values) == 1 and scheme.lower() == "bearer" and len(token) <= TOKEN_BYTES_MAX
    if not good or _TOKEN68.fullmatch(token) is None:
        raise Refused(errors.AUTHORIZATION_MALFORMED)
    return token


class Verifier:
    """Checks access tokens of one Usher. Make one per process and share it: every method may be called by any
    thread. Its own threads start with the first verification, and anew after a fork. clients/README.md says what
    the settings are, what is checked, and in which order."""

    def __init__(
        self,
        url: Optional[str] = None,
        *,
        issuer: str = "usher",
        audience: Optional[str] = None,
        leeway: float = 30.0,
        max_stale: Optional[float] = 60.0,
        stream: bool = True,
        poll_every: float = 1.0,
        cache_size: int = 10_000,
        keys: Optional[KeyMaterial] = None,
        client_id: Optional[str] = None,
        client_secret: Optional[str] = None,
        start_wait: float = 2.0,
        http_timeout: float = 5.0,
        ssl_context: Optional[ssl.SSLContext] = None,
        clock: Optional[Clock] = None,
    ) -> None:
        if url is None and (keys is None or max_stale is not None):
            raise ValueError("without url there is no feed: give keys, and max_stale=None")
        if leeway < 0 or poll_every <= 0 or http_timeout <= 0 or start_wait < 0 or (max_stale or 0) < 0:
            raise ValueError("a time is negative, or zero where that means nothing")
        if leeway > LEEWAY_MAX:
            raise ValueError(f"leeway: Usher forgets a revocation {LEEWAY_MAX} s after its last token expired")
        self._url = url
        self._issuer = issuer
        self._audience = audience
        self._leeway = leeway
        self._max_stale = max_stale
        self._start_wait = start_wait
        self._http_timeout = http_timeout
        self._ssl_context = context_for(url, ssl_context)
        self._clock = clock or Clock()
        self._wall = self._clock.wall
        self._feed_settings: Dict[str, Any] = {
            "issuer": issuer,
            "leeway": leeway,
            "stream": stream,
            "poll_every": poll_every,
            "http_timeout": http_timeout,
            "client_id": client_id,
            "client_secret": client_secret,
            "ssl_context": self._ssl_context,
            "clock": self._clock,
        }
        if url is not None:
            Line(url, http_timeout)  # says at once what is wrong with the URL
        self._cache = Cache(cache_size)
        self._reader = Reader()
        self._keys: KeySource = (
            StaticKeys(keys)
            if keys is not None
            else FetchedKeys(self._fetch_keys, self._clock, start_wait, self._forget_verified)
        )
        self._feed: Optional[Feed] = None
        self._started = 0.0
        self._closed = False
        self._lock = threading.Lock()
        _living.add(self)

    # --- the question

    def verify(
        self,
        token: str,
        fresh: bool = False,
        max_age: Optional[float] = None,
        role: Optional[str] = None,
    ) -> Dict[str, Any]:
        """The claims of a good token, the caller's own copy. Raises Refused."""
        return self.examine(token, fresh, max_age, role)[1]

    def authorize(
        self,
        authorization: Union[None, str, Sequence[str]],
        fresh: bool = False,
        max_age: Optional[float] = None,
        role: Optional[str] = None,
    ) -> Dict[str, Any]:
        """The same with an Authorization header, or the list of all that the request has."""
        return self.verify(bearer_token(authorization), fresh, max_age, role)

    def examine(
        self,
        token: str,
        fresh: bool = False,
        max_age: Optional[float] = None,
        role: Optional[str] = None,
    ) -> Tuple[Verified, Dict[str, Any]]:
        """For integrations: what else is known of the token, and the claims."""
        if self._feed is None and self._url is not None:
            self._start()
        try:
            raw = token.encode("ascii")
        except (AttributeError, UnicodeEncodeError):
            raise Refused(errors.TOKEN_MALFORMED) from None
        digest = hashlib.sha256(raw).digest()
        claims: Optional[Dict[str, Any]] = None
        verified = self._cache.get(digest)
        if verified is None:
            verified, claims = self._open(raw)
        wall = self._wall()
        latest = self._latest(wall)
        if latest >= verified.expires + self._leeway:
            raise verified.refused(errors.TOKEN_EXPIRED)
        if verified.not_before > wall + self._leeway:
            raise verified.refused(errors.TOKEN_NOT_YET_VALID)
        if claims is not None:
            self._remember(digest, verified)
        if fresh or max_age is not None:
            self._check_demands(verified, latest, fresh, max_age)
        if self._url is not None:
            self._check_revocation(verified)
        if role is not None and verified.role != role:
            self._refuse_role(verified, role)
        return verified, verified.claims() if claims is None else claims

    # --- its parts

    def _open(self, raw: bytes) -> Tuple[Verified, Dict[str, Any]]:
        """All that does not depend on the time, on what is demanded, and on what was revoked."""
        try:
            header, payload, signature, signed = self._reader.read(raw)
            if header.typ != ACCESS_TYP:
                raise Refused(errors.TOKEN_WRONG_TYPE)
            key = self._keys.find(header.kid)
            # The key decides the algorithm (RFC 8725 section 3.1), the header may only agree.
            if key is None or key.alg != header.alg or not key.verify(signed, signature):
                raise Refused(errors.TOKEN_SIGNATURE_INVALID)
            self._reader.remember(signed, header)
            claims = parse_object(payload)
        except Malformed:
            raise Refused(errors.TOKEN_MALFORMED) from None
        except KeysUnavailable:
            raise Refused(errors.KEYS_UNAVAILABLE) from None
        verified = read_access(claims, payload, self._issuer, self._audience)
        verified.header = header.members
        verified.key = key
        return verified, claims

    def _remember(self, digest: bytes, verified: Verified) -> None:
        self._cache.put(digest, verified)
        if not self._keys.has(verified.key):
            self._cache.clear()  # the key went while this token was being checked

    def _latest(self, wall: float) -> float:
        """The wall clock's time, unless the feed has shown that it is later: what is over stays over when that clock
        is set back."""
        if self._url is None:
            return wall
        feed = self._complete_feed()
        steady = self._clock.steady()
        return max(wall, feed.revocations.service_time(steady))

    def _complete_feed(self) -> Feed:
        """Or as complete as it became within `start_wait`."""
        feed = self._feed
        if feed is None:
            raise RuntimeError("this Verifier was closed")
        if not feed.complete.is_set():
            self._wait_for(feed)
        return feed

    def _check_demands(self, verified: Verified, now: float, fresh: bool, max_age: Optional[float]) -> None:
        until = verified.fresh
        if fresh and until is not True and (until is False or until <= now):
            raise verified.refused(errors.TOKEN_NOT_FRESH)
        if max_age is not None and (verified.auth_time is None or now - verified.auth_time > max_age):
            raise verified.refused(errors.AUTHENTICATION_TOO_OLD, max_age=int(max_age))

    def _check_revocation(self, verified: Verified) -> None:
        revocations = self._complete_feed().revocations
        keep = revocations.keep
        if keep is not None and verified.life > keep:
            # The feed would forget its session before it dies; a refresh brings one that is short enough.
            raise verified.refused(errors.TOKEN_REVOKED)
        if revocations.is_dead(verified.sid, verified.sub, verified.generation):
            raise verified.refused(errors.TOKEN_REVOKED)
        if self._max_stale is not None:
            now = Moment(self._clock.wall(), self._clock.steady())
            if revocations.age(now) > self._max_stale:
                raise verified.refused(errors.REVOCATIONS_STALE)

    def _refuse_role(self, verified: Verified, role: str) -> None:
        detail = None if role == "ADMIN" else f"Only a user of the role {role} may do this."
        raise verified.refused(errors.ADMIN_ONLY, detail=detail)

    # --- its life

    def start(self) -> None:
        """Begins to listen now, rather than with the first verification."""
        if self._url is not None:
            self._start()

    def status(self) -> Dict[str, Any]:
        """How the feed stands; starts nothing."""
        feed = self._feed
        if feed is not None:
            return feed.status()
        return {"have": 0, "heard": 0, "age": None, "entries": 0, "streaming": False, "refused_statements": 0}

    def close(self) -> None:
        """Ends the threads. Whoever verifies after that has made a mistake, and gets a RuntimeError."""
        with self._lock:
            self._closed = True
            feed, self._feed = self._feed, None
        if feed is not None:
            feed.close()

    def __enter__(self) -> "Verifier":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self) -> None:
        with self._lock:
            if self._closed:
                raise RuntimeError("this Verifier was closed")
            if self._feed is None and self._url is not None:
                feed = Feed(self._url, self._keys, **self._feed_settings)
                self._started = self._clock.steady()
                try:
                    feed.start()
                except RuntimeError:  # no more threads are to be had
                    feed.close()
                    raise
                self._feed = feed

    def _wait_for(self, feed: Feed) -> None:
        feed.complete.wait(max(0.0, self._started + self._start_wait - self._clock.steady()))

    def _fetch_keys(self, etag: Optional[str], no_cache: bool) -> Fetched:
        assert self._url is not None
        headers = {"Accept": "application/jwk-set+json, application/json"}
        if no_cache:
            headers["Cache-Control"] = "no-cache"
        if etag is not None:
            headers["If-None-Match"] = etag
        line = Line(self._url, self._http_timeout, self._ssl_context, JWKS_BYTES_MAX)
        try:
            answer = line.get(JWKS_PATH, headers)
        finally:
            line.close()
        if answer.status not in (200, 304) or (answer.status == 304 and etag is None):
            raise ValueError(f"{JWKS_PATH} answers {answer.status}")
        body = answer.body if answer.status == 200 else None
        return Fetched(body, answer.headers.get("etag", etag), answer.headers.get("cache-control", ""))

    def _forget_verified(self) -> None:
        self._cache.clear()

    def _after_fork(self) -> None:
        """Threads do not survive a fork, and locks may be held by those that did not."""
        self._lock = threading.Lock()
        if isinstance(self._keys, FetchedKeys):
            self._keys.after_fork()
        self._feed = None


_living: "weakref.WeakSet[Verifier]" = weakref.WeakSet()


def _after_fork() -> None:
    verifiers: List[Verifier] = list(_living)
    for verifier in verifiers:
        verifier._after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
