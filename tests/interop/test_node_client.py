"""Our Node library at a real Usher: the examples of its guides, each a process of its own."""

import base64
import json
import os
import shutil
import subprocess
import time
from urllib.parse import urlsplit

import pytest
import requests

from usher_server import PASSWORD, ROOT, UsherServer, bearer, claims_of, wait_until

CLIENT = ROOT / "clients/node"
NODE = shutil.which("node") or str(ROOT / "tests/npm/node_modules/.bin/node")
FRAMEWORKS = ["express", "fastify"]
HEARTBEAT = ("--revocations-heartbeat", "1s")
MAX_STALE = 4


class Shop:
    """An example, running; and one kept connection to it."""

    def __init__(self, framework: str, url: str, max_stale: float = 60):
        self.process = subprocess.Popen(
            [NODE, str(CLIENT / f"examples/{framework}.mjs")], stdout=subprocess.PIPE, text=True,
            env={**os.environ, "USHER_URL": url, "MAX_STALE": str(max_stale), "PORT": "0"},
        )
        line = self.process.stdout.readline()
        assert "listens on" in line, f"{framework} did not start"
        self.url = line.split()[-1]
        self.http = requests.Session()

    def call(self, method: str, path: str, token: str | None = None) -> requests.Response:
        return self.http.request(method, self.url + path, headers=bearer(token) if token else {}, timeout=10)

    def outcome(self, token: str, method: str = "GET", path: str = "/orders") -> int | str:
        """200, or the slug."""
        answer = self.call(method, path, token)
        return answer.status_code if answer.ok else answer.json()["error"]

    def close(self) -> None:
        self.process.terminate()
        assert self.process.wait(10) == 0


@pytest.fixture(scope="module")
def usher():
    with UsherServer(*HEARTBEAT) as server:
        yield server


@pytest.fixture(scope="module", params=FRAMEWORKS)
def shop(request, usher):
    started = Shop(request.param, usher.url)
    yield started
    started.close()


def test_a_token_is_known_and_says_whose_it_is(usher, shop):
    user = usher.new_user()
    answer = shop.call("GET", "/orders", user.access)
    assert (answer.status_code, answer.json()) == (200, {"user": user.id, "orders": []})
    assert shop.call("GET", "/prices").json() == {"for": "everybody"}
    assert shop.call("GET", "/prices", user.access).json() == {"for": user.id}


def test_a_refusal_is_the_same_as_our_own(usher, shop):
    """But for the request's id, and the realm, which is ours."""
    user = usher.new_user()
    head, payload, signature = user.access.split(".")
    for token in (None, user.refresh, user.access[:-2], f"{head}.{payload}.{signature[::-1]}", "x", "a.b.c"):
        own, theirs = usher.get("/api/users/me", token), shop.call("GET", "/orders", token)
        expected, told = own.json(), theirs.json()
        assert told.pop("instance").startswith("urn:request:") and expected.pop("instance")
        assert (theirs.status_code, told) == (own.status_code, expected), token
        assert theirs.headers["Content-Type"] == own.headers["Content-Type"]
        assert theirs.headers["WWW-Authenticate"].replace("Bearer ", "") in own.headers["WWW-Authenticate"]


def test_fresh_tokens_and_roles(usher, shop):
    user, admin = usher.new_user(), usher.admin()
    refreshed = usher.post("/api/refresh", user.refresh).json()["access_token"]
    assert shop.outcome(user.access, "POST", "/card") == 200
    refused = shop.call("POST", "/card", refreshed)
    assert (refused.status_code, refused.json()["error"]) == (401, "token_not_fresh")
    assert 'error="insufficient_user_authentication"' in refused.headers["WWW-Authenticate"]
    again = usher.post("/api/auth/fresh", refreshed, json={"password": PASSWORD}).json()["access_token"]
    assert shop.outcome(again, "POST", "/card") == 200
    assert shop.outcome(refreshed, "POST", "/transfer") == 200
    assert shop.outcome(user.access, path="/stock") == "admin_only"
    assert shop.outcome(admin.access, path="/stock") == 200


def log_out(usher, admin, user):
    return usher.post("/api/logout", user.access)


def disable(usher, admin, user):
    return usher.patch(f"/api/users/{user.id}", admin.access, json={"disabled": True})


def change_role(usher, admin, user):
    return usher.patch(f"/api/users/{user.id}", admin.access, json={"role": "ADMIN"})


def change_password(usher, admin, user):
    return usher.patch("/api/users/me", user.access, json={"password": "an entirely different horse, stapled"})


def delete(usher, admin, user):
    return usher.delete(f"/api/users/{user.id}", admin.access)


@pytest.mark.parametrize("end", [log_out, disable, change_role, change_password, delete], ids=lambda end: end.__name__)
def test_what_ends_a_token_ends_it_here_within_a_second(usher, shop, end):
    user, other = usher.new_user(), usher.new_user()
    admin = usher.admin()
    assert shop.outcome(user.access) == 200
    answer = end(usher, admin, user)
    assert answer.status_code == 200, answer.text
    wait_until(lambda: shop.outcome(user.access) == "token_revoked", 1, "the end")
    assert shop.outcome(other.access) == 200


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_stop_and_a_restart_of_usher(framework):
    with UsherServer(*HEARTBEAT) as usher:
        shop = Shop(framework, usher.url, MAX_STALE)
        user, gone = usher.new_user(), usher.new_user()
        assert shop.outcome(user.access) == 200
        usher.post("/api/logout", gone.access)
        wait_until(lambda: shop.outcome(gone.access) == "token_revoked", 1)

        usher.stop()
        stopped = time.monotonic()
        assert shop.outcome(user.access) == 200
        wait_until(lambda: shop.outcome(user.access) == "revocations_stale", MAX_STALE + 3, "growing stale")
        assert time.monotonic() - stopped > MAX_STALE - 3
        answer = shop.call("GET", "/orders", user.access)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
        assert shop.outcome(gone.access) == "token_revoked"

        usher.flags += ["--listen", urlsplit(usher.url).netloc]
        usher.start()
        wait_until(lambda: shop.outcome(user.access) == 200, 5, "hearing again")
        assert shop.outcome(gone.access) == "token_revoked"
        usher.post("/api/logout", user.access)
        # The stream may not be back yet: then it is asked once a second.
        wait_until(lambda: shop.outcome(user.access) == "token_revoked", 2)
        shop.close()


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_rotation_of_the_keys_is_not_noticed(framework):
    with UsherServer(*HEARTBEAT) as usher:
        shop = Shop(framework, usher.url)
        before = usher.new_user()
        assert shop.outcome(before.access) == 200
        usher.cli("key", "rotate", "--force")
        usher.cli("key", "rotate", "--force")
        wait_until(lambda: kid_of(usher.login(before.email).access) != kid_of(before.access), 5, "the rotation")
        after = usher.login(before.email)
        wait_until(lambda: shop.outcome(after.access) == 200, 6, "the new key")
        assert shop.outcome(before.access) == 200
        usher.post("/api/logout", after.access)
        wait_until(lambda: shop.outcome(after.access) == "token_revoked", 1)
        shop.close()


def kid_of(token: str) -> str:
    head = token.split(".")[0]
    return json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))["kid"]


@pytest.mark.parametrize("alg", ["EdDSA", "RS256"])
def test_every_algorithm(alg):
    with UsherServer(*HEARTBEAT, "--tokens-alg", alg) as usher:
        shop = Shop("fastify", usher.url)
        user = usher.new_user()
        assert shop.outcome(user.access) == 200
        usher.post("/api/logout", user.access)
        wait_until(lambda: shop.outcome(user.access) == "token_revoked", 1)
        shop.close()


VERIFY = """
import { Verifier } from 'usher-verify'
const [settings, token] = process.argv.slice(-2)
const verifier = new Verifier(JSON.parse(settings))
const claims = await verifier.verify(token).catch((error) => ({ refused: error.error ?? String(error) }))
console.log(JSON.stringify(claims))
"""


def verified(token: str, **settings) -> dict:
    done = subprocess.run([NODE, "--input-type=module", "-e", VERIFY, "--", json.dumps(settings), token], cwd=CLIENT,
                          timeout=30, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("alg, half", [("ES256", []), ("HS256", ["--private"])])
def test_a_key_that_is_given_instead_of_fetched(alg, half):
    with UsherServer(*HEARTBEAT, "--tokens-alg", alg) as usher:
        user = usher.new_user()
        key = usher.cli("key", "export", *half).stdout
        assert verified(user.access, url=usher.url, keys=key) == claims_of(user.access)
        usher.post("/api/logout", user.access)
        assert verified(user.access, url=usher.url, keys=key) == {"refused": "token_revoked"}


def test_a_feed_that_is_not_open_wants_a_credential():
    with UsherServer(*HEARTBEAT, "--revocations-open", "false") as usher:
        made = json.loads(usher.cli("client", "add", "shop", "--scope", "revocations", "--json").stdout)
        shown = {"clientId": made["client_id"], "clientSecret": made["client_secret"]}
        user = usher.new_user()
        assert verified(user.access, url=usher.url, **shown) == claims_of(user.access)
        assert verified(user.access, url=usher.url) == {"refused": "revocations_stale"}
        usher.post("/api/logout", user.access)
        assert verified(user.access, url=usher.url, **shown) == {"refused": "token_revoked"}


def test_an_audience_is_for_one_service_alone():
    with UsherServer(*HEARTBEAT, "--tokens-audience", "shop") as usher:
        user = usher.new_user()
        assert verified(user.access, url=usher.url, audience="shop") == claims_of(user.access)
        assert verified(user.access, url=usher.url) == {"refused": "token_claims_invalid"}
