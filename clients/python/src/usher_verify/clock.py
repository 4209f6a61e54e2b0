"""The two clocks: one that tells the time, one that nobody can set."""

from __future__ import annotations

import time


class Clock:
    wall = staticmethod(time.time)
    steady = staticmethod(time.monotonic)
