"""The disk refuses every write: nobody is told that a session has ended while it has not, and a retry works."""

import resource
from contextlib import contextmanager

import pytest

import usher_server
from usher_server import PASSWORD, UsherServer, claims_of, wait_until

NEW_PASSWORD = "a quite different staple battery"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server that is told EFBIG instead of being killed when it writes past its file size limit."""
    real = usher_server.BINARY
    wrapper = tmp_path_factory.mktemp("bin") / "usher"
    wrapper.write_text(f"#!/bin/sh\ntrap '' XFSZ\nexec '{real}' \"$@\"\n")
    wrapper.chmod(0o755)
    usher_server.BINARY = wrapper
    try:
        with UsherServer() as server:
            yield server
    finally:
        usher_server.BINARY = real


@contextmanager
def disk_refusing_writes(server):
    pid = server.process.pid
    soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))


def is_alive(server, account):
    return server.get("/api/users/me", account.access).status_code == 200


# How a session is ended: the call, by whom, and whose tokens are dead once it is answered with 200.
ENDS = {
    "logout": lambda own, other, root: ("POST", "/api/logout", own, None, own),
    "the others": lambda own, other, root: ("DELETE", "/api/sessions", own, None, other),
    "all": lambda own, other, root: ("DELETE", "/api/sessions?all=true", own, None, own),
    "one": lambda own, other, root: ("DELETE", f"/api/sessions/{claims_of(other.access)['sid']}", own, None, other),
    "a password": lambda own, other, root: ("PATCH", "/api/users/me", own, {"password": NEW_PASSWORD}, other),
    "a role": lambda own, other, root: ("PATCH", f"/api/users/{own.id}", root, {"role": "ADMIN"}, own),
    "disabling": lambda own, other, root: ("PATCH", f"/api/users/{own.id}", root, {"disabled": True}, own),
    "all, by an administrator": lambda own, other, root: ("DELETE", f"/api/users/{own.id}/sessions", root, None, own),
    "one, by an administrator": lambda own, other, root: (
        "DELETE", f"/api/users/{own.id}/sessions/{claims_of(other.access)['sid']}", root, None, other),
    "the account": lambda own, other, root: ("DELETE", "/api/users/me", own, None, own),
}


@pytest.mark.parametrize("how", ENDS)
def test_an_end_that_is_not_on_disk_is_not_acknowledged(server, how):
    own = server.new_user()
    other, root = server.login(own.email), server.admin()
    method, path, by, body, doomed = ENDS[how](own, other, root)
    with disk_refusing_writes(server):
        for _ in range(2):
            refused = server.call(method, path, by.access, json=body)
            assert refused.status_code in (500, 503), refused.text
            assert refused.headers["Content-Type"].startswith("application/problem+json")
        assert is_alive(server, own) and is_alive(server, other), "half an end"
    done = server.call(method, path, by.access, json=body)
    assert done.status_code == 200, done.text
    assert not is_alive(server, doomed)


def test_a_refresh_that_is_not_on_disk_issues_nothing_and_can_be_repeated(server):
    user = server.new_user()
    with disk_refusing_writes(server):
        refused = server.post("/api/refresh", user.refresh)
        assert refused.status_code in (500, 503) and "access_token" not in refused.text
    answer = server.post("/api/refresh", user.refresh)
    assert answer.status_code == 200 and claims_of(answer.json()["refresh_token"])["n"] == 2


def test_theft_that_cannot_be_written_down_is_answered_when_it_can(server):
    user = server.new_user()
    second = server.post("/api/refresh", user.refresh).json()["refresh_token"]
    third = server.post("/api/refresh", second).json()
    with disk_refusing_writes(server):
        assert server.post("/api/refresh", user.refresh).status_code in (500, 503)
    assert server.post("/api/refresh", user.refresh).json()["error"] == "refresh_reused"
    assert server.post("/api/refresh", third["refresh_token"]).json()["error"] == "session_ended"
    assert server.get("/api/users/me", third["access_token"]).status_code == 401


def test_a_login_that_is_not_on_disk_gives_no_tokens(server):
    user = server.new_user()
    with disk_refusing_writes(server):
        refused = server.post("/api/auth", json={"email": user.email, "password": PASSWORD})
        assert refused.status_code in (500, 503) and "access_token" not in refused.text
    assert server.login(user.email)


def test_the_command_line_says_when_it_could_not_disable(server):
    user = server.new_user()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        failed = server.cli("user", "disable", user.email, check=False)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert failed.returncode != 0 and failed.stderr
    assert is_alive(server, user)
    server.cli("user", "disable", user.email)
    wait_until(lambda: not is_alive(server, user), 2, "disabling")


def test_what_was_acknowledged_after_the_fault_survives_a_kill(server):
    user = server.new_user()
    with disk_refusing_writes(server):
        assert server.post("/api/logout", user.access).status_code in (500, 503)
    assert server.post("/api/logout", user.access).status_code == 200
    server.process.kill()
    server.process.wait()
    server.start()
    assert server.post("/api/refresh", user.refresh).json()["error"] == "session_ended"
    assert not is_alive(server, user)
