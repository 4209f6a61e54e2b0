"""Verified tokens by their SHA-256, so that a signature is checked once; bounded."""

from __future__ import annotations

from typing import Dict, Optional

from .claims import Verified


class Cache:
    """Without a lock: one look into a dict, or one entry more, is one step of the interpreter. What is put while
    room is made may be lost, and is then verified once more."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._tokens: Dict[bytes, Verified] = {}

    def get(self, digest: bytes) -> Optional[Verified]:
        return self._tokens.get(digest)

    def put(self, digest: bytes, verified: Verified) -> None:
        if len(self._tokens) >= self._size:
            if self._size <= 0:
                return
            # Half of it, of those that were remembered first: one costly step in many cheap ones.
            self._tokens = dict(list(self._tokens.copy().items())[(self._size + 1) // 2 :])
        self._tokens[digest] = verified

    def clear(self) -> None:
        self._tokens = {}
