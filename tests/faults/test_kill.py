"""What was acknowledged is there after kill -9."""

import os
import signal
import threading

import requests

from usher_server import PASSWORD, UsherServer, new_email, wait_until

ROUNDS = int(os.environ.get("USHER_ROUNDS", "20")) // 4 or 1
HOME = {"address_line_1": "1 MG Road", "city": "Bengaluru", "state": "KA", "pin": 560001}


def test_an_acknowledged_write_survives_a_kill():
    with UsherServer() as server:
        for _ in range(ROUNDS):
            user = server.new_user()
            acknowledged: set[int] = set()
            stop = threading.Event()

            def write():
                with requests.Session() as http:
                    while not stop.is_set():
                        try:
                            answer = http.post(f"{server.url}/api/users/me/addresses", json=HOME, timeout=5,
                                               headers=user.bearer)
                        except OSError:
                            return
                        if answer.status_code == 201:
                            acknowledged.add(answer.json()["id"])

            writers = [threading.Thread(target=write) for _ in range(4)]
            for writer in writers:
                writer.start()
            wait_until(lambda: len(acknowledged) >= 8, 30, "writing")
            server.process.send_signal(signal.SIGKILL)
            server.process.wait()
            stop.set()
            for writer in writers:
                writer.join()
            server.start()
            there = {a["id"] for a in server.get("/api/users/me", user.access).json()["addresses"]}
            assert acknowledged <= there, f"lost: {acknowledged - there}"


def test_sigterm_drains_and_ends_well():
    server = UsherServer()
    user = server.new_user()
    answers = []

    def login():
        answers.append(server.post("/api/auth", json={"email": user.email, "password": PASSWORD}).status_code)

    callers = [threading.Thread(target=login) for _ in range(8)]
    for caller in callers:
        caller.start()
    wait_until(lambda: answers, 30, "a login")
    try:
        assert server.stop() == 0
    finally:
        for caller in callers:
            caller.join()
        server.close()
    assert set(answers) <= {200, 503}


def test_logs_hold_no_secret_and_no_address():
    canary = "canary passphrase of the logs"
    with UsherServer("--log-level", "debug") as server:
        email = new_email()
        server.post("/api/register", json={"name": "Ada", "email": email, "age": 36, "password": canary})
        user = server.login(email, canary)
        server.post("/api/auth", json={"email": email, "password": canary + " wrong"})
        server.get(f"/api/users/search?email={email}", user.access)
        server.post("/api/refresh", user.refresh)
        server.get("/api/users/me", user.access + "x", headers={"User-Agent": "evil\x1b[31m"})
        server.stop()
        log = "\n".join(server.log)
        for secret in (canary, email, user.access, user.refresh, "\x1b"):
            assert secret not in log
