"""What is dead: the state machine of docs/revocations.md. No I/O, no clock of its own, no lock."""

from __future__ import annotations

import enum
import math
from typing import Any, Dict, Mapping, NamedTuple, Optional

NUMBER_MAX = 2**53 - 1
SWEEPS_PER_KEEP = 8


class Moment(NamedTuple):
    """Now, by the clock on the wall and by one that nobody can set."""

    wall: float
    steady: float


class Wanted(enum.Enum):
    """What is missing."""

    NOTHING = "nothing"
    SINCE = "since"  #: what came after `have`
    WHOLE = "whole"


class Statement(NamedTuple):
    """The claims of a statement whose signature is good."""

    issued: int
    seq: int
    since: int
    keep: int
    sessions: "list[str]"
    users: Dict[str, int]


def _whole(claims: Mapping[str, Any], name: str, least: int = 0) -> int:
    value = claims.get(name)
    if type(value) is not int or not least <= value <= NUMBER_MAX:
        raise ValueError(f"{name} is not a number as it should be")
    return value


def read_statement(claims: Mapping[str, Any]) -> Statement:
    """Raises ValueError when a member is not as docs/revocations.md says."""
    sessions, users = claims.get("sessions"), claims.get("users")
    if not isinstance(sessions, list) or not all(type(sid) is str for sid in sessions):
        raise ValueError("sessions is not a list of ids")
    if not isinstance(users, dict):
        raise ValueError("users is not an object")
    for generation in users.values():
        if type(generation) is not int or not 0 <= generation <= NUMBER_MAX:
            raise ValueError("a generation is not a number")
    seq = _whole(claims, "seq")
    since = _whole(claims, "from")
    if since > seq:
        raise ValueError("from is greater than seq")
    if "exp" in claims:  # which says nothing: `iat` is when it was signed
        _whole(claims, "exp")
    return Statement(_whole(claims, "iat"), seq, since, _whole(claims, "keep", 1), sessions, users)


class RevocationSet:
    """Sessions and generations that are dead, how current that knowledge is, and what is missing.

    One thread at a time may `add`; `is_dead` and `age` may be asked by any thread at any time."""

    def __init__(self, leeway: float = 30.0) -> None:
        self.have = 0
        self.heard = 0
        self.keep: Optional[int] = None
        self._leeway = leeway
        self._known = 0  #: the number that the newest statement named
        self._lacks_whole = True
        self._keep_longest = 0
        self._whole_from = 0  #: a whole set signed before this is one of the time before the restore
        self._current: Optional[int] = None  #: the `iat` as of which nothing is missing
        self._current_since = 0.0  #: the same moment by the steady clock
        self._ahead = -math.inf  #: how far the service's clock was ahead of the steady one then, at least
        self._sessions: Dict[str, float] = {}
        self._users: Dict[str, "tuple[int, float]"] = {}
        self._swept = -math.inf

    @property
    def entries(self) -> int:
        return len(self._sessions) + len(self._users)

    @property
    def wanted(self) -> Wanted:
        if self._lacks_whole:
            return Wanted.WHOLE
        return Wanted.SINCE if self.have < self._known else Wanted.NOTHING

    def is_dead(self, sid: str, sub: str, generation: int) -> bool:
        if sid in self._sessions:
            return True
        user = self._users.get(sub)
        return user is not None and generation < user[0]

    def age(self, now: Moment) -> float:
        """Seconds since the set was last known to be current; infinite before it ever was. Neither clock alone can
        make it look new: not one set back, not one that stood still while the machine slept."""
        if self._current is None:
            return math.inf
        return max(now.wall - self._current, now.steady - self._current_since, 0.0)

    def service_time(self, steady: float) -> float:
        """It is no earlier than this at the service, whatever our wall clock says. One that was set back must not make
        a token good again that is expired, and whose revocation is forgotten."""
        return self._ahead + steady

    def add(self, claims: Mapping[str, Any], now: Moment) -> bool:
        """Takes the claims of a verified statement. True when it is newer than, or as new as, all heard before.
        Raises ValueError, and changes nothing, when they are not as they should be."""
        statement = read_statement(claims)
        self._add_entries(statement, now.steady)
        if statement.issued > now.wall + self._leeway:  # one of two clocks is wrong: it says nothing about now
            return False
        news = statement.issued >= self.heard
        if self._place(statement):
            self._date(statement, now)
        if news:
            self.heard = statement.issued
            self.keep = statement.keep
        self._forget(now.steady)
        return news

    def _add_entries(self, statement: Statement, steady: float) -> None:
        self._keep_longest = max(self._keep_longest, statement.keep)
        for sid in statement.sessions:
            self._sessions[sid] = steady
        for sub, generation in statement.users.items():
            known = self._users.get(sub)
            if known is None or generation >= known[0]:
                self._users[sub] = (generation, steady)

    def _place(self, statement: Statement) -> bool:
        """False when its numbers are those of a time before a restore from a backup, and say nothing."""
        if statement.seq < self._known and statement.issued > self.heard:
            # Restored: it counts anew, and what it counted since is not known yet.
            self.have = self._known = statement.seq
            self._whole_from = statement.issued
            self._lacks_whole = statement.since != 0
            return True
        older_yet_higher = statement.issued < self.heard and statement.seq > self._known
        if older_yet_higher or statement.issued < self._whole_from:
            return False
        self._known = max(self._known, statement.seq)
        if statement.since == 0 and statement.seq >= self.have:
            self._lacks_whole = False
        if statement.since <= self.have:
            self.have = max(self.have, statement.seq)
        return True

    def _date(self, statement: Statement, now: Moment) -> None:
        """As of its own `iat`, which is never too new, however late it comes."""
        holds_all = not self._lacks_whole and self.have >= statement.seq
        if holds_all and statement.issued > (self._current or -1):
            self._current = statement.issued
            self._current_since = now.steady - max(0.0, now.wall - statement.issued)
            self._ahead = statement.issued - now.steady

    def _forget(self, steady: float) -> None:
        """By the longest `keep` there was: a statement with a short one must not revive a token of before. Now and
        then, since it looks at all of them."""
        life = self._keep_longest + self._leeway
        if steady - self._swept < life / SWEEPS_PER_KEEP:
            return
        self._swept = steady
        oldest = steady - life
        # Replaced whole, so that whoever is looking something up right now sees the one or the other.
        self._sessions = {sid: arrived for sid, arrived in self._sessions.items() if arrived >= oldest}
        self._users = {sub: entry for sub, entry in self._users.items() if entry[1] >= oldest}
