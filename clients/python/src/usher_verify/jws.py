"""JWS in compact form (RFC 7515 section 7.1), taken apart strictly: there is one way to write a token."""

from __future__ import annotations

import binascii
import json
from typing import Any, Callable, Dict, List, NamedTuple, Tuple

TOKEN_BYTES_MAX = 8 * 1024
HEADER_BYTES_MAX = 1024  #: as it is written, in base64url
HEADERS_REMEMBERED_MAX = 16
DEPTH_MAX = 32

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_TO_PLAIN = bytes.maketrans(b"-_", b"+/")
#: What the last character may be, by the length of the part modulo 4: the bits it has to spare are zero.
_LAST = {2: frozenset(b"AQgw"), 3: frozenset(b"AEIMQUYcgkosw048")}
_NOT_OFFERED = ("crit", "b64", "zip", "enc")


class Malformed(ValueError):
    """Not a JWS as we read it."""


class Header(NamedTuple):
    """The members that mean something to us; empty when absent. `jwk`, `jku`, `x5u` and `x5c` never choose a key
    (RFC 8725 section 3.10)."""

    alg: str
    kid: str
    typ: str
    members: Dict[str, Any]


#: header, payload, signature, and what is signed
Compact = Tuple[Header, bytes, bytes, bytes]


def from_base64url(text: bytes) -> bytes:
    """Of text in the alphabet. Refuses what encoding the result again would not give back."""
    spare = len(text) & 3
    if spare and (spare == 1 or text[-1] not in _LAST[spare]):
        raise Malformed("not base64url")
    return binascii.a2b_base64(text.translate(_TO_PLAIN) + b"==")


def is_base64url(text: bytes) -> bool:
    return text.translate(None, _ALPHABET) == b""


def _unique(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is there twice")
    return members


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)
_scan: Callable[[str, int], Tuple[Any, int]] = _DECODER.scan_once  # type: ignore[attr-defined]


def _check_depth(value: Any) -> None:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > DEPTH_MAX:
            raise Malformed("nested too deeply")
        within = (one.values() if isinstance(one, dict) else one for one in level)
        level = [inner for members in within for inner in members if isinstance(inner, (dict, list))]


def parse_object(raw: bytes) -> Dict[str, Any]:
    """One JSON object in UTF-8, no member twice, at most 32 deep."""
    try:
        text = raw.decode("utf-8")
        value, end = _scan(text, 0)
        if end != len(text):
            value = _DECODER.decode(text)  # which knows what may come around it: white space
    except StopIteration:
        raise Malformed("not JSON") from None
    except (ValueError, RecursionError) as error:
        raise Malformed("not JSON") from error
    if not isinstance(value, dict):
        raise Malformed("not a JSON object")
    if raw.count(b"{") + raw.count(b"[") > DEPTH_MAX:  # or it cannot be
        _check_depth(value)
    return value


def _read_header(part: bytes) -> Header:
    members = parse_object(from_base64url(part))
    if any(name in members for name in _NOT_OFFERED):
        raise Malformed("asks for processing that is not offered")
    for name in ("alg", "kid", "typ", "cty"):
        if not isinstance(members.get(name, ""), str):
            raise Malformed(f"{name} is not text")
    if members.get("cty", "").upper() == "JWT":  # RFC 7519 section 5.2
        raise Malformed("a token within")
    return Header(members.get("alg", ""), members.get("kid", ""), members.get("typ", ""), members)


class Reader:
    """Takes tokens apart. All tokens of one key share one header, so those of good tokens are remembered."""

    def __init__(self) -> None:
        self._headers: Dict[bytes, Header] = {}

    def read(self, text: bytes, bytes_max: int = TOKEN_BYTES_MAX) -> Compact:
        if len(text) > bytes_max or text.translate(None, _ALPHABET) != b"..":
            raise Malformed("not three parts of base64url")
        signed, _, signature = text.rpartition(b".")
        head, _, payload = signed.partition(b".")
        header = self._headers.get(head)
        if header is None:
            if len(head) > HEADER_BYTES_MAX:
                raise Malformed("a header as long as nobody needs")
            header = _read_header(head)
        return header, from_base64url(payload), from_base64url(signature), signed

    def remember(self, signed: bytes, header: Header) -> None:
        """Of a token whose signature was found good: strangers must not fill the memory."""
        head = signed.partition(b".")[0]
        if head not in self._headers:
            if len(self._headers) >= HEADERS_REMEMBERED_MAX:
                self._headers = {}
            self._headers[head] = header
