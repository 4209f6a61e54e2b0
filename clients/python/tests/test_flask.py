"""The Flask extension: the shape of Flask-JWT-Extended, with Usher's rules."""

import time

import flask
import pytest
from stand_in import StandIn

import usher_verify.flask
from usher_verify.flask import (
    Usher,
    User,
    current_user,
    get_current_user,
    get_jwt,
    get_jwt_header,
    get_jwt_identity,
    jwt_required,
    verify_jwt_in_request,
)
from usher_verify.testing import TestIssuer


# start
@pytest.fixture()
def usher():
    return TestIssuer()


@pytest.fixture()
def app(usher):
    app = flask.Flask("orders")
    app.config.update(TESTING=True, USHER_KEYS=usher.jwks, USHER_MAX_STALE=None)
    Usher(app)

    @app.get("/orders")
    @jwt_required()
    def orders():
        return {"orders_of": get_jwt_identity()}

    return app


def test_orders(app, usher):
    token = usher.token(user=7, role="USER", fresh=False)
    answer = app.test_client().get("/orders", headers={"Authorization": f"Bearer {token}"})
    assert answer.json == {"orders_of": "7"}
# end


def get(app, path="/", token=None, method="GET", **headers):
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    return app.test_client().open(path, method=method, headers=headers)


def route(app, *args, **kwargs):
    """A route "/" that says all it knows."""

    @app.route("/", methods=["GET", "OPTIONS"])
    @jwt_required(*args, **kwargs)
    def view():
        """What it does."""
        user = get_current_user()
        return {"id": get_jwt_identity(), "jwt": get_jwt(), "header": get_jwt_header(), "user": user and user.id}

    return view


def test_all_that_is_known(app, usher):
    assert route(app).__doc__ == "What it does."
    body = get(app, token=usher.token(7, "ADMIN")).json
    assert (body["id"], body["user"], body["jwt"]["role"]) == ("7", 7, "ADMIN")
    assert body["header"] == {"alg": "ES256", "kid": usher.kid, "typ": "at+jwt"}


def test_optional_without_a_token_knows_nothing_and_refuses_a_bad_one(app, usher):
    route(app, optional=True)
    assert get(app).json == {"id": None, "jwt": {}, "header": {}, "user": None}
    assert get(app, token="x").status_code == 422
    assert get(app, Authorization="Basic YTpi").status_code == 401
    assert get(app, Authorization="").status_code == 401


def test_the_first_two_places_are_optional_and_fresh_as_in_flask_jwt_extended(app, usher):
    route(app, True, True)
    assert get(app).status_code == 200
    assert get(app, token=usher.token(fresh=False)).status_code == 401


def test_a_token_anywhere_else_is_not_looked_at(app, usher):
    route(app)
    client = app.test_client()
    client.set_cookie("localhost", "access_token_cookie", usher.token())
    assert client.get(f"/?jwt={usher.token()}&access_token={usher.token()}").status_code == 401


@pytest.mark.parametrize(
    "wrong",
    [{"refresh": True}, {"verify_type": False}, {"locations": "cookies"}, {"locations": ["headers", "cookies"]}],
)
def test_what_cannot_be_is_told_when_the_decorator_is_written(wrong):
    with pytest.raises(ValueError) as told:
        jwt_required(**wrong)
    assert next(iter(wrong)) in str(told.value)


def test_locations_may_say_headers():
    jwt_required(locations="headers")
    jwt_required(locations=["headers"])


def test_creating_tokens_is_ushers():
    with pytest.raises(ImportError, match="POST /api/auth"):
        from usher_verify.flask import create_access_token  # noqa: F401
    with pytest.raises(AttributeError):
        usher_verify.flask.nothing_of_the_kind


def test_a_preflight_passes(app):
    @app.route("/any", methods=["OPTIONS"])
    @jwt_required()
    def any_route():
        return "", 204

    answer = get(app, "/any", method="OPTIONS")
    assert answer.status_code == 200 and "OPTIONS" in answer.headers["Allow"]


def test_what_names_options_itself_is_not_run_without_a_token(app, usher):
    ran = []

    @app.route("/any", methods=["GET", "OPTIONS"])
    @jwt_required(role="ADMIN")
    def any_route():
        ran.append(get_jwt_identity())
        return {"secret": 7}

    @app.route("/by-hand", methods=["OPTIONS"])
    def by_hand():
        verify_jwt_in_request()
        ran.append("by hand")
        return {"secret": 7}

    for path in ("/any", "/by-hand"):
        answer = get(app, path, method="OPTIONS")
        assert answer.status_code == 200 and answer.data == b"" and not ran
        assert get(app, path, "x", method="OPTIONS").status_code == 422 and not ran
    assert get(app, "/any", usher.token(7), method="OPTIONS").status_code == 403 and not ran
    assert get(app, "/any", usher.token(7, "ADMIN"), method="OPTIONS").status_code == 200 and ran == ["7"]


def test_who_it_was_does_not_outlive_the_request_though_the_app_context_does(app, usher):
    @app.get("/who")
    def who():
        return {"id": get_jwt_identity()}

    with app.app_context():
        assert get(app, "/orders", usher.token(7)).json == {"orders_of": "7"}
        with pytest.raises(RuntimeError):
            get(app, "/who")
        with pytest.raises(RuntimeError):
            get_jwt()


def test_the_problem_names_the_request(app):
    route(app)
    answer = get(app, **{"X-Request-Id": "abc-1"})
    assert answer.content_type == "application/problem+json"
    assert answer.json["instance"] == "urn:request:abc-1" and answer.json["error"] == "token_missing"
    assert get(app, **{"X-Request-Id": "<script>"}).json["instance"].startswith("urn:request:")
    assert "script" not in get(app, **{"X-Request-Id": "<script>"}).text


@pytest.mark.parametrize(
    "claims,status,message",
    [({"exp": 1}, 401, "Token has expired"), ({"fresh": False}, 401, "Fresh token required"),
     ({"type": "refresh"}, 422, "Wrong type of token")],
)  # fmt: skip
def test_errors_in_the_form_of_flask_jwt_extended(app, usher, claims, status, message):
    app.config["USHER_ERRORS"] = "msg"
    route(app, fresh=True)
    answer = get(app, token=usher.token(**claims))
    assert (answer.status_code, answer.json) == (status, {"msg": message})
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert get(app).json == {"msg": "Missing Authorization Header"}


def test_a_user_that_this_service_knows(app, usher):
    people = {"7": {"name": "Ada"}}
    manager = app.extensions["usher"]

    @manager.user_lookup_loader
    def look_up(_header, claims):
        return people.get(claims["sub"])

    @app.get("/me")
    @jwt_required()
    def me():
        return {"name": current_user["name"]}

    assert get(app, "/me", usher.token(7)).json == {"name": "Ada"}
    answer = get(app, "/me", usher.token(8))
    assert (answer.status_code, answer.json["error"]) == (401, "user_unknown")


def test_the_default_user_is_what_the_token_says():
    admin, user = User(7, "ADMIN", {}), User(8, "USER", {})
    assert admin.is_admin and not user.is_admin


def test_lists_and_checks_of_the_service_itself(app, usher):
    route(app)
    manager = app.extensions["usher"]
    manager.token_in_blocklist_loader(lambda _header, claims: claims["jti"] == "blocked")
    manager.token_verification_loader(lambda _header, claims: claims["sub"] != "13")
    assert get(app, token=usher.token()).status_code == 200
    assert get(app, token=usher.token(jti="blocked")).json["error"] == "token_revoked"
    assert get(app, token=usher.token(13)).json["error"] == "token_claims_invalid"


def test_answers_of_the_service_itself(app, usher):
    route(app, fresh=True)
    manager = app.extensions["usher"]
    manager.expired_token_loader(lambda header, claims: ({"was": claims["sub"], "alg": header["alg"]}, 498))
    manager.needs_fresh_token_loader(lambda _header, claims: ({"stale": claims["sub"]}, 401))
    manager.invalid_token_loader(lambda reason: ({"invalid": reason}, 400))
    manager.unauthorized_loader(lambda reason: ({"unauthorized": reason}, 401))
    assert (get(app, token=usher.token(7, exp=1)).status_code, get(app, token=usher.token(7, exp=1)).json) == (
        498, {"was": "7", "alg": "ES256"},
    )  # fmt: skip
    assert get(app, token=usher.token(7, fresh=False)).json == {"stale": "7"}
    assert get(app, token="x").json == {"invalid": "Token malformed"}
    assert get(app).json == {"unauthorized": "Token missing"}
    assert get(app).headers["WWW-Authenticate"] == "Bearer"


def test_in_a_request_without_the_decorator(app, usher):
    @app.get("/by-hand")
    def by_hand():
        passed = verify_jwt_in_request(optional=True, role="ADMIN")
        return {"sub": passed and passed[1]["sub"], "typ": passed and passed[0]["typ"]}

    assert get(app, "/by-hand").json == {"sub": None, "typ": None}
    assert get(app, "/by-hand", usher.token(7, "ADMIN")).json == {"sub": "7", "typ": "at+jwt"}
    assert get(app, "/by-hand", usher.token(7)).status_code == 403


def test_asking_who_it_is_before_it_was_checked_is_a_mistake(app):
    with app.test_request_context(), pytest.raises(RuntimeError):
        get_jwt()


def test_a_manager_may_be_made_before_its_apps_and_each_has_its_own_settings(usher):
    manager, other = Usher(), TestIssuer(audience="two")
    apps = []
    for issuer, audience in ((usher, None), (other, "two")):
        app = flask.Flask("orders")
        manager.init_app(app)
        app.config.update(USHER_KEYS=issuer.jwks, USHER_MAX_STALE=None, USHER_AUDIENCE=audience)
        route(app)
        apps.append(app)
    assert get(apps[0], token=usher.token()).status_code == get(apps[1], token=other.token()).status_code == 200
    assert get(apps[0], token=other.token()).status_code == get(apps[1], token=usher.token()).status_code == 422


@pytest.mark.parametrize("config", [{}, {"USHER_URL": "http://usher", "USHER_ERRORS": "xml"}])
def test_settings_that_are_missing_or_wrong_are_told(config):
    app = flask.Flask("orders")
    app.config.update(TESTING=True, **config)
    Usher(app)
    route(app)
    with pytest.raises(RuntimeError):
        get(app)
        get(app, token="x")


def test_a_decorator_without_a_manager_is_told():
    app = flask.Flask("orders")
    app.config["TESTING"] = True
    route(app)
    with pytest.raises(RuntimeError, match="Usher"):
        get(app)


def test_an_async_view(app, usher):
    pytest.importorskip("asgiref")

    @app.get("/async")
    @jwt_required()
    async def view():
        return {"id": get_jwt_identity()}

    assert get(app, "/async", usher.token(7)).json == {"id": "7"}


def test_a_feed_out_of_reach_is_503_and_not_401(usher):
    app = flask.Flask("orders")
    with StandIn(usher) as service:
        url = service.url
    app.config.update(USHER_URL=url, USHER_KEYS=usher.jwks, USHER_START_WAIT=0.1, USHER_HTTP_TIMEOUT=0.2)
    manager = Usher(app)
    route(app)
    answer = get(app, token=usher.token(auth_time=int(time.time())))
    assert (answer.status_code, answer.json["error"], answer.headers["Retry-After"]) == (503, "revocations_stale", "1")
    assert "WWW-Authenticate" not in answer.headers
    with app.app_context():
        manager.verifier.close()
