"""Refresh rotates, forgives the lost answer, and catches the thief (docs/sessions.md has the table)."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from usher_server import UsherServer


def refresh(server, token):
    return server.post("/api/refresh", token)


def test_gives_a_new_pair_that_is_not_fresh(usher, checked, user):
    answer = checked("POST", "/api/refresh", user.refresh)
    assert answer.status_code == 200 and answer.json()["refresh_token"] != user.refresh
    stale = answer.json()["access_token"]
    assert usher.get("/api/users/me", stale).status_code == 200
    refused = checked("DELETE", "/api/users/me", stale)
    assert refused.status_code == 401 and refused.json()["error"] == "token_not_fresh"
    assert 'error="insufficient_user_authentication"' in refused.headers["WWW-Authenticate"]


def test_a_lost_answer_may_be_asked_for_again(usher, user):
    first = refresh(usher, user.refresh).json()["refresh_token"]
    again = refresh(usher, user.refresh)
    assert again.status_code == 200
    for successor in (first, again.json()["refresh_token"]):
        assert refresh(usher, successor).status_code == 200
    assert usher.get("/api/users/me", user.access).status_code == 200


def test_an_older_token_after_its_successor_was_used_is_theft_and_ends_this_session_only(usher, checked, user):
    elsewhere = usher.login(user.email)
    second = refresh(usher, user.refresh).json()["refresh_token"]
    third = refresh(usher, second).json()["refresh_token"]
    stolen = checked("POST", "/api/refresh", user.refresh)
    assert stolen.status_code == 401 and stolen.json()["error"] == "refresh_reused"
    assert refresh(usher, third).status_code == 401
    assert usher.get("/api/users/me", user.access).status_code == 401
    assert usher.get("/api/users/me", elsewhere.access).status_code == 200
    ended = [s for s in usher.get("/api/sessions", elsewhere.access).json()["sessions"] if s.get("end_reason")]
    assert [s["end_reason"] for s in ended] == ["refresh_reused"]


def test_fifty_parallel_refreshes_make_one_child_and_log_nobody_out(usher, user):
    token = user.refresh
    with ThreadPoolExecutor(50) as pool:
        for _ in range(10):
            answers = list(pool.map(lambda _: refresh(usher, token), range(50)))
            assert {a.status_code for a in answers} == {200}
            token = answers[-1].json()["refresh_token"]
    assert refresh(usher, token).status_code == 200


def test_strict_mode_takes_a_token_once():
    with UsherServer("--sessions-reuse-window", "0") as strict:
        user = strict.new_user()
        assert refresh(strict, user.refresh).status_code == 200
        assert refresh(strict, user.refresh).json()["error"] == "refresh_reused"


@pytest.mark.parametrize("cut", [1, 10, 80])
def test_a_truncated_refresh_token_is_refused(usher, user, cut):
    assert refresh(usher, user.refresh[:-cut]).status_code in (401, 422)


def test_state_survives_a_kill():
    with UsherServer() as server:
        user = server.new_user()
        second = refresh(server, user.refresh).json()["refresh_token"]
        third = refresh(server, second).json()["refresh_token"]
        server.process.kill()
        server.process.wait()
        server.start()
        assert refresh(server, third).status_code == 200
        assert refresh(server, user.refresh).json()["error"] == "refresh_reused"
