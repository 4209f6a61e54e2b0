"""Our Python verifier against the real server: what it accepts, and how soon it knows what was revoked."""

import base64
import json
import shutil
import signal
import statistics
import sys
import time
from pathlib import Path

import flask
import pytest

from usher_server import UsherServer, bearer, claims_of, wait_until

CLIENT = Path(__file__).resolve().parents[2] / "clients/python"
sys.path.insert(0, str(CLIENT / "src"))

from usher_verify import Refused, Verifier  # noqa: E402
from usher_verify.flask import Usher, get_jwt_identity, jwt_required  # noqa: E402

ROUNDS = 20
SECOND = 1.0


def error_of(verify, *args, **kwargs) -> str:
    """The slug of the refusal; "" when there is none."""
    try:
        verify(*args, **kwargs)
    except Refused as refused:
        return refused.error
    return ""


def seconds_until_revoked(verifier, token: str) -> float:
    begin = time.monotonic()
    wait_until(lambda: error_of(verifier.verify, token) == "token_revoked", what="the revocation")
    return time.monotonic() - begin


def streaming(verifier) -> None:
    wait_until(lambda: verifier.status()["streaming"], 15, "streaming")


@pytest.fixture(scope="module")
def verifier(usher):
    with Verifier(usher.url) as made:
        made.start()
        streaming(made)
        yield made


@pytest.fixture()
def own():
    """A server of its own, for what disturbs others."""
    with UsherServer() as server:
        yield server


def test_an_access_token_gives_its_claims_and_a_refresh_token_nothing(usher, verifier, user):
    claims = verifier.verify(user.access, fresh=True, max_age=60, role="USER")
    assert (claims["sub"], claims["user_id"], claims["type"]) == (str(user.id), user.id, "access")
    assert error_of(verifier.verify, user.refresh) == "token_wrong_type"
    stale = usher.post("/api/refresh", user.refresh).json()["access_token"]
    assert error_of(verifier.verify, stale) == ""
    assert error_of(verifier.verify, stale, fresh=True) == "token_not_fresh"
    assert error_of(verifier.verify, stale, role="ADMIN") == "admin_only"


@pytest.mark.parametrize("alg", ["ES256", "EdDSA", "RS256"])
def test_every_algorithm_by_key_set_and_feed(alg):
    with UsherServer("--tokens-alg", alg) as server, Verifier(server.url) as verifier:
        user = server.new_user()
        assert error_of(verifier.verify, user.access) == ""
        server.post("/api/logout", user.access)
        assert seconds_until_revoked(verifier, user.access) < SECOND
        assert verifier.status()["refused_statements"] == 0


def test_hs256_by_its_secret():
    with UsherServer("--tokens-alg", "HS256") as server:
        secret = server.cli("key", "export", "--private").stdout
        with Verifier(server.url, keys=secret) as verifier:
            user = server.new_user()
            assert error_of(verifier.verify, user.access) == ""
            server.post("/api/logout", user.access)
            assert seconds_until_revoked(verifier, user.access) < SECOND
        with Verifier(server.url, start_wait=0.2, max_stale=None) as verifier:
            assert error_of(verifier.verify, user.access) == "token_signature_invalid", "nothing is published of it"


def test_an_audience():
    with UsherServer("--tokens-audience", "orders") as server:
        user = server.new_user()
        for audience, expected in (("orders", ""), ("other", "token_claims_invalid"), (None, "token_claims_invalid")):
            with Verifier(server.url, audience=audience) as verifier:
                assert error_of(verifier.verify, user.access) == expected


def log_out(usher, admin, user):
    assert usher.post("/api/logout", user.access).status_code in (200, 204)


def disable(usher, admin, user):
    usher.cli("user", "disable", str(user.id))


def change_role(usher, admin, user):
    answer = usher.patch(f"/api/users/{user.id}", admin.access, json={"role": "ADMIN"})
    assert answer.status_code == 200, answer.text


def change_password(usher, admin, user):
    answer = usher.patch(f"/api/users/{user.id}", user.access, json={"password": "an even better staple"})
    assert answer.status_code == 200, answer.text


def delete(usher, admin, user):
    assert usher.delete(f"/api/users/{user.id}", admin.access).status_code == 200


def end_all_sessions(usher, admin, user):
    assert usher.delete(f"/api/users/{user.id}/sessions", admin.access).status_code in (200, 204)


DEEDS = [log_out, disable, change_role, change_password, delete, end_all_sessions]


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__)
def test_what_is_revoked_is_seen_within_a_second(usher, verifier, admin, deed):
    took = []
    for _ in range(ROUNDS if deed is log_out else 3):
        user, bystander = usher.new_user(), usher.new_user()
        assert error_of(verifier.verify, user.access) == error_of(verifier.verify, bystander.access) == ""
        deed(usher, admin, user)
        took.append(seconds_until_revoked(verifier, user.access))
        assert error_of(verifier.verify, bystander.access) == ""
    print(f"{deed.__name__}: median {statistics.median(took) * 1000:.1f} ms, worst {max(took) * 1000:.1f} ms")
    assert max(took) < SECOND


def test_without_the_stream_it_is_seen_within_one_more_poll(usher):
    with Verifier(usher.url, stream=False) as verifier:
        user = usher.new_user()
        verifier.verify(user.access)
        usher.post("/api/logout", user.access)
        assert seconds_until_revoked(verifier, user.access) < 3 * SECOND


def test_a_verifier_that_comes_later_knows_what_was_revoked_before(usher, user):
    usher.post("/api/logout", user.access)
    with Verifier(usher.url) as late:
        assert error_of(late.verify, user.access) == "token_revoked"


def test_a_feed_that_is_not_open_wants_a_service_credential():
    with UsherServer("--revocations-open=false") as server:
        user = server.new_user()
        credential = json.loads(server.cli("client", "add", "orders", "--scope", "revocations", "--json").stdout)
        with Verifier(server.url, start_wait=0.3) as stranger:
            assert error_of(stranger.verify, user.access) == "revocations_stale"
        named = {name: credential[name] for name in ("client_id", "client_secret")}
        with Verifier(server.url, **named) as verifier:
            assert error_of(verifier.verify, user.access) == ""
            streaming(verifier)
            server.post("/api/logout", user.access)
            assert seconds_until_revoked(verifier, user.access) < SECOND


def test_a_flask_service_behind_the_real_thing(usher, user):
    app = flask.Flask("orders")
    app.config["USHER_URL"] = usher.url
    manager = Usher(app)

    @app.get("/orders")
    @jwt_required(fresh=True)
    def orders():
        return {"user": get_jwt_identity()}

    client = app.test_client()
    assert client.get("/orders", headers=bearer(user.access)).json == {"user": str(user.id)}
    usher.post("/api/logout", user.access)
    wait_until(lambda: client.get("/orders", headers=bearer(user.access)).status_code == 401)
    assert client.get("/orders", headers=bearer(user.access)).json["error"] == "token_revoked"
    with app.app_context():
        manager.verifier.close()


def test_a_stopped_server_is_borne_for_max_stale_then_503_and_the_dead_stay_dead():
    with UsherServer("--revocations-heartbeat", "1s") as server, Verifier(server.url, max_stale=4) as verifier:
        alive, dead = server.new_user(), server.new_user()
        verifier.start()
        streaming(verifier)
        wait_until(lambda: verifier.status()["age"] < 2, what="a heartbeat")
        assert error_of(verifier.verify, alive.access) == error_of(verifier.verify, dead.access) == ""
        server.post("/api/logout", dead.access)
        seconds_until_revoked(verifier, dead.access)
        server.stop()
        assert error_of(verifier.verify, alive.access) == ""
        wait_until(lambda: error_of(verifier.verify, alive.access) == "revocations_stale", 6)
        assert error_of(verifier.verify, dead.access) == "token_revoked"


def test_a_restart_goes_unnoticed(own):
    own.flags[own.flags.index("127.0.0.1:0")] = own.url.removeprefix("http://")
    before = own.new_user()
    with Verifier(own.url) as verifier:
        assert error_of(verifier.verify, before.access) == ""
        own.stop(signal.SIGKILL)
        assert error_of(verifier.verify, before.access) == ""
        own.start()
        own.post("/api/logout", before.access)
        wait_until(lambda: error_of(verifier.verify, before.access) == "token_revoked", 15)
        after = own.new_user()
        assert error_of(verifier.verify, after.access) == ""
        streaming(verifier)


def test_a_restore_from_a_backup_revives_nothing_and_is_followed(own, tmp_path):
    own.flags[own.flags.index("127.0.0.1:0")] = own.url.removeprefix("http://")
    early = [own.new_user() for _ in range(3)]
    for user in early[:2]:
        own.post("/api/logout", user.access)
    with Verifier(own.url) as verifier:
        assert [error_of(verifier.verify, user.access) for user in early] == ["token_revoked", "token_revoked", ""]
        own.stop()
        backup = tmp_path / "backup"
        shutil.copytree(own.data, backup)
        own.start()
        later = [own.new_user() for _ in range(4)]
        for user in (early[2], *later[:3]):
            own.post("/api/logout", user.access)
            wait_until(lambda: error_of(verifier.verify, user.access) == "token_revoked", 15)
        own.stop()
        shutil.rmtree(own.data)
        shutil.copytree(backup, own.data)
        own.start()
        new = own.new_user()
        wait_until(lambda: error_of(verifier.verify, new.access) == "", 15)
        dead = [*early, *later[:3]]
        assert {error_of(verifier.verify, user.access) for user in dead} == {"token_revoked"}
        own.post("/api/logout", new.access)
        wait_until(lambda: error_of(verifier.verify, new.access) == "token_revoked", 15)


def test_keys_are_rotated_and_dropped_under_it(own):
    with Verifier(own.url) as verifier:
        before = own.new_user()
        assert error_of(verifier.verify, before.access) == ""
        old = kid_of(before.access)
        own.cli("key", "rotate", "--force")
        wait_until(lambda: kid_of(own.login(before.email).access) != old)
        after = own.login(before.email)
        assert error_of(verifier.verify, after.access) == error_of(verifier.verify, before.access) == ""
        own.post("/api/logout", after.access)
        assert seconds_until_revoked(verifier, after.access) < SECOND
        assert verifier.status()["refused_statements"] == 0
        own.cli("key", "rotate", "--force")
        newest = own.login(before.email)
        wait_until(lambda: error_of(verifier.verify, newest.access) == "", 10, "the newest key")


def kid_of(token: str) -> str:
    head = token.split(".")[0]
    return json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))["kid"]


def test_a_token_of_a_user_that_never_was_is_good_offline_and_one_signed_by_another_server_is_not(usher, verifier, own):
    stranger = own.new_user()
    assert error_of(verifier.verify, stranger.access) == "token_signature_invalid"
    assert claims_of(stranger.access)["iss"] == "usher"
