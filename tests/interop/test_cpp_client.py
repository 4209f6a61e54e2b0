"""The C++ verifier library as somebody else uses it: clients/cpp/example is built outside the tree, once from the
installed package and once from the library's folder, and checks the tokens of a real Usher.

USHER_ROUNDS (default 3) rounds; the times are printed."""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import shutil
import statistics
import subprocess
import time
from pathlib import Path

import pytest

from relay import Relay
from usher_server import ROOT, UsherServer, wait_until

LIBRARY = ROOT / "clients/cpp"
COMPILERS = {"find_package": "clang++-19", "add_subdirectory": "g++"}
ROUNDS = int(os.environ.get("USHER_ROUNDS", "3"))
NEW_PASSWORD = "an entirely different horse, stapled"


def cmake(source: Path, build: Path, compiler: str, *options: str) -> None:
    """Debug builds: half the time, and more warnings of the libraries' own."""
    cached = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
    warnings = "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror"
    # The temporary folder is another each time: ccache is to look at what is below it only.
    env = {**os.environ, "CCACHE_BASEDIR": str(build.parent), "CCACHE_NOHASHDIR": "1"}
    for command in (["cmake", "-S", source, "-B", build, "-G", "Ninja", f"-DCMAKE_CXX_COMPILER={compiler}",
                     "-DCMAKE_BUILD_TYPE=Debug", warnings, *cached, *options], ["cmake", "--build", build]):
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, env=env)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def programs(tmp_path_factory) -> dict[str, Path]:
    """The example, built both ways from copies, so that nothing of the tree is in reach."""
    folder = tmp_path_factory.mktemp("cpp-client")
    compilers = {how: name if shutil.which(name) else "clang++-19" for how, name in COMPILERS.items()}
    shutil.copytree(LIBRARY / "example", folder / "example")
    shutil.copytree(LIBRARY, folder / "library")
    cmake(folder / "library", folder / "built", compilers["find_package"])
    subprocess.run(["cmake", "--install", folder / "built", "--prefix", folder / "prefix"], check=True,
                   capture_output=True, timeout=60)
    cmake(folder / "example", folder / "find_package", compilers["find_package"],
          f"-DCMAKE_PREFIX_PATH={folder / 'prefix'}")
    cmake(folder / "example", folder / "add_subdirectory", compilers["add_subdirectory"],
          f"-DUSHER_VERIFY_SOURCE={folder / 'library'}")
    return {how: folder / how / "orders" for how in COMPILERS}


class Orders:
    """The example running: a line in, a line out."""

    def __init__(self, program: Path, url: str, *options: str):
        self.process = subprocess.Popen([program, url, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, bufsize=1)

    def ask(self, line: str) -> str:
        self.process.stdin.write(line + "\n")
        return self.process.stdout.readline().rstrip("\n")

    def get(self, token: str) -> str:
        return self.ask(f"GET {token}")

    def status(self) -> dict[str, int]:
        return {name: int(value) for name, value in (pair.split("=") for pair in self.ask("STATUS").split())}

    def stop(self) -> None:
        self.process.stdin.close()
        assert self.process.wait(20) == 0

    def __enter__(self) -> "Orders":
        return self

    def __exit__(self, *_) -> None:
        self.stop()


def test_the_guide_shows_code_that_is_there():
    shown = re.findall(r"```(?:cpp|cmake)\n(.*?)```", (ROOT / "docs/protect/cpp.md").read_text(), re.S)
    example = (LIBRARY / "example/main.cpp").read_text() + (LIBRARY / "example/CMakeLists.txt").read_text()
    lines = set(line.strip() for line in example.splitlines())
    assert len(shown) > 5
    for block in shown:
        missing = [line for line in block.splitlines() if line.strip() not in lines]
        assert not missing, missing


@pytest.fixture(scope="module")
def service():
    with UsherServer("--revocations-heartbeat", "1s") as server:
        yield server


@pytest.fixture(scope="module")
def orders(programs, service):
    with Orders(programs["find_package"], service.url) as running:
        yield running


@pytest.mark.parametrize("how", COMPILERS)
def test_a_small_project_outside_the_tree_checks_tokens(programs, service, how):
    user = service.new_user()
    with Orders(programs[how], service.url) as running:
        assert running.get(user.access) == f"200 {user.id} USER"
        assert running.get(user.refresh).startswith("422 token_wrong_type WWW-Authenticate: Bearer error=\"invalid_token\"")
        assert running.get("x").startswith("422 token_malformed")
        head, payload, _ = user.access.split(".")
        assert running.get(f"{head}.{payload}." + "A" * 86).startswith("422 token_signature_invalid")


def test_freshness_age_and_role_are_asked_for(service, orders):
    user, admin = service.new_user(), service.admin()
    stale = service.post("/api/refresh", user.refresh).json()["access_token"]
    assert orders.ask(f"PAY {user.access}").startswith("200 ")
    assert orders.ask(f"PAY {stale}") == (
        '401 token_not_fresh WWW-Authenticate: Bearer error="insufficient_user_authentication", '
        'error_description="Log in again to do this.", max_age="0"')
    assert orders.get(stale) == f"200 {user.id} USER"
    assert orders.ask(f"RECENT 60 {stale}") == f"200 {user.id} USER"
    wait_until(lambda: 'max_age="1"' in orders.ask(f"RECENT 1 {stale}"), 5, "growing too old")
    assert orders.ask(f"ADMIN {user.access}") == "403 admin_only"
    assert orders.ask(f"ADMIN {admin.access}") == f"200 {admin.id} ADMIN"


# What ends a token. Each acts through the API alone.

def log_out(service, admin, user):
    return service.post("/api/logout", user.access)


def disable(service, admin, user):
    return service.patch(f"/api/users/{user.id}", admin.access, json={"disabled": True})


def change_role(service, admin, user):
    return service.patch(f"/api/users/{user.id}", admin.access, json={"role": "ADMIN"})


def change_password(service, admin, user):
    return service.patch("/api/users/me", user.access, json={"password": NEW_PASSWORD})


def seconds_until_revoked(orders: Orders, token: str, since: float) -> float:
    while not (answer := orders.get(token)).startswith("401 token_revoked"):
        assert answer.startswith("200 ") and time.monotonic() - since < 10, answer
        time.sleep(0.001)
    return time.monotonic() - since


@pytest.mark.parametrize("end", [log_out, disable, change_role, change_password], ids=lambda end: end.__name__)
def test_what_ends_a_token_ends_it_here_within_a_second(service, orders, end, capsys):
    admin = service.admin()
    wait_until(lambda: orders.status()["streaming"] == 1, 10, "streaming")
    times = []
    for _ in range(ROUNDS):
        user = service.new_user()
        other = service.login(user.email)
        assert orders.get(user.access).startswith("200 ")
        began = time.monotonic()
        answer = end(service, admin, user)
        assert answer.status_code == 200, answer.text
        times.append(seconds_until_revoked(orders, user.access, began))
        assert orders.get(other.access).startswith("200 " if end is log_out else "401 ")
    with capsys.disabled():
        print(f"\n{end.__name__} -> C++: {ROUNDS} rounds, median {1000 * statistics.median(times):.1f} ms, "
              f"worst {1000 * max(times):.1f} ms", end="")
    assert max(times) < (1 if "USHER_ROUNDS" in os.environ else 10)  # a second, where nothing else runs
    assert orders.status()["refused"] == 0


def test_with_the_stream_cut_it_asks_and_hears_all_the_same(programs, service):
    with Relay(service.url, refuse="/api/revocations/stream") as relay, \
            Orders(programs["find_package"], relay.url) as running:
        user = service.new_user()
        assert running.get(user.access).startswith("200 ")
        began = time.monotonic()
        service.post("/api/logout", user.access)
        assert seconds_until_revoked(running, user.access, began) < 3
        assert running.status()["streaming"] == 0


def test_with_usher_out_of_reach_tokens_are_good_for_max_stale_and_the_dead_stay_dead(programs, service):
    with Relay(service.url) as relay, Orders(programs["find_package"], relay.url, "max_stale=3") as running:
        user, gone = service.new_user(), service.new_user()
        wait_until(lambda: running.get(gone.access).startswith("200 "), 10, "starting")
        service.post("/api/logout", gone.access)
        wait_until(lambda: running.get(gone.access).startswith("401 "), 10, "hearing of the logout")
        wait_until(lambda: running.status()["streaming"] == 1, 10, "streaming")
        relay.cut()
        assert running.get(user.access).startswith("200 ")
        wait_until(lambda: running.get(user.access) == "503 revocations_stale Retry-After: 1", 10, "growing stale")
        assert running.get(gone.access).startswith("401 token_revoked")
        relay.mend()
        wait_until(lambda: running.get(user.access).startswith("200 "), 20, "hearing again")
        assert running.get(gone.access).startswith("401 token_revoked")


def test_without_a_bound_tokens_outlive_a_stopped_usher(programs):
    with UsherServer() as server:
        user, late = server.new_user(), server.new_user()
        with Orders(programs["find_package"], server.url, "max_stale=none") as running:
            assert running.get(user.access).startswith("200 ")
            server.stop()
            for token in (user.access, late.access):
                assert running.get(token).startswith("200 ")


def test_a_verifier_that_finds_no_usher_says_so(programs):
    with UsherServer() as server:
        token = server.new_user().access
        server.stop()
        with Orders(programs["find_package"], server.url) as running:
            assert running.get(token) == "503 keys_unavailable Retry-After: 1"


def header_of(token: str) -> dict:
    return json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))


def kid_of(token: str) -> str:
    return header_of(token)["kid"]


def with_kid(token: str, kid: str) -> str:
    header = json.dumps(header_of(token) | {"kid": kid}).encode()
    return ".".join([base64.urlsafe_b64encode(header).rstrip(b"=").decode(), *token.split(".")[1:]])


def test_a_rotated_key_is_found_and_a_dropped_one_takes_its_tokens_along(programs):
    with UsherServer() as server:
        before = server.new_user()
        with Orders(programs["find_package"], server.url) as running:
            assert running.get(before.access).startswith("200 ")
            server.cli("key", "rotate", "--force")
            server.cli("key", "rotate", "--force")  # the active key is now one that this verifier has never seen
            after = [server.new_user()]
            # The server hears of the rotation within a second, the verifier asks for keys every five at most.
            wait_until(lambda: kid_of(after[-1].access) != kid_of(before.access) or after.append(server.new_user()),
                       10, "signing with the new key")
            wait_until(lambda: running.get(after[-1].access).startswith("200 "), 15, "finding the new key")
            assert running.get(before.access).startswith("200 "), "retired keys are still good"
            wait_until(lambda: running.status()["age"] < 8000, 15, "statements by the new key")
            assert running.status()["refused"] == 0

            server.cli("key", "drop", kid_of(before.access))
            stranger = with_kid(before.access, secrets.token_hex(16))  # makes it fetch the key set anew
            wait_until(lambda: running.get(stranger).startswith("422 token_signature_invalid")
                       and running.get(before.access).startswith("422 token_signature_invalid"), 15, "dropping the key")
            assert running.get(after[-1].access).startswith("200 ")


@pytest.mark.parametrize("algorithm", ["EdDSA", "RS256"])
def test_other_algorithms(programs, algorithm):
    with UsherServer("--tokens-alg", algorithm) as server:
        user = server.new_user()
        with Orders(programs["find_package"], server.url) as running:
            assert running.get(user.access) == f"200 {user.id} USER"
            server.post("/api/logout", user.access)
            wait_until(lambda: running.get(user.access).startswith("401 token_revoked"), 5, "hearing of the logout")


def test_a_secret_is_given_as_the_command_line_writes_it(programs, tmp_path):
    with UsherServer("--tokens-alg", "HS256") as server:
        secret = tmp_path / "secret"
        secret.write_text(server.cli("key", "export", "--private").stdout)
        user = server.new_user()
        with Orders(programs["find_package"], server.url, f"keys={secret}") as running:
            assert running.get(user.access) == f"200 {user.id} USER"
            server.post("/api/logout", user.access)
            wait_until(lambda: running.get(user.access).startswith("401 token_revoked"), 5, "hearing of the logout")


def test_a_closed_feed_opens_with_a_credential(programs):
    with UsherServer("--revocations-open", "false") as server:
        made = json.loads(server.cli("client", "add", "orders", "--scope", "revocations", "--json").stdout)
        credential = f"client={made['client_id']}:{made['client_secret']}"
        user = server.new_user()
        with Orders(programs["find_package"], server.url) as running:
            assert running.get(user.access) == "503 revocations_stale Retry-After: 1"
        with Orders(programs["find_package"], server.url, credential) as running:
            assert running.get(user.access) == f"200 {user.id} USER"
            wait_until(lambda: running.status()["streaming"] == 1, 10, "streaming")
