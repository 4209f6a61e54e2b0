"""Services of others introspect and revoke with oauth4webapi, which holds every answer to its RFC."""

import json
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
NODE = HERE.parent / "npm/node_modules/.bin/node"


def ask(usher, credential, how, *questions):
    done = subprocess.run(
        [NODE, HERE / "introspect.mjs", usher.url, credential["client_id"], credential["client_secret"], how],
        input="\n".join(json.dumps(question) for question in questions), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def credential(usher):
    return json.loads(usher.cli("client", "add", "node-service", "--scope", "introspect,revoke", "--json").stdout)


@pytest.mark.parametrize("how", ["basic", "post"])
def test_a_node_service_introspects_and_revokes(usher, credential, user, how):
    before, refresh, garbage, revoked, after, again = ask(
        usher, credential, how, ["introspect", user.access], ["introspect", user.refresh], ["introspect", "garbage"],
        ["revoke", user.refresh], ["introspect", user.access], ["revoke", "garbage"])
    assert before["active"] and before["sub"] == str(user.id) and before["token_type"] == "Bearer"
    assert refresh["active"] and refresh["type"] == "refresh"
    assert garbage == {"active": False} and after == {"active": False}
    assert revoked == {"revoked": True} and again == {"revoked": True}


@pytest.mark.parametrize("how", ["basic", "post"])
def test_it_understands_why_it_is_refused(usher, user, how):
    only = json.loads(usher.cli("client", "add", f"only-{how}", "--json").stdout)
    [scope] = ask(usher, only, how, ["revoke", user.access])
    assert (scope["error"], scope["status"]) == ("insufficient_scope", 403)
    [wrong] = ask(usher, only | {"client_secret": "wrong"}, how, ["introspect", user.access])
    assert (wrong["status"], wrong["challenge"]) == (401, "basic")
