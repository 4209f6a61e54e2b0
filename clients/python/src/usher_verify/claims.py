"""What an access token says (docs/tokens.md), held against what it must say."""

from __future__ import annotations

import copy
import re
from typing import Any, Dict, Mapping, Optional, Union

from . import errors
from .errors import Refusal, Refused
from .jws import parse_object
from .key import Key

EPOCH_MAX = 253_402_300_799  #: 9999-12-31T23:59:59Z
NUMBER_MAX = 2**63 - 1

_SUBJECT = re.compile(r"[1-9][0-9]{0,18}")


class Verified:
    """A token whose signature and claims are good. Times, demands and revocation are asked at every use."""

    __slots__ = (
        "header", "key", "sid", "sub", "generation", "role", "fresh", "auth_time", "not_before", "expires", "life",
        "_payload", "_claims", "_nested",
    )  # fmt: skip

    header: Mapping[str, Any]
    key: Key
    sid: str
    sub: str
    generation: int
    role: str
    fresh: Union[bool, int]
    auth_time: Optional[int]
    not_before: int
    expires: int
    life: int

    def __init__(self, payload: bytes) -> None:
        self._payload = payload
        self._claims: Optional[Dict[str, Any]] = None

    def claims(self) -> Dict[str, Any]:
        """The caller's own copy. Most tokens are seen once, so what copies are made of is made with the first."""
        if self._claims is None:
            claims = parse_object(self._payload)
            self._nested = [name for name, value in claims.items() if isinstance(value, (list, dict))]
            self._claims = claims
        copied = dict(self._claims)
        for name in self._nested:
            copied[name] = copy.deepcopy(copied[name])
        return copied

    def refused(self, refusal: Refusal, *, detail: Optional[str] = None, max_age: int = 0) -> Refused:
        return Refused(refusal, detail=detail, max_age=max_age, header=self.header, claims=self.claims())


def _names(named: Any, audience: str) -> bool:
    """RFC 7519 section 4.1.3: one text or a list of them."""
    if type(named) is list:
        return audience in named and all(type(one) is str for one in named)
    return type(named) is str and named == audience


def read_access(
    claims: Dict[str, Any], payload: bytes, issuer: str, audience: Optional[str]
) -> Verified:
    """Of the claims, and the payload that they were read from. Raises Refused: token_wrong_type or
    token_claims_invalid."""
    get: Any = claims.get
    kind = get("type")
    if kind != "access":
        raise Refused(errors.TOKEN_WRONG_TYPE if type(kind) is str else errors.TOKEN_CLAIMS_INVALID)
    sub, sid, jti, role = get("sub"), get("sid"), get("jti"), get("role")
    generation, issued, expires = get("gen"), get("iat"), get("exp")
    # Where they are absent nothing is to be said of them, and of the time of issue something is said anyway.
    not_before, shown = get("nbf", issued), get("auth_time", issued)
    fresh = get("fresh")
    good = (
        get("iss") == issuer
        and ("aud" not in claims if audience is None else _names(get("aud"), audience))
        and str is type(sub) is type(sid) is type(jti) is type(role)
        and int is type(generation) is type(issued) is type(expires) is type(not_before) is type(shown)
        and sid != ""
        and jti != ""
        and role != ""
        # Decimal, no sign, no leading zero: one way to write a user, so that the feed's word on it is found.
        and _SUBJECT.fullmatch(sub) is not None
        # The same user as a number, where it is there: whichever a service reads, it reads one user.
        and ("user_id" not in claims or (type(get("user_id")) is int and get("user_id") == int(sub)))
        and 0 <= generation <= NUMBER_MAX
        and 0 <= issued <= EPOCH_MAX
        and 0 <= expires <= EPOCH_MAX
        and 0 <= not_before <= EPOCH_MAX
        and 0 <= shown <= EPOCH_MAX
        and (type(fresh) is bool or (type(fresh) is int and 0 <= fresh <= EPOCH_MAX))
    )
    if not good:
        raise Refused(errors.TOKEN_CLAIMS_INVALID)
    verified = Verified(payload)
    verified.sub, verified.sid, verified.role, verified.generation = sub, sid, role, generation
    verified.fresh, verified.auth_time, verified.expires = fresh, get("auth_time"), expires
    verified.not_before = issued if issued > not_before else not_before
    verified.life = expires - issued
    return verified
