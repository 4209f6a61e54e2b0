"""Tabs, retries and lost answers at once: one child each time, and nobody is logged out. Then a thief."""

import os
import random
import statistics
import threading
import time

import requests

from raw_http import Wire, all_at_once, post_bytes
from usher_server import claims_of

ROUNDS = int(os.environ.get("USHER_ROUNDS", "20"))
TABS = 5
BROWSERS = 2


def refreshes(server, outcome: str) -> int:
    """How many refreshes of this outcome the server has counted."""
    sign = f'usher_auth_total{{what="refresh",outcome="{outcome}"}}'
    lines = requests.get(server.metrics_url, timeout=30).text.splitlines()
    return next((int(float(line.split()[-1])) for line in lines if line.startswith(sign)), 0)


def number(token: str) -> int:
    return claims_of(token)["n"]


def test_fifty_refreshes_at_the_same_moment_make_one_child(usher, user, capsys):
    wires = [Wire(usher.url) for _ in range(50)]
    token, took, rotated = user.refresh, [], refreshes(usher, "rotated")
    for round in range(ROUNDS):
        start = time.perf_counter()
        answers = all_at_once(wires, [post_bytes("/api/refresh", token)] * len(wires))
        took.append((time.perf_counter() - start) * 1000)
        assert {a.status for a in answers} == {200}, (round, [a.body for a in answers if a.status != 200][:1])
        assert {number(a.body["refresh_token"]) for a in answers} == {number(token) + 1}, round
        token = random.choice(answers).body["refresh_token"]
    for wire in wires:
        wire.close()
    assert refreshes(usher, "rotated") - rotated == ROUNDS, "more than one child in a round"
    assert usher.post("/api/refresh", token).status_code == 200
    with capsys.disabled():
        print(f"\n  {ROUNDS} rounds of 50 refreshes of one token: {ROUNDS} children, 0 logged out; from the first byte to "
              f"the last answer {statistics.median(took):.1f} ms (median), {max(took):.1f} ms (worst)")


class Browser:
    """Some tabs that share one storage. In each round every tab takes the newest token from there, and may lose the
    answer: then it asks again with the token it holds. What arrives goes back into the storage."""

    def __init__(self, server, account, seed: int):
        self.server, self.newest, self.access = server, account.refresh, account.access
        self.chance = random.Random(seed)
        self.lock = threading.Lock()
        self.history = [account.refresh]
        self.refused: list[dict] = []
        self.lost = self.answered = 0
        self.took: list[float] = []

    def tab(self, wires: dict, which: int, losses: int) -> None:
        held = self.newest
        start = time.perf_counter()
        for turn in range(losses + 1):
            wire = wires.pop(which, None) or Wire(self.server.url)
            wire.send(post_bytes("/api/refresh", held))
            if turn < losses:
                wire.lose_answer()
                continue
            answer = wire.read()
            wires[which] = wire
        with self.lock:
            self.lost += losses
            self.took.append((time.perf_counter() - start) * 1000)
            if answer.status != 200:
                self.refused.append(answer.body)
                return
            self.answered += 1
            self.arrived.append(answer.body["refresh_token"])
            self.access = answer.body["access_token"]

    def run(self, rounds: int) -> None:
        wires: dict[int, Wire] = {}
        for round in range(rounds):
            self.arrived: list[str] = []
            held = number(self.newest)
            losses = [self.chance.choice([0, 0, 0, 1, 2]) for _ in range(TABS)]
            tabs = [threading.Thread(target=self.tab, args=(wires, at, losses[at])) for at in range(TABS)]
            for tab in tabs:
                tab.start()
            for tab in tabs:
                tab.join()
            assert not self.refused, (round, self.refused)
            assert {number(token) for token in self.arrived} == {held + 1}, f"round {round} has more than one child"
            self.newest = self.chance.choice(self.arrived)
            self.history.append(self.newest)
        for wire in wires.values():
            wire.close()


def browse(server, user, seed: int) -> list[Browser]:
    """Both browsers are the same user's, each with its own login, and run side by side."""
    logins = [user] + [server.login(user.email) for _ in range(BROWSERS - 1)]
    browsers = [Browser(server, login, seed + at) for at, login in enumerate(logins)]
    failures: list[BaseException] = []

    def run(browser: Browser) -> None:
        try:
            browser.run(ROUNDS)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures[0]
    return browsers


def sessions_of(server, access: str) -> dict[str, str | None]:
    """Session id -> why it is over, or None."""
    return {s["id"]: s.get("end_reason") for s in server.get("/api/sessions", access).json()["sessions"]}


def test_tabs_that_lose_answers_and_retry_are_never_logged_out_and_a_thief_ends_one_session(usher, user, capsys):
    seed = int(os.environ.get("USHER_SEED", random.randrange(1 << 32)))
    browsers = browse(usher, user, seed)
    assert set(sessions_of(usher, browsers[0].access).values()) == {None}
    for browser in browsers:
        assert number(browser.newest) == ROUNDS + 1
        assert usher.get("/api/users/me", browser.access).status_code == 200
    with capsys.disabled():
        took = [ms for browser in browsers for ms in browser.took]
        print(f"\n  {ROUNDS} rounds of {BROWSERS} browsers with {TABS} tabs: {sum(b.answered for b in browsers)} answers, "
              f"{sum(b.lost for b in browsers)} lost and asked again, 0 logged out; {statistics.median(took):.1f} ms "
              f"(median), {max(took):.1f} ms (worst); seed {seed}")

    victim, other = browsers
    sid, other_sid = claims_of(victim.newest)["sid"], claims_of(other.newest)["sid"]
    stolen = usher.post("/api/refresh", random.Random(seed).choice(victim.history[:-2]))
    assert (stolen.status_code, stolen.json()["error"]) == (401, "refresh_reused")
    over = usher.post("/api/refresh", victim.newest)
    assert (over.status_code, over.json()["error"]) == (401, "session_ended")
    assert "old refresh token" in over.json()["detail"]
    assert usher.get("/api/users/me", victim.access).json()["error"] == "session_ended"
    assert usher.get("/api/users/me", other.access).status_code == 200
    assert usher.post("/api/refresh", other.newest).status_code == 200
    assert sessions_of(usher, other.access) == {sid: "refresh_reused", other_sid: None}
