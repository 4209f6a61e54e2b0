"""Services of others check our tokens with libraries of others: by JWKS and by PEM, for every algorithm."""

import json
import subprocess
from pathlib import Path

import flask
import flask_jwt_extended as fje
import jwt
import pytest
from authlib.jose import JsonWebKey, JsonWebToken
from authlib.jose.errors import ExpiredTokenError

from usher_server import UsherServer, bearer

HERE = Path(__file__).resolve().parent
NODE = HERE.parent / "npm/node_modules/.bin/node"
ALGORITHMS = ["ES256", "EdDSA", "RS256"]


@pytest.fixture(scope="module", params=ALGORITHMS)
def service(request):
    with UsherServer("--tokens-alg", request.param) as server:
        user = server.new_user()
        refreshed = server.post("/api/refresh", user.refresh).json()["access_token"]
        yield {"server": server, "alg": request.param, "user": user, "stale": refreshed, "pem": server.public_pem()}


def flask_app(service, by: str) -> flask.Flask:
    """A service as the course writes it, with our public key or our JWKS and nothing else of ours."""
    app = flask.Flask("orders")
    app.config.update(JWT_ALGORITHM=service["alg"], TESTING=True)
    manager = fje.JWTManager(app)
    if by == "pem":
        app.config["JWT_PUBLIC_KEY"] = service["pem"]
    else:
        keys = jwt.PyJWKSet.from_dict(service["server"].get("/.well-known/jwks.json").json())

        @manager.decode_key_loader
        def key_of(header, _):
            for key in keys.keys:
                if key.key_id == header.get("kid"):
                    return key.key
            raise jwt.InvalidTokenError("no such key")

    @app.get("/orders")
    @fje.jwt_required()
    def orders():
        return {"user": fje.get_jwt_identity(), "fresh": fje.get_jwt()["fresh"]}

    @app.get("/danger")
    @fje.jwt_required(fresh=True)
    def danger():
        return {"user": fje.get_jwt_identity()}

    @app.get("/refresh-only")
    @fje.jwt_required(refresh=True)
    def refresh_only():
        return {}

    return app


@pytest.mark.parametrize("by", ["pem", "jwks"])
def test_flask_jwt_extended_takes_our_access_tokens(service, by):
    client = flask_app(service, by).test_client()
    answer = client.get("/orders", headers=bearer(service["user"].access))
    assert (answer.status_code, answer.json) == (200, {"user": str(service["user"].id), "fresh": True})


@pytest.mark.parametrize("by", ["pem", "jwks"])
def test_flask_jwt_extended_sees_what_is_fresh(service, by):
    client = flask_app(service, by).test_client()
    assert client.get("/danger", headers=bearer(service["user"].access)).status_code == 200
    answer = client.get("/danger", headers=bearer(service["stale"]))
    assert (answer.status_code, answer.json) == (401, {"msg": "Fresh token required"})
    assert client.get("/orders", headers=bearer(service["stale"])).json["fresh"] is False


@pytest.mark.parametrize("by", ["pem", "jwks"])
def test_flask_jwt_extended_refuses_our_refresh_tokens_everywhere(service, by):
    client = flask_app(service, by).test_client()
    for path in ("/orders", "/danger", "/refresh-only"):
        assert client.get(path, headers=bearer(service["user"].refresh)).status_code in (401, 422)


def test_pyjwt_verifies_by_jwks(service):
    jwks = service["server"].get("/.well-known/jwks.json").json()
    token = service["user"].access
    key = jwt.PyJWKSet.from_dict(jwks)[jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(token, key.key, algorithms=[service["alg"]], issuer="usher",
                        options={"require": ["exp", "iat", "nbf", "sub", "jti", "iss"]})
    assert claims["sub"] == str(service["user"].id) and claims["type"] == "access" and claims["fresh"] is True
    assert jwt.decode(service["stale"], key.key, algorithms=[service["alg"]])["fresh"] is False


def test_pyjwt_verifies_by_pem_and_refuses_refresh_tokens(service):
    assert jwt.decode(service["user"].access, service["pem"], algorithms=[service["alg"]])["type"] == "access"
    with pytest.raises(jwt.InvalidTokenError):
        jwt.decode(service["user"].refresh, service["pem"], algorithms=[service["alg"]])


def test_a_tampered_token_is_refused(service):
    head, payload, signature = service["user"].access.split(".")
    other = service["stale"].split(".")[1]
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(f"{head}.{other}.{signature}", service["pem"], algorithms=[service["alg"]])


@pytest.mark.parametrize("by", ["jwks", "pem"])
def test_jose_verifies_by_jwks_and_by_pem(service, by, tmp_path):
    where = service["server"].url + "/.well-known/jwks.json"
    if by == "pem":
        where = str(tmp_path / "key.pem")
        Path(where).write_text(service["pem"])
    tokens = [service["user"].access, service["stale"], service["user"].refresh]
    done = subprocess.run([NODE, HERE / "verify.mjs", where, "usher", service["alg"]], input="\n".join(tokens),
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    own, stale, refresh = [json.loads(line) for line in done.stdout.splitlines()]
    assert own["ok"] and own["payload"]["fresh"] is True and own["header"]["typ"] == "at+jwt"
    assert stale["ok"] and stale["payload"]["fresh"] is False
    assert not refresh["ok"]


# --- a statement of the revocation feed is public, and signed with the keys of access tokens


@pytest.fixture(scope="module")
def statement(service):
    return service["server"].get("/api/revocations").text


def test_jose_that_looks_at_the_issuer_only_refuses_a_statement(service, statement):
    command = [NODE, HERE / "verify.mjs", service["server"].url + "/.well-known/jwks.json", "usher", service["alg"]]
    done = subprocess.run([*command, "careless"], input=statement + "\n" + service["user"].access,
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    said, token = [json.loads(line) for line in done.stdout.splitlines()]
    assert said == {"ok": False, "error": "ERR_JWT_EXPIRED"} and token["ok"]


def test_pyjwt_that_looks_at_no_audience_refuses_a_statement(service, statement):
    with pytest.raises(jwt.ExpiredSignatureError):
        jwt.decode(statement, service["pem"], algorithms=[service["alg"]], issuer="usher",
                   options={"verify_aud": False})


def test_authlib_refuses_a_statement(service, statement):
    keys = JsonWebKey.import_key_set(service["server"].get("/.well-known/jwks.json").json())
    demands = {"iss": {"essential": True, "value": "usher"}}
    reader = JsonWebToken([service["alg"]])
    with pytest.raises(ExpiredTokenError):
        reader.decode(statement, keys, claims_options=demands).validate()
    reader.decode(service["user"].access, keys, claims_options=demands).validate()


@pytest.mark.parametrize("by", ["pem", "jwks"])
def test_flask_jwt_extended_refuses_a_statement(service, statement, by):
    app = flask_app(service, by)
    app.config["JWT_DECODE_AUDIENCE"] = "revocations"  # as if it looked at none
    app.config["JWT_IDENTITY_CLAIM"] = "type"
    client = app.test_client()
    for path in ("/orders", "/danger", "/refresh-only"):
        answer = client.get(path, headers=bearer(statement))
        assert (answer.status_code, answer.json) == (401, {"msg": "Token has expired"})
