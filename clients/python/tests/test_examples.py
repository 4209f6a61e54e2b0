"""The examples, each against a stand-in for Usher, and all to the same contract."""

import os
import time

import pytest
from example_files import load
from stand_in import wait_until

from usher_verify import Verifier

class FlaskClient:
    def __init__(self):
        module = load("flask_app")
        self.http = module.app.test_client()
        self.module = module

    def ask(self, method, path, headers):
        answer = self.http.open(path, method=method, headers=headers)
        return answer.status_code, answer.headers, answer.get_json(force=True)

    def close(self):
        if verifier := self.module.app.extensions.get("usher_verifier"):
            verifier.close()


class FastApiClient:
    def __init__(self):
        from fastapi.testclient import TestClient

        self.http = TestClient(load("fastapi_app").app)

    def ask(self, method, path, headers):
        answer = self.http.request(method, path, headers=headers)
        return answer.status_code, answer.headers, answer.json()

    def close(self):
        self.http.__enter__()
        self.http.__exit__(None, None, None)


class DjangoClient:
    def __init__(self):
        self.module = load("django_app")
        self.module.verifier = Verifier(os.environ["USHER_URL"])
        from django.test import Client

        self.http = Client(raise_request_exception=False)

    def ask(self, method, path, headers):
        named = {f"HTTP_{name.upper()}": value for name, value in headers}
        answer = self.http.generic(method, path, **named)
        return answer.status_code, answer.headers, answer.json()

    def close(self):
        self.module.verifier.close()


CLIENTS = {"flask": FlaskClient, "fastapi": FastApiClient, "django": DjangoClient}


@pytest.fixture(params=CLIENTS)
def example(request, service, monkeypatch):
    pytest.importorskip(request.param)
    if request.param == "fastapi":
        pytest.importorskip("httpx")
    monkeypatch.setenv("USHER_URL", service.url)
    client = CLIENTS[request.param]()
    yield client
    client.close()


def bearer(token):
    return [("Authorization", f"Bearer {token}")]


def test_a_good_token_passes(example, issuer):
    status, _, body = example.ask("GET", "/orders", bearer(issuer.token(7)))
    assert (status, body) == (200, {"orders_of": "7"})


def test_no_token_is_401_with_a_challenge_and_a_problem(example):
    status, headers, body = example.ask("GET", "/orders", [])
    assert (status, headers["WWW-Authenticate"], body["error"]) == (401, "Bearer", "token_missing")
    assert headers["Content-Type"].startswith("application/problem+json")


def test_a_bad_token_is_422(example):
    status, _, body = example.ask("GET", "/orders", bearer("a.b.c"))
    assert (status, body["error"]) == (422, "token_malformed")


def test_where_it_is_optional_none_passes_and_a_bad_one_does_not(example, issuer):
    assert example.ask("GET", "/", [])[::2] == (200, {"hello": "stranger"})
    assert example.ask("GET", "/", bearer(issuer.token(7)))[::2] == (200, {"hello": "7"})
    assert example.ask("GET", "/", bearer("a.b.c"))[0] == 422


def test_fresh(example, issuer):
    assert example.ask("DELETE", "/orders", bearer(issuer.token(7)))[::2] == (200, {"deleted_of": "7"})
    status, headers, body = example.ask("DELETE", "/orders", bearer(issuer.token(7, fresh=False)))
    assert (status, body["error"]) == (401, "token_not_fresh")
    assert 'error="insufficient_user_authentication"' in headers["WWW-Authenticate"]


def test_max_age(example, issuer):
    now = int(time.time())
    assert example.ask("POST", "/payments", bearer(issuer.token(7, auth_time=now - 9)))[0] == 200
    status, headers, body = example.ask("POST", "/payments", bearer(issuer.token(7, auth_time=now - 400)))
    assert (status, body["error"]) == (401, "authentication_too_old")
    assert 'max_age="300"' in headers["WWW-Authenticate"]


def test_role(example, issuer):
    assert example.ask("GET", "/reports", bearer(issuer.token(7, "ADMIN")))[::2] == (200, {"reports_for": "ADMIN"})
    status, _, body = example.ask("GET", "/reports", bearer(issuer.token(7)))
    assert (status, body["error"]) == (403, "admin_only")


def test_a_logout_is_seen(example, issuer, service):
    token = bearer(issuer.token(7, sid="a"))
    assert example.ask("GET", "/orders", token)[0] == 200
    service.end_session("a")
    wait_until(lambda: example.ask("GET", "/orders", token)[0] == 401, 2)
    assert example.ask("GET", "/orders", token)[2]["error"] == "token_revoked"


def test_two_authorization_headers_are_none(issuer, service, monkeypatch):
    pytest.importorskip("httpx")
    monkeypatch.setenv("USHER_URL", service.url)
    client = FastApiClient()
    status, _, body = client.ask("GET", "/orders", bearer(issuer.token()) + bearer(issuer.token()))
    assert (status, body["error"]) == (401, "authorization_malformed")
    client.close()
