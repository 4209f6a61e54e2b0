"""The revocation feed as other services see it: signed statements, asked for and streamed (docs/revocations.md)."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import sqlite3
import threading
import time
import uuid
from contextlib import ExitStack
from urllib.parse import urlsplit

import jwt
import pytest
import requests

from contract import Contract
from usher_server import UsherServer, claims_of, wait_until

FEED = "/api/revocations"
STREAM = "/api/revocations/stream"
DELETED = 9007199254740991
#: Seconds. The one that is promised is measured where nothing else runs: tests/interop/test_services.py, ./dev bench.
SOON = 10
NEW_PASSWORD = "another horse battery staple"


def verified(server, statement: str) -> dict:
    """What a statement says, checked as any service could: by the published keys, for its own audience."""
    keys = {key.key_id: key for key in jwt.PyJWKSet.from_dict(server.get("/.well-known/jwks.json").json()).keys}
    header = jwt.get_unverified_header(statement)
    assert header["typ"] == "revocations+jwt"
    said = jwt.decode(statement, keys[header["kid"]].key, algorithms=[header["alg"]], issuer="usher",
                      audience="revocations", options={"require": ["exp", "iat"], "verify_exp": False})
    assert said["type"] == "revocations" and said["exp"] == 0 and said["from"] <= said["seq"]
    return said | {"kid": header["kid"]}


class Listener:
    """One connection to the stream."""

    def __init__(self, server, last: int | None = None, path=STREAM, receive_buffer: int | None = None):
        self.server = server
        where = urlsplit(server.url)
        self.connection = http.client.HTTPConnection(where.hostname, where.port, timeout=20)
        if receive_buffer:
            self.connection.sock = socket.socket()
            self.connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            self.connection.sock.settimeout(20)
            self.connection.sock.connect((where.hostname, where.port))
        self.connection.request("GET", path, headers={"Last-Event-ID": str(last)} if last is not None else {})
        self.response = self.connection.getresponse()

    def event(self) -> dict[str, str]:
        """The next event's fields. Nothing when the stream has ended."""
        fields: dict[str, str] = {}
        while line := self.response.readline().decode():
            if line == "\n" and "data" in fields:
                return fields
            if line != "\n":
                name, _, value = line.rstrip("\n").partition(": ")
                fields[name] = value
        return {}

    def statement(self) -> dict:
        fields = self.event()
        assert fields, "the stream ended"
        said = verified(self.server, fields["data"])
        assert fields["event"] == "revocations" and int(fields["id"]) == said["seq"]
        return said

    def close(self) -> None:
        self.response.close()
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Held:
    """A verifier's memory, by the rules of the contract."""

    def __init__(self, have: int = 0):
        self.have, self.sessions, self.users = have, set(), {}

    def add(self, said: dict) -> dict:
        self.sessions |= set(said["sessions"])
        for user, generation in said["users"].items():
            self.users[user] = max(generation, self.users.get(user, 0))
        if said["from"] <= self.have:
            self.have = max(self.have, said["seq"])
        return said

    def hear_of(self, token: str, listener: Listener, seconds: float = 15) -> float:
        """Listens until the token is dead; how long that took."""
        began = time.monotonic()
        while not self.calls_dead(token):
            assert time.monotonic() - began < seconds, f"no word of it within {seconds} s"
            self.hear(listener)
        return time.monotonic() - began

    def hear(self, listener: Listener) -> None:
        """The next statement, and what it shows to be missing."""
        said = self.add(listener.statement())
        if said["from"] > self.have:
            self.add(verified(listener.server, listener.server.get(f"{FEED}?since={self.have}").text))

    def calls_dead(self, token: str) -> bool:
        claims = claims_of(token)
        return claims["sid"] in self.sessions or claims["gen"] < self.users.get(claims["sub"], 0)


@pytest.fixture()
def listener(usher):
    with Listener(usher) as one:
        yield one


# --- asked for


def test_the_whole_set_is_a_statement_that_proxies_may_keep_for_a_second(usher, contract):
    answer = usher.get(FEED)
    contract.check(answer)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/jwt"
    assert answer.headers["Cache-Control"] == "public, max-age=1"
    assert answer.headers["Vary"] == "Accept-Encoding"
    said = verified(usher, answer.text)
    assert said["from"] == 0 and said["keep"] == 960 and abs(said["iat"] - time.time()) < 15
    assert usher.call("HEAD", FEED).content == b""


def test_it_is_not_an_access_token(usher):
    statement = usher.get(FEED).text
    for method, path in (("GET", "/api/users/me"), ("POST", "/api/refresh")):
        answer = usher.call(method, path, statement)
        assert (answer.status_code, answer.json()["error"]) == (422, "token_wrong_type")


def test_whoever_has_it_already_is_told_so(usher, user):
    usher.post("/api/logout", user.access)
    since = f"{FEED}?since=1"
    for path in (FEED, since):
        for coding in ("identity", "gzip"):
            first = usher.get(path, headers={"Accept-Encoding": coding})
            again = usher.get(path, headers={"Accept-Encoding": coding, "If-None-Match": first.headers["ETag"]})
            assert again.status_code in (200, 304)  # it may have been signed anew just now
            if again.headers["ETag"] == first.headers["ETag"]:
                assert again.status_code == 304 and again.content == b""
                assert again.headers["Cache-Control"] == "public, max-age=1"
            usher.post("/api/logout", usher.login(user.email).access)
            changed = usher.get(path, headers={"Accept-Encoding": coding, "If-None-Match": first.headers["ETag"]})
            assert changed.status_code == 200 and changed.headers["ETag"] != first.headers["ETag"]


def test_it_is_gzipped_where_that_is_asked_for(usher, user):
    for _ in range(20):
        usher.post("/api/logout", usher.login(user.email).access)
    bare = usher.get(FEED, headers={"Accept-Encoding": "gzip;q=0"})
    zipped = usher.get(FEED, headers={"Accept-Encoding": "gzip"}, stream=True)
    packed = zipped.raw.read(decode_content=False)
    assert "Content-Encoding" not in bare.headers and zipped.headers["Content-Encoding"] == "gzip"
    assert packed[:2] == b"\x1f\x8b" and len(packed) < len(bare.content)
    assert verified(usher, usher.get(FEED, headers={"Accept-Encoding": "gzip"}).text)["from"] == 0
    assert zipped.headers["ETag"] != bare.headers["ETag"]


def test_what_is_new_can_be_asked_for(usher, user):
    before = verified(usher, usher.get(FEED).text)["seq"]
    usher.post("/api/logout", user.access)
    said = verified(usher, usher.get(f"{FEED}?since={before}").text)
    assert said["from"] == before and said["seq"] > before and claims_of(user.access)["sid"] in said["sessions"]
    again = verified(usher, usher.get(f"{FEED}?since={said['seq']}").text)
    assert again["from"] == again["seq"] == said["seq"] and again["sessions"] == [] and again["users"] == {}
    for unknown in (0, said["seq"] + 1000, 2**63 - 1):
        assert verified(usher, usher.get(f"{FEED}?since={unknown}").text)["from"] == 0


@pytest.mark.parametrize("wrong", ["", "-1", "1.5", "x", "9223372036854775808", "1&since=2", "%31%00"])
def test_a_number_that_is_none_is_named(usher, contract, wrong):
    for path in (FEED, STREAM):
        answer = usher.get(f"{path}?since={wrong}")
        contract.check(answer)
        assert answer.status_code == 400 and list(answer.json()["errors"]) == ["since"]
    answer = usher.get(STREAM, headers={"Last-Event-ID": "812x"})
    assert answer.status_code == 400 and list(answer.json()["errors"]) == ["Last-Event-ID"]


# --- streamed


def test_the_stream_begins_with_where_the_feed_stands(usher, listener):
    assert listener.response.status == 200
    headers = listener.response.headers
    assert headers["Content-Type"].startswith("text/event-stream") and headers["Cache-Control"] == "no-store"
    assert headers["X-Accel-Buffering"] == "no" and headers["Connection"] == "close"
    assert "Content-Length" not in headers and "Transfer-Encoding" not in headers
    fields = listener.event()
    assert fields["retry"] == "1000"
    said = verified(usher, fields["data"])
    assert said["from"] == said["seq"] and not said["sessions"] and not said["users"]


def test_head_tells_what_get_would_and_ends(usher):
    answer = usher.call("HEAD", STREAM)
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/event-stream")


def ends(usher, admin):
    """What ends a user's tokens."""
    return {
        "logout": lambda user: usher.post("/api/logout", user.access),
        "end of one session": lambda user: usher.delete(f"/api/sessions/{claims_of(user.access)['sid']}", user.access),
        "end of all sessions": lambda user: usher.delete("/api/sessions?all=true", user.access),
        "end by an administrator": lambda user: usher.delete(f"/api/users/{user.id}/sessions", admin.access),
        "another password": lambda user: usher.patch("/api/users/me", user.access, json={"password": NEW_PASSWORD}),
        "another role": lambda user: usher.patch(f"/api/users/{user.id}", usher.admin().access, json={"role": "ADMIN"}),
        "deletion": lambda user: usher.delete("/api/users/me", user.access),
    }


@pytest.mark.parametrize("what", ["logout", "end of one session", "end of all sessions", "end by an administrator",
                                  "another password", "another role", "deletion"])
def test_every_end_reaches_the_listener(usher, admin, user, listener, what):
    held = Held(listener.statement()["seq"])
    assert not held.calls_dead(user.access)
    done = ends(usher, admin)[what](user)
    assert done.status_code == 200, done.text
    assert held.hear_of(user.access, listener) < SOON
    if what == "deletion":
        assert held.users[str(user.id)] == DELETED


def test_what_the_command_line_does_reaches_the_listener(usher, user, listener):
    held = Held(listener.statement()["seq"])
    usher.cli("user", "disable", user.email)
    assert held.hear_of(user.access, listener) < SOON


def test_who_comes_back_gets_what_it_missed(usher, user):
    with Listener(usher) as first:
        have = first.statement()["seq"]
    usher.post("/api/logout", user.access)
    with Listener(usher, have) as again:
        said = again.statement()
    assert said["from"] == have and claims_of(user.access)["sid"] in said["sessions"]
    with Listener(usher, path=f"{STREAM}?since={have}") as by_query:
        assert claims_of(user.access)["sid"] in by_query.statement()["sessions"]
    with Listener(usher, said["seq"] + 1000) as from_the_future:
        stands = from_the_future.statement()
    assert stands["from"] == stands["seq"] < said["seq"] + 1000


def test_a_kill_loses_nothing():
    with UsherServer() as server:
        users = [server.new_user() for _ in range(6)]
        with Listener(server) as listener:
            held = Held(listener.statement()["seq"])
            server.post("/api/logout", users[0].access)
            held.add(listener.statement())
        for user in users[1:3]:
            server.post("/api/logout", user.access)
        server.process.kill()
        server.process.wait()
        server.start()
        for user in users[3:5]:
            server.post("/api/logout", user.access)
        with Listener(server, held.have) as listener:
            held.hear(listener)  # numbers begin anew above the clock: a gap, for which it asks
            server.post("/api/logout", users[5].access)
            held.add(listener.statement())
        assert all(held.calls_dead(user.access) for user in users)
        whole = Held()
        whole.add(verified(server, server.get(FEED).text))
        assert all(whole.calls_dead(user.access) for user in users), "the whole set survives a restart too"


def test_a_listener_that_keeps_leaving_misses_nothing(usher, user):
    sessions = [usher.login(user.email).access for _ in range(30)]
    with Listener(usher) as listener:
        held = Held(listener.statement()["seq"])
    hurry = threading.Thread(target=lambda: [usher.post("/api/logout", token) for token in sessions])
    hurry.start()
    end = time.monotonic() + 30
    while not all(held.calls_dead(token) for token in sessions):
        assert time.monotonic() < end, "something was missed"
        with Listener(usher, held.have) as listener:
            for _ in range(2):
                held.hear(listener)
    hurry.join()


def test_the_stream_beats():
    with UsherServer("--revocations-heartbeat", "1s") as server, Listener(server) as listener:
        first, second, third = (listener.statement() for _ in range(3))
        assert first["from"] == first["seq"] == second["from"] == second["seq"]
        assert first["iat"] < second["iat"] + 1 and second["iat"] < third["iat"]


def test_the_next_statement_is_signed_by_the_new_key():
    with UsherServer() as server, Listener(server) as listener:
        old = listener.statement()["kid"]
        user = server.new_user()
        server.cli("key", "rotate", "--force")
        wait_until(lambda: jwt.get_unverified_header(server.login(user.email).access)["kid"] != old, 5, "rotation")
        server.post("/api/logout", user.access)
        said = listener.statement()  # verified with the key set of now
        while not said["sessions"]:
            said = listener.statement()
        assert said["kid"] != old


def metric(server, name: str) -> float:
    lines = requests.get(server.metrics_url, timeout=10).text.splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith(name + " "))


def revoke_in_bulk(server, count: int) -> None:
    """As another process on the same database would."""
    database = next(server.data.glob("*.db"))
    with sqlite3.connect(database, timeout=10) as connection:
        connection.executemany("INSERT INTO revocations (session_id, user_id, at) VALUES (?, 1, ?)",
                               [(str(uuid.uuid4()), int(time.time())) for _ in range(count)])
    connection.close()


def test_who_never_reads_is_cut_off_and_the_others_are_served():
    with UsherServer() as server:
        user = server.new_user()
        tokens = [server.login(user.email).access for _ in range(8)]
        with Listener(server) as reads, Listener(server, receive_buffer=4096) as never_reads:
            held = Held(reads.statement()["seq"])
            assert metric(server, "usher_revocation_listeners") == 2
            for token in tokens:
                revoke_in_bulk(server, 6000)
                server.post("/api/logout", token)
                assert held.hear_of(token, reads) < SOON  # each brings six thousand others along
            wait_until(lambda: metric(server, "usher_revocation_listeners") == 1, 5, "cutting off")
            assert metric(server, "usher_revocation_listeners_cut_total") == 1
            last = server.login(user.email).access
            server.post("/api/logout", last)
            assert held.hear_of(last, reads) < SOON
            with pytest.raises((ConnectionError, http.client.HTTPException, AssertionError)):
                while never_reads.statement():
                    pass


def test_large_sets_are_asked_for_not_pushed():
    with UsherServer() as server:
        revoke_in_bulk(server, 12_000)
        user = server.new_user()
        server.post("/api/logout", user.access)
        wait_until(lambda: verified(server, server.get(FEED).text)["seq"] >= 12_001, 10, "learning of them")
        answer = server.get(FEED)
        whole = verified(server, answer.text)
        assert len(whole["sessions"]) >= 12_001 and claims_of(user.access)["sid"] in whole["sessions"]
        with Listener(server, 1) as listener:
            stands = listener.statement()
        assert stands["from"] == stands["seq"] >= 12_001 and stands["sessions"] == []
        assert verified(server, server.get(f"{FEED}?since=1").text)["from"] == 0


def test_there_are_seats_for_so_many():
    with UsherServer("--revocations-listeners-max", "2") as server, ExitStack() as open_ones:
        contract = Contract(server.get("/openapi.json").json())
        first, _ = (open_ones.enter_context(Listener(server)) for _ in range(2))
        refused = server.get(STREAM)
        contract.check(refused)
        assert (refused.status_code, refused.json()["error"]) == (503, "too_many_listeners")
        assert server.get(FEED).status_code == 200
        assert server.call("HEAD", STREAM).status_code == 503
        first.close()

        def room():
            with Listener(server) as one:
                return one.response.status == 200

        wait_until(room, 5, "leaving")


def test_a_drain_ends_streams_at_once():
    with UsherServer() as server, Listener(server) as listener:
        listener.statement()
        began = time.monotonic()
        assert server.stop(signal.SIGTERM) == 0
        assert time.monotonic() - began < 5
        assert listener.event() == {}


def test_both_routes_are_documented(contract):
    paths = contract.document["paths"]
    for path, media_type in ((FEED, "application/jwt"), (STREAM, "text/event-stream")):
        operation = paths[path]["get"]
        assert list(operation["responses"]["200"]["content"]) == [media_type]
        assert operation["x-guard"] == "open" and operation["tags"] == ["revocations"]
        assert [parameter["name"] for parameter in operation["parameters"]] == ["since"]
    assert "503" in paths[STREAM]["get"]["responses"]
    assert "too_many_listeners" in json.dumps(paths[STREAM]["get"]["responses"]["503"])
