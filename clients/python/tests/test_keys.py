"""The key set: fetched when needed, kept, fetched anew; and what becomes of tokens that name other keys."""

import gzip
import json
import threading
import time

import pytest
from stand_in import FEED, JWKS, answer, issuer_of, refusal_of, wait_until

from usher_verify import Clock
from usher_verify.keys import Fetched, FetchedKeys, KeysUnavailable, StaticKeys, life_of
from usher_verify.testing import TestIssuer


class Source:
    """Instead of HTTP: what is fetched, and how often."""

    def __init__(self, *issuers: TestIssuer) -> None:
        self.keys = [issuer.jwk for issuer in issuers]
        self.fetches: list[tuple] = []
        self.fails = False
        self.gate = threading.Event()
        self.gate.set()
        self.clock = Clock()
        self.now = 0.0
        self.clock.steady = lambda: self.now
        self.lost = 0
        self.cache_control = "max-age=300"

    def __call__(self, etag, no_cache):
        self.fetches.append((etag, no_cache))
        self.gate.wait(5)
        if self.fails:
            raise OSError("unreachable")
        return Fetched(json.dumps({"keys": self.keys}).encode(), '"1"', self.cache_control)

    def found(self, patience: float = 5.0) -> FetchedKeys:
        return FetchedKeys(self, self.clock, patience, self._note_loss)

    def _note_loss(self) -> None:
        self.lost += 1


@pytest.fixture(scope="module")
def other():
    return TestIssuer()


def test_one_fetch_serves_all_who_wait(issuer):
    source = Source(issuer)
    source.gate.clear()
    keys, found = source.found(), []
    threads = [threading.Thread(target=lambda: found.append(keys.find(issuer.kid))) for _ in range(20)]
    for thread in threads:
        thread.start()
    source.gate.set()
    for thread in threads:
        thread.join()
    assert len(found) == 20 and None not in found and len(source.fetches) == 1


def test_nobody_waits_longer_than_the_patience(issuer):
    source = Source(issuer)
    source.gate.clear()
    keys = source.found(patience=0.05)
    begin = time.monotonic()
    with pytest.raises(KeysUnavailable):
        keys.find(issuer.kid)
    assert time.monotonic() - begin < 2
    source.gate.set()


def test_a_failed_first_fetch_is_tried_again_a_second_later(issuer):
    source = Source(issuer)
    source.fails = True
    keys = source.found()
    for _ in range(5):
        with pytest.raises(KeysUnavailable):
            keys.find(issuer.kid)
    assert len(source.fetches) == 1
    source.fails, source.now = False, 1.1
    assert keys.find(issuer.kid) is not None


def test_an_unknown_kid_makes_one_fetch_in_five_seconds_however_many_there_are(issuer, other):
    source = Source(issuer)
    keys = source.found()
    keys.find(issuer.kid)
    for number in range(3000):
        assert keys.find(f"unknown-{number}") is None
    assert source.fetches[1:] == [('"1"', True)], "one, past all caches"
    source.now, source.keys = 5.1, [issuer.jwk, other.jwk]
    assert keys.find(other.kid) is not None
    assert len(source.fetches) == 3 and len(keys._unknown) <= 1000


def test_while_kids_of_nobody_are_looked_for_only_one_request_waits_and_not_for_long(issuer):
    source = Source(issuer)
    keys, took = source.found(patience=30), []
    keys.find(issuer.kid)
    source.gate.clear()

    def ask(number: int) -> None:
        begin = time.monotonic()
        with pytest.raises(KeysUnavailable):
            keys.find(f"unknown-{number}")
        took.append(time.monotonic() - begin)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    source.gate.set()
    took.sort()
    assert len(took) == 20 and took[-2] < 0.3 and 0.4 < took[-1] < 2
    assert len(source.fetches) == 2


def test_the_feed_waits_for_a_key_that_is_being_fetched(issuer, other):
    source = Source(issuer)
    keys, found = source.found(), []
    keys.find(issuer.kid)
    source.keys.append(other.jwk)
    source.gate.clear()
    first = threading.Thread(target=lambda: found.append(keys.find(other.kid, patient=True)))
    first.start()
    wait_until(lambda: keys._job is not None)
    second = threading.Thread(target=lambda: found.append(keys.find(other.kid, patient=True)))
    second.start()
    source.gate.set()
    first.join()
    second.join()
    assert len(found) == 2 and None not in found


def test_of_two_keys_with_one_kid_the_first_counts(issuer, other):
    keys = StaticKeys({"keys": [issuer.jwk, {**other.jwk, "kid": issuer.kid}]})
    assert keys.find(issuer.kid).source == issuer.jwk


@pytest.mark.parametrize("zipped", [False, True])
def test_a_key_set_has_a_limit(service, connect, issuer, zipped):
    body = json.dumps({"keys": [issuer.jwk], "x": "x" * (1 << 20)}).encode()
    headers = {"Content-Encoding": "gzip"} if zipped else {}
    service.behave[JWKS] = lambda handler: answer(handler, 200, gzip.compress(body) if zipped else body, headers)
    assert refusal_of(connect(start_wait=0.3).verify, issuer.token()) == "keys_unavailable"


def test_an_unknown_kid_is_remembered_for_a_minute(issuer, other):
    source = Source(issuer)
    keys = source.found()
    keys.find(issuer.kid)
    assert keys.find(other.kid) is None
    source.keys.append(other.jwk)
    source.now = 30
    assert keys.find(other.kid) is None and len(source.fetches) == 2
    source.now = 61
    assert keys.find(other.kid) is not None and len(source.fetches) == 3


def test_an_unknown_kid_while_usher_is_unreachable_is_not_called_a_forgery(issuer, other):
    source = Source(issuer)
    keys = source.found()
    keys.find(issuer.kid)
    source.fails = True
    with pytest.raises(KeysUnavailable):
        keys.find(other.kid)
    assert keys.find(issuer.kid) is not None, "and the old keys serve on"


def test_a_set_that_is_old_is_fetched_again_while_it_serves(issuer, other):
    source = Source(issuer)
    keys = source.found()
    keys.find(issuer.kid)
    source.now = 299
    keys.find(issuer.kid)
    assert len(source.fetches) == 1
    source.now, source.keys = 301, [issuer.jwk, other.jwk]
    source.gate.clear()
    assert keys.find(issuer.kid) is not None, "nobody waits for it"
    source.gate.set()
    wait_until(lambda: keys._job is None)
    assert keys.find(other.kid) is not None and source.fetches[1:] == [('"1"', False)]


def test_a_key_that_went_is_told(issuer, other):
    source = Source(issuer, other)
    keys = source.found()
    keys.find(issuer.kid)
    source.keys, source.now = [issuer.jwk], 301
    keys.find(issuer.kid)
    wait_until(lambda: source.lost == 1)
    source.now = 700
    keys.find(issuer.kid)
    wait_until(lambda: len(source.fetches) == 3 and keys._job is None)
    assert source.lost == 1, "the same key again is no loss"


@pytest.mark.parametrize(
    "said,life",
    [("", 300), ("public", 300), ("max-age=60", 60), ("public, max-age=600", 600), ("max-age=0", 5), ("max-age=3", 5),
     ('max-age="90"', 90), ("no-store", 5), ("no-cache, max-age=600", 5), ("max-age=-1", 300), ("max-age=x", 300),
     ("max-age=99999999999999999999", 86400), ("MAX-AGE=70", 70), ("s-maxage=9", 300)],
)  # fmt: skip
def test_cache_control_says_how_long(said, life):
    assert life_of(said) == life


@pytest.mark.parametrize("alg", ["ES256", "EdDSA", "RS256"])
def test_fetched_over_http(service, connect, alg):
    issuer = issuer_of(alg)
    service.jwks = issuer.jwks
    service.issuer = issuer
    assert connect().verify(issuer.token(7))["sub"] == "7"
    assert service.requests_for(JWKS) == 1


def test_keys_that_we_do_not_use_are_skipped(service, connect, issuer):
    hs = TestIssuer("HS256")
    public = {name: value for name, value in issuer.jwk.items() if name != "kid"}
    service.jwks = {
        "keys": [
            hs.jwk, {"kty": "EC"}, {"kty": "new"}, 7, {**public, "kid": "enc", "use": "enc"}, {**public, "kid": 7},
            {**public, "kid": "es384", "alg": "ES384"}, {**public, "kid": "sign", "key_ops": ["sign"]},
            {"kty": "OKP", "crv": "Ed448", "kid": "448", "x": "A" * 76}, issuer.jwk,
        ]
    }  # fmt: skip
    verifier = connect(max_stale=None)
    assert verifier.verify(issuer.token())["sub"] == "1"
    assert refusal_of(verifier.verify, hs.token()) == "token_signature_invalid", "a secret that was published is none"
    for kid in ("enc", "es384", "sign", "448"):
        assert refusal_of(verifier.verify, issuer.token(header={"kid": kid})) == "token_signature_invalid"


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"{}", b'{"keys":{}}', b'{"keys":[]', b'{"keys":' + b"[" * 9000, b"\xff" * 100]
)
def test_what_is_no_key_set_leaves_no_keys(service, connect, issuer, body):
    service.behave[JWKS] = lambda handler: answer(handler, 200, body)
    verifier = connect(start_wait=0.3)
    assert refusal_of(verifier.verify, issuer.token()) == "keys_unavailable"


@pytest.mark.parametrize("status", [301, 302, 404, 500, 304])
def test_only_200_is_a_key_set(service, connect, issuer, status):
    elsewhere = {"Location": service.url + "/elsewhere"}
    service.behave[JWKS] = lambda handler: answer(handler, status, b"", elsewhere)
    assert refusal_of(connect(start_wait=0.3).verify, issuer.token()) == "keys_unavailable"
    assert service.requests_for("/elsewhere") == 0, "redirects are not followed"


def test_an_rsa_key_of_1024_bits_is_not_used(service, connect):
    from cryptography.hazmat.primitives.asymmetric import rsa

    weak = TestIssuer("RS256")
    weak._key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    service.jwks = weak.jwks
    assert refusal_of(connect(max_stale=None).verify, weak.token()) == "token_signature_invalid"


def test_if_none_match_is_sent_and_304_keeps_the_keys(service, connect, issuer):
    service.jwks_headers["Cache-Control"] = "max-age=5"
    verifier = connect()
    verifier.verify(issuer.token())
    verifier._keys._stale_at = 0
    assert verifier.verify(issuer.token())
    wait_until(lambda: service.requests_for(JWKS) == 2 and verifier._keys._job is None)
    again = [headers for path, _, headers in service.asked if path == JWKS][1]
    assert again["If-None-Match"] == '"keys"' and verifier.verify(issuer.token())


def test_tokens_of_a_key_that_was_dropped_die_though_they_were_remembered(service, connect, issuer):
    dropped = TestIssuer()
    service.jwks = {"keys": [issuer.jwk, dropped.jwk]}
    verifier = connect()
    token = dropped.token()
    verifier.verify(token)
    service.jwks = issuer.jwks
    service.jwks_headers["ETag"] = '"others"'
    verifier._keys._stale_at = 0
    verifier.verify(issuer.token())
    wait_until(lambda: refusal_of(verifier.verify, token) == "token_signature_invalid")


def test_without_usher_the_answer_is_503_and_it_heals_by_itself(issuer):
    from stand_in import StandIn

    with StandIn(issuer) as service:
        service.behave[JWKS] = lambda handler: answer(handler, 500, b"")
        service.behave[FEED] = lambda handler: answer(handler, 500, b"")
        with service.verifier(start_wait=0.1) as verifier:
            assert refusal_of(verifier.verify, issuer.token()) == "keys_unavailable"
            service.behave.clear()
            wait_until(lambda: refusal_of(verifier.verify, issuer.token()) == "")
