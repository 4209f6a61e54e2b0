"""Tokens and statements for the tests of a service, without a server.

    usher = TestIssuer()
    verifier = usher.verifier()
    verifier.verify(usher.token(user=7, role="ADMIN"))
"""

from __future__ import annotations

import json
import secrets
import time
import uuid
from typing import Any, Dict, Iterable, Mapping, Optional

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.utils import base64url_encode

from .key import ALGORITHMS
from .verifier import Verifier


def _private_key(alg: str) -> Any:
    if alg == "ES256":
        return ec.generate_private_key(ec.SECP256R1())
    if alg == "EdDSA":
        return ed25519.Ed25519PrivateKey.generate()
    if alg == "RS256":
        return rsa.generate_private_key(public_exponent=65537, key_size=3072)
    if alg == "HS256":
        return secrets.token_bytes(32)
    raise ValueError(f"no such algorithm: {alg}")


class TestIssuer:
    """Signs as Usher does, with a key of its own. Members of a token or statement that are given as None are left
    out; others stand over the usual ones."""

    __test__ = False  # not a test, whatever pytest thinks of its name

    def __init__(self, alg: str = "ES256", *, issuer: str = "usher", audience: Optional[str] = None) -> None:
        self.alg = alg
        self.kid = secrets.token_urlsafe(32)
        self.issuer = issuer
        self.audience = audience
        self._key = _private_key(alg)

    @property
    def jwk(self) -> Dict[str, Any]:
        """The public half; of HS256 the secret."""
        algorithm = ALGORITHMS[self.alg]
        key = self._key if isinstance(self._key, bytes) else self._key.public_key()
        jwk: Dict[str, Any] = json.loads(algorithm.to_jwk(key))
        return {"kty": jwk.pop("kty"), "kid": self.kid, "alg": self.alg, "use": "sig", **jwk}

    @property
    def jwks(self) -> Dict[str, Any]:
        return {"keys": [self.jwk]}

    @property
    def pem(self) -> str:
        pem: bytes = self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return pem.decode("ascii")

    @property
    def secret(self) -> bytes:
        assert isinstance(self._key, bytes)
        return self._key

    def verifier(self, **settings: Any) -> Verifier:
        """One that knows this key and no feed."""
        given: Dict[str, Any] = {"issuer": self.issuer, "audience": self.audience, "keys": self.jwks}
        given["max_stale"] = None
        return Verifier(**{**given, **settings})

    def token(
        self,
        user: int = 1,
        role: str = "USER",
        *,
        fresh: Any = True,
        lifetime: int = 900,
        header: Optional[Mapping[str, Any]] = None,
        **claims: Any,
    ) -> str:
        now = int(time.time())
        usual = {
            "iss": self.issuer,
            "sub": str(user),
            "aud": self.audience,
            "iat": now,
            "nbf": now,
            "exp": now + lifetime,
            "jti": secrets.token_urlsafe(16),
            "type": "access",
            "fresh": fresh,
            "sid": str(uuid.uuid4()),
            "gen": 1,
            "user_id": user,
            "role": role,
            "auth_time": now,
            "amr": ["pwd"],
        }
        return self.sign({**usual, **claims}, {"typ": "at+jwt", **(header or {})})

    def statement(
        self,
        seq: int,
        since: int = 0,
        *,
        sessions: Iterable[str] = (),
        users: Optional[Mapping[str, int]] = None,
        iat: Optional[int] = None,
        keep: int = 990,
        header: Optional[Mapping[str, Any]] = None,
        **claims: Any,
    ) -> str:
        """Of the revocation feed; `since` is its claim `from`, 0 for the whole set."""
        now = int(time.time()) if iat is None else iat
        usual = {
            "iss": self.issuer,
            "aud": "revocations",
            "type": "revocations",
            "iat": now,
            "exp": 0,
            "seq": seq,
            "from": since,
            "keep": keep,
            "sessions": list(sessions),
            "users": dict(users or {}),
        }
        return self.sign({**usual, **claims}, {"typ": "revocations+jwt", **(header or {})})

    def sign(self, claims: Mapping[str, Any], header: Mapping[str, Any]) -> str:
        """Exactly these, but for the ones that are None."""
        given = {name: value for name, value in claims.items() if value is not None}
        return self.sign_raw(json.dumps(given).encode(), header)

    def sign_raw(self, payload: bytes, header: Mapping[str, Any]) -> str:
        head = {"alg": self.alg, "kid": self.kid, **header}
        first = json.dumps({name: value for name, value in head.items() if value is not None}).encode()
        return self.sign_parts(base64url_encode(first) + b"." + base64url_encode(payload))

    def sign_parts(self, signed: bytes) -> str:
        algorithm = ALGORITHMS[self.alg]
        signature: bytes = algorithm.sign(signed, self._key)
        return (signed + b"." + base64url_encode(signature)).decode("ascii")
