"""--compat: the course's own letter of the contract, each line of it."""

import pytest

from usher_server import PASSWORD, UsherServer, bearer, new_email

HOME = {"address_line_1": "1 MG Road", "city": "Bengaluru", "state": "KA", "pin": 560001}


@pytest.fixture(scope="module", params=["day7", "day14"])
def course(request):
    with UsherServer("--compat", request.param) as server:
        server.day = request.param
        yield server


def test_warns_at_the_start(course):
    assert any('"warning"' in line and "compat" in line for line in course.log)


def test_an_unknown_address_at_login_is_told(course):
    email = new_email()
    answer = course.post("/api/auth", json={"email": email, "password": PASSWORD})
    assert answer.status_code == 400
    assert f"User with email [{email}] not found in DB" in answer.text


def test_a_duplicate_is_400(course):
    user = course.new_user()
    answer = course.post("/api/register", json={"name": "Ada", "email": user.email, "age": 36, "password": PASSWORD})
    assert answer.status_code == 400 and answer.json()["code"] == 400


def test_any_short_password_will_do(course):
    email = new_email()
    assert course.post("/api/register", json={"name": "Ada", "email": email, "age": 36, "password": "a"}).status_code == 201
    assert course.post("/api/auth", json={"email": email, "password": "a"}).status_code == 200


def test_a_post_on_a_collection_answers_the_list(course):
    user = course.new_user()
    for count in (1, 2):
        answer = course.post(f"/api/users/{user.id}/addresses", user.access, json=HOME)
        assert answer.status_code in (200, 201)
        assert isinstance(answer.json(), list) and len(answer.json()) == count


@pytest.mark.parametrize("headers, status, message", [
    ({}, 401, "Missing Authorization Header"),
    (bearer("not-a-token"), 422, "Not enough segments"),
])
def test_flask_jwt_extended_says_msg(course, headers, status, message):
    answer = course.get("/api/users/me", headers=headers)
    assert (answer.status_code, answer.json()) == (status, {"msg": message})


def test_flask_jwt_extended_says_what_is_wrong_with_a_good_token(course):
    user = course.new_user()
    assert course.get("/api/users/me", user.refresh).json() == {"msg": "Only non-refresh tokens are allowed"}
    assert course.post("/api/refresh", user.access).json() == {"msg": "Only refresh tokens are allowed"}
    stale = course.post("/api/refresh", user.refresh).json()["access_token"]
    answer = course.delete(f"/api/users/{user.id}", stale)
    assert (answer.status_code, answer.json()) == (401, {"msg": "Fresh token required"})
    course.post("/api/logout", user.access)
    answer = course.get("/api/users/me", user.access)
    assert (answer.status_code, answer.json()) == (401, {"msg": "Token has been revoked"})


def test_day_7_knows_no_roles_and_day_14_does(course):
    user = course.new_user()
    answer = course.get("/api/users", user.access)
    if course.day == "day7":
        assert answer.status_code == 200 and isinstance(answer.json(), list)
    else:
        assert answer.status_code == 403


def test_only_administrators_make_administrators(course):
    user, root = course.new_user(), course.admin()

    def made(token, role):
        person = {"name": "Eve", "email": new_email(), "age": 36, "password": PASSWORD, "role": role}
        answer = course.post("/api/users", token, json=person)
        return answer.status_code, [u["role"] for u in answer.json() if u["email"] == person["email"]] if answer.ok else None

    assert made(user.access, "ADMIN") == (403, None)
    assert made(root.access, "ADMIN") == (201, ["ADMIN"])
    if course.day == "day7":
        assert made(user.access, "USER") == (201, ["USER"])


def test_a_token_that_was_logged_out_stays_so_after_a_restart(course, tmp_path):
    with UsherServer("--compat", course.day, data=tmp_path / "data") as server:
        user, other = server.new_user(), server.new_user()
        assert server.post("/api/logout", user.access).ok
        server.stop()
        server.start()
        answer = server.get("/api/users/me", user.access)
        assert (answer.status_code, answer.json()) == (401, {"msg": "Token has been revoked"})
        assert server.get("/api/users/me", other.access).status_code == 200


def test_search_is_public(course):
    user = course.new_user()
    assert course.get(f"/api/users/search?email={user.email}").json()["email"] == user.email


def test_without_the_switch_nothing_of_it_is_there(usher):
    user = usher.new_user()
    assert usher.post("/api/auth", json={"email": new_email(), "password": PASSWORD}).status_code == 401
    assert "msg" not in usher.get("/api/users/me").json()
    assert usher.get("/api/users", user.access).status_code == 403
