"""What every answer has, whoever gave it, and what is refused before anybody is asked."""

import json
import re
import socket
from urllib.parse import urlsplit

import pytest
import requests

from usher_server import PASSWORD, UsherServer, new_email, wait_until

LISTED = "https://app.example.org"


class RawAnswer:
    def __init__(self, text: bytes):
        head, _, self.body = text.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        self.status_code = int(first.split()[1])
        self.headers = requests.structures.CaseInsensitiveDict(line.split(": ", 1) for line in lines)


def raw(server, request: bytes) -> RawAnswer:
    """The answer to exactly these bytes; the connection is closed after it."""
    where = urlsplit(server.url)
    with socket.create_connection((where.hostname, where.port), 10) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        said = b""
        while piece := connection.recv(65536):
            said += piece
    return RawAnswer(said)


def head(target="/healthz", *fields, method="GET") -> bytes:
    return "\r\n".join([f"{method} {target} HTTP/1.1", "Host: a", *fields, "", ""]).encode()


# --- security headers

REFUSED_BYTES = {
    "no HTTP": (b"hello\r\n\r\n", 400),
    "two hosts": (head("/healthz", "Host: b"), 400),
    "coding unknown": (head("/api/auth", "Transfer-Encoding: gzip", method="POST"), 501),
    "version": (b"GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505),
    "expectation": (head("/healthz", "Expect: 200-ok"), 417),
    "target too long": (head("/" + "a" * 8192), 414),
    "fields too many": (head("/healthz", *[f"X-{n}: 1" for n in range(101)]), 431),
    "fields too long": (head("/healthz", "X-Long: " + "a" * 33000), 431),
    "body declared too long": (head("/api/auth", "Content-Type: application/json", "Content-Length: 65537", method="POST"), 413),
    "body chunked too long": (
        head("/api/auth", "Content-Type: application/json", "Transfer-Encoding: chunked", method="POST")
        + b"10001\r\n" + b" " * 65537 + b"\r\n0\r\n\r\n", 413),
}


def check_security_headers(answer, where):
    headers = answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff", where
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], where
    assert "default-src 'none'" in headers["Content-Security-Policy"], where
    assert headers["Referrer-Policy"] == "no-referrer", where
    assert headers["X-Request-Id"], where
    assert "Date" in headers, where
    assert "Strict-Transport-Security" not in headers, where  # only over TLS, RFC 6797 7.2
    if re.match(r"text/|application/(.*\+)?json", headers.get("Content-Type", "")):
        assert headers["Content-Type"].lower().endswith("charset=utf-8"), where


@pytest.mark.parametrize("why", REFUSED_BYTES)
def test_bytes_that_are_refused_get_a_whole_answer(usher, why):
    request, status = REFUSED_BYTES[why]
    answer = raw(usher, request)
    assert answer.status_code == status
    check_security_headers(answer, why)
    assert answer.headers["Connection"] == "close"
    assert json.loads(answer.body)["status"] == status
    assert answer.headers["Cache-Control"] == "no-store"


def test_answers_of_every_kind_have_the_security_headers(usher, user):
    etag = usher.get("/openapi.json").headers["ETag"]
    for status, method, path, more in [
        (200, "GET", "/healthz", {}),
        (200, "HEAD", "/healthz", {}),
        (200, "GET", "/docs", {}),
        (200, "GET", "/.well-known/jwks.json", {}),
        (200, "GET", "/.well-known/jwks.json", {"headers": {"Accept": "application/json"}}),
        (204, "OPTIONS", "/api/users", {}),
        (304, "GET", "/openapi.json", {"headers": {"If-None-Match": etag}}),
        (400, "POST", "/api/auth", {"json": {}}),
        (401, "GET", "/api/users/me", {}),
        (404, "GET", "/nowhere", {}),
        (405, "DELETE", "/api/auth", {}),
        (406, "GET", "/openapi.json", {"headers": {"Accept": "image/png"}}),
        (415, "POST", "/api/auth", {"data": b"{}", "headers": {"Content-Type": "text/plain"}}),
        (422, "GET", "/api/users/me", {"headers": {"Authorization": "Bearer a.b.c"}}),
    ]:
        answer = usher.call(method, path, **more)
        assert answer.status_code == status, (method, path, answer.text)
        check_security_headers(answer, f"{method} {path}")
    assert usher.get("/api/users", user.access).status_code == 403


def test_what_is_about_a_user_is_never_stored(usher, user):
    for method, path, body in [
        ("POST", "/api/auth", {"email": user.email, "password": PASSWORD}),
        ("POST", "/api/register", {"name": "Ada", "email": new_email(), "age": 36, "password": PASSWORD}),
        ("GET", "/api/users/me", None),
        ("GET", "/api/users/me/addresses", None),
        ("GET", "/api/sessions", None),
    ]:
        answer = usher.call(method, path, user.access if body is None else None, json=body)
        assert answer.ok and "no-store" in answer.headers["Cache-Control"], (path, answer.status_code)


# --- request ids

def test_request_ids_are_ours_and_new_each_time(usher):
    answers = [usher.get("/nowhere", headers={"X-Request-Id": "mine"}) for _ in range(20)]
    ids = {answer.headers["X-Request-Id"] for answer in answers}
    assert len(ids) == 20 and "mine" not in ids
    assert all(a.json()["instance"] == "urn:request:" + a.headers["X-Request-Id"] for a in answers)


def test_a_trusted_proxy_may_name_the_request():
    with UsherServer("--http-trusted-proxies", "127.0.0.1") as server:
        given = lambda said: server.get("/nowhere", headers={"X-Request-Id": said}).headers["X-Request-Id"]
        assert given("proxy-7f3a_12345678") == "proxy-7f3a_12345678"
        for odd in ("a b", "<script>", "x" * 200, '"'):
            assert given(odd) != odd
        assert "Strict-Transport-Security" in server.get("/healthz", headers={"X-Forwarded-Proto": "https"}).headers


# --- other origins

@pytest.fixture(scope="module")
def crossed():
    with UsherServer("--http-cors-origins", LISTED) as server:
        yield server


def test_a_listed_origin_may_read_answers_and_refusals(crossed):
    for path in ("/healthz", "/api/users/me", "/nowhere"):
        headers = crossed.get(path, headers={"Origin": LISTED}).headers
        assert headers["Access-Control-Allow-Origin"] == LISTED and "Origin" in headers["Vary"]
        assert "Access-Control-Allow-Credentials" not in headers


@pytest.mark.parametrize("origin", [
    None, "", "null", "*", "https://evil.org", "https://app.example.org.evil.org", "https://evilapp.example.org",
    "http://app.example.org", "https://app.example.org:8443", "https://APP.example.org", "https://app.example.org/",
    "https://example.org", f"{LISTED} {LISTED}", f"{LISTED}, https://evil.org",
])
def test_no_other_origin_may(crossed, origin):
    sent = {} if origin is None else {"Origin": origin}
    for method, more in [("GET", {}), ("OPTIONS", {"Access-Control-Request-Method": "GET"})]:
        headers = crossed.call(method, "/healthz", headers={**sent, **more}).headers
        assert not [name for name in headers if name.lower().startswith("access-control-")]
        assert "Origin" in headers["Vary"]


def test_preflight_grants_only_methods_that_exist(crossed):
    def granted(path, method):
        answer = crossed.call("OPTIONS", path, headers={"Origin": LISTED, "Access-Control-Request-Method": method})
        return answer.headers.get("Access-Control-Allow-Methods", "")

    assert "PATCH" in granted("/api/users/me", "PATCH")
    for path, method in [("/api/auth", "DELETE"), ("/api/users/me", "TRACE"), ("/api/users/me", "patch"), ("/nowhere", "GET")]:
        assert granted(path, method) == ""


def test_without_the_setting_there_is_no_word_of_origins(usher):
    headers = usher.get("/healthz", headers={"Origin": LISTED}).headers
    assert "Vary" not in headers and "Access-Control-Allow-Origin" not in headers


def test_a_star_is_no_origin(usher):
    done = usher.cli("config", "--http-cors-origins", "*", check=False)
    assert done.returncode == 78 and "http.cors_origins" in done.stderr


# --- what is told about requests

def test_the_access_log_has_the_route_and_nothing_of_the_query(usher, user):
    answer = usher.get("/api/users/search?email=somebody-secret@example.org", user.access)
    wanted = answer.headers["X-Request-Id"]
    lines = lambda: [json.loads(line) for line in usher.log if wanted in line]
    wait_until(lines, what="the access log's line")
    (line,) = lines()
    assert line["route"] == "/api/users/search" and line["method"] == "GET" and line["status"] == answer.status_code
    everything = "\n".join(usher.log)
    for secret in ("somebody-secret", user.access, user.refresh, PASSWORD, user.email):
        assert secret not in everything


def metrics(server) -> dict[str, float]:
    text = requests.get(server.metrics_url, timeout=10).text
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if not line.startswith("#")}


def test_metrics_are_not_among_the_api(usher):
    assert usher.get("/metrics").status_code == 404
    names = metrics(usher)
    assert names["usher_http_connections_accepted_total"] > 0
    assert any(name.startswith('usher_http_requests_total{method="GET",route="/healthz"') for name in names)


def test_writers_at_the_same_time_share_a_commit(usher, user):
    where = urlsplit(usher.url)
    before = metrics(usher)
    connections = [socket.create_connection((where.hostname, where.port), 30) for _ in range(64)]
    for round in range(4):
        for n, connection in enumerate(connections):
            body = json.dumps({"name": f"Ada {round} {n}"}).encode()
            connection.sendall(
                head("/api/users/me", f"Authorization: Bearer {user.access}", "Content-Type: application/json",
                     f"Content-Length: {len(body)}", method="PATCH") + body)
        for connection in connections:
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")
    for connection in connections:
        connection.close()
    after = metrics(usher)
    commits, units, syncs = (after[name] - before[name] for name in
                             ("usher_db_commits_total", "usher_db_units_total", "usher_db_syncs_total"))
    print(f"{units:.0f} units in {commits:.0f} commits with {syncs:.0f} syncs")
    assert units >= 4 * 64 and 0 < commits < units and 0 < syncs < units
