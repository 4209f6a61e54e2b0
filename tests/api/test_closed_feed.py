"""revocations.open = false: the feed is for services whose credential has the scope `revocations`."""

import json
import time

import pytest
import requests

from contract import Contract
from usher_server import UsherServer, wait_until

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


@pytest.mark.parametrize("change", ["rotate", "delete"])
def test_a_stream_ends_with_the_credential_that_opened_it(closed, reader, change):
    name, secret = credential(closed, f"to-{change}", "revocations")
    time.sleep(2.5)  # the server looks for changes of other processes once a second
    with requests.get(closed.url + STREAM, auth=(name, secret), stream=True, timeout=20) as stream, \
            requests.get(closed.url + STREAM, auth=reader, stream=True, timeout=20) as other:
        lines, lines_of_other = stream.iter_lines(chunk_size=1), other.iter_lines(chunk_size=1)
        last = [next_id(lines), next_id(lines_of_other)][1]
        closed.cli("client", "add", f"asks-{change}")  # what has nothing to do with it ends no stream
        closed.post("/api/logout", closed.new_user().access)
        assert next_id(lines) > last
        closed.cli("client", change, name)
        deadline = time.monotonic() + 15
        for _ in lines:
            assert time.monotonic() < deadline, "it goes on"
    assert closed.call("GET", STREAM, auth=(name, secret)).status_code == 401
    with requests.get(closed.url + STREAM, auth=reader, headers={"Last-Event-ID": str(last)}, stream=True,
                      timeout=10) as again:
        assert again.status_code == 200 and next_id(again.iter_lines(chunk_size=1)) > last


def test_a_stream_ends_with_a_credential_that_was_there_for_a_moment_only(closed):
    name, secret = credential(closed, "moment", "revocations")
    with requests.get(closed.url + STREAM, auth=(name, secret), stream=True, timeout=20) as stream:
        closed.cli("client", "delete", name)
        deadline = time.monotonic() + 15
        for _ in stream.iter_lines(chunk_size=1):
            assert time.monotonic() < deadline, "it goes on"


def next_id(lines) -> int:
    return next(int(line[4:]) for line in lines if line.startswith(b"id: "))


def test_who_is_refused_is_in_the_log_and_the_secret_is_not(closed):
    closed.call("GET", FEED, auth=("mallory", "guess-of-a-secret"))
    wait_until(lambda: any("mallory" in line for line in closed.log), 5, "the warning")
    assert not any("guess-of-a-secret" in line for line in closed.log)


def test_no_shared_cache_may_keep_it(closed, reader):
    assert closed.call("GET", FEED, auth=reader).headers["Cache-Control"] == "private, max-age=1"


def test_an_etag_opens_nothing(closed, reader):
    etag = closed.call("GET", FEED, auth=reader).headers["ETag"]
    assert closed.call("GET", FEED, headers={"If-None-Match": etag}).status_code == 401


def test_the_default_is_open(usher):
    answer = usher.get(FEED)
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "public, max-age=1"
