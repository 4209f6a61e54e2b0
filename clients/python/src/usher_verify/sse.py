"""Server-sent events, as the HTML standard has them read, within a limit."""

from __future__ import annotations

import re
from typing import Iterator, List, NamedTuple

EVENT_BYTES_MAX = 64 * 1024 * 1024

_END = re.compile(rb"\r\n|\n|\r(?=.)", re.DOTALL)


class Event(NamedTuple):
    name: str
    data: bytes


class TooLong(ValueError):
    """An event that nobody would send who means well."""


class Parser:
    def __init__(self, bytes_max: int = EVENT_BYTES_MAX) -> None:
        self._bytes_max = bytes_max
        self._buffer = bytearray()
        self._searched = 0
        self._name = "message"
        self._data: List[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> Iterator[Event]:
        self._buffer += chunk
        start = 0
        while True:
            end = _END.search(self._buffer, max(self._searched, start))
            if end is None:
                break
            line = bytes(self._buffer[start : end.start()])
            start = self._searched = end.end()
            if line:
                self._take(line)
            elif self._data:
                yield self._finish()
            else:
                self._name = "message"
        del self._buffer[:start]
        # A carriage return at the very end may be half of a line's end, so it is looked at again.
        self._searched = max(len(self._buffer) - 1, 0)
        if len(self._buffer) + self._size > self._bytes_max:
            raise TooLong

    def _take(self, line: bytes) -> None:
        field, _, value = line.partition(b":")
        value = value[1:] if value.startswith(b" ") else value
        if field == b"data":
            self._data.append(value)
            self._size += len(value) + 1  # an empty line is held, too
        elif field == b"event":
            self._name = value.decode("utf-8", "replace")

    def _finish(self) -> Event:
        event = Event(self._name, b"\n".join(self._data))
        self._name, self._data, self._size = "message", [], 0
        return event
