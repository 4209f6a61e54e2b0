"""Keys that check signatures, fetched from Usher and kept."""

from __future__ import annotations

import logging
import threading
from typing import Callable, Dict, NamedTuple, Optional, Tuple, Union

from .clock import Clock
from .given_keys import KeyMaterial, StaticKeys
from .jws import parse_object
from .key import Key, keys_of_jwks

__all__ = ["Fetched", "FetchedKeys", "Key", "KeyMaterial", "KeySource", "KeysUnavailable", "StaticKeys", "life_of"]

log = logging.getLogger("usher_verify")

LIFE_DEFAULT = 300.0
LIFE_MIN = 5.0
LIFE_MAX = 24 * 3600.0
UNKNOWN_EVERY = 5.0
UNKNOWN_FOR = 60.0
UNKNOWN_MAX = 1000
UNKNOWN_WAIT = 0.5  #: of the one request that begins a fetch: those who serve must not be held up by kids of nobody
RETRY_AFTER = 1.0


class KeysUnavailable(Exception):
    """There is no key set, or none that is new enough to say that a key does not exist."""


class Fetched(NamedTuple):
    """An answer to the request for the key set; `body` is nothing when it has not changed."""

    body: Optional[bytes]
    etag: Optional[str]
    cache_control: str


def life_of(cache_control: str) -> float:
    """How long the set is kept (RFC 9111 section 5.2.2)."""
    life = LIFE_DEFAULT
    for directive in cache_control.lower().split(","):
        name, _, value = directive.strip().partition("=")
        value = value.strip('"')
        if name in ("no-store", "no-cache"):
            return LIFE_MIN
        if name == "max-age" and value.isascii() and value.isdigit():
            life = float(value[:9])
    return min(max(life, LIFE_MIN), LIFE_MAX)


class _Job:
    """One fetch, and those who wait for it."""

    def __init__(self, no_cache: bool) -> None:
        self.no_cache = no_cache
        self.done = threading.Event()
        self.succeeded = False


class FetchedKeys:
    """Usher's key set. Every fetch runs in a thread of its own for as long as it takes; callers wait `patience`
    for it at most, and not at all while old keys serve. No lock is held meanwhile."""

    def __init__(
        self,
        fetch: Callable[[Optional[str], bool], Fetched],
        clock: Clock,
        patience: float,
        on_loss: Callable[[], None],
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._patience = patience
        self._on_loss = on_loss
        self._keys: Optional[Dict[str, Key]] = None
        self._etag: Optional[str] = None
        self._stale_at = 0.0
        self._failed = False
        self._unknown: Dict[str, float] = {}
        self._asked_unknown = -UNKNOWN_EVERY
        self._job: Optional[_Job] = None
        self._first_asked: Optional[float] = None
        self._retry_at = 0.0
        self._lock = threading.Lock()

    def after_fork(self) -> None:
        """The thread that fetched is not in this process, and may have held the lock."""
        self._lock = threading.Lock()
        self._job = self._first_asked = None
        self._retry_at = 0.0

    def has(self, key: Key) -> bool:
        return self._keys is not None and self._keys.get(key.kid) is key

    def find(self, kid: str, patient: bool = False) -> Optional[Key]:
        """The key, or nothing when Usher has none of that kid. Raises KeysUnavailable when that cannot be told.
        `patient`: waits for whatever fetch there is; for those whom no request waits for."""
        keys = self._keys
        key = keys.get(kid) if keys is not None else None
        if key is None:
            return self._find_slowly(kid, patient)
        if self._clock.steady() >= self._stale_at:
            with self._lock:
                if self._clock.steady() >= self._stale_at:
                    self._begin(no_cache=False)
        return key

    def _find_slowly(self, kid: str, patient: bool) -> Optional[Key]:
        now = self._clock.steady()
        with self._lock:
            if self._keys is None:
                job, patience = self._for_the_first(now)
            elif kid in self._keys:  # somebody else's fetch has brought it meanwhile
                return self._keys[kid]
            elif self._unknown.get(kid, now) > now:
                return None
            else:
                job, patience = self._for_an_unknown(now, patient)
        finished = job is not None and job.done.wait(max(patience, 0.0))
        with self._lock:
            if self._keys is None:
                raise KeysUnavailable
            if kid in self._keys:
                return self._keys[kid]
            if self._failed or (job is not None and not finished):
                raise KeysUnavailable
            if job is not None and job.succeeded and job.no_cache:
                self._remember_unknown(kid, now)
        return None

    def _for_the_first(self, now: float) -> Tuple[Optional[_Job], float]:
        if self._first_asked is None:
            self._first_asked = now
        job = self._job
        if job is None and now >= self._retry_at:
            job = self._begin(no_cache=False)
        return job, self._first_asked + self._patience - now

    def _for_an_unknown(self, now: float, patient: bool) -> Tuple[Optional[_Job], float]:
        if now - self._asked_unknown >= UNKNOWN_EVERY:
            self._asked_unknown = now
            return self._begin(no_cache=True), self._patience if patient else min(self._patience, UNKNOWN_WAIT)
        # A fetch that is under way may bring it, to those who come again; another one is not begun.
        return self._job, self._patience if patient else 0.0

    def _remember_unknown(self, kid: str, now: float) -> None:
        if len(self._unknown) >= UNKNOWN_MAX:
            self._unknown.clear()
        self._unknown[kid] = now + UNKNOWN_FOR

    def _begin(self, *, no_cache: bool) -> _Job:
        """With the lock held. One at a time."""
        if self._job is not None:
            return self._job
        job = _Job(no_cache)
        try:
            threading.Thread(target=self._run, args=(job,), name="usher-keys", daemon=True).start()
        except RuntimeError:  # no more threads are to be had: as if Usher had not answered
            self._failed = True
            job.done.set()
            return job
        self._job = job
        return job

    def _run(self, job: _Job) -> None:
        keys: Optional[Dict[str, Key]] = None
        fetched: Optional[Fetched] = None
        try:
            fetched = self._fetch(self._etag, job.no_cache)
            if fetched.body is not None:
                keys = keys_of_jwks(parse_object(fetched.body), secrets=False)
        except Exception as error:  # of whatever kind: the old keys serve on
            fetched = None
            if not self._failed:
                log.warning("the key set could not be fetched: %s", error)
        with self._lock:
            lost = self._settle(job, fetched, keys)
        if lost:
            self._on_loss()
        job.done.set()

    def _settle(self, job: _Job, fetched: Optional[Fetched], keys: Optional[Dict[str, Key]]) -> bool:
        """With the lock held. True when a key that we had is gone."""
        now = self._clock.steady()
        self._job = None
        self._failed = fetched is None
        if fetched is None:
            self._retry_at = now + RETRY_AFTER
            self._stale_at = now + LIFE_MIN
            return False
        job.succeeded = True
        self._stale_at = now + life_of(fetched.cache_control)
        if keys is None:
            return False
        old = self._keys or {}
        keys = {kid: old[kid] if kid in old and old[kid].source == key.source else key for kid, key in keys.items()}
        if not keys:
            log.warning("the key set is empty; with HS256 the secret has to be given as `keys`")
        self._keys = keys
        self._etag = fetched.etag
        return any(keys.get(kid) is not key for kid, key in old.items())


KeySource = Union[StaticKeys, FetchedKeys]
