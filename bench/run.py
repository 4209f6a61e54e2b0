#!/usr/bin/env python3
"""The figures we hold ourselves to, each beside its yardstick in the same run: ./dev bench [--seconds N] [--json FILE]

The server under load is the one the README starts, with its default durability, limits, logging and security; only the
number of loops is set, and loopback is exempt from the guessing limits. CPU is utime + stime of the process."""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import refreshes
from listeners import listeners

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build/bench"
USHER = BUILD / "src/usher"
TICKS = os.sysconf("SC_CLK_TCK")
EMAIL, PASSWORD = "ada@example.org", "correct horse battery staple"
HOME = {"address_line_1": "1 MG Road", "city": "Bengaluru", "state": "KA", "pin": 560001}


def yardstick(name: str) -> Path:
    return next(BUILD.rglob(name))


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_mb(pid: int, what: str = "VmRSS") -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"{what}:\s+(\d+) kB", status)[1]) / 1024


def wrk(url: str, seconds: int, connections: int, core: int | None = None, options=(), words=()) -> dict:
    pin = ["taskset", "-c", str(core)] if core is not None else []
    command = [*pin, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "--latency", *options, url]
    return read_wrk(subprocess.run([*command, "--", *words] if words else command,
                                   capture_output=True, text=True, check=True).stdout)


def read_wrk(out: str) -> dict:
    requests = int(re.search(r"(\d+) requests in", out)[1])
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)", out)
    scale = {"us": 0.001, "ms": 1, "s": 1000}
    return {"requests": requests, "bad": int(bad[1]) if bad else 0,
            "per_second": float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1]),
            "p99_ms": float(p99[1]) * scale[p99[2]] if p99 else None}


def per_request_us(pid: int, url: str, seconds: int, *options: str) -> tuple[float, dict]:
    wrk(url, 1, 64, 1, options)
    before = cpu_seconds(pid)
    figures = wrk(url, seconds, 64, 1, options)
    assert figures["bad"] == 0, figures
    return (cpu_seconds(pid) - before) * 1e6 / figures["requests"], figures


class Server:
    def __init__(self, data: Path, *flags: str, core: int | None = None):
        pin = ["taskset", "-c", str(core)] if core is not None else []
        self.began = time.perf_counter()
        self.process = subprocess.Popen(
            [*pin, str(USHER), "serve", "--data", str(data), "--listen", "127.0.0.1:0", "--http-metrics-listen", "same",
             "--limits-exempt", "127.0.0.0/8", *flags],
            stderr=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "USHER_ADMIN_EMAIL": "root@example.org", "USHER_ADMIN_PASSWORD": "the administrator walks"})
        self.pid = self.process.pid
        self.url = re.search(r"listens on (\S+)", self.process.stdout.readline())[1]

    def call(self, method: str, path: str, body=None, token: str | None = None) -> dict:
        request = urllib.request.Request(self.url + path, method=method,
                                         data=json.dumps(body).encode() if body is not None else None)
        request.add_header("Content-Type", "application/json")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read() or b"{}")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        self.process.stdout.close()


def log_in(server: Server) -> dict:
    return server.call("POST", "/api/auth", {"email": EMAIL, "password": PASSWORD})


def fill(server: Server) -> str:
    """Ada, with two addresses; hands back her access token."""
    server.call("POST", "/api/register", {"name": "Ada", "email": EMAIL, "age": 36, "password": PASSWORD})
    token = server.call("POST", "/api/auth", {"email": EMAIL, "password": PASSWORD})["access_token"]
    for label in ("home", "work"):
        server.call("POST", "/api/users/me/addresses", {**HOME, "label": label}, token)
    return token


def reads(data: Path, seconds: int) -> dict:
    """CPU of an authenticated GET of one's own user with addresses, against a bare epoll loop; alternating rounds."""
    server = Server(data, "--http-threads", "1", core=0)
    port = "18999"
    bare = subprocess.Popen(["taskset", "-c", "0", str(yardstick("epoll_constant")), port])
    time.sleep(0.2)
    try:
        token = fill(server)
        ours, theirs = [], []
        for _ in range(3):
            theirs.append(per_request_us(bare.pid, f"http://127.0.0.1:{port}/api/users/1", seconds)[0])
            cost, figures = per_request_us(server.pid, f"{server.url}/api/users/me", seconds,
                                           "-H", f"Authorization: Bearer {token}")
            ours.append(cost)
        return {"usher_us": statistics.median(ours), "yardstick_us": statistics.median(theirs),
                "ratio": statistics.median(o / t for o, t in zip(ours, theirs)),
                "requests_per_second": figures["per_second"], "p99_ms": figures["p99_ms"]}
    finally:
        bare.kill()
        server.stop()


def logins(data: Path, seconds: int) -> dict:
    """Right logins a second against the raw Argon2id rate of the same cores; alternating rounds."""
    server = Server(data)
    try:
        ours, raw = [], []
        for _ in range(3):
            out = subprocess.run([str(yardstick("argon2_raw")), str(seconds)], capture_output=True, text=True, check=True)
            raw.append(float(re.search(r"([\d.]+) hashes/s", out.stdout)[1]))
            figures = wrk(f"{server.url}/api/auth", seconds, 16, None, ["-s", str(ROOT / "bench/login.lua")],
                          [EMAIL, PASSWORD])
            assert figures["bad"] == 0, figures
            ours.append(figures["per_second"])
        return {"usher_per_second": statistics.median(ours), "raw_per_second": statistics.median(raw),
                "ratio": statistics.median(o / r for o, r in zip(ours, raw))}
    finally:
        server.stop()


def refreshing(data: Path, seconds: int) -> dict:
    """What a rotation costs and how many there are in a second, each beside its yardstick; and what a repetition writes."""
    port, raw, program = "18999", yardstick("refresh_raw"), yardstick("refresh_load")
    figures = {}

    def with_load(server: Server) -> refreshes.Load:
        return refreshes.Load(server, program, refreshes.log_in_all(lambda: log_in(server)))

    server = Server(data, "--http-threads", "1", core=0)
    bare = subprocess.Popen(["taskset", "-c", "0", str(yardstick("epoll_constant")), port])
    time.sleep(0.2)
    try:
        figures["cost"] = refreshes.cost_of_refresh(
            server, with_load(server), cpu_seconds, raw,
            lambda length: per_request_us(bare.pid, f"http://127.0.0.1:{port}/api/users/1", length)[0], seconds)
    finally:
        bare.kill()
        server.stop()
    server = Server(data)
    try:
        figures["rate"] = refreshes.rate_of_refreshes(server, with_load(server), raw, data, seconds)
        figures["replay"] = refreshes.replays(server, lambda: log_in(server), program, seconds)
    finally:
        server.stop()
    return figures


def feed(data: Path) -> dict:
    """Listeners of the revocation feed; one loop, so that all of them are its."""
    server = Server(data, "--http-threads", "1")
    try:
        def login() -> str:
            return server.call("POST", "/api/auth", {"email": EMAIL, "password": PASSWORD})["access_token"]

        return listeners(server, memory_mb, yardstick("stream_listeners"), login)
    finally:
        server.stop()


def start_and_idle(data: Path) -> dict:
    """From exec to the first answer on an existing database; memory of a server that has nothing to do."""
    times, idle = [], 0.0
    for _ in range(7):
        server = Server(data)
        with urllib.request.urlopen(server.url + "/readyz") as answer:
            assert answer.status == 200
        times.append((time.perf_counter() - server.began) * 1000)
        idle = memory_mb(server.pid)
        server.stop()
    return {"first_answer_ms": statistics.median(times), "idle_mb": idle}


def binary_mb() -> float:
    with tempfile.NamedTemporaryFile() as stripped:
        subprocess.run(["llvm-strip-19", "-o", stripped.name, str(USHER)], check=True)
        return os.path.getsize(stripped.name) / 1e6


def raw_commits() -> str:
    return subprocess.run([str(yardstick("commits_raw"))], capture_output=True, text=True, check=True).stdout.strip()


def report(figures: dict) -> str:
    read, login, start = figures["read"], figures["login"], figures["start"]
    cost, rate, replay = (figures["refresh"][part] for part in ("cost", "rate", "replay"))
    rows = [
        ("read own user with addresses, CPU a request", f"{read['usher_us']:.2f} us", f"bare epoll {read['yardstick_us']:.2f} us",
         f"{read['ratio']:.2f} x", "at most 2.5 x", read["ratio"] <= 2.5),
        ("login", f"{login['usher_per_second']:.1f}/s", f"raw Argon2id {login['raw_per_second']:.1f}/s",
         f"{100 * login['ratio']:.0f} %", "at least 90 %", login["ratio"] >= 0.9),
        ("refresh, CPU a rotation", f"{cost['usher_us']:.1f} us", f"ES256 signature + bare epoll {cost['yardstick_us']:.1f} us",
         f"{cost['ratio']:.2f} x", "at most 1.6 x", cost["ratio"] <= 1.6),
        ("refresh, rotations", f"{rate['usher_per_second']:.0f}/s", f"group-commit writer {rate['writer_per_second']:.0f}/s",
         f"{100 * rate['ratio']:.0f} %", "at least 60 %", rate["ratio"] >= 0.6),
        ("refresh, repeated", f"{replay['commits']} commits", f"{replay['requests']} requests", "", "none",
         replay["commits"] == 0),
        ("idle memory (resident)", f"{start['idle_mb']:.1f} MB", "", "", "at most 20 MB", start["idle_mb"] <= 20),
        ("exec to first answer", f"{start['first_answer_ms']:.0f} ms", "", "", "at most 60 ms", start["first_answer_ms"] <= 60),
        ("stripped binary", f"{figures['binary_mb']:.1f} MB", "", "", "at most 15 MB", figures["binary_mb"] <= 15),
    ]
    lines = ["| what | usher | yardstick | ratio | to reach | |", "|---|---|---|---|---|---|"]
    lines += [f"| {' | '.join(row[:5])} | {'yes' if row[5] else '**no**'} |" for row in rows]
    lines.append("")
    lines.append(f"Reads: {read['requests_per_second']:.0f}/s on one core, p99 {read['p99_ms']:.2f} ms at 64 connections.")
    lines.append(f"Refreshes: p99 {rate['p99_ms']:.1f} ms at {refreshes.CONNECTIONS} sessions, {rate['a_commit']:.0f} rotations "
                 f"a commit; repetitions {replay['per_second']:.0f}/s.")
    stream = figures["feed"]
    lines.append(f"Revocation feed: {stream['count']} listeners, {stream['kb_each']:.1f} kB each; from a logout to the last "
                 f"of them {stream['last_ms']:.0f} ms (median; worst {stream['last_worst_ms']:.0f} ms, the first after "
                 f"{stream['first_ms']:.1f} ms).")
    lines.append(f"Machine: {figures['machine']}")
    return "\n".join(lines) + "\n\nRaw commits of this disk (SQLite, synchronous=FULL):\n\n```\n" + figures["commits"] + "\n```"


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=int, default=5, help="length of one measurement")
    options.add_argument("--json", type=Path, help="write the figures here too")
    chosen = options.parse_args()
    data = Path(tempfile.mkdtemp(prefix="usher-bench-"))
    try:
        figures = {"machine": f"{os.cpu_count()} cores, {platform.system()} {platform.release()}"}
        figures["read"] = reads(data, chosen.seconds)
        figures["login"] = logins(data, chosen.seconds)
        figures["refresh"] = refreshing(data, chosen.seconds)
        figures["feed"] = feed(data)
        figures["start"] = start_and_idle(data)
        figures["binary_mb"] = binary_mb()
        figures["commits"] = raw_commits()
    finally:
        shutil.rmtree(data, ignore_errors=True)
    print(report(figures))
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
