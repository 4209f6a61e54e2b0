import pytest

from usher_server import PASSWORD, new_email


def test_a_login_gives_a_fresh_access_token_and_a_refresh_token(usher, checked, user):
    answer = checked("POST", "/api/auth", json={"email": user.email, "password": PASSWORD})
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    body = answer.json()
    assert body["token_type"] == "Bearer" and body["expires_in"] == 900 and body["user_id"] == user.id
    assert usher.post("/api/auth/fresh", body["access_token"], json={"password": PASSWORD}).status_code == 200


@pytest.mark.parametrize("spelling", [str.upper, lambda e: e.replace("example.org", "Example.ORG")])
def test_any_case_of_the_address_logs_in(usher, user, spelling):
    assert usher.post("/api/auth", json={"email": spelling(user.email), "password": PASSWORD}).status_code == 200


def same(answer):
    body = answer.json()
    body.pop("instance")
    headers = {k: v for k, v in answer.headers.items() if k not in ("X-Request-Id", "Date")}
    return answer.status_code, body, headers


def test_every_failed_login_looks_alike(usher, checked, admin):
    gone = usher.new_user()
    assert usher.delete("/api/users/me", gone.access).status_code == 200
    disabled = usher.new_user()
    usher.cli("user", "disable", disabled.email)
    known = usher.new_user()
    answers = [
        checked("POST", "/api/auth", json={"email": email, "password": password})
        for email, password in [
            (known.email, "not the password"), (new_email(), PASSWORD), (gone.email, PASSWORD),
            (disabled.email, PASSWORD), ("not an address", PASSWORD), (known.email, ""),
        ]
    ]
    assert len({str(same(answer)) for answer in answers}) == 1, [same(a) for a in answers]
    assert answers[0].status_code == 401 and answers[0].json()["error"] == "bad_credentials"


@pytest.mark.parametrize("body, field", [
    ({"password": PASSWORD}, "email"), ({"email": "a@example.org"}, "password"), ({"email": 1, "password": "x"}, "email"),
    ({"email": {"$ne": ""}, "password": "x"}, "email"), ({"email": "a@example.org", "password": True}, "password"),
    ({"email": "a@example.org", "password": None}, "password"), ({"email": "a@example.org", "password": ["x"]}, "password"),
    ({"email": "a@example.org", "password": "x" * 20_000}, "password"),
    ({"email": "a@example.org", "password": "x", "otp": "123456"}, "otp"),
])
def test_a_wrong_field_is_named(checked, body, field):
    answer = checked("POST", "/api/auth", json=body)
    assert answer.status_code == 400 and list(answer.json()["errors"]) == [field]


def test_auth_fresh_gives_a_fresh_token_for_the_same_session(usher, checked, user):
    stale = usher.post("/api/refresh", user.refresh).json()["access_token"]
    sessions = usher.get("/api/sessions", stale).json()["sessions"]
    answer = checked("POST", "/api/auth/fresh", stale, json={"password": PASSWORD})
    assert answer.status_code == 200
    fresh = answer.json()["access_token"]
    assert usher.patch("/api/users/me", fresh, json={"email": new_email()}).status_code == 200
    assert [s["id"] for s in usher.get("/api/sessions", fresh).json()["sessions"]] == [s["id"] for s in sessions]


def test_auth_fresh_refuses_a_wrong_password(checked, user):
    answer = checked("POST", "/api/auth/fresh", user.access, json={"password": "something else"})
    assert answer.status_code == 401 and answer.json()["error"] == "bad_credentials"


def test_logout_kills_both_tokens_at_once(usher, checked, user):
    assert checked("POST", "/api/logout", user.access).status_code == 200
    assert checked("GET", "/api/users/me", user.access).status_code == 401
    assert checked("POST", "/api/refresh", user.refresh).status_code == 401
    assert checked("POST", "/api/logout", user.access).status_code == 401


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_read_in_any_case(usher, user, scheme):
    assert usher.get("/api/users/me", headers={"Authorization": f"{scheme} {user.access}"}).status_code == 200


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer ", "Basic abc", "Token {t}", "JWT {t}", "Bearer: {t}", "Bearer  {t}",
                                   'Bearer "{t}"', "Bearer {t} {t}", "{t}", "Bearer {t},{t}", "DPoP {t}"])
def test_no_other_form_of_the_header_is_read(usher, contract, user, value):
    answer = usher.get("/api/users/me", headers={"Authorization": value.replace("{t}", user.access)})
    assert answer.status_code in (401, 422), answer.text
    contract.check(answer)


def test_a_token_elsewhere_is_not_read(usher, user):
    assert usher.get(f"/api/users/me?access_token={user.access}").status_code == 401
    assert usher.get("/api/users/me", headers={"Cookie": f"access_token={user.access}"}).status_code == 401
