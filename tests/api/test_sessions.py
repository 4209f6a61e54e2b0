import sqlite3
from contextlib import closing

from usher_server import claims_of, wait_until


def test_lists_where_one_is_logged_in(usher, checked, user):
    usher.call("POST", "/api/auth", json={"email": user.email, "password": user.password},
               headers={"User-Agent": "Lynx/2.9 (tests)"})
    sessions = checked("GET", "/api/sessions", user.access).json()["sessions"]
    assert len(sessions) == 2 and [s["current"] for s in sessions].count(True) == 1
    assert any(s["user_agent"] == "Lynx/2.9 (tests)" and s["address"] == "127.0.0.1" for s in sessions)


def test_ends_the_others_and_keeps_this_one(usher, checked, user):
    other = usher.login(user.email)
    assert checked("DELETE", "/api/sessions", user.access).status_code == 200
    assert usher.get("/api/users/me", other.access).status_code == 401
    assert usher.get("/api/users/me", user.access).status_code == 200


def test_ends_one_by_its_id(usher, checked, user):
    other = usher.login(user.email)
    sid = next(s["id"] for s in usher.get("/api/sessions", user.access).json()["sessions"] if not s["current"])
    assert checked("DELETE", f"/api/sessions/{sid}", user.access).status_code == 200
    assert usher.get("/api/users/me", other.access).status_code == 401
    assert checked("DELETE", f"/api/sessions/{sid}", user.access).status_code == 200, "again is no harm"


def test_somebody_elses_session_is_not_there(usher, checked, user):
    victim = usher.new_user()
    sid = usher.get("/api/sessions", victim.access).json()["sessions"][0]["id"]
    assert checked("DELETE", f"/api/sessions/{sid}", user.access).status_code == 404
    assert usher.get("/api/users/me", victim.access).status_code == 200


def test_an_administrator_sees_the_sessions_of_others(usher, checked, user, admin):
    path = f"/api/users/{user.id}/sessions"
    seen = checked("GET", path, admin.access).json()["sessions"]
    own = checked("GET", "/api/sessions", user.access).json()["sessions"]
    assert [s | {"current": True} for s in seen] == own and not any(s["current"] for s in seen)
    assert checked("GET", path, user.access).json()["sessions"] == own
    assert checked("GET", "/api/users/me/sessions", user.access).json()["sessions"] == own
    assert checked("GET", path, usher.new_user().access).status_code == 403
    assert checked("GET", "/api/users/987654321/sessions", admin.access).json()["error"] == "user_not_found"


def test_an_administrator_ends_one_session_of_another(usher, checked, user, admin):
    other = usher.login(user.email)
    sid = claims_of(other.access)["sid"]
    path = f"/api/users/{user.id}/sessions/{sid}"
    assert checked("DELETE", path, user.access).status_code == 403
    assert checked("DELETE", f"/api/users/{admin.id}/sessions/{sid}", admin.access).status_code == 404
    assert checked("DELETE", path, admin.access).status_code == 200
    assert usher.get("/api/users/me", other.access).status_code == 401
    assert usher.post("/api/refresh", other.refresh).json()["error"] == "session_ended"
    assert usher.get("/api/users/me", user.access).status_code == 200
    ended = next(s for s in usher.get("/api/sessions", user.access).json()["sessions"] if s["id"] == sid)
    assert ended["end_reason"] == "ended_by_admin"


def test_the_living_are_listed_before_the_dead(usher, checked, user):
    for _ in range(3):
        usher.post("/api/logout", usher.login(user.email).access)
    sessions = checked("GET", "/api/sessions", user.access).json()["sessions"]
    assert sessions[0]["current"] and [("ended_at" in s) for s in sessions] == [False, True, True, True]


def test_every_end_is_in_the_audit_trail(usher, admin):
    def trail(user):
        with closing(sqlite3.connect(f"file:{usher.data}/usher.db?mode=ro", uri=True)) as database:
            return [row[0] for row in database.execute(
                "SELECT event FROM audit WHERE subject = ? AND event NOT IN ('user_registered', 'login') ORDER BY id",
                (user.id,))]

    def ended_by(deed):
        user = usher.new_user()
        answer = deed(user, usher.login(user.email))
        assert answer.status_code in (200, 401), answer.text
        return trail(user)

    def steal(user, _):
        for token in (user.refresh, usher.post("/api/refresh", user.refresh).json()["refresh_token"]):
            usher.post("/api/refresh", token)
        return usher.post("/api/refresh", user.refresh)

    def promote_and_demote(user, _):
        patch(user, {"role": "ADMIN"})
        return patch(user, {"role": "USER"})

    def sid(account):
        return claims_of(account.access)["sid"]

    def of(user):
        return f"/api/users/{user.id}/sessions"

    def patch(user, body):
        return usher.patch(f"/api/users/{user.id}", admin.access, json=body)

    assert ended_by(lambda user, other: usher.post("/api/logout", user.access)) == ["logout"]
    assert ended_by(lambda user, other: usher.delete(f"/api/sessions/{sid(other)}", user.access)) == ["session_ended"]
    assert ended_by(lambda user, other: usher.delete("/api/sessions", user.access)) == ["sessions_ended"]
    assert ended_by(lambda user, other: usher.delete("/api/sessions?all=true", user.access)) == ["sessions_ended"]
    assert ended_by(lambda user, other: usher.delete(f"{of(user)}/{sid(other)}", admin.access)) == ["session_ended"]
    assert ended_by(lambda user, other: usher.delete(of(user), admin.access)) == ["sessions_ended"]
    assert ended_by(steal) == ["refresh_reused"]
    assert ended_by(lambda user, other: patch(user, {"password": "another battery stapled"})) == ["password_changed"]
    assert ended_by(promote_and_demote) == ["role_changed", "role_changed"]
    assert ended_by(lambda user, other: patch(user, {"disabled": True})) == ["user_disabled"]
    assert ended_by(lambda user, other: usher.delete("/api/users/me", user.access)) == ["user_deleted"]


def test_a_new_login_never_takes_an_old_session(usher, user):
    before = {s["id"] for s in usher.get("/api/sessions", user.access).json()["sessions"]}
    answer = usher.post("/api/auth", user.access, json={"email": user.email, "password": user.password})
    after = {s["id"] for s in usher.get("/api/sessions", answer.json()["access_token"]).json()["sessions"]}
    assert len(after - before) == 1


def test_the_command_line_disables_at_a_running_server(usher, user):
    usher.cli("user", "disable", user.email)
    wait_until(lambda: usher.get("/api/users/me", user.access).status_code == 401, 2, "disabling")
    assert usher.post("/api/refresh", user.refresh).status_code == 401
    usher.cli("user", "enable", user.email)
    assert usher.get("/api/users/me", user.access).status_code == 401, "old tokens stay dead"
    assert usher.post("/api/refresh", user.refresh).status_code == 401
    assert usher.login(user.email)
