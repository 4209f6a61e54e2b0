from http.client import HTTPConnection
from urllib.parse import quote

import pytest

from usher_server import PASSWORD, UsherServer, bearer, new_email


def raw_get(server, path, token):
    """The path exactly as written; requests would tidy it up first."""
    connection = HTTPConnection(server.url.removeprefix("http://"))
    connection.request("GET", path, headers=bearer(token))
    return connection.getresponse().status


def test_reads_oneself_by_id_and_as_me(checked, user):
    by_id = checked("GET", f"/api/users/{user.id}", user.access)
    me = checked("GET", "/api/users/me", user.access)
    assert by_id.status_code == me.status_code == 200 and by_id.json() == me.json()
    assert me.headers["ETag"] and me.headers["Cache-Control"] == "no-store"


def test_existing_and_absent_ids_of_others_look_alike(usher, user):
    other = usher.new_user()
    answers = [usher.get(f"/api/users/{id}", user.access) for id in (other.id, 2**40)]
    assert [a.status_code for a in answers] == [403, 403]
    bodies = [{k: v for k, v in a.json().items() if k != "instance"} for a in answers]
    assert bodies[0] == bodies[1]


@pytest.mark.parametrize("id", ["0", "-1", "01", "+1", "1.0", "1e1", "0x1", "2147483648", "9007199254740993",
                                "9223372036854775807", "9223372036854775808", "18446744073709551616", "9" * 400,
                                "%31", "1%00", "1;x", "%2e%2e", "..;", "a", "1/", "ME", "٣"])
def test_no_other_spelling_of_an_id_names_a_user(usher, admin, id):
    assert raw_get(usher, f"/api/users/{quote(id, safe='%;+')}", admin.access) in (400, 404)


@pytest.mark.parametrize("path", ["//api/users/me", "/api//users/me", "/api/./users/me", "/API/users/me", "/api/users/me/",
                                  "/api/users/%6de", "/api/x/../users/me"])
def test_no_other_spelling_of_a_path_gets_in(usher, user, path):
    assert raw_get(usher, path, user.access) in (400, 404)


def test_put_replaces_and_patch_changes(checked, user):
    put = checked("PUT", "/api/users/me", user.access, json={"name": "Ada L.", "email": user.email, "age": 37})
    assert put.status_code == 200 and (put.json()["name"], put.json()["age"]) == ("Ada L.", 37)
    patch = checked("PATCH", "/api/users/me", user.access, json={"age": 38},
                    headers={"Content-Type": "application/merge-patch+json"})
    assert patch.status_code == 200 and (patch.json()["name"], patch.json()["age"]) == ("Ada L.", 38)


def test_put_wants_the_whole_and_patch_no_null(checked, user):
    put = checked("PUT", "/api/users/me", user.access, json={"name": "Ada"})
    assert put.status_code == 400 and set(put.json()["errors"]) == {"email", "age"}
    patch = checked("PATCH", "/api/users/me", user.access, json={"name": None, "age": "38"})
    assert patch.status_code == 400 and set(patch.json()["errors"]) == {"name", "age"}


@pytest.mark.parametrize("change", [{"email": "new-{}@example.org"}, {"password": "quite another long password"}])
def test_email_and_password_want_a_fresh_token(usher, checked, user, change):
    change = {k: v.replace("{}", str(user.id)) for k, v in change.items()}
    stale = usher.post("/api/refresh", user.refresh).json()["access_token"]
    refused = checked("PATCH", "/api/users/me", stale, json=change)
    assert refused.status_code == 401 and refused.json()["error"] == "token_not_fresh"
    assert usher.get("/api/users/me", stale).json()["email"] == user.email
    assert checked("PATCH", "/api/users/me", user.access, json=change).status_code == 200


def test_a_stale_token_may_put_what_does_not_change(usher, checked, user):
    stale = usher.post("/api/refresh", user.refresh).json()["access_token"]
    answer = checked("PUT", "/api/users/me", stale, json={"name": "Ada II", "email": user.email, "age": 36})
    assert answer.status_code == 200 and answer.json()["name"] == "Ada II"


def test_a_new_password_ends_every_other_session(usher, user):
    other = usher.login(user.email)
    assert usher.patch("/api/users/me", user.access, json={"password": "quite another long password"}).status_code == 200
    assert usher.get("/api/users/me", other.access).status_code == 401
    assert usher.post("/api/refresh", other.refresh).status_code == 401
    assert usher.post("/api/refresh", user.refresh).status_code == 200, "this session gets on"
    assert usher.post("/api/auth", json={"email": user.email, "password": PASSWORD}).status_code == 401


@pytest.mark.parametrize("change", [{"role": "ADMIN"}, {"id": 1}, {"generation": 9}, {"created_at": "2020-01-01T00:00:00Z"},
                                    {"disabled": False}, {"version": 3}, {"password_hash": "x"}])
def test_nobody_promotes_themselves(usher, checked, user, change):
    before = usher.get("/api/users/me", user.access).json()
    answer = checked("PATCH", "/api/users/me", user.access, json=change)
    assert answer.status_code in (400, 403)
    assert usher.get("/api/users/me", user.access).json() == before


def test_an_administrator_gives_and_takes_the_role_and_old_tokens_die(usher, checked, admin, user):
    fresh_admin = usher.admin()
    assert checked("GET", "/api/users", user.access).status_code == 403
    promoted = checked("PATCH", f"/api/users/{user.id}", fresh_admin.access, json={"role": "ADMIN"})
    assert promoted.status_code == 200 and promoted.json()["role"] == "ADMIN"
    assert usher.get("/api/users/me", user.access).status_code == 401
    again = usher.login(user.email)
    assert checked("GET", "/api/users", again.access).status_code == 200
    checked("PATCH", f"/api/users/{user.id}", fresh_admin.access, json={"role": "USER"})
    assert usher.get("/api/users", again.access).status_code in (401, 403)


def test_taken_addresses_are_409_and_change_nothing(usher, checked, user):
    other = usher.new_user()
    answer = checked("PATCH", "/api/users/me", user.access, json={"email": other.email.upper()})
    assert answer.status_code == 409 and answer.json()["error"] == "email_taken"
    assert usher.get("/api/users/me", user.access).json()["email"] == user.email


def test_etags_guard_against_lost_updates(usher, checked, user):
    etag = checked("GET", "/api/users/me", user.access).headers["ETag"]
    assert usher.get("/api/users/me", user.access, headers={"If-None-Match": etag}).status_code == 304
    first = checked("PATCH", "/api/users/me", user.access, json={"age": 40}, headers={"If-Match": etag})
    assert first.status_code == 200 and first.headers["ETag"] != etag
    second = checked("PATCH", "/api/users/me", user.access, json={"age": 41}, headers={"If-Match": etag})
    assert second.status_code == 412
    assert checked("PATCH", "/api/users/me", user.access, json={"age": 42}, headers={"If-Match": "*"}).status_code == 200
    assert checked("DELETE", "/api/users/me", user.access, headers={"If-Match": etag}).status_code == 412


def test_delete_takes_everything_along_and_the_id_never_returns(usher, checked, user):
    answer = checked("DELETE", f"/api/users/{user.id}", user.access)
    assert answer.status_code == 200 and answer.json()["message"]
    assert usher.get("/api/users/me", user.access).status_code == 401
    assert usher.post("/api/refresh", user.refresh).status_code == 401
    again = usher.post("/api/register", json={"name": "Ada", "email": user.email, "age": 36, "password": PASSWORD})
    assert again.status_code == 201 and again.json()["id"] > user.id
    assert usher.get("/api/users/me", user.access).status_code == 401


def test_the_last_administrator_stays():
    with UsherServer() as server:
        root = server.admin()
        for method, body in [("DELETE", None), ("PATCH", {"role": "USER"})]:
            answer = server.call(method, "/api/users/me", root.access, json=body)
            assert answer.status_code == 409 and answer.json()["error"] == "last_admin"
        assert server.get("/api/users", root.access).status_code == 200


def test_an_administrator_disables_and_enables_an_account_and_its_tokens_die(usher, checked, user):
    fresh_admin = usher.admin()
    disabled = checked("PATCH", f"/api/users/{user.id}", fresh_admin.access, json={"disabled": True})
    assert disabled.status_code == 200 and disabled.json()["disabled"] is True
    assert usher.get("/api/users/me", user.access).status_code == 401
    assert usher.post("/api/refresh", user.refresh).json()["error"] == "session_ended"
    assert usher.post("/api/auth", json={"email": user.email, "password": PASSWORD}).status_code == 401
    checked("PATCH", f"/api/users/{user.id}", fresh_admin.access, json={"disabled": False})
    again = usher.login(user.email)
    assert usher.get("/api/users/me", again.access).json()["disabled"] is False
    assert usher.get("/api/users/me", user.access).status_code == 401
    mine = checked("PATCH", f"/api/users/{user.id}", again.access, json={"disabled": True})
    assert (mine.status_code, mine.json()["error"]) == (403, "disabling_forbidden")


def test_an_administrator_makes_users_of_any_role(usher, checked, admin):
    answer = checked("POST", "/api/users", admin.access, json={
        "name": "Root II", "email": new_email(), "age": 40, "password": PASSWORD, "role": "ADMIN"})
    assert answer.status_code == 201 and answer.json()["role"] == "ADMIN"
    assert answer.headers["Location"] == f"/api/users/{answer.json()['id']}"


@pytest.fixture(scope="module")
def crowd():
    with UsherServer() as server:
        root = server.admin()
        for n in range(45):
            assert server.post("/api/users", root.access, json={
                "name": f"{'Zoë' if n % 3 else 'anna'} {n:02}", "email": f"crowd{n:02}@example.net", "age": 20 + n,
                "password": PASSWORD}).status_code == 201
        yield server, root


def walk(server, root, query):
    users, path = [], f"/api/users?limit=10&{query}"
    while path:
        answer = server.get(path, root.access)
        assert answer.status_code == 200, answer.text
        users += answer.json()["users"]
        assert len(answer.json()["users"]) <= 10
        path = answer.links["next"]["url"] if "next" in answer.links else None
        assert bool(path) == bool(answer.json().get("next_cursor"))
    return users


@pytest.mark.parametrize("sort", ["id", "-id", "name", "-name", "email", "-email", "created_at", "-created_at"])
def test_pages_hold_everybody_once_in_order(crowd, sort):
    users = walk(*crowd, f"sort={sort}")
    assert len(users) == len({u["id"] for u in users}) == 46
    if sort.endswith(("id", "email")):
        keys = [u[sort.lstrip("-")] for u in users]
        assert keys == sorted(keys, reverse=sort.startswith("-"))


def test_search_is_by_prefix_of_name_or_address(crowd):
    assert len(walk(*crowd, "q=ANNA")) == 15
    assert len(walk(*crowd, "q=zoë")) == 30
    assert len(walk(*crowd, "q=crowd1")) == 10
    assert len(walk(*crowd, "q=%25")) == 0
    assert len(walk(*crowd, "role=ADMIN")) == 1


@pytest.mark.parametrize("query, status", [
    ("limit=0", 400), ("limit=101", 400), ("limit=x", 400), ("limit=1&limit=2", 400), ("sort=password", 400),
    ("sort=id;drop", 400), ("role=KING", 400), ("cursor=AAAA", 400), ("cursor=%27%20OR%201=1", 400), ("q=%ff", 400),
    ("cursor=", 400),
])
def test_a_wrong_query_is_a_400(crowd, query, status):
    server, root = crowd
    assert server.get(f"/api/users?{query}", root.access).status_code == status


def test_a_cursor_is_for_its_own_question(crowd):
    server, root = crowd
    cursor = server.get("/api/users?limit=5&sort=name", root.access).json()["next_cursor"]
    assert server.get(f"/api/users?limit=5&sort=name&cursor={cursor}", root.access).status_code == 200
    assert server.get(f"/api/users?limit=5&sort=email&cursor={cursor}", root.access).status_code == 400
    flipped = cursor[:-2] + ("A" if cursor[-2] != "A" else "B") + cursor[-1]
    assert server.get(f"/api/users?limit=5&sort=name&cursor={flipped}", root.access).status_code == 400


def test_search_by_address_tells_each_what_they_may_know(usher, checked, admin, user):
    other = usher.new_user()
    path = f"/api/users/search?email={user.email}"
    assert set(checked("GET", path, other.access).json()) == {"id", "name", "email"}
    assert checked("GET", path, user.access).json()["age"] == 36
    assert checked("GET", path, admin.access).json()["role"] == "USER"
    assert checked("GET", path).status_code == 401
    assert checked("GET", f"/api/users/search?email={new_email()}", user.access).status_code == 404
    assert checked("GET", "/api/users/search", user.access).status_code == 400


def test_public_search_tells_strangers_name_and_address():
    with UsherServer("--accounts-public-search", "true") as server:
        user = server.new_user()
        assert server.get(f"/api/users/search?email={user.email}").json() == {"name": "Ada", "email": user.email}
