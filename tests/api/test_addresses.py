import pytest

HOME = {"address_line_1": "1 MG Road", "city": "Bengaluru", "state": "KA", "pin": 560001}


@pytest.fixture()
def home(usher, user):
    return usher.post(f"/api/users/{user.id}/addresses", user.access, json=HOME).json()


def test_a_user_has_many(usher, checked, user):
    first = checked("POST", "/api/users/me/addresses", user.access, json=HOME | {"label": "home"})
    second = checked("POST", f"/api/users/{user.id}/addresses", user.access, json=HOME | {"city": "Mysuru"})
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.headers["Location"] == f"/api/users/{user.id}/addresses/{first.json()['id']}"
    assert first.json()["country"] == "IN"
    listed = checked("GET", f"/api/users/{user.id}/addresses", user.access).json()["addresses"]
    assert [a["city"] for a in listed] == ["Bengaluru", "Mysuru"]
    assert usher.get("/api/users/me", user.access).json()["addresses"] == listed


def test_put_patch_and_delete(usher, checked, user, home):
    path = f"/api/users/{user.id}/addresses/{home['id']}"
    put = checked("PUT", path, user.access, json=HOME | {"label": "work"})
    assert put.status_code == 200 and put.json()["label"] == "work"
    patch = checked("PATCH", path, user.access, json={"label": None, "pin": 560002})
    assert patch.status_code == 200 and patch.json()["pin"] == 560002 and not patch.json().get("label")
    assert checked("DELETE", path, user.access).status_code == 200
    assert checked("GET", path, user.access).status_code == 404


def test_nobody_reaches_anothers_through_their_own_path(usher, checked, user, home):
    thief = usher.new_user()
    for method, body in [("GET", None), ("PUT", HOME), ("PATCH", {"city": "X"}), ("DELETE", None)]:
        answer = checked(method, f"/api/users/{thief.id}/addresses/{home['id']}", thief.access, json=body)
        assert answer.status_code == 404 and answer.json()["error"] == "address_not_found"
    assert usher.get(f"/api/users/{user.id}/addresses", user.access).json()["addresses"] == [home]


@pytest.mark.parametrize("changes", [
    {"pin": 56000}, {"pin": 5600011}, {"pin": "560001"}, {"pin": 560001.5}, {"pin": -1}, {"pin": 2**63}, {"pin": None},
    {"state": "XX"}, {"state": ""}, {"state": "BY"}, {"country": "XX"}, {"country": "india"}, {"city": ""},
    {"city": "x" * 51}, {"address_line_1": ""}, {"address_line_1": "x" * 51}, {"address_line_1": None},
    {"user_id": 1}, {"id": 7}, {"label": 7},
])
def test_refuses_what_is_not_as_it_should_be(checked, user, changes):
    answer = checked("POST", f"/api/users/{user.id}/addresses", user.access, json=HOME | changes)
    assert answer.status_code == 400, answer.text
    assert set(changes) & set(answer.json()["errors"])


@pytest.mark.parametrize("state", "KA TG OD WB DL TN KL MH GJ RJ MP AS UP BH".split())
def test_takes_the_courses_states(usher, user, state):
    answer = usher.post(f"/api/users/{user.id}/addresses", user.access, json=HOME | {"state": state})
    assert answer.status_code == 201, answer.text


def test_takes_other_countries(usher, user):
    answer = usher.post("/api/users/me/addresses", user.access, json={
        "address_line_1": "Unter den Linden 1", "city": "Berlin", "state": "BE", "country": "DE", "pin": 10117})
    assert answer.status_code == 201, answer.text


def test_etag_of_an_address(checked, usher, user, home):
    path = f"/api/users/{user.id}/addresses/{home['id']}"
    etag = checked("GET", path, user.access).headers["ETag"]
    user_etag = usher.get("/api/users/me", user.access).headers["ETag"]
    assert checked("PATCH", path, user.access, json={"pin": 560003}, headers={"If-Match": etag}).status_code == 200
    assert checked("PATCH", path, user.access, json={"pin": 560004}, headers={"If-Match": etag}).status_code == 412
    assert usher.get("/api/users/me", user.access).headers["ETag"] != user_etag


def test_an_administrator_reads_and_writes_anybodys(usher, checked, admin, user, home):
    path = f"/api/users/{user.id}/addresses/{home['id']}"
    assert checked("GET", path, admin.access).json() == home
    assert checked("PATCH", path, admin.access, json={"city": "Hubballi"}).json()["city"] == "Hubballi"
    assert checked("GET", f"/api/users/{2**40}/addresses", admin.access).status_code == 404
