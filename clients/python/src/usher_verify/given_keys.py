"""Keys that are given, in whatever form. What anybody may know must never become a secret: whoever knows it could
sign (RFC 8725 section 2.1)."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any, Dict, Mapping, Optional, Union

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_public_key
from cryptography.x509 import load_der_x509_certificate

from .jws import Malformed, from_base64url, is_base64url, parse_object
from .key import Key, check_strength, key_of_jwk, keys_of_jwks

KeyMaterial = Union[str, bytes, Mapping[str, Any]]

_BOM = b"\xef\xbb\xbf"
_PEM = b"-----BEGIN"
_SSH = (b"ssh-", b"ecdsa-sha2-", b"sk-ssh-", b"sk-ecdsa-")


def _key_of_public(key: Any, source: bytes) -> Key:
    check_strength(key)
    if isinstance(key, EllipticCurvePublicKey):
        return Key("", "ES256", key, 64, source)
    if isinstance(key, Ed25519PublicKey):
        return Key("", "EdDSA", key, 64, source)
    if isinstance(key, RSAPublicKey):
        return Key("", "RS256", key, 0, source)
    raise ValueError("keys: a type of key that is not known here")


def _key_of_pem(pem: bytes) -> Key:
    try:
        key = load_pem_public_key(pem)
    except Exception as error:  # whatever the library says of text that is no key
        raise ValueError("keys: not a public key in PEM") from error
    return _key_of_public(key, pem)


def _key_of_der(der: bytes) -> Optional[Key]:
    """Nothing when it is none. Raises ValueError for one that we do not use."""
    try:
        key = load_der_public_key(der)
    except Exception:  # whatever the library says of bytes that are no key
        return None
    return _key_of_public(key, der)


def _keys_of_json(text: bytes) -> Dict[str, Key]:
    try:
        jwks = parse_object(text)
    except Malformed as error:
        raise ValueError(
            "keys: begins as JSON and is none (a secret that begins with { can be given in base64url)"
        ) from error
    return _keys_of_members(jwks)


def _keys_of_members(jwks: Mapping[str, Any]) -> Dict[str, Key]:
    if "keys" in jwks:
        return keys_of_jwks(jwks, secrets=True)
    key = key_of_jwk(jwks)
    return {key.kid: key}


def _keys_of_public(raw: bytes) -> Optional[Dict[str, Key]]:
    """Nothing when it is nothing that is published. Raises ValueError when it is, and not a key that we use."""
    if _PEM in raw:
        return {"": _key_of_pem(raw[raw.index(_PEM) :])}
    start = raw.lstrip()
    while start.startswith(_BOM):
        start = start[len(_BOM) :].lstrip()
    if start.startswith(b"{") and _is_text(start):
        return _keys_of_json(start)
    key = _key_of_der(raw)
    if key is not None:
        return {"": key}
    if _looks_published(start):
        raise ValueError("keys: this is no secret; give a JWK set, or a public key in PEM")
    return None


def _is_text(raw: bytes) -> bool:
    """One secret in 256 begins with {, but is not in UTF-8 and has no members."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return b'"k' in raw
    return True


def _looks_published(raw: bytes) -> bool:
    narrow = raw.replace(b"\0", b"").lstrip(b"\xff\xfe \t\r\n")  # as text in UTF-16 would look
    if _PEM in narrow or (narrow != raw and narrow.startswith(b"{") and b'"kty"' in narrow):
        return True
    return raw.startswith(_SSH) or _is_json(raw) or _is_certificate(raw) or _is_point(raw)


def _is_json(raw: bytes) -> bool:
    try:
        return isinstance(json.loads(raw.decode("utf-8")), (dict, list, str))
    except (ValueError, RecursionError):
        return False


def _is_certificate(raw: bytes) -> bool:
    try:
        load_der_x509_certificate(raw)
    except Exception:  # whatever the library says of bytes that are none
        return False
    return True


def _is_point(raw: bytes) -> bool:
    """Of P-256, uncompressed: 65 bytes that are one by chance there are none."""
    if len(raw) != 65 or raw[0] != 4:
        return False
    try:
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), raw)
    except ValueError:
        return False
    return True


def _decoded(raw: bytes) -> Optional[bytes]:
    """Of base64 in either alphabet, with padding or without, over several lines or one."""
    packed = b"".join(raw.split()).rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    try:
        return base64.b64decode(packed + b"=" * (-len(packed) % 4), validate=True)
    except binascii.Error:
        return None


def _keys_of_secret(material: Union[str, bytes], raw: bytes) -> Dict[str, Key]:
    secret = raw
    if isinstance(material, str):
        text = raw.strip()
        if not is_base64url(text):
            raise ValueError("keys: text must be a JWK set, PEM, or a secret in base64url")
        secret = from_base64url(text)
    check_strength(secret)
    return {"": Key("", "HS256", secret, 32, secret)}


def read_keys(material: KeyMaterial) -> Dict[str, Key]:
    """By kid. Raises ValueError."""
    if isinstance(material, Mapping):
        return _keys_of_members(material)
    if not isinstance(material, (str, bytes, bytearray, memoryview)):
        raise ValueError("keys: a JWK set, PEM, or a secret as bytes or in base64url")
    given: Union[str, bytes] = material if isinstance(material, str) else bytes(material)
    raw = given.encode("utf-8") if isinstance(given, str) else given
    keys = _keys_of_public(raw)
    plain = _decoded(raw) if keys is None else None
    if plain is not None:
        keys = _keys_of_public(plain)
    return _keys_of_secret(given, raw) if keys is None else keys


class StaticKeys:
    """Keys that were given. One without a kid fits any kid."""

    def __init__(self, material: KeyMaterial) -> None:
        self._keys = read_keys(material)
        if not self._keys:
            raise ValueError("keys: there is no usable key in it")

    def find(self, kid: str, patient: bool = False) -> Optional[Key]:
        return self._keys.get(kid) or self._keys.get("")

    def has(self, _key: Key) -> bool:
        return True
