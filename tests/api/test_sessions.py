from usher_server import wait_until


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
