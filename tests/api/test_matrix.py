"""Every route with every kind of token: who gets in, who is told what."""

import time

import pytest

from usher_server import claims_of

NO_SUCH_SESSION = "0190a8c3-7fff-7abc-8123-456789abcdef"

HOME = {"address_line_1": "1 MG Road", "city": "Bengaluru", "state": "KA", "pin": 560001}

# What each guard says to each kind of token: (status, slug), or None where the handler decides.
NOBODY = {"none": (401, "token_missing"), "garbled": (422, "token_malformed"), "expired": (401, "token_expired"),
          "scheme": (401, "authorization_malformed")}
EXPECTED = {
    "open": {},
    "optional": {k: v for k, v in NOBODY.items() if k != "none"} | {"refresh": (422, "token_wrong_type")},
    "access": NOBODY | {"refresh": (422, "token_wrong_type")},
    "fresh": NOBODY | {"refresh": (422, "token_wrong_type"), "stale": (401, "token_not_fresh")},
    "refresh": NOBODY | {k: (422, "token_wrong_type") for k in ("expired", "other", "stale")},
    "admin": NOBODY | {"refresh": (422, "token_wrong_type"), "other": (403, "admin_only"), "own": (403, "admin_only")},
    "self_or_admin": NOBODY | {"refresh": (422, "token_wrong_type"), "other": (403, "not_yours")},
    "fresh_self_or_admin": NOBODY | {"refresh": (422, "token_wrong_type"), "other": (403, "not_yours"),
                                     "stale": (401, "token_not_fresh")},
    "client": {kind: (401, "invalid_client") for kind in (*NOBODY, "refresh", "stale", "other", "own")},
}


@pytest.fixture(scope="module")
def people(usher):
    owner, other, admin = usher.new_user(), usher.new_user(), usher.admin()
    stale = usher.post("/api/refresh", usher.login(owner.email).refresh).json()["access_token"]
    now = int(time.time())
    expired = claims_of(owner.access) | {"exp": now - 60, "iat": now - 960, "nbf": now - 960}
    home = usher.post("/api/users/me/addresses", owner.access, json=HOME).json()["id"]
    return {"home": home, "owner": owner, "other": other, "admin": admin, "stale": stale, "expired": usher.sign(expired)}


def token_of(people, kind, usher):
    return {
        "none": None,
        "garbled": "not.a.token",
        "expired": people["expired"],
        "refresh": people["owner"].refresh,
        "stale": people["stale"],
        "other": people["other"].access,
        "own": people["owner"].access,
        "admin": people["admin"].access,
    }[kind]


def pytest_generate_tests(metafunc):
    if "kind" in metafunc.fixturenames:
        metafunc.parametrize("kind", ["none", "scheme", "garbled", "expired", "refresh", "stale", "other", "own"])


def concrete(path, people):
    return (path.replace("{id}", str(people["owner"].id)).replace("{aid}", str(people["home"]))
            .replace("{sid}", NO_SUCH_SESSION))


def reads_json(operation):
    return "requestBody" in operation and "application/x-www-form-urlencoded" not in operation["requestBody"]["content"]


def test_a_token_that_is_not_enough_gets_nowhere(usher, contract, people, kind):
    for method, path, operation in contract.operations:
        expected = EXPECTED[operation["x-guard"]].get(kind)
        if expected is None:
            continue
        if kind == "scheme":
            headers = {"Authorization": "Basic dXNlcjpwYXNz"}
            answer = usher.call(method, concrete(path, people), headers=headers)
        else:
            answer = usher.call(method, concrete(path, people), token_of(people, kind, usher))
        contract.check(answer)
        assert (answer.status_code, answer.json()["error"]) == expected, f"{kind}: {method} {path}"


def test_a_refused_call_changes_nothing(usher, people):
    before = usher.get(f"/api/users/{people['owner'].id}", people["owner"].access).json()
    for kind in ("none", "garbled", "expired", "refresh", "other"):
        token = token_of(people, kind, usher)
        usher.delete(f"/api/users/{people['owner'].id}", token)
        usher.patch(f"/api/users/{people['owner'].id}", token, json={"name": "Mallory"})
        usher.post(f"/api/users/{people['owner'].id}/addresses", token, json=HOME)
    assert usher.get(f"/api/users/{people['owner'].id}", people["owner"].access).json() == before


WRONG_BODIES = [
    (b"", 400), (b"{", 400), (b"null", 400), (b"[]", 400), (b'"text"', 400), (b"{} {}", 400), (b"\xff\xfe{}", 400),
    (b'{"\xc3\x28": 1}', 400), (b'{"name": "a\\u0000b"}', 400), (b'{"name": "\\ud800"}', 400),
    (b'{"a": 1, "a": 2}', 400), (b"\xef\xbb\xbf{}", 400), (b"[" * 60_000, 400), (b'{"age": NaN}', 400),
    (b'{"nobody_knows_me": true}', 400), (b"{'name': 'x'}", 400), (b'{"age": 1e999}', 400),
]


def test_a_wrong_body_is_a_precise_400_on_every_route_that_reads_one(usher, contract, people):
    for method, path, operation in contract.operations:
        if not reads_json(operation):
            continue
        for body, status in WRONG_BODIES:
            caller = people["admin"] if operation["x-guard"] == "admin" else people["owner"]
            answer = usher.call(method, concrete(path, people), caller.access, data=body,
                                headers={"Content-Type": "application/json"})
            contract.check(answer)
            closed = {403} if path == "/api/setup" else set()  # there is an administrator already
            assert answer.status_code in {status} | closed, f"{method} {path} {body[:30]!r}: {answer.status_code} {answer.text}"


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data",
                                        "application/json; charset=utf-16", "application/xml", ""])
def test_other_media_types_are_415(usher, contract, people, media_type):
    for method, path, operation in contract.operations:
        if not reads_json(operation) or operation["x-guard"] in ("admin",):
            continue
        answer = usher.call(method, concrete(path, people), people["owner"].access, data=b"{}",
                            headers={"Content-Type": media_type})
        assert answer.status_code == 415, f"{method} {path} {media_type}: {answer.status_code}"
        contract.check(answer)


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "FOO"])
def test_methods_that_do_not_fit_are_refused(usher, method):
    answer = usher.call(method, "/api/users/me")
    assert answer.status_code in (405, 501)
    if answer.status_code == 405:
        assert "GET" in answer.headers["Allow"]


def test_405_names_what_is_there(usher, contract):
    for path in contract.document["paths"]:
        here = {m for m in contract.document["paths"][path] if m in ("get", "post", "put", "patch", "delete")}
        for method in {"get", "post", "put", "patch", "delete"} - here:
            answer = usher.call(method.upper(), path.replace("{id}", "1").replace("{aid}", "1")
                                .replace("{sid}", NO_SUCH_SESSION))
            assert answer.status_code == 405, f"{method} {path}"
            assert {m.upper() for m in here} <= set(answer.headers["Allow"].split(", "))


def test_head_answers_as_get_without_a_body(usher, people):
    for path in ("/readyz", "/.well-known/jwks.json", "/api/users/me"):
        get = usher.get(path, people["owner"].access)
        head = usher.call("HEAD", path, people["owner"].access)
        assert head.status_code == get.status_code and head.content == b""
        assert head.headers["Content-Length"] == str(len(get.content))
