"""Keys that check signatures: given, or fetched from Usher and kept. The key decides the algorithm."""

from __future__ import annotations

import hmac
import json
import logging
import threading
from typing import Any, Callable, Dict, Mapping, NamedTuple, Optional, Tuple, Union

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from jwt.algorithms import get_default_algorithms

from .clock import Clock
from .jws import from_base64url, is_base64url, parse_object

log = logging.getLogger("usher_verify")

RSA_BITS_MIN = 2048
SECRET_BYTES_MIN = 32  # RFC 7518 section 3.2
KEYS_MAX = 100
LIFE_DEFAULT = 300.0
LIFE_MIN = 5.0
LIFE_MAX = 24 * 3600.0
UNKNOWN_EVERY = 5.0
UNKNOWN_FOR = 60.0
UNKNOWN_MAX = 1000
RETRY_AFTER = 1.0

_get_algorithms: Any = get_default_algorithms  # not every version of PyJWT says its type
ALGORITHMS: Dict[str, Any] = _get_algorithms()
#: kty -> its one algorithm, and the length of a signature where it is always the same
_BY_TYPE = {"EC": ("ES256", 64), "OKP": ("EdDSA", 64), "RSA": ("RS256", 0), "oct": ("HS256", 32)}
#: Of a JWK only these reach the library: a private half that was published by mistake is not looked at.
_PUBLIC = ("kty", "crv", "x", "y", "n", "e", "k")

#: Says nothing, or raises InvalidSignature.
Check = Callable[[bytes, bytes], None]
KeyMaterial = Union[str, bytes, Mapping[str, Any]]


class KeysUnavailable(Exception):
    """There is no key set, or none that is new enough to say that a key does not exist."""


def _check_es256(key: EllipticCurvePublicKey) -> Check:
    scheme = ECDSA(SHA256())

    def check(signed: bytes, signature: bytes) -> None:  # RFC 7518 section 3.4: both numbers, one after the other
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        key.verify(encode_dss_signature(r, s), signed, scheme)

    return check


def _check_eddsa(key: Ed25519PublicKey) -> Check:
    return lambda signed, signature: key.verify(signature, signed)


def _check_rs256(key: RSAPublicKey) -> Check:
    padding, digest = PKCS1v15(), SHA256()
    return lambda signed, signature: key.verify(signature, signed, padding, digest)


def _check_hs256(key: bytes) -> Check:
    def check(signed: bytes, signature: bytes) -> None:
        if not hmac.compare_digest(hmac.digest(key, signed, "sha256"), signature):
            raise InvalidSignature

    return check


#: PyJWT makes keys of JWKs. A signature is checked as PyJWT does, with what stays the same made once for each key.
_CHECKS: Dict[str, Callable[[Any], Check]] = {
    "ES256": _check_es256,
    "EdDSA": _check_eddsa,
    "RS256": _check_rs256,
    "HS256": _check_hs256,
}


class Key:
    """One key with its one algorithm."""

    __slots__ = ("kid", "alg", "source", "_size", "_check")

    def __init__(self, kid: str, alg: str, key: Any, size: int, source: Any) -> None:
        self.kid = kid
        self.alg = alg
        self.source = source
        self._size = size
        self._check = _CHECKS[alg](key)

    def verify(self, signed: bytes, signature: bytes) -> bool:
        if self._size and len(signature) != self._size:
            return False
        try:
            self._check(signed, signature)
        except InvalidSignature:
            return False
        return True


def _check_strength(key: Any) -> None:
    if isinstance(key, RSAPublicKey) and key.key_size < RSA_BITS_MIN:
        raise ValueError(f"an RSA key under {RSA_BITS_MIN} bits")
    if isinstance(key, bytes) and len(key) < SECRET_BYTES_MIN:
        raise ValueError(f"an HS256 secret under {SECRET_BYTES_MIN} bytes")
    if isinstance(key, EllipticCurvePublicKey) and not isinstance(key.curve, SECP256R1):
        raise ValueError("an elliptic curve other than P-256")


def key_of_jwk(jwk: Mapping[str, Any]) -> Key:
    """Raises ValueError for a key that we do not use."""
    kty = jwk.get("kty")
    if not isinstance(kty, str) or kty not in _BY_TYPE:
        raise ValueError("a type of key that is not known here")
    alg, size = _BY_TYPE[kty]
    if jwk.get("alg", alg) != alg or jwk.get("use", "sig") != "sig":
        raise ValueError("a key for something else")
    if kty == "OKP" and jwk.get("crv") != "Ed25519":
        raise ValueError("a curve other than Ed25519")
    uses = jwk.get("key_ops", ["verify"])
    if not isinstance(uses, list) or "verify" not in uses:
        raise ValueError("a key that is not for verifying")
    kid = jwk.get("kid", "")
    if not isinstance(kid, str):
        raise ValueError("a kid that is no text")
    try:
        key = ALGORITHMS[alg].from_jwk({name: jwk[name] for name in _PUBLIC if name in jwk})
    except Exception as error:  # whatever the library says of numbers that make no key
        raise ValueError("not a key") from error
    _check_strength(key)
    return Key(kid, alg, key, size, dict(jwk))


def keys_of_jwks(jwks: Mapping[str, Any], *, secrets: bool) -> Dict[str, Key]:
    """Skips the keys that we do not use; a secret that was fetched is none. Raises ValueError when it is no set."""
    listed = jwks.get("keys")
    if not isinstance(listed, list) or len(listed) > KEYS_MAX:
        raise ValueError("not a JWK set")
    found: Dict[str, Key] = {}
    for jwk in listed:
        if not isinstance(jwk, dict) or (jwk.get("kty") == "oct" and not secrets):
            continue
        try:
            key = key_of_jwk(jwk)
        except ValueError as error:
            log.debug("a key of the set is skipped: %s", error)
            continue
        found.setdefault(key.kid, key)
    return found


def _key_of_pem(pem: bytes) -> Key:
    try:
        key = load_pem_public_key(pem)
    except Exception as error:  # whatever the library says of text that is no key
        raise ValueError("keys: not a public key in PEM") from error
    _check_strength(key)
    if isinstance(key, EllipticCurvePublicKey):
        return Key("", "ES256", key, 64, pem)
    if isinstance(key, Ed25519PublicKey):
        return Key("", "EdDSA", key, 64, pem)
    if isinstance(key, RSAPublicKey):
        return Key("", "RS256", key, 0, pem)
    raise ValueError("a type of key that is not known here")


def _key_of_secret(secret: bytes) -> Key:
    _check_strength(secret)
    return Key("", "HS256", secret, 32, secret)


def _keys_of_json(jwks: Mapping[str, Any]) -> Dict[str, Key]:
    if "keys" in jwks:
        return keys_of_jwks(jwks, secrets=True)
    key = key_of_jwk(jwks)
    return {key.kid: key}


class StaticKeys:
    """Keys that were given. One without a kid fits any kid."""

    def __init__(self, material: KeyMaterial) -> None:
        self._keys = self._read(material)
        if not self._keys:
            raise ValueError("keys: there is no usable key in it")

    @staticmethod
    def _read(material: KeyMaterial) -> Dict[str, Key]:
        if isinstance(material, Mapping):
            return _keys_of_json(material)
        raw = material.encode("utf-8") if isinstance(material, str) else bytes(material)
        start = raw.lstrip()
        if start.startswith(b"-----BEGIN"):
            return {"": _key_of_pem(start)}
        if isinstance(material, bytes):
            return {"": _key_of_secret(material)}
        if start.startswith(b"{"):
            return _keys_of_json(json.loads(start))
        if not is_base64url(raw.strip()):
            raise ValueError("keys: text must be a JWK set, PEM, or a secret in base64url")
        return {"": _key_of_secret(from_base64url(raw.strip()))}

    def find(self, kid: str) -> Optional[Key]:
        return self._keys.get(kid) or self._keys.get("")

    def has(self, _key: Key) -> bool:
        return True


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

    def find(self, kid: str) -> Optional[Key]:
        """The key, or nothing when Usher has none of that kid. Raises KeysUnavailable when that cannot be told."""
        keys = self._keys
        key = keys.get(kid) if keys is not None else None
        if key is None:
            return self._find_slowly(kid)
        if self._clock.steady() >= self._stale_at:
            with self._lock:
                if self._clock.steady() >= self._stale_at:
                    self._begin(no_cache=False)
        return key

    def _find_slowly(self, kid: str) -> Optional[Key]:
        now = self._clock.steady()
        with self._lock:
            if self._keys is None:
                job, patience = self._for_the_first(now)
            elif kid in self._keys:  # somebody else's fetch has brought it meanwhile
                return self._keys[kid]
            elif self._unknown.get(kid, now) > now:
                return None
            else:
                job, patience = self._for_an_unknown(now)
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

    def _for_an_unknown(self, now: float) -> Tuple[Optional[_Job], float]:
        if now - self._asked_unknown >= UNKNOWN_EVERY:
            self._asked_unknown = now
            return self._begin(no_cache=True), self._patience
        # A fetch that is under way may bring it; another one is not begun.
        return self._job, self._patience

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
