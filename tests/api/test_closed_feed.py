"""revocations.open = false: the feed is for services whose credential has the scope `revocations`."""

import json

import pytest
import requests

from contract import Contract
from usher_server import UsherServer

FEED, STREAM = "/api/revocations", "/api/revocations/stream"


@pytest.fixture(scope="module")
def closed():
    with UsherServer("--revocations-open", "false") as server:
        yield server


def credential(server, name, scope):
    made = json.loads(server.cli("client", "add", name, "--scope", scope, "--json").stdout)
    return (made["client_id"], made["client_secret"])


@pytest.fixture(scope="module")
def reader(closed):
    return credential(closed, "reader", "revocations")


@pytest.fixture(scope="module")
def contract_of_closed(closed):
    return Contract(closed.get("/openapi.json").json())


@pytest.mark.parametrize("path", [FEED, STREAM])
def test_it_takes_a_credential(closed, contract_of_closed, path):
    user = closed.new_user()
    for how in ({}, {"auth": ("reader", "wrong")}, {"auth": ("nobody", "x")},
                {"headers": {"Authorization": f"Bearer {user.access}"}},
                {"data": {"client_id": "reader", "client_secret": "x"}}):
        answer = closed.call("GET", path, **how)
        contract_of_closed.check(answer)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
        assert answer.headers["WWW-Authenticate"] == 'Basic realm="usher"'


@pytest.mark.parametrize("path", [FEED, STREAM])
def test_it_takes_the_scope(closed, contract_of_closed, path):
    answer = closed.call("GET", path, auth=credential(closed, f"asker{len(path)}", "introspect,revoke"))
    contract_of_closed.check(answer)
    assert (answer.status_code, answer.json()["error"]) == (403, "insufficient_scope")


def test_who_has_both_reads_and_listens(closed, reader):
    answer = closed.call("GET", FEED, auth=reader)
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("application/jwt")
    again = closed.call("GET", FEED, auth=reader, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code in (200, 304)  # signed anew every ten seconds
    with requests.get(closed.url + STREAM, auth=reader, stream=True, timeout=10) as stream:
        assert stream.status_code == 200
        assert any(line.startswith(b"data: ") for line in stream.iter_lines(chunk_size=1))


def test_no_shared_cache_may_keep_it(closed, reader):
    assert closed.call("GET", FEED, auth=reader).headers["Cache-Control"] == "private, max-age=1"


def test_an_etag_opens_nothing(closed, reader):
    etag = closed.call("GET", FEED, auth=reader).headers["ETag"]
    assert closed.call("GET", FEED, headers={"If-None-Match": etag}).status_code == 401


def test_the_default_is_open(usher):
    answer = usher.get(FEED)
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "public, max-age=1"
