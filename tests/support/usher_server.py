"""A real `usher serve` in a folder of its own, for the whole-server tests."""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("USHER_BIN", ROOT / "build/dev/src/usher"))
ADMIN_EMAIL = "root@example.org"
ADMIN_PASSWORD = "the administrator walks at noon"
PASSWORD = "correct horse battery staple"
START_SECONDS = 60
SANITIZER_REPORTS = ("ERROR: AddressSanitizer", "runtime error:", "WARNING: ThreadSanitizer", "ERROR: LeakSanitizer")


@dataclass
class Account:
    """A registered user and the tokens of one login."""

    id: int
    email: str
    password: str
    access: str
    refresh: str

    @property
    def bearer(self) -> dict[str, str]:
        return bearer(self.access)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def claims_of(token: str) -> dict:
    """What a token says; nothing is checked."""
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def new_email() -> str:
    return f"user-{secrets.token_hex(6)}@example.org"


class UsherServer:
    """Starts on a free port, with an administrator, and stops without leftovers. Loopback is exempt from the
    guessing limits unless a test asks for them."""

    def __init__(self, *flags: str, data: Path | None = None, exempt: bool = True, env: dict[str, str] | None = None):
        self.keeps_data = data is not None
        self.data = data or Path(tempfile.mkdtemp(prefix="usher-test-"))
        self.flags = ["--data", str(self.data), "--listen", "127.0.0.1:0", "--http-metrics-listen",
                      "127.0.0.1:0", "--log-format", "json", *flags]
        if exempt:
            self.flags += ["--limits-exempt", "127.0.0.0/8"]
        self.env = {
            **{k: v for k, v in os.environ.items() if not k.startswith("USHER_")},
            "USHER_ADMIN_EMAIL": ADMIN_EMAIL,
            "USHER_ADMIN_PASSWORD": ADMIN_PASSWORD,
            **(env or {}),
        }
        self.log: list[str] = []
        self.greeting: list[str] = []
        self.url = ""
        self.process: subprocess.Popen | None = None
        self.start()

    def start(self) -> None:
        self.url = self.metrics_url = ""
        ready = threading.Event()
        self.process = subprocess.Popen(
            [str(BINARY), "serve", *self.flags],
            env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            errors="replace",
        )

        def read_log(stream) -> None:
            for line in stream:
                self.log.append(line.rstrip("\n"))

        def read_greeting(stream) -> None:
            for line in stream:
                self.greeting.append(line.rstrip("\n"))
                if match := re.search(r"listens on (\S+)", line):
                    self.url = match[1]
                if match := re.search(r"Metrics on (\S+)", line):
                    self.metrics_url = match[1]
                if line.startswith("Data in"):
                    ready.set()
            ready.set()

        self.readers = [
            threading.Thread(target=read, args=(stream,), daemon=True)
            for read, stream in ((read_log, self.process.stderr), (read_greeting, self.process.stdout))
        ]
        for reader in self.readers:
            reader.start()
        ready.wait(START_SECONDS)
        assert self.url, "usher did not start:\n" + "\n".join(self.log[-20:])

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ends the process; hands back its exit status. A sanitizer's report fails the test."""
        self.process.send_signal(how)
        status = self.process.wait(30)
        for reader in self.readers:
            reader.join(10)
        reports = [line for line in self.log if any(sign in line for sign in SANITIZER_REPORTS)]
        assert not reports, "\n".join(line for line in self.log if not line.startswith("{"))[:6000]
        return status

    def close(self) -> None:
        try:
            if self.process and self.process.poll() is None:
                self.stop()
        finally:
            if not self.keeps_data:
                shutil.rmtree(self.data, ignore_errors=True)

    def __enter__(self) -> "UsherServer":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    # --- talking to it

    def call(self, method: str, path: str, token: str | None = None, **kwargs) -> requests.Response:
        headers = {**(bearer(token) if token else {}), **kwargs.pop("headers", {})}
        return requests.request(method, self.url + path, headers=headers, timeout=30, **kwargs)

    def get(self, path: str, token: str | None = None, **kwargs) -> requests.Response:
        return self.call("GET", path, token, **kwargs)

    def post(self, path: str, token: str | None = None, **kwargs) -> requests.Response:
        return self.call("POST", path, token, **kwargs)

    def put(self, path: str, token: str | None = None, **kwargs) -> requests.Response:
        return self.call("PUT", path, token, **kwargs)

    def patch(self, path: str, token: str | None = None, **kwargs) -> requests.Response:
        return self.call("PATCH", path, token, **kwargs)

    def delete(self, path: str, token: str | None = None, **kwargs) -> requests.Response:
        return self.call("DELETE", path, token, **kwargs)

    # --- people

    def login(self, email: str, password: str = PASSWORD) -> Account:
        answer = self.post("/api/auth", json={"email": email, "password": password})
        assert answer.status_code == 200, answer.text
        body = answer.json()
        return Account(body["user_id"], email, password, body["access_token"], body["refresh_token"])

    def new_user(self, name: str = "Ada") -> Account:
        email = new_email()
        answer = self.post("/api/register", json={"name": name, "email": email, "age": 36, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        return self.login(email)

    def admin(self) -> Account:
        return self.login(ADMIN_EMAIL, ADMIN_PASSWORD)

    # --- the command line beside it

    def cli(self, *words: str, stdin: str = "", check: bool = True) -> subprocess.CompletedProcess:
        done = subprocess.run(
            [str(BINARY), *words, "--data", str(self.data)],
            env={k: v for k, v in os.environ.items() if not k.startswith("USHER_")},
            input=stdin, capture_output=True, text=True, timeout=60,
        )
        if check:
            assert done.returncode == 0, done.stderr
        return done

    def public_pem(self) -> str:
        """The active key, as another service would be given it."""
        return self.cli("key", "export").stdout

    def sign(self, claims: dict) -> str:
        """Any claims at all, signed with the server's active key."""
        return self.cli("token", "sign", stdin=json.dumps(claims)).stdout.strip()


def wait_until(holds, seconds: float = 5.0, what: str = "it") -> None:
    """Polls; for what another process or thread does in its own time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return
        time.sleep(0.02)
    raise AssertionError(f"{what} did not happen within {seconds} s")
