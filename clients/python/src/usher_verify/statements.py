"""Signed statements: a JWS by a key of the key set, that no library takes for an access token."""

from __future__ import annotations

from typing import Any, Dict

from .jws import Malformed, Reader, parse_object
from .keys import KeySource, KeysUnavailable

STATEMENT_BYTES_MAX = 64 * 1024 * 1024
TYP = "revocations+jwt"


class Dropped(ValueError):
    """A statement that proves nothing."""


class StatementReader:
    def __init__(self, keys: KeySource, issuer: str) -> None:
        self._keys = keys
        self._issuer = issuer
        self._reader = Reader()

    def read(self, text: bytes) -> Dict[str, Any]:
        """The claims of a good statement. Raises Dropped."""
        try:
            header, payload, signature, signed = self._reader.read(text, STATEMENT_BYTES_MAX)
            if header.typ != TYP:
                raise Dropped(f"typ is not {TYP}")
            key = self._keys.find(header.kid, patient=True)
        except (Malformed, KeysUnavailable) as error:
            raise Dropped(str(error) or "no keys") from error
        if key is None or key.alg != header.alg or not key.verify(signed, signature):
            raise Dropped("not signed by a key of the key set")
        self._reader.remember(signed, header)
        try:
            claims = parse_object(payload)
        except Malformed as error:
            raise Dropped(str(error)) from error
        expected = {"iss": self._issuer, "aud": "revocations", "type": "revocations"}
        if any(claims.get(name) != value for name, value in expected.items()):
            raise Dropped("iss, aud or type is not as it should be")
        return claims
