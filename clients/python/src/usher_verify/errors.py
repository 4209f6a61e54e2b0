"""Why a token, or a request, is refused: slugs, statuses and words of Usher's own API."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, Dict, Mapping, Optional


@dataclass(frozen=True)
class Refusal:
    """One row of the table in clients/README.md."""

    error: str
    status: int
    title: str
    detail: str


TOKEN_MISSING = Refusal("token_missing", 401, "Token missing", "Send an access token as Authorization: Bearer.")
AUTHORIZATION_MALFORMED = Refusal(
    "authorization_malformed",
    401,
    "Authorization header malformed",
    'The Authorization header must be "Bearer", one space and one token.',
)
TOKEN_MALFORMED = Refusal("token_malformed", 422, "Token malformed", "This is not a token of this service.")
TOKEN_WRONG_TYPE = Refusal(
    "token_wrong_type",
    422,
    "Wrong type of token",
    "Use an access token here, or a refresh token where one is asked for.",
)
TOKEN_SIGNATURE_INVALID = Refusal(
    "token_signature_invalid",
    422,
    "Signature verification failed",
    "The token was not signed by a key of this service.",
)
TOKEN_CLAIMS_INVALID = Refusal(
    "token_claims_invalid",
    422,
    "Claims invalid",
    "The token lacks a claim or holds one that is not for this service.",
)
TOKEN_EXPIRED = Refusal("token_expired", 401, "Token has expired", "Refresh the token or log in again.")
TOKEN_NOT_YET_VALID = Refusal(
    "token_not_yet_valid", 401, "Token not yet valid", "Check the clocks of both sides."
)
TOKEN_NOT_FRESH = Refusal("token_not_fresh", 401, "Fresh token required", "Log in again to do this.")
AUTHENTICATION_TOO_OLD = Refusal(
    "authentication_too_old",
    401,
    "Authentication too old",
    "The password was shown too long ago for this; log in again.",
)
TOKEN_REVOKED = Refusal(
    "token_revoked",
    401,
    "Token has been revoked",
    "The account has changed since this token was issued; refresh it or log in again.",
)
ADMIN_ONLY = Refusal("admin_only", 403, "Administrators only", "Only an administrator may do this.")
REVOCATIONS_STALE = Refusal(
    "revocations_stale",
    503,
    "Revocations unknown",
    "What was revoked lately cannot be told right now; try again shortly.",
)
KEYS_UNAVAILABLE = Refusal(
    "keys_unavailable",
    503,
    "Keys unavailable",
    "The keys to check this token with cannot be fetched right now; try again shortly.",
)


class Refused(Exception):
    """The answer is no. `header` and `claims` are there when the token's signature was good."""

    def __init__(
        self,
        refusal: Refusal,
        *,
        detail: Optional[str] = None,
        max_age: int = 0,
        header: Optional[Mapping[str, Any]] = None,
        claims: Optional[Mapping[str, Any]] = None,
    ) -> None:
        super().__init__(f"{refusal.error}: {detail or refusal.detail}")
        self.refusal = refusal
        self.status = refusal.status
        self.error = refusal.error
        self.title = refusal.title
        self.detail = detail or refusal.detail
        self.header = dict(header) if header is not None else None
        self.claims = dict(claims) if claims is not None else None
        self.headers = self._headers(max_age)

    def _headers(self, max_age: int) -> Dict[str, str]:
        if self.status == 503:
            return {"Retry-After": "1"}
        if self.status not in (401, 422):
            return {}
        if self.error == "token_missing":  # RFC 6750 section 3.1: no code for a request without a token
            return {"WWW-Authenticate": "Bearer"}
        code, more = "invalid_token", ""
        if self.error == "authorization_malformed":
            code = "invalid_request"
        elif self.error in ("token_not_fresh", "authentication_too_old"):  # RFC 9470 section 3
            code, more = "insufficient_user_authentication", f', max_age="{max_age}"'
        words = self.detail.replace("\\", "").replace('"', "")
        return {"WWW-Authenticate": f'Bearer error="{code}", error_description="{words}"{more}'}

    def problem(self, request_id: Optional[str] = None) -> Dict[str, Any]:
        """The body that Usher itself would send (RFC 9457)."""
        return {
            "type": f"urn:usher:problem:{self.error}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": f"urn:request:{request_id or uuid.uuid4().hex}",
            "error": self.error,
            "code": self.status,
            "message": self.title,
            "errors": self.detail,
        }
