"""Flask extension in the shape of Flask-JWT-Extended: a service moves over by changing the import and the manager.

    app.config["USHER_URL"] = "https://usher.example"
    Usher(app)

    @app.get("/orders")
    @jwt_required()
    def orders(): ...
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from functools import wraps
from typing import Any, Callable, Dict, Mapping, NamedTuple, NoReturn, Optional, Sequence, Tuple, TypeVar, Union

from flask import Flask, Response, abort, current_app, has_request_context, json, make_response, request
from werkzeug.local import LocalProxy

from . import errors
from .errors import Refusal, Refused
from .verifier import Verifier, bearer_token

__all__ = [
    "User",
    "Usher",
    "current_user",
    "get_current_user",
    "get_jwt",
    "get_jwt_header",
    "get_jwt_identity",
    "jwt_required",
    "verify_jwt_in_request",
]

Function = TypeVar("Function", bound=Callable[..., Any])
Locations = Union[None, str, Sequence[str]]

USER_UNKNOWN = Refusal("user_unknown", 401, "User unknown", "This service does not know the user of the token.")

#: USHER_<NAME> in the app's configuration -> a setting of Verifier
_SETTINGS = (
    "issuer", "audience", "leeway", "max_stale", "stream", "poll_every", "cache_size", "keys", "client_id",
    "client_secret", "start_wait", "http_timeout", "ssl_context",
)  # fmt: skip
_KEPT = "_usher_passed"
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
#: What Flask-JWT-Extended says where it and Usher use other words, for USHER_ERRORS = "msg".
_MESSAGES = {"token_missing": "Missing Authorization Header"}
#: Loaders of Flask-JWT-Extended, and the refusals that each of them answers.
_WITH_TOKEN = {
    "token_expired": "expired_token",
    "token_not_fresh": "needs_fresh_token",
    "authentication_too_old": "needs_fresh_token",
    "token_revoked": "revoked_token",
    "user_unknown": "user_lookup_error",
}


@dataclass(frozen=True)
class User:
    """Who asks, as the token says."""

    id: int
    role: str
    claims: Mapping[str, Any]

    @property
    def is_admin(self) -> bool:
        return self.role == "ADMIN"


class _Passed(NamedTuple):
    """What is known of a request that was let through."""

    header: Dict[str, Any]
    claims: Dict[str, Any]
    user: Any


class Usher:
    """The manager. One verifier for each app, made with the first request from the app's USHER_ settings."""

    def __init__(self, app: Optional[Flask] = None, verifier: Optional[Verifier] = None) -> None:
        self._given = verifier
        self._loaders: Dict[str, Callable[..., Any]] = {}
        self._lock = threading.Lock()
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        app.extensions["usher"] = self
        app.register_error_handler(Refused, self._answer)

    @property
    def verifier(self) -> Verifier:
        """Of the current app."""
        app: Any = current_app
        found = self._given or app.extensions.get("usher_verifier")
        if found is None:
            with self._lock:
                found = app.extensions.get("usher_verifier") or self._make(app.config)
                app.extensions["usher_verifier"] = found
        assert isinstance(found, Verifier)
        return found

    @staticmethod
    def _make(config: Mapping[str, Any]) -> Verifier:
        if config.get("USHER_ERRORS", "problem") not in ("problem", "msg"):
            raise RuntimeError('USHER_ERRORS must be "problem" or "msg"')
        if config.get("USHER_URL") is None and config.get("USHER_KEYS") is None:
            raise RuntimeError("set USHER_URL in the app's configuration")
        settings = {name: config[f"USHER_{name.upper()}"] for name in _SETTINGS if f"USHER_{name.upper()}" in config}
        return Verifier(config.get("USHER_URL"), **settings)

    # --- loaders, as Flask-JWT-Extended has them

    def user_lookup_loader(self, callback: Function) -> Function:
        """`callback(header, claims)` gives what `current_user` is; None refuses the request."""
        return self._loader("user_lookup", callback)

    def token_in_blocklist_loader(self, callback: Function) -> Function:
        """`callback(header, claims)`: is it revoked by a list of this service, beside Usher's?"""
        return self._loader("token_in_blocklist", callback)

    def token_verification_loader(self, callback: Function) -> Function:
        """`callback(header, claims)`: are the claims good enough for this service?"""
        return self._loader("token_verification", callback)

    def expired_token_loader(self, callback: Function) -> Function:
        """`callback(header, claims)` answers an expired token."""
        return self._loader("expired_token", callback)

    def needs_fresh_token_loader(self, callback: Function) -> Function:
        """`callback(header, claims)` answers a token that is not fresh, or from too old a login."""
        return self._loader("needs_fresh_token", callback)

    def revoked_token_loader(self, callback: Function) -> Function:
        """`callback(header, claims)` answers a revoked token."""
        return self._loader("revoked_token", callback)

    def user_lookup_error_loader(self, callback: Function) -> Function:
        """`callback(header, claims)` answers when the user look-up gave None."""
        return self._loader("user_lookup_error", callback)

    def invalid_token_loader(self, callback: Function) -> Function:
        """`callback(reason)` answers a token that is none of Usher's, or not an access token."""
        return self._loader("invalid_token", callback)

    def unauthorized_loader(self, callback: Function) -> Function:
        """`callback(reason)` answers a request without a token."""
        return self._loader("unauthorized", callback)

    def _loader(self, name: str, callback: Function) -> Function:
        self._loaders[name] = callback
        return callback

    # --- a request

    def admit(self, optional: bool, demands: Mapping[str, Any]) -> Optional[_Passed]:
        """Nothing for a request without a token where that is allowed. Raises Refused."""
        authorization = request.headers.get("Authorization")
        if authorization is None and optional:
            return None
        verified, claims = self.verifier.examine(bearer_token(authorization), **demands)
        header = dict(verified.header)
        if self._ask("token_in_blocklist", False, header, claims):
            raise verified.refused(errors.TOKEN_REVOKED)
        if not self._ask("token_verification", True, header, claims):
            raise verified.refused(errors.TOKEN_CLAIMS_INVALID)
        user = self._ask("user_lookup", User(int(verified.sub), verified.role, claims), header, claims)
        if user is None:
            raise verified.refused(USER_UNKNOWN)
        return _Passed(header, claims, user)

    def _ask(self, loader: str, default: Any, header: Dict[str, Any], claims: Dict[str, Any]) -> Any:
        callback = self._loaders.get(loader)
        return default if callback is None else current_app.ensure_sync(callback)(header, claims)

    def _answer(self, refused: Refused) -> Response:
        body = self._answer_of_service(refused)
        if body is None:
            as_msg = current_app.config.get("USHER_ERRORS") == "msg"
            response = _message(refused) if as_msg else _problem(refused)
        else:
            response = make_response(body)
        for name, value in refused.headers.items():
            response.headers.setdefault(name, value)
        return response

    def _answer_of_service(self, refused: Refused) -> Any:
        """By the loader for this refusal, if there is one."""
        if refused.error in ("token_missing", "authorization_malformed"):
            callback = self._loaders.get("unauthorized")
            return None if callback is None else callback(refused.title)
        name = _WITH_TOKEN.get(refused.error)
        if name is not None and refused.claims is not None:
            callback = self._loaders.get(name)
            return None if callback is None else callback(refused.header, refused.claims)
        callback = self._loaders.get("invalid_token") if refused.status in (401, 422) else None
        return None if callback is None else callback(refused.title)


def _problem(refused: Refused) -> Response:
    given = request.headers.get("X-Request-Id", "")
    problem = refused.problem(given if _REQUEST_ID.fullmatch(given) else None)
    return Response(json.dumps(problem), refused.status, mimetype="application/problem+json")


def _message(refused: Refused) -> Response:
    message = {"msg": _MESSAGES.get(refused.error, refused.title)}
    return Response(json.dumps(message), refused.status, mimetype="application/json")


def _check_arguments(refresh: bool, locations: Locations, verify_type: bool) -> None:
    if refresh:
        raise ValueError(
            "refresh=True: a refresh token is a secret between a client and Usher, which alone can check one. "
            "Let the client send it to Usher's POST /api/refresh, and call this service with the access token."
        )
    if not verify_type:
        raise ValueError("verify_type=False: only access tokens are taken here")
    if locations not in (None, "headers") and list(locations or ()) != ["headers"]:
        raise ValueError("locations: tokens are taken from the Authorization header only")


def verify_jwt_in_request(
    optional: bool = False,
    fresh: bool = False,
    refresh: bool = False,
    locations: Locations = None,
    verify_type: bool = True,
    *,
    max_age: Optional[float] = None,
    role: Optional[str] = None,
) -> Optional[Tuple[Dict[str, Any], Dict[str, Any]]]:
    """Header and claims of the request's token; None without one where it is optional. Raises Refused."""
    _check_arguments(refresh, locations, verify_type)
    if request.method == "OPTIONS" and not optional and "Authorization" not in request.headers:
        # A preflight never brings a token. It asks what may be asked, and is told without the view.
        abort(current_app.make_default_options_response())
    manager = current_app.extensions.get("usher")
    if not isinstance(manager, Usher):
        raise RuntimeError("call Usher(app) or init_app(app) before protecting a route")
    passed = manager.admit(optional, {"fresh": fresh, "max_age": max_age, "role": role})
    # On the request itself: `g` belongs to the app context, which may outlive it.
    setattr(request._get_current_object(), _KEPT, passed or _Passed({}, {}, None))  # type: ignore[attr-defined]
    return None if passed is None else (passed.header, passed.claims)


def jwt_required(
    optional: bool = False,
    fresh: bool = False,
    refresh: bool = False,
    locations: Locations = None,
    verify_type: bool = True,
    *,
    max_age: Optional[float] = None,
    role: Optional[str] = None,
) -> Callable[[Function], Function]:
    """Lets only requests with a good access token through. `optional`: or with none, but never with a bad one.
    `fresh`: of a login, not of a refresh. `max_age`: the password was shown at most so many seconds ago (RFC 9470).
    `role`: of exactly this role."""
    _check_arguments(refresh, locations, verify_type)

    def protect(function: Function) -> Function:
        @wraps(function)
        def protected(*args: Any, **kwargs: Any) -> Any:
            verify_jwt_in_request(optional, fresh, max_age=max_age, role=role)
            return current_app.ensure_sync(function)(*args, **kwargs)

        return protected  # type: ignore[return-value]

    return protect


def _passed() -> _Passed:
    passed = getattr(request, _KEPT, None) if has_request_context() else None
    if passed is None:
        raise RuntimeError("call @jwt_required() or verify_jwt_in_request() before asking who it is")
    assert isinstance(passed, _Passed)
    return passed


def get_jwt() -> Dict[str, Any]:
    """The claims; empty for a request without a token."""
    return _passed().claims


def get_jwt_header() -> Dict[str, Any]:
    return _passed().header


def get_jwt_identity() -> Optional[str]:
    """The user's id as text, `sub`; None for a request without a token."""
    return _passed().claims.get("sub")


def get_current_user() -> Any:
    """What the user look-up gave, or a `User`; None for a request without a token."""
    return _passed().user


current_user: Any = LocalProxy(get_current_user)

_ISSUING = ("create_access_token", "create_refresh_token", "decode_token", "set_access_cookies", "JWTManager")


def __getattr__(name: str) -> NoReturn:
    if name in _ISSUING:
        raise ImportError(
            f"{name}: Usher issues the tokens (POST /api/auth, POST /api/refresh); a service only checks them. "
            "The manager here is Usher(app)."
        )
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
