"""What crashes, restores and clocks do to refresh tokens. No session ends that is not guilty, no dead token revives."""

import os
import random
import shutil
import signal
import statistics
import threading
import time

from moving_clock import MovingClock
from raw_http import Wire, post_bytes
from usher_server import UsherServer, claims_of, wait_until

ROUNDS = int(os.environ.get("USHER_ROUNDS", "20")) // 4 or 1
HOUR = 3600


def refresh(server, token):
    return server.post("/api/refresh", token)


def outcome(answer) -> str:
    """The code of a refusal, or what number the new token has."""
    body = answer.json()
    return body["error"] if answer.status_code != 200 else f"n={claims_of(body['refresh_token'])['n']}"


def sees(server, access: str) -> str:
    answer = server.get("/api/users/me", access)
    return "yes" if answer.status_code == 200 else answer.json()["error"]


def reasons(server, access: str) -> dict[str, str | None]:
    return {s["id"]: s.get("end_reason") for s in server.get("/api/sessions", access).json()["sessions"]}


def sid(account) -> str:
    return claims_of(account.access)["sid"]


class Chain(threading.Thread):
    """Refreshes one session over and over until the server is gone; remembers every token that was acknowledged."""

    def __init__(self, server, account):
        super().__init__()
        self.url, self.tokens = server.url, [account.refresh]

    def run(self) -> None:
        try:
            wire = Wire(self.url)
            while True:
                wire.send(post_bytes("/api/refresh", self.tokens[-1]))
                answer = wire.read()
                assert answer.status == 200, answer.body
                self.tokens.append(answer.body["refresh_token"])
        except OSError:
            return


def test_an_acknowledged_rotation_survives_a_kill(capsys):
    counts, back = [], []
    with UsherServer() as server:
        for _ in range(ROUNDS):
            user = server.new_user()
            elsewhere = server.login(user.email)
            chains = [Chain(server, user), *(Chain(server, server.new_user()) for _ in range(3))]
            for chain in chains:
                chain.start()
            enough = random.randrange(4, 40)
            wait_until(lambda: min(len(chain.tokens) for chain in chains) > enough, 30, "refreshing")
            server.process.send_signal(signal.SIGKILL)
            server.process.wait()
            for chain in chains:
                chain.join(10)
            start = time.perf_counter()
            server.start()
            back.append((time.perf_counter() - start) * 1000)
            for chain in chains:
                counts.append(len(chain.tokens) - 1)
                newest = claims_of(chain.tokens[-1])["n"]
                # Acknowledged or not, the next one is the same: either it is made now, or it was on disk.
                assert outcome(refresh(server, chain.tokens[-1])) == f"n={newest + 1}"
                assert outcome(refresh(server, chain.tokens[-1])) == f"n={newest + 1}"
            victim = chains[0].tokens
            assert outcome(refresh(server, victim[0])) == "refresh_reused"
            assert outcome(refresh(server, victim[-1])) == "session_ended"
            assert reasons(server, elsewhere.access) == {sid(user): "refresh_reused", sid(elsewhere): None}
            assert [outcome(refresh(server, c.tokens[-1])) for c in chains[1:]] == [
                f"n={claims_of(c.tokens[-1])['n'] + 1}" for c in chains[1:]]
    with capsys.disabled():
        print(f"\n  {ROUNDS} kills amid refreshes: {sum(counts)} acknowledged rotations, none lost; "
              f"serving again after {statistics.median(back):.0f} ms (median), {max(back):.0f} ms (worst)")


def test_what_was_ended_stays_ended_over_a_kill():
    with UsherServer() as server:
        user, admin = server.new_user(), server.admin()
        gone, kept = server.login(user.email), server.login(user.email)
        disabled = server.new_user()
        assert server.post("/api/logout", gone.access).status_code == 200
        assert server.cli("user", "disable", disabled.email).returncode == 0
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
        server.start()
        assert sees(server, gone.access) == outcome(refresh(server, gone.refresh)) == "session_ended"
        assert sees(server, disabled.access) == outcome(refresh(server, disabled.refresh)) == "session_ended"
        assert sees(server, kept.access) == sees(server, admin.access) == "yes"
        assert outcome(refresh(server, kept.refresh)) == "n=2"


def test_tokens_from_before_a_restore_are_refused_and_end_nobody_s_session(tmp_path):
    data, backup = tmp_path / "data", tmp_path / "backup"
    with UsherServer(data=data) as server:
        goes_on, logs_out, changes, idle = (server.new_user() for _ in range(4))
        second = refresh(server, changes.refresh).json()["refresh_token"]
        server.stop()
        shutil.copytree(data, backup)
        server.start()

        tokens = [goes_on.refresh]
        for _ in range(3):
            tokens.append(refresh(server, tokens[-1]).json()["refresh_token"])
        since = server.login(goes_on.email)
        assert server.post("/api/logout", logs_out.access).status_code == 200
        answer = server.patch("/api/users/me", changes.access, json={"password": "another one entirely 7"})
        assert answer.status_code == 200, answer.text
        after_change = refresh(server, second).json()
        assert sees(server, after_change["access_token"]) == "yes"
        server.stop()
        shutil.rmtree(data)
        shutil.copytree(backup, data)
        server.start()

        # Numbers that this database never gave; however often they come, the session lives on.
        for token in [*tokens[1:], tokens[-1]]:
            assert outcome(refresh(server, token)) == ("n=2" if token is tokens[0] else "token_unknown")
        assert outcome(refresh(server, after_change["refresh_token"])) == "token_unknown"
        # A session, and a generation, that this database has never heard of.
        assert sees(server, since.access) == outcome(refresh(server, since.refresh)) == "session_ended"
        assert sees(server, after_change["access_token"]) == "token_revoked"
        # Nobody was ended for it; what the backup holds goes on from there.
        assert set(reasons(server, goes_on.access).values()) == {None}
        assert outcome(refresh(server, goes_on.refresh)) == "n=2"
        assert outcome(refresh(server, second)) == "n=3"
        assert outcome(refresh(server, idle.refresh)) == "n=2"
        assert set(reasons(server, idle.access).values()) == {None}


def test_a_clock_an_hour_ahead_and_set_right_again_ends_nobody_s_session_and_revives_no_token():
    with MovingClock() as clock, UsherServer(env=clock.env) as server:
        user = server.new_user()
        gone, changes = server.login(user.email), server.new_user()
        assert server.post("/api/logout", gone.access).status_code == 200

        clock.jump(HOUR)
        assert sees(server, user.access) == "token_expired"
        ahead = refresh(server, user.refresh).json()
        assert claims_of(ahead["refresh_token"])["n"] == 2 and sees(server, ahead["access_token"]) == "yes"
        during = server.login(changes.email)
        assert server.delete("/api/sessions", during.access).status_code == 200
        assert sees(server, gone.access) == "token_expired"
        assert outcome(refresh(server, gone.refresh)) == "session_ended"
        assert outcome(refresh(server, changes.refresh)) == "session_ended"

        clock.jump(-HOUR)
        # What was dead stays dead, also what had merely expired on top of it.
        assert sees(server, gone.access) == outcome(refresh(server, gone.refresh)) == "session_ended"
        assert sees(server, changes.access) == outcome(refresh(server, changes.refresh)) == "session_ended"
        # Access tokens from the hour that is yet to come wait for it, those from before it go on; a refresh token is
        # as good as its session.
        assert sees(server, ahead["access_token"]) == "token_not_yet_valid"
        assert sees(server, user.access) == "yes"
        assert reasons(server, user.access) == {sid(user): None, sid(gone): "logout"}
        again = refresh(server, user.refresh)
        assert outcome(again) == "n=2" and sees(server, again.json()["access_token"]) == "yes"
        assert sees(server, server.login(user.email).access) == "yes"

        clock.jump(HOUR)
        assert outcome(refresh(server, ahead["refresh_token"])) == "n=3"


def test_a_clock_an_hour_behind_and_set_right_again_ends_nobody_s_session_and_revives_no_token():
    with MovingClock() as clock, UsherServer(env=clock.env) as server:
        user = server.new_user()
        gone = server.login(user.email)
        assert server.post("/api/logout", gone.access).status_code == 200

        clock.jump(-HOUR)
        for token in (user.access, gone.access):
            assert sees(server, token) == "token_not_yet_valid"
        behind = server.login(user.email)
        over = server.login(user.email)
        assert server.post("/api/logout", over.access).status_code == 200
        assert outcome(refresh(server, behind.refresh)) == "n=2"
        assert reasons(server, behind.access)[sid(user)] is None
        server.stop()
        server.start()
        assert sees(server, over.access) == outcome(refresh(server, over.refresh)) == "session_ended"

        clock.jump(HOUR)
        assert sees(server, user.access) == "yes" and outcome(refresh(server, user.refresh)) == "n=2"
        assert sees(server, gone.access) == outcome(refresh(server, gone.refresh)) == "session_ended"
        assert sees(server, behind.access) == "token_expired"
        assert outcome(refresh(server, behind.refresh)) == "n=2"
        assert outcome(refresh(server, over.refresh)) == "session_ended"
        assert reasons(server, user.access) == {sid(user): None, sid(behind): None, sid(gone): "logout", sid(over): "logout"}


def test_idle_and_reuse_times_follow_the_clock_and_are_forgiven_when_it_was_wrong():
    with MovingClock() as clock, UsherServer("--tokens-refresh-ttl", "30m", "--sessions-reuse-window", "10s",
                                             env=clock.env) as server:
        user = server.new_user()
        elsewhere = server.login(user.email)
        clock.jump(HOUR)
        assert outcome(refresh(server, user.refresh)) == "token_expired"
        assert set(reasons(server, server.login(user.email).access).values()) == {None, "expired"}
        clock.jump(-HOUR)
        # Nobody ended it: with the time it comes back.
        assert outcome(refresh(server, user.refresh)) == "n=2"
        assert outcome(refresh(server, user.refresh)) == "n=2"
        clock.jump(11)
        assert outcome(refresh(server, user.refresh)) == "refresh_reused"
        clock.jump(-HOUR)
        clock.jump(HOUR)
        assert outcome(refresh(server, user.refresh)) == "session_ended"
        assert outcome(refresh(server, elsewhere.refresh)) == "n=2"
