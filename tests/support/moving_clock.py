"""A wall clock that a test can set while the server runs; the clocks that nobody sets stay real."""

from __future__ import annotations

import mmap
import struct
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

SOURCE = Path(__file__).with_name("moving_clock.c")


@lru_cache(maxsize=1)
def library() -> Path:
    """Compiled once for each run of the tests."""
    built = Path(tempfile.mkdtemp(prefix="usher-clock-")) / "moving_clock.so"
    subprocess.run(["clang-19", "-O1", "-shared", "-fPIC", "-Wall", "-Werror", "-o", str(built), str(SOURCE)], check=True)
    return built


class MovingClock:
    """Hand `env` to UsherServer, then jump(3600) or jump(-3600)."""

    def __init__(self):
        self.file = tempfile.NamedTemporaryFile(prefix="usher-clock-")
        self.file.write(struct.pack("q", 0))
        self.file.flush()
        self.offset = mmap.mmap(self.file.fileno(), 8)

    @property
    def env(self) -> dict[str, str]:
        return {"LD_PRELOAD": str(library()), "MOVING_CLOCK": self.file.name}

    def jump(self, seconds: int) -> None:
        self.offset[:8] = struct.pack("q", struct.unpack("q", self.offset[:8])[0] + seconds)

    def close(self) -> None:
        self.offset.close()
        self.file.close()

    def __enter__(self) -> "MovingClock":
        return self

    def __exit__(self, *_) -> None:
        self.close()
