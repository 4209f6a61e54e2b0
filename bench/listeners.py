"""Ten thousand listeners of the revocation feed on one Usher: memory of each, and the time from a logout to the last of
them."""

from __future__ import annotations

import statistics
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

COUNT = 10_000
ROUNDS = 20


def listeners(server, memory_mb, crowd_program: Path, login) -> dict:
    """`memory_mb(pid)` and `login()`, which hands back an access token, are the bench's own."""
    tokens = [login() for _ in range(ROUNDS)]
    before = memory_mb(server.pid)
    port = str(urlsplit(server.url).port)
    crowd = subprocess.Popen([str(crowd_program), port, str(COUNT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             text=True)
    try:
        crowd.stdout.readline()  # everyone is there
        after = memory_mb(server.pid)
        first, last = [], []
        for token in tokens:
            crowd.stdin.write("next\n")
            crowd.stdin.flush()
            began = time.monotonic_ns()
            server.call("POST", "/api/logout", token=token)
            delivered = [int(word) for word in crowd.stdout.readline().split()]
            first.append((delivered[0] - began) / 1e6)
            last.append((delivered[1] - began) / 1e6)
        return {"count": COUNT, "kb_each": (after - before) * 1024 / COUNT, "first_ms": statistics.median(first),
                "last_ms": statistics.median(last), "last_worst_ms": max(last)}
    finally:
        crowd.kill()
        crowd.wait()
