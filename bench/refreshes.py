"""Refreshes: CPU of one beside a signature and a bare HTTP answer, how many a second beside a writer that does nothing
else, and that one which is repeated writes nothing."""

from __future__ import annotations

import re
import statistics
import subprocess
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

CONNECTIONS = 64
ROUNDS = 3


def commits(server) -> int:
    with urllib.request.urlopen(server.url + "/metrics") as answer:
        return int(float(re.search(rb"^usher_db_commits_total (\S+)", answer.read(), re.M)[1]))


def number_in(pattern: str, text: str) -> float:
    return float(re.search(pattern, text)[1])


class Load:
    """Sixty-four clients, each with its session, which they go on with from one run to the next."""

    def __init__(self, server, program: Path, tokens: list[str]):
        self.server, self.program, self.tokens = server, program, tokens

    def run(self, seconds: int, how: str, core: int | None = None) -> dict:
        pin = ["taskset", "-c", str(core)] if core is not None else []
        done = subprocess.run([*pin, str(self.program), str(urlsplit(self.server.url).port), str(seconds), how],
                              input="\n".join(self.tokens) + "\n", capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        self.tokens = done.stdout.split()
        return {"requests": int(number_in(r"(\d+) requests", done.stderr)),
                "per_second": number_in(r"([\d.]+)/s", done.stderr),
                "p99_ms": number_in(r"p99 ([\d.]+) us", done.stderr) / 1000}


def log_in_all(login) -> list[str]:
    return [login()["refresh_token"] for _ in range(CONNECTIONS)]


def cost_of_refresh(server, load: Load, cpu_seconds, raw: Path, bare, seconds: int) -> dict:
    """Server and yardsticks on the same core, the load on the other; `bare(seconds)` is the CPU of a bare answer."""
    load.run(1, "rotate", 1)
    ours, limits, ratios = [], [], []
    for _ in range(ROUNDS):
        out = subprocess.run(["taskset", "-c", "0", str(raw), "sign", str(seconds)], capture_output=True, text=True,
                             check=True).stdout
        limit = number_in(r"([\d.]+) us", out) + bare(seconds)
        before = cpu_seconds(server.pid)
        figures = load.run(seconds, "rotate", 1)
        ours.append((cpu_seconds(server.pid) - before) * 1e6 / figures["requests"])
        limits.append(limit)
        ratios.append(ours[-1] / limit)
    return {"usher_us": statistics.median(ours), "yardstick_us": statistics.median(limits),
            "ratio": statistics.median(ratios)}


def rate_of_refreshes(server, load: Load, raw: Path, folder: Path, seconds: int) -> dict:
    """All cores for everybody; alternating rounds."""
    ours, theirs, ratios, figures, group = [], [], [], {}, []
    for _ in range(ROUNDS):
        out = subprocess.run([str(raw), "write", str(seconds), str(CONNECTIONS), str(folder)], capture_output=True,
                             text=True, check=True).stdout
        theirs.append(number_in(r"([\d.]+) rows/s", out))
        before = commits(server)
        figures = load.run(seconds, "rotate")
        group.append(figures["requests"] / max(1, commits(server) - before))
        ours.append(figures["per_second"])
        ratios.append(ours[-1] / theirs[-1])
    return {"usher_per_second": statistics.median(ours), "writer_per_second": statistics.median(theirs),
            "ratio": statistics.median(ratios), "p99_ms": figures["p99_ms"], "a_commit": statistics.median(group)}


def replays(server, login, program: Path, seconds: int) -> dict:
    """Every client uses its first token once, and then that same token again, as often as it can."""
    load = Load(server, program, log_in_all(login))
    first = list(load.tokens)
    load.run(1, "replay")
    before = commits(server)
    load.tokens = first
    figures = load.run(seconds, "replay")
    return {**figures, "commits": commits(server) - before}
