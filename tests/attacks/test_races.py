"""Many at once: one wins, nothing is half done."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from usher_server import PASSWORD, UsherServer, bearer, new_email

ROUNDS = int(os.environ.get("USHER_ROUNDS", "20"))


def test_parallel_registrations_of_one_address_make_one_user():
    spellings = [str, str.upper, str.title, lambda e: e.replace("user", "\uff55ser"), lambda e: e.replace("k", "\u212a")]
    with UsherServer() as server, ThreadPoolExecutor(50) as pool:
        http = requests.Session()
        http.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=50))
        for round in range(ROUNDS):
            email = f"kiosk-{round}-" + new_email()

            def register(n):
                spelled = spellings[n % len(spellings)](email)
                return http.post(server.url + "/api/register", json={
                    "name": "Ada", "email": spelled, "age": 36, "password": PASSWORD}).status_code

            statuses = sorted(pool.map(register, range(50)))
            assert statuses.count(201) == 1 and set(statuses) == {201, 409}, statuses
            root = server.admin() if round == 0 else root
        listed = server.get("/api/users?q=kiosk-0-", root.access).json()["users"]
        assert len(listed) == 1


def test_twenty_parallel_right_logins_all_get_in():
    with UsherServer("--limits-login-per-account", "10", exempt=False) as server, ThreadPoolExecutor(20) as pool:
        user = server.new_user()
        login = lambda _: server.post("/api/auth", json={"email": user.email, "password": PASSWORD}).status_code
        assert set(pool.map(login, range(20))) == {200}


def test_a_hundred_parallel_guesses_are_ten_at_the_most():
    with UsherServer("--limits-login-per-account", "10", exempt=False) as server, ThreadPoolExecutor(100) as pool:
        user = server.new_user()

        def guess(n):
            return server.post("/api/auth", json={"email": user.email, "password": f"wrong guess {n}"})

        answers = list(pool.map(guess, range(100)))
        assert sum(a.status_code == 401 for a in answers) <= 10
        refused = [a for a in answers if a.status_code == 429]
        assert len(refused) >= 90 and all(int(a.headers["Retry-After"]) > 0 for a in refused)
        assert refused[0].json()["error"] == "too_many_attempts"


def test_guesses_count_over_all_spellings():
    with UsherServer("--limits-login-per-account", "5", exempt=False) as server:
        user = server.new_user()
        spellings = [user.email, user.email.upper(), user.email + ".", user.email.title()] * 3
        statuses = [server.post("/api/auth", json={"email": e, "password": "wrong guess"}).status_code for e in spellings]
        assert statuses.count(401) <= 5 and 429 in statuses


def test_forwarded_headers_from_anybody_do_not_reset_the_count():
    with UsherServer("--limits-login-per-account", "5", exempt=False) as server:
        user = server.new_user()
        statuses = [
            server.post("/api/auth", json={"email": user.email, "password": "wrong guess"}, headers={
                "X-Forwarded-For": f"10.0.0.{n}", "Forwarded": f"for=10.0.0.{n}", "X-Real-IP": f"10.0.0.{n}",
                "X_Forwarded_For": f"10.0.0.{n}"}).status_code
            for n in range(12)
        ]
        assert statuses.count(401) == 5 and statuses.count(429) == 7


def test_the_victim_gets_in_from_elsewhere():
    with UsherServer("--limits-login-per-account", "5", "--http-trusted-proxies", "127.0.0.1", exempt=False) as server:
        user = server.new_user()

        def login(source, password):
            return server.post("/api/auth", json={"email": user.email, "password": password},
                               headers={"X-Forwarded-For": source}).status_code

        for _ in range(20):
            login("203.0.113.9", "wrong guess")
        assert login("203.0.113.9", PASSWORD) == 429
        assert login("198.51.100.7", PASSWORD) == 200


def test_logout_and_refresh_racing_leave_no_live_token(usher):
    with ThreadPoolExecutor(2) as pool:
        for _ in range(ROUNDS):
            user = usher.new_user()
            out = pool.submit(usher.post, "/api/logout", user.access)
            again = pool.submit(usher.post, "/api/refresh", user.refresh).result()
            assert out.result().status_code == 200
            tokens = [user.refresh] + ([again.json()["refresh_token"]] if again.status_code == 200 else [])
            assert {usher.post("/api/refresh", t).status_code for t in tokens} == {401}
            if again.status_code == 200:
                assert usher.get("/api/users/me", again.json()["access_token"]).status_code == 401


def test_an_address_added_while_the_user_goes_is_no_orphan(usher, admin):
    home = {"address_line_1": "1 MG Road", "city": "Bengaluru", "state": "KA", "pin": 560001}
    with ThreadPoolExecutor(8) as pool:
        for _ in range(ROUNDS):
            user = usher.new_user()
            adds = [pool.submit(usher.post, f"/api/users/{user.id}/addresses", user.access, json=home) for _ in range(6)]
            gone = usher.delete("/api/users/me", user.access)
            statuses = {a.result().status_code for a in adds}
            assert gone.status_code == 200 and statuses <= {201, 401, 404}


def test_if_match_lets_one_of_two_writers_through(usher):
    user = usher.new_user()
    with ThreadPoolExecutor(10) as pool:
        for round in range(ROUNDS):
            etag = usher.get("/api/users/me", user.access).headers["ETag"]
            statuses = list(pool.map(
                lambda n: usher.patch("/api/users/me", user.access, json={"name": f"w{round}-{n}"},
                                      headers={"If-Match": etag}).status_code, range(10)))
            assert sorted(statuses) == [200] + [412] * 9
