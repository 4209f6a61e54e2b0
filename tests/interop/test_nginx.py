"""A real nginx with the files of deploy/nginx in front of a service that knows nothing of tokens."""

import http.server
import json
import shutil
import socket
import subprocess
import threading
from pathlib import Path

import pytest
import requests

from usher_server import ROOT, UsherServer, bearer, wait_until

FILES = ROOT / "deploy/nginx"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin")


class Orders(http.server.BaseHTTPRequestHandler):
    """Answers with the headers it was sent."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = json.dumps({name.lower(): value for name, value in self.headers.items()}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


def answers(url: str) -> bool:
    try:
        requests.get(url, timeout=5)
        return True
    except requests.ConnectionError:
        return False


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """nginx, the service behind it, and an Usher of their own that a test may stop."""
    folder: Path = tmp_path_factory.mktemp("nginx")
    service = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Orders)
    threading.Thread(target=service.serve_forever, daemon=True).start()
    port = free_port()
    with UsherServer("--http-trusted-proxies", "127.0.0.1") as usher:
        site = (FILES / "usher.conf").read_text()
        for was, becomes in (
            ("127.0.0.1:8080", usher.url.removeprefix("http://")),
            ("127.0.0.1:9000", f"127.0.0.1:{service.server_port}"),
            ("127.0.0.1:8000", f"127.0.0.1:{port}"),
            ("/etc/nginx/", f"{FILES}/"),
        ):
            assert was in site
            site = site.replace(was, becomes)
        (folder / "site.conf").write_text(site)
        places = " ".join(f"{kind}_temp_path {folder}/{kind};"
                          for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (folder / "nginx.conf").write_text(
            f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
            f"http {{ access_log off; {places} include {folder}/site.conf; }}\n"
        )
        nginx = subprocess.Popen([NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until(lambda: answers(url), what="nginx's start")
            yield usher, url
        finally:
            nginx.terminate()
            nginx.wait(10)
            service.shutdown()
            service.server_close()


def test_the_guide_shows_what_is_in_the_file():
    guide = (ROOT / "docs/protect/nginx.md").read_text()
    shown = guide.split("```nginx\n")[1].split("```")[0].splitlines()
    lines = [line.removeprefix("    ") for line in (FILES / "usher.conf").read_text().splitlines()]
    assert any(lines[at:at + len(shown)] == shown for at in range(len(lines)))


def test_a_good_token_passes_and_the_service_learns_who_it_is(house):
    usher, url = house
    user = usher.new_user()
    forged = {"X-Usher-User": "1", "X-Usher-Role": "ADMIN", "X-Usher-Amr": "hwk", "X-Usher-Fresh": "true"}
    stale = usher.post("/api/refresh", user.refresh).json()["access_token"]
    answer = requests.get(url + "/orders/1", headers={**forged, **bearer(stale)}, timeout=10)
    assert answer.status_code == 200
    seen = answer.json()
    assert (seen["x-usher-user"], seen["x-usher-role"]) == (str(user.id), "USER")
    assert (seen["x-usher-fresh"], seen["x-usher-amr"]) == ("false", "pwd")
    assert len(seen["x-usher-session"]) == 36


@pytest.mark.parametrize("headers", [{}, bearer("garbage"), bearer("a.b.c"), {"Authorization": "Basic YTpi"}])
def test_without_a_good_token_nobody_passes(house, headers):
    _, url = house
    answer = requests.get(url + "/orders/1", headers=headers, timeout=10)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_refresh_token_does_not_pass(house):
    usher, url = house
    user = usher.new_user()
    assert requests.get(url + "/orders/1", headers=bearer(user.refresh), timeout=10).status_code == 401


def test_a_logout_counts_at_once(house):
    usher, url = house
    user = usher.new_user()
    assert requests.get(url + "/orders/1", headers=user.bearer, timeout=10).status_code == 200
    assert usher.post("/api/logout", user.access).status_code == 200
    answer = requests.get(url + "/orders/1", headers=user.bearer, timeout=10)
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_demands_of_a_location_are_kept(house):
    usher, url = house
    user, admin = usher.new_user(), usher.admin()
    assert requests.get(url + "/orders/admin/1", headers=user.bearer, timeout=10).status_code == 403
    assert requests.get(url + "/orders/admin/1", headers=admin.bearer, timeout=10).status_code == 200


@pytest.mark.parametrize("path", ["/orders/admin/1", "/orders/Admin/1", "/orders/ADMIN", "/orders/%61dmin/1",
                                  "/orders/x/../admin/1", "/orders//admin/1"])
def test_another_spelling_of_a_path_is_no_way_around_its_demands(house, path):
    usher, url = house
    request = requests.Request("GET", url, headers=usher.new_user().bearer).prepare()
    request.url = url + path  # as it stands: requests would tidy it
    with requests.Session() as session:
        assert session.send(request, timeout=10).status_code == 403


@pytest.mark.parametrize("path", ["/orders/admin;a/1", "/orders/admin%3ba/1", "/orders/admin%5c1", "/orders/..;/orders/admin/1",
                                  "/orders/x%2f..%2fadmin/1"])
def test_a_path_that_could_be_read_in_two_ways_is_refused(house, path):
    usher, url = house
    request = requests.Request("GET", url, headers=usher.admin().bearer).prepare()
    request.url = url + path
    with requests.Session() as session:
        assert session.send(request, timeout=10).status_code == 400


def test_the_feed_is_not_for_everybody(house):
    _, url = house
    for path in ("/api/revocations", "/api/revocations/stream", "/api//revocations", "/api/x/../revocations"):
        assert requests.get(url + path, timeout=10).status_code == 404, path


def test_logging_in_through_nginx_works(house):
    usher, url = house
    user = usher.new_user()
    answer = requests.post(url + "/api/auth", json={"email": user.email, "password": user.password}, timeout=10)
    assert answer.status_code == 200
    assert requests.get(url + "/orders/1", headers=bearer(answer.json()["access_token"]), timeout=10).status_code == 200


def test_while_usher_is_away_nobody_passes_and_nobody_is_told_that_he_is_logged_out(house):
    usher, url = house
    user = usher.new_user()
    usher.stop()
    answer = requests.get(url + "/orders/1", headers=user.bearer, timeout=10)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
