from usher_server import PASSWORD, new_email

import pytest


def registration(**changes):
    return {"name": "Ada", "email": new_email(), "age": 36, "password": PASSWORD} | changes


def test_registers_a_user_who_is_nobody_special(checked):
    wanted = registration()
    answer = checked("POST", "/api/register", json=wanted)
    assert answer.status_code == 201
    user = answer.json()
    assert answer.headers["Location"] == f"/api/users/{user['id']}"
    assert (user["name"], user["email"], user["age"], user["role"]) == ("Ada", wanted["email"], 36, "USER")
    assert user["addresses"] == [] and "password" not in answer.text and "hash" not in answer.text


def test_names_every_wrong_field_at_once(checked):
    answer = checked("POST", "/api/register", json={"name": "", "email": "nowhere", "age": 15, "password": "short"})
    assert answer.status_code == 400 and answer.json()["error"] == "fields_invalid"
    assert set(answer.json()["errors"]) == {"name", "email", "age", "password"}


@pytest.mark.parametrize("field", ["name", "email", "age", "password"])
def test_says_which_field_is_missing(checked, field):
    wanted = registration()
    del wanted[field]
    answer = checked("POST", "/api/register", json=wanted)
    assert answer.status_code == 400 and list(answer.json()["errors"]) == [field]


@pytest.mark.parametrize("changes", [
    {"age": "36"}, {"age": 36.5}, {"age": True}, {"age": None}, {"age": 15}, {"age": 101}, {"age": 2**63},
    {"age": -2**63}, {"age": [36]}, {"name": 7}, {"name": None}, {"name": "x" * 31}, {"name": "  "},
    {"name": "a\u202eb"}, {"name": "\u0007"}, {"name": ["Ada"]}, {"email": ["a@example.org"]},
    {"email": {"$ne": ""}}, {"email": "a@x.org,b@x.org"}, {"email": "a@b@x.org"}, {"email": "a@x.org\r\nBcc: b@x.org"},
    {"email": "a" * 65 + "@x.org"}, {"email": "a@" + "x" * 300 + ".org"}, {"email": ""}, {"email": "a\uff20x.org"},
    {"password": "seven77"}, {"password": "x" * 257}, {"password": None}, {"password": 12345678},
    {"password": "password1"}, {"role": "ADMIN"}, {"id": 1}, {"verified": True}, {"created_at": "2020-01-01T00:00:00Z"},
    {"__proto__": {}}, {"password_hash": "x"}, {"addresses": [{"user_id": 1}]},
])
def test_refuses_what_is_not_as_it_should_be(checked, changes):
    answer = checked("POST", "/api/register", json=registration(**changes))
    assert answer.status_code == 400, answer.text
    assert list(answer.json()["errors"]) == list(changes)


@pytest.mark.parametrize("changes", [
    {"age": 16}, {"age": 100}, {"name": "x"}, {"name": "x" * 30}, {"name": "\u00e9" * 30}, {"name": "O'Brien; DROP TABLE"},
    {"password": "plainly eight words are a fine password to have"}, {"password": "\U0001f40e horse staple battery"},
    {"password": "a sentence of a good hundred characters that nobody has ever said before, in praise of long passwords"},
])
def test_takes_what_is_just_within_the_limits(checked, changes):
    answer = checked("POST", "/api/register", json=registration(**changes))
    assert answer.status_code == 201, answer.text
    for field, value in changes.items():
        assert field == "password" or answer.json()[field] == value


def test_the_password_must_not_hold_the_own_name_or_address(checked):
    wanted = registration(email=f"marguerite.{new_email()}", password="marguerite-7Gh-plum")
    answer = checked("POST", "/api/register", json=wanted)
    assert answer.status_code == 400 and "password" in answer.json()["errors"]


@pytest.mark.parametrize("variant", [
    str.upper, str.title, lambda e: e.replace("example", "EXAMPLE"), lambda e: e + ".",
    lambda e: e.replace("user", "\uff55ser"), lambda e: e.replace("k", "\u212a"),
])
def test_an_address_in_any_spelling_is_taken_once(usher, contract, variant):
    email = "kiku-" + new_email()
    assert usher.post("/api/register", json=registration(email=email)).status_code == 201
    answer = usher.post("/api/register", json=registration(email=variant(email)))
    assert answer.status_code == 409 and answer.json()["error"] == "email_taken", answer.text
    contract.check(answer)


def test_long_passwords_are_not_cut(usher):
    email, common = new_email(), "no hash may cut a password at seventy-two bytes, as bcrypt is known to do! "
    usher.post("/api/register", json=registration(email=email, password=common + "first"))
    assert usher.post("/api/auth", json={"email": email, "password": common + "other"}).status_code == 401
    assert usher.post("/api/auth", json={"email": email, "password": common + "first"}).status_code == 200


def test_composed_and_decomposed_passwords_are_one(usher):
    email = new_email()
    usher.post("/api/register", json=registration(email=email, password="caf\u00e9 terrasse \u00e0 midi"))
    assert usher.post("/api/auth", json={"email": email, "password": "cafe\u0301 terrasse a\u0300 midi"}).status_code == 200
