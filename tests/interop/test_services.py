"""Services of others check tokens offline with our libraries: a Flask and a Fastify process beside a real Usher. What
ends a token there ends it here, within a second.

USHER_ROUNDS (default 5) rounds; the times are printed."""

import os
import statistics
import subprocess
import sys
import time

import pytest
import requests

from relay import Relay
from usher_server import ROOT, UsherServer, bearer, wait_until

HERE = ROOT / "tests/interop/services"
NODE = ROOT / "tests/npm/node_modules/.bin/node"
ROUNDS = int(os.environ.get("USHER_ROUNDS", "5"))
#: The second is promised of a machine that is not busy with other tests: it is asked for when rounds are.
SECONDS_MAX = 1.0 if "USHER_ROUNDS" in os.environ else 10.0
MAX_STALE = 16
NEW_PASSWORD = "an entirely different horse, stapled"


class Service:
    """One such process, and one kept connection to it."""

    def __init__(self, name: str, command: list[str]):
        self.name = name
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT / "clients/python/src"), "PYTHONDONTWRITEBYTECODE": "1"},
        )
        self.url = self.process.stdout.readline().strip()
        assert self.url.startswith("http://"), f"{name} did not start"
        self.http = requests.Session()

    def orders(self, token: str) -> requests.Response:
        return self.http.get(self.url + "/orders", headers=bearer(token), timeout=10)

    def streaming(self) -> bool:
        return self.http.get(self.url + "/status", timeout=10).json()["streaming"]

    def stop(self) -> None:
        self.process.kill()
        self.process.wait(10)


def start_services(url: str, max_stale: float) -> list[Service]:
    return [
        Service("Flask", [sys.executable, str(HERE / "orders_flask.py"), url, str(max_stale)]),
        Service("Fastify", [str(NODE), str(HERE / "orders_fastify.mjs"), str(ROOT / "clients/node"), url, str(max_stale)]),
    ]


@pytest.fixture(scope="module")
def usher():
    with UsherServer() as server:
        yield server


@pytest.fixture(scope="module")
def services(usher):
    started = start_services(usher.url, MAX_STALE)
    yield started
    for service in started:
        service.stop()


# What ends a token. Each takes the server, an administrator and the user, and acts through the API alone.

def log_out(usher, admin, user):
    return usher.post("/api/logout", user.access)


def disable(usher, admin, user):
    return usher.patch(f"/api/users/{user.id}", admin.access, json={"disabled": True})


def change_role(usher, admin, user):
    return usher.patch(f"/api/users/{user.id}", admin.access, json={"role": "ADMIN"})


def change_password(usher, admin, user):
    return usher.patch("/api/users/me", user.access, json={"password": NEW_PASSWORD})


ENDS = [log_out, disable, change_role, change_password]


def seconds_until_refused(services, token: str, since: float) -> dict[str, float]:
    """When each service first said that the token is revoked."""
    times: dict[str, float] = {}
    while len(times) < len(services):
        assert time.monotonic() - since < 15, f"still accepted by {[s.name for s in services if s.name not in times]}"
        for service in services:
            if service.name in times:
                continue
            answer = service.orders(token)
            if answer.status_code == 401:
                assert answer.json()["error"] == "token_revoked"
                times[service.name] = time.monotonic() - since
    return times


def shown(times: list[float]) -> str:
    return f"median {1000 * statistics.median(times):.1f} ms, worst {1000 * max(times):.1f} ms"


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_what_ends_a_token_ends_it_at_other_services_within_a_second(usher, services, end, capsys):
    admin = usher.admin()
    times: dict[str, list[float]] = {service.name: [] for service in services}
    for _ in range(ROUNDS):
        user = usher.new_user()
        other = usher.login(user.email)
        for service in services:
            assert service.orders(user.access).status_code == 200
        began = time.monotonic()
        answer = end(usher, admin, user)
        assert answer.status_code == 200, answer.text
        for name, seconds in seconds_until_refused(services, user.access, began).items():
            times[name].append(seconds)
        if end is log_out:
            assert services[0].orders(other.access).status_code == 200
    with capsys.disabled():
        for name, of_service in times.items():
            print(f"\n{end.__name__} -> {name}: {ROUNDS} rounds, {shown(of_service)}", end="")
    assert max(max(of_service) for of_service in times.values()) < SECONDS_MAX


def test_with_the_stream_cut_a_service_asks_and_hears_all_the_same(usher):
    with Relay(usher.url, refuse="/api/revocations/stream") as relay:
        services = start_services(relay.url, MAX_STALE)
        try:
            user = usher.new_user()
            for service in services:
                assert service.orders(user.access).status_code == 200
            began = time.monotonic()
            usher.post("/api/logout", user.access)
            seconds_until_refused(services, user.access, began)
            assert not any(service.streaming() for service in services)
        finally:
            for service in services:
                service.stop()


def test_with_usher_out_of_reach_tokens_are_good_for_max_stale_and_the_dead_stay_dead():
    with UsherServer("--revocations-heartbeat", "1") as usher, Relay(usher.url) as relay:
        services = start_services(relay.url, 8)
        try:
            user, gone = usher.new_user(), usher.new_user()
            for service in services:
                assert service.orders(gone.access).status_code == 200
            began = time.monotonic()
            usher.post("/api/logout", gone.access)
            seconds_until_refused(services, gone.access, began)
            relay.cut()
            for service in services:
                assert service.orders(user.access).status_code == 200
            for service in services:
                wait_until(lambda: service.orders(user.access).status_code == 503, 20, "growing stale")
                answer = service.orders(user.access)
                assert (answer.json()["error"], answer.headers["Retry-After"]) == ("revocations_stale", "1")
                assert service.orders(gone.access).status_code == 401
            relay.mend()
            for service in services:
                wait_until(lambda: service.orders(user.access).status_code == 200, 20, "hearing again")
        finally:
            for service in services:
                service.stop()
