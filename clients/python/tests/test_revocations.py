"""The state machine alone: docs/revocations.md, rule by rule, with a clock in hand."""

import math
import random

import pytest

from usher_verify import Moment, RevocationSet, Wanted

T = 1_800_000_000
DELETED = 2**53 - 1


def at(seconds: float, skew: float = 0.0) -> Moment:
    """So many seconds after the start; `skew` is how wrong the wall clock is."""
    return Moment(T + seconds + skew, 1000.0 + seconds)


def statement(seq, since=0, issued=0, sessions=(), users=None, keep=990, **more):
    return {
        "iat": T + issued, "exp": T + issued + 60, "seq": seq, "from": since, "keep": keep,
        "sessions": list(sessions), "users": users or {}, **more,
    }  # fmt: skip


@pytest.fixture()
def held() -> RevocationSet:
    """Has heard the whole set up to 10 at the start."""
    revoked = RevocationSet()
    assert revoked.add(statement(10, sessions=["a"], users={"7": 3}), at(0))
    return revoked


def test_one_that_has_just_begun_wants_the_whole_set_and_is_infinitely_old():
    revoked = RevocationSet()
    assert (revoked.wanted, revoked.age(at(0)), revoked.entries) == (Wanted.WHOLE, math.inf, 0)


def test_a_whole_set_makes_it_current(held):
    assert (held.wanted, held.have, held.heard, held.keep) == (Wanted.NOTHING, 10, T, 990)
    assert held.age(at(5)) == 5


def test_the_whole_set_of_a_service_that_never_revoked_anything_is_one():
    revoked = RevocationSet()
    revoked.add(statement(0), at(0))
    assert revoked.wanted is Wanted.NOTHING and revoked.age(at(1)) == 1


def test_dead_is_a_session_of_the_feed_or_a_generation_under_it(held):
    assert held.is_dead("a", "1", 9)
    assert held.is_dead("b", "7", 2) and not held.is_dead("b", "7", 3) and not held.is_dead("b", "8", 0)


def test_a_deleted_account_has_no_good_generation(held):
    held.add(statement(11, 10, 1, users={"7": DELETED}), at(1))
    assert held.is_dead("b", "7", 2**52)


def test_a_lower_generation_takes_nothing_back(held):
    held.add(statement(11, 10, 1, users={"7": 2}), at(1))
    assert held.is_dead("b", "7", 2)


def test_what_follows_is_added_and_dated(held):
    held.add(statement(12, 10, 3, sessions=["b"]), at(3))
    assert held.is_dead("b", "1", 1) and held.have == 12 and held.age(at(4)) == 1


def test_a_statement_without_news_moves_only_the_date(held):
    held.add(statement(10, 10, 5), at(5))
    assert (held.have, held.age(at(5))) == (10, 0)


def test_the_first_event_of_a_stream_alone_makes_nothing_current():
    revoked = RevocationSet()
    revoked.add(statement(10, 10), at(0))
    assert revoked.wanted is Wanted.WHOLE and revoked.age(at(0)) == math.inf


def test_a_gap_is_seen_asked_for_and_not_dated_until_it_is_filled(held):
    held.add(statement(14, 12, 5, sessions=["d"]), at(5))
    assert held.is_dead("d", "1", 1) and held.wanted is Wanted.SINCE and held.have == 10
    held.add(statement(14, 14, 6), at(6))
    assert held.age(at(6)) == 6
    held.add(statement(14, 10, 7, sessions=["b", "c", "d"]), at(7))
    assert held.wanted is Wanted.NOTHING and held.have == 14 and held.age(at(7)) == 0


def test_an_answer_that_fills_only_a_part_of_the_gap_is_not_enough(held):
    held.add(statement(14, 12, 5), at(5))
    held.add(statement(12, 10, 5, sessions=["b"]), at(5))
    assert held.wanted is Wanted.SINCE and held.have == 12
    assert held.age(at(6)) == 1, "up to that second, nothing is missing"


def test_a_replayed_statement_changes_nothing_and_does_not_look_new(held):
    held.add(statement(12, 10, 5, sessions=["b"]), at(5))
    for old in (statement(10, sessions=["a"]), statement(12, 10, 5, sessions=["b"])):
        held.add(old, at(50))
    assert held.have == 12 and held.wanted is Wanted.NOTHING and held.age(at(50)) == 45


def test_statements_out_of_order_lose_nothing(held):
    held.add(statement(12, 11, 2, sessions=["c"]), at(2))
    held.add(statement(11, 10, 1, sessions=["b"]), at(2))
    assert held.is_dead("b", "1", 1) and held.is_dead("c", "1", 1)
    assert held.wanted is Wanted.SINCE  # 12 is known of, and after 11 it was not heard in order
    held.add(statement(12, 11, 3, sessions=["c"]), at(3))
    assert held.wanted is Wanted.NOTHING and held.age(at(3)) == 0


def test_a_restore_counts_anew_keeps_what_is_dead_and_asks_for_the_whole_set(held):
    held.add(statement(5, 5, 8), at(8))
    assert held.have == 5 and held.wanted is Wanted.WHOLE and held.is_dead("a", "1", 1)
    held.add(statement(5, 5, 9), at(9))
    assert held.age(at(9)) == 9, "nothing is current before the whole set is there"
    held.add(statement(5, 0, 9, sessions=["z"]), at(9))
    assert held.wanted is Wanted.NOTHING and held.age(at(9)) == 0
    assert held.is_dead("a", "1", 1) and held.is_dead("z", "1", 1)


def test_a_whole_set_that_shows_the_restore_is_enough(held):
    held.add(statement(5, 0, 8, sessions=["z"]), at(8))
    assert held.wanted is Wanted.NOTHING and held.have == 5 and held.age(at(8)) == 0


def test_a_whole_set_of_before_the_restore_does_not_count_as_one_of_after_it(held):
    held.add(statement(5, 5, 8), at(8))
    held.add(statement(10, 0, 0, sessions=["a"]), at(9))
    assert held.have == 5 and held.wanted is Wanted.WHOLE


def test_a_whole_set_somewhat_older_than_what_the_stream_said_makes_it_current_as_of_then():
    revoked = RevocationSet()
    revoked.add(statement(10, 10, 9), at(9))
    revoked.add(statement(10, 0, 2, sessions=["a"]), at(9))
    assert revoked.wanted is Wanted.NOTHING and revoked.age(at(9)) == 7


def test_a_restore_shows_by_what_is_known_of_not_only_by_what_it_has(held):
    held.add(statement(14, 12, 5), at(5))
    held.add(statement(11, 11, 8), at(8))
    assert held.have == 11 and held.wanted is Wanted.WHOLE


def test_an_old_statement_with_a_higher_number_is_of_before_a_restore(held):
    held.add(statement(10, 10, 8), at(8))
    held.add(statement(15, 10, 5, sessions=["b"]), at(9))
    assert held.have == 10 and held.wanted is Wanted.NOTHING and held.is_dead("b", "1", 1)


def test_an_old_statement_with_a_low_number_is_no_restore(held):
    held.add(statement(12, 10, 5), at(5))
    held.add(statement(9, 8, 3), at(6))
    assert held.have == 12 and held.wanted is Wanted.NOTHING


def test_entries_are_forgotten_keep_and_leeway_after_they_arrived(held):
    held.add(statement(10, 10, 1019), at(1019))
    assert held.is_dead("a", "7", 2)
    held.add(statement(10, 10, 1200), at(1200))
    assert not held.is_dead("a", "7", 2) and held.entries == 0


def test_an_entry_that_arrives_again_is_kept_from_then_on(held):
    held.add(statement(10, 0, 900, sessions=["a"], users={"7": 3}), at(900))
    held.add(statement(10, 10, 1200), at(1200))
    assert held.is_dead("a", "1", 1) and held.is_dead("b", "7", 2)


def test_a_shorter_keep_forgets_nothing_sooner(held):
    held.add(statement(10, 10, 5, keep=60), at(5))
    held.add(statement(10, 10, 500, keep=60), at(500))
    assert held.keep == 60 and held.is_dead("a", "1", 1)


@pytest.mark.parametrize("skew", [-3600, 3600])
def test_entries_live_by_a_clock_that_cannot_be_set(held, skew):
    held.add(statement(10, 10, 500), at(500, skew))
    assert held.is_dead("a", "7", 2)


def test_a_wall_clock_set_back_does_not_make_an_old_set_look_new(held):
    assert held.age(at(100, skew=-3600)) == 100


def test_the_time_at_the_service_is_known_from_what_it_said_last(held):
    assert RevocationSet().service_time(5.0) == -math.inf
    assert held.service_time(at(100, skew=-3600).steady) == T + 100
    held.add(statement(10, 10, 3600), at(200))
    assert held.service_time(at(200).steady) == T + 200, "what is signed ahead of our clock says nothing"
    held.add(statement(10, 10, 250), at(260))
    assert held.service_time(at(270).steady) == T + 260


@pytest.mark.parametrize("exp", [0, T, None])
def test_a_statement_may_say_any_exp_or_none(held, exp):
    said = statement(11, 10, 1)
    if exp is None:
        del said["exp"]
    else:
        said["exp"] = exp
    assert held.add(said, at(1)) and held.have == 11


@pytest.mark.parametrize("exp", [-1, 1.5, "0", True])
def test_an_exp_that_is_no_whole_number_is_none(held, exp):
    with pytest.raises(ValueError):
        held.add(statement(11, 10, 1, exp=exp), at(1))


def test_a_machine_that_slept_does_not_take_an_old_set_for_new(held):
    assert held.age(Moment(T + 3600, 1001.0)) == 3600


def test_a_late_statement_stays_late_when_the_wall_clock_is_set_back():
    revoked = RevocationSet()
    revoked.add(statement(10), at(50))
    assert revoked.age(at(51, skew=-3600)) == 51


def test_a_statement_from_the_future_is_added_but_says_nothing_of_now(held):
    assert not held.add(statement(12, 10, 3600, sessions=["b"]), at(5))
    assert held.is_dead("b", "1", 1) and held.heard == T and held.age(at(5)) == 5
    held.add(statement(12, 10, 10, sessions=["b"]), at(10))
    assert held.age(at(10)) == 0, "so a service whose clock was put right is believed at once"


def test_a_clock_of_the_service_that_is_behind_shows_as_age():
    revoked = RevocationSet()
    revoked.add(statement(10, 0, -3600), at(0))
    assert revoked.age(at(0)) == 3600


@pytest.mark.parametrize("name", ["iat", "exp", "seq", "from", "keep", "sessions", "users"])
@pytest.mark.parametrize("value", [None, "1", -1, 1.5, True, [1], {"1": "x"}, {"1": -1}, 2**53])
def test_a_member_of_another_form_changes_nothing(held, name, value):
    before = dict(vars(held))
    with pytest.raises(ValueError):
        held.add({**statement(12, 10, 5, sessions=["b"]), name: value}, at(5))
    assert vars(held) == before and not held.is_dead("b", "1", 1)


def test_from_after_seq_is_no_statement(held):
    with pytest.raises(ValueError):
        held.add(statement(11, 12, 5), at(5))


class Service:
    """The truth: what was revoked, and when. A restore loses the end of it, and it counts on from there."""

    def __init__(self, dice: random.Random):
        self.dice = dice
        self.log: list[tuple[int, str]] = []  # second, session
        self.count = 0

    def revoke(self, second: int) -> None:
        self.count += 1
        self.log.append((second, f"session-{self.count}"))

    def restore(self) -> None:
        del self.log[self.dice.randrange(len(self.log) + 1) :]

    def says(self, second: int, since: int) -> dict:
        since = since if since <= len(self.log) else 0
        return statement(len(self.log), since, second, [sid for _, sid in self.log[since:]])


@pytest.mark.parametrize("restores", [False, True])
@pytest.mark.parametrize("seed", range(50))
def test_whatever_is_lost_doubled_or_late_the_set_is_never_more_current_than_it_says(seed, restores):
    """A random service behind a hostile line. Whenever the set says that it is current as of a second, it holds all
    that was revoked before that second; and nothing that it ever heard of comes back to life."""
    dice = random.Random(seed)
    service, revoked, line, dead, good = Service(dice), RevocationSet(), [], set(), 0
    for second in range(1, 400):
        if restores and dice.random() < 0.03:
            service.restore()
            # A restore shows by a lower number. What was said of higher ones must not come after it has counted up
            # to them again: the one thing that numbers cannot tell.
            line = [said for said in line if said["seq"] <= len(service.log)]
        elif revoked.have <= len(service.log):
            for _ in range(dice.choice([0, 0, 1, 3])):
                service.revoke(second)
        if dice.random() < 0.6:
            line.append(service.says(second, dice.choice([len(service.log), revoked.have, 0])))
        if revoked.wanted is not Wanted.NOTHING and dice.random() < 0.5:
            line.append(service.says(second, 0 if revoked.wanted is Wanted.WHOLE else revoked.have))
        for _ in range(dice.choice([0, 1, 1, 2]) if line else 0):
            heard = dice.choice(line)
            revoked.add(heard, at(second))
            dead.update(heard["sessions"])
            line.remove(heard) if dice.random() < 0.7 and len(line) > 1 else None
        assert all(revoked.is_dead(sid, "1", 1) for sid in dead)
        current_as_of = T + second - revoked.age(at(second))
        assert all(revoked.is_dead(sid, "1", 1) for when, sid in service.log if T + when < current_as_of)
        good += revoked.age(at(second)) < 30
    assert good > 50, "and it does become current"
