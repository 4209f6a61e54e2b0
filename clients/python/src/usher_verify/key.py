"""One key with its one algorithm: the key decides, a token's header may only agree."""

from __future__ import annotations

import hmac
import logging
from typing import Any, Callable, Dict, Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from jwt.algorithms import get_default_algorithms

log = logging.getLogger("usher_verify")

RSA_BITS_MIN = 2048
SECRET_BYTES_MIN = 32  # RFC 7518 section 3.2
KEYS_MAX = 100

_get_algorithms: Any = get_default_algorithms  # not every version of PyJWT says its type
ALGORITHMS: Dict[str, Any] = _get_algorithms()
#: kty -> its one algorithm, and the length of a signature where it is always the same
_BY_TYPE = {"EC": ("ES256", 64), "OKP": ("EdDSA", 64), "RSA": ("RS256", 0), "oct": ("HS256", 32)}
#: Of a JWK only these reach the library: a private half that was published by mistake is not looked at.
_PUBLIC = ("kty", "crv", "x", "y", "n", "e", "k")

#: Says nothing, or raises InvalidSignature.
Check = Callable[[bytes, bytes], None]


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


def check_strength(key: Any) -> None:
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
    check_strength(key)
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
