"""The feed over HTTP, and every way in which it can be hostile or broken."""

import base64
import datetime
import gzip
import ipaddress
import os
import ssl
import threading
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from stand_in import FEED, STREAM, StandIn, answer, begin_stream, refusal_of, send_event, wait_until

import usher_verify.feed
from usher_verify import Clock, transport
from usher_verify.testing import TestIssuer


@pytest.fixture()
def impatient(monkeypatch):
    """Silence is noticed, and the stream opened again, sooner than in life."""
    monkeypatch.setattr(usher_verify.feed, "SILENCE_MAX", 0.4)
    monkeypatch.setattr(usher_verify.feed, "PAUSE_MIN", 0.05)
    monkeypatch.setattr(usher_verify.feed, "PAUSE_MAX", 0.2)


def streams(verifier) -> None:
    """Waits until it does, and until it polls no more."""
    wait_until(lambda: verifier.status()["streaming"], what="streaming")


def test_a_logout_is_seen_over_the_stream(service, connect, issuer):
    verifier = connect()
    token = issuer.token(sid="a")
    verifier.verify(token)
    streams(verifier)
    polls = service.requests_for(FEED)
    service.end_session("a")
    wait_until(lambda: refusal_of(verifier.verify, token) == "token_revoked", 1)
    assert service.requests_for(FEED) == polls
    assert refusal_of(verifier.verify, issuer.token(sid="b")) == ""


def test_a_change_of_the_user_is_seen_over_the_stream(service, connect, issuer):
    verifier = connect()
    token = issuer.token(7, gen=1)
    verifier.verify(token)
    streams(verifier)
    service.bump_user("7", 2)
    wait_until(lambda: refusal_of(verifier.verify, token) == "token_revoked", 1)
    assert refusal_of(verifier.verify, issuer.token(7, gen=2)) == ""
    assert refusal_of(verifier.verify, issuer.token(8, gen=1)) == ""


def test_what_was_revoked_before_the_start_is_known_to_the_first_verification(service, connect, issuer):
    service.end_session("a")
    assert refusal_of(connect().verify, issuer.token(sid="a")) == "token_revoked"


def test_without_a_stream_it_asks(service, connect, issuer):
    verifier = connect(stream=False)
    token = issuer.token(sid="a")
    verifier.verify(token)
    service.end_session("a")
    wait_until(lambda: refusal_of(verifier.verify, token) == "token_revoked", 1)
    assert service.requests_for(STREAM) == 0 and not verifier.status()["streaming"]


def test_a_stream_that_is_cut_is_opened_again_with_what_it_has_and_meanwhile_it_asks(service, connect, issuer):
    verifier = connect()
    service.end_session("a")
    token = issuer.token(sid="b")
    verifier.verify(token)
    streams(verifier)
    service.behave[STREAM] = lambda handler: answer(handler, 503, b"", {"Retry-After": "1"})
    service.cut_streams()
    wait_until(lambda: not verifier.status()["streaming"])
    service.end_session("b")
    wait_until(lambda: refusal_of(verifier.verify, token) == "token_revoked", 1)
    del service.behave[STREAM]
    streams(verifier)
    last = [headers for path, _, headers in service.asked if path == STREAM][-1]
    assert last["Last-Event-ID"] == "2"


def test_a_stream_that_falls_silent_is_cut_and_opened_again(service, connect, impatient):
    verifier = connect()
    verifier.start()
    streams(verifier)
    wait_until(lambda: service.requests_for(STREAM) >= 2, what="a second stream")


def test_noise_is_not_life(service, connect, impatient):
    """Comments and bad statements keep a connection busy, but not the set current."""

    def babble(handler):
        begin_stream(handler)
        for number in range(200):
            handler.wfile.write(b": still here\n\nevent: revocations\ndata: nonsense\n\n")
            time.sleep(0.01)

    service.behave[STREAM] = babble
    verifier = connect()
    verifier.start()
    wait_until(lambda: service.requests_for(STREAM) >= 2, what="a second stream")
    status = verifier.status()
    assert not status["streaming"] and status["refused_statements"] > 1
    assert service.requests_for(FEED) > 2, "and it asks meanwhile"


def test_a_gap_is_asked_for(service, connect, issuer):
    verifier = connect(poll_every=30)
    token = issuer.token(sid="held back")
    verifier.verify(token)
    streams(verifier)
    service.log.append(("session", "held back"))  # and said to nobody
    service.end_session("b")
    wait_until(lambda: refusal_of(verifier.verify, token) == "token_revoked", 1)
    assert [query for path, query, _ in service.asked if path == FEED][-1] == "since=0"


def test_replayed_and_reordered_statements_lose_and_revive_nothing(service, connect, issuer):
    verifier = connect()
    verifier.start()
    streams(verifier)
    old = [service.statement(iat=int(time.time()) - 30)]
    for sid in "abc":
        known = service.seq
        service.end_session(sid)
        old.append(service.statement(known, iat=int(time.time()) - 20))
    wait_until(lambda: verifier.status()["have"] == 3)
    heard = verifier.status()["heard"]
    for statement in (*reversed(old), *old):
        service.say(statement)
    service.say(service.statement(0, iat=int(time.time()) - 10))
    service.end_session("d")
    wait_until(lambda: verifier.status()["have"] == 4)
    assert verifier.status()["heard"] >= heard and verifier.status()["refused_statements"] == 0
    for sid in "abcd":
        assert refusal_of(verifier.verify, issuer.token(sid=sid)) == "token_revoked"


def changed(statement: str, member: bytes, by: bytes) -> str:
    head, payload, signature = statement.split(".")
    plain = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).replace(member, by)
    return f"{head}.{base64.urlsafe_b64encode(plain).rstrip(b'=').decode()}.{signature}"


def bad_statements(issuer: TestIssuer) -> dict:
    good = issuer.statement(9, sessions=["victim"])
    thief = TestIssuer()
    return {
        "cut": good[:-20],
        "cut in the middle": good[: len(good) // 2],
        "changed": changed(good, b'"seq": 9', b'"seq": 8'),
        "signed by an unknown key": thief.statement(9, sessions=["victim"]),
        "signed by a thief in our name": thief.statement(9, sessions=["victim"], header={"kid": issuer.kid}),
        "an access token": issuer.token(sid="victim"),
        "of another issuer": issuer.statement(9, sessions=["victim"], iss="other"),
        "for another audience": issuer.statement(9, sessions=["victim"], aud="other"),
        "for many audiences": issuer.statement(9, sessions=["victim"], aud=["revocations"]),
        "of another type": issuer.statement(9, sessions=["victim"], type="access"),
        "of another typ": issuer.statement(9, sessions=["victim"], header={"typ": "at+jwt"}),
        "without alg": issuer.statement(9, sessions=["victim"], header={"alg": "none"}),
        "with crit": issuer.statement(9, sessions=["victim"], header={"crit": ["x"]}),
        "without numbers": issuer.statement(9, sessions=["victim"], keep=None),
        "with from after seq": issuer.statement(9, 10, sessions=["victim"]),
        "with odd sessions": issuer.statement(9, sessions=["victim", 7]),
        "a web page": "<html><body>Sign in to the hotel's network</body></html>",
        "empty": "",
        "binary": "\x00\xff\xfe",
    }


@pytest.mark.parametrize("name", bad_statements(TestIssuer()).keys())
def test_a_bad_statement_is_dropped_and_changes_nothing(service, connect, issuer, name):
    verifier = connect()
    token = issuer.token(sid="victim")
    verifier.verify(token)
    streams(verifier)
    before = verifier.status()
    bad = bad_statements(issuer)[name]
    service.behave[FEED] = lambda handler: answer(handler, 200, bad.encode("latin-1"))
    if bad and bad.isprintable():
        service.say(bad)
    service.cut_streams()  # so that it asks as well
    wait_until(lambda: verifier.status()["refused_statements"] >= 1, what="a refused statement")
    after = verifier.status()
    assert (after["have"], after["heard"], after["entries"]) == (before["have"], before["heard"], before["entries"])
    assert refusal_of(verifier.verify, token) == ""


def test_a_service_out_of_reach_is_borne_for_max_stale_then_503_and_the_dead_stay_dead(issuer):
    with StandIn(issuer) as service:
        service.end_session("dead")
        verifier = service.verifier(max_stale=3, http_timeout=0.3)
        good, dead = issuer.token(sid="alive"), issuer.token(sid="dead")
        assert refusal_of(verifier.verify, good) == "" and refusal_of(verifier.verify, dead) == "token_revoked"
    wait_until(lambda: refusal_of(verifier.verify, good) == "revocations_stale", 6)
    assert refusal_of(verifier.verify, dead) == "token_revoked"
    assert refusal_of(verifier.verify, issuer.token(role="USER"), role="ADMIN") == "revocations_stale"
    verifier.close()


def test_with_max_stale_none_tokens_are_accepted_without_the_feed(service, connect, issuer):
    service.behave[FEED] = service.behave[STREAM] = lambda handler: answer(handler, 404, b"")
    verifier = connect(max_stale=None, start_wait=0.1)
    assert refusal_of(verifier.verify, issuer.token()) == ""


def test_before_the_first_whole_set_it_is_stale_and_waits_only_once(service, connect, issuer):
    service.end_session("a")  # of a service that never revoked anything, the stream's first event is the whole set
    gate = threading.Event()
    service.behave[FEED] = lambda handler: (gate.wait(5), service._send_statement(handler))
    verifier = connect(start_wait=0.2)
    assert refusal_of(verifier.verify, issuer.token()) == "revocations_stale"
    begin = time.monotonic()
    for _ in range(20):
        assert refusal_of(verifier.verify, issuer.token()) == "revocations_stale"
    assert time.monotonic() - begin < 0.15
    gate.set()
    wait_until(lambda: refusal_of(verifier.verify, issuer.token()) == "")


def test_one_that_never_answers_holds_up_nobody(service, connect, issuer):
    done = threading.Event()
    service.behave[FEED] = service.behave[STREAM] = lambda handler: done.wait(20)
    verifier = connect(http_timeout=0.2, start_wait=0.1)
    begin = time.monotonic()
    assert refusal_of(verifier.verify, issuer.token()) == "revocations_stale"
    wait_until(lambda: service.requests_for(FEED) >= 3, what="another try")
    assert time.monotonic() - begin < 4
    done.set()


def test_after_an_answer_that_never_came_the_next_one_is_taken(service, connect, issuer):
    """On a connection that is kept: what is left of the one must not spoil the other."""
    done, hang = threading.Event(), [False]

    def now_and_then(handler):
        if hang[0]:
            hang[0] = False
            done.wait(5)
        service._send_statement(handler)

    service.behave[FEED] = now_and_then
    verifier = connect(stream=False, http_timeout=0.3)
    token = issuer.token(sid="a")
    verifier.verify(token)
    hang[0] = True
    wait_until(lambda: not hang[0])
    service.end_session("a")
    wait_until(lambda: refusal_of(verifier.verify, token) == "token_revoked")
    done.set()


def test_bytes_that_drip_in_do_not_extend_the_time_of_a_request(service, connect):
    ended = []

    def drip(handler):
        begin = time.monotonic()
        try:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while time.monotonic() - begin < 5:
                handler.wfile.write(b"x")
                time.sleep(0.02)
        except OSError:
            pass
        ended.append(time.monotonic() - begin)

    service.behave[FEED] = service.behave[STREAM] = drip
    connect(http_timeout=0.3).start()
    wait_until(lambda: len(ended) >= 2)
    assert max(ended[:2]) < 2


def test_a_stream_that_never_says_anything_does_not_keep_it_from_asking(service, connect, issuer):
    def silent(handler):
        begin_stream(handler)
        time.sleep(2)

    service.behave[STREAM] = silent
    verifier = connect()
    token = issuer.token(sid="a")
    verifier.verify(token)
    service.end_session("a")
    wait_until(lambda: refusal_of(verifier.verify, token) == "token_revoked", 1)


@pytest.mark.parametrize("kind", ["text/html", "application/json", ""])
def test_a_stream_of_another_type_is_none(service, connect, kind, impatient):
    def other(handler):
        answer(handler, 200, b"event: revocations\ndata: x\n\n" * 10, {"Content-Type": kind})

    service.behave[STREAM] = other
    verifier = connect()
    verifier.start()
    wait_until(lambda: service.requests_for(STREAM) >= 2)
    assert verifier.status()["refused_statements"] == 0


def test_huge_answers_are_dropped_long_before_they_fill_the_memory(service, connect, issuer, monkeypatch):
    monkeypatch.setattr(transport, "BODY_BYTES_MAX", 1 << 20)
    sent = []

    def endless(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\ndata: ")
        sent.append(0)
        number = len(sent) - 1
        try:
            while sent[number] < 64 << 20:
                sent[number] += handler.connection.send(b"A" * 65536)
        finally:
            handler.close_connection = True

    service.behave[FEED] = endless
    verifier = connect(start_wait=0.1, stream=False)
    assert refusal_of(verifier.verify, issuer.token()) == "revocations_stale"
    wait_until(lambda: len(sent) >= 2)
    assert sent[0] < 16 << 20


def test_an_event_has_a_limit():
    from usher_verify.sse import Parser, TooLong

    parser = Parser(1000)
    with pytest.raises(TooLong):
        list(parser.feed(b"data: " + b"A" * 2000))
    parser = Parser(1000)
    with pytest.raises(TooLong):
        for _ in range(200):
            list(parser.feed(b"data: AAAAAAAA\n"))
    parser = Parser(1000)
    with pytest.raises(TooLong):
        for _ in range(2000):
            list(parser.feed(b"data\n"))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_events_are_read_however_they_are_cut(size, end):
    from usher_verify.sse import Parser

    text = end.join(
        [b": hello", b"retry: 1000", b"", b"id: 1", b"event: revocations", b"data: one", b"", b"data:two", b"data",
         b"data: three", b"other: x", b"", b"event: unfinished", b"", b"data: last", b"", b""]
    )  # fmt: skip
    parser = Parser()
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    events = [event for piece in [*pieces, b"\n"] for event in parser.feed(piece)]
    assert [(event.name, event.data) for event in events] == [
        ("revocations", b"one"), ("message", b"two\n\nthree"), ("message", b"last"),
    ]  # fmt: skip


def test_gzip_is_read_within_its_limit(service, connect, issuer, monkeypatch):
    zipped = {"Content-Encoding": "gzip"}
    service.behave[FEED] = lambda handler: answer(handler, 200, gzip.compress(service.statement().encode()), zipped)
    assert refusal_of(connect(stream=False).verify, issuer.token()) == ""
    monkeypatch.setattr(transport, "BODY_BYTES_MAX", 1 << 20)
    bomb = gzip.compress(b"A" * (8 << 20))
    service.behave[FEED] = lambda handler: answer(handler, 200, bomb, zipped)
    assert refusal_of(connect(stream=False, start_wait=0.2).verify, issuer.token()) == "revocations_stale"


def test_an_answer_cut_short_is_none(service, connect, issuer):
    def cut(handler):
        body = service.statement().encode()
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (len(body) + 10) + body)
        handler.close_connection = True

    service.behave[FEED] = cut
    verifier = connect(stream=False, start_wait=0.3)
    assert refusal_of(verifier.verify, issuer.token()) == "revocations_stale"
    assert verifier.status()["refused_statements"] == 0


def test_a_service_restored_from_a_backup_is_followed_and_the_dead_stay_dead(service, connect, issuer):
    verifier = connect(stream=False)
    for sid in "abc":
        service.end_session(sid)
    verifier.verify(issuer.token())
    wait_until(lambda: verifier.status()["have"] == 3)
    del service.log[1:]
    later = {"iat": int(time.time()) + 2}
    service.behave[FEED] = lambda handler: answer(handler, 200, service.statement(0, **later).encode())
    wait_until(lambda: verifier.status()["have"] == 1)
    service.end_session("z")
    wait_until(lambda: refusal_of(verifier.verify, issuer.token(sid="z")) == "token_revoked")
    assert refusal_of(verifier.verify, issuer.token(sid="c")) == "token_revoked"
    assert refusal_of(verifier.verify, issuer.token(sid="d")) == ""


class SetBack(Clock):
    """A wall clock that can be set."""

    def __init__(self) -> None:
        self.wrong = 0.0
        self.wall = lambda: time.time() + self.wrong


@pytest.mark.parametrize("cache_size", [0, 10])
@pytest.mark.parametrize("max_stale", [60, None])
def test_a_wall_clock_set_back_revives_no_token_that_was_over(service, connect, issuer, cache_size, max_stale):
    clock, now = SetBack(), int(time.time())
    verifier = connect(clock=clock, cache_size=cache_size, max_stale=max_stale)
    over = issuer.token(iat=now - 1000, nbf=now - 1000, exp=now - 100)
    stale = issuer.token(iat=now - 800, nbf=now - 800, exp=now + 100, auth_time=now - 800, fresh=now - 100)
    assert refusal_of(verifier.verify, issuer.token()) == ""
    clock.wrong = -200.0
    assert refusal_of(verifier.verify, over) == "token_expired"
    assert refusal_of(verifier.verify, stale) == ""
    assert refusal_of(verifier.verify, stale, fresh=True) == "token_not_fresh"
    assert refusal_of(verifier.verify, stale, max_age=700) == "authentication_too_old"


def test_a_token_that_outlives_the_feeds_memory_is_sent_to_be_refreshed(service, connect, issuer):
    verifier = connect()
    long, short = issuer.token(lifetime=1000), issuer.token(lifetime=990)
    for _ in range(2):
        assert refusal_of(verifier.verify, long) == "token_revoked"
        assert refusal_of(verifier.verify, short) == ""


def test_polls_say_what_they_have_and_take_304(service, connect, issuer):
    statement = service.statement().encode()

    def polite(handler):
        if handler.headers.get("If-None-Match") == '"s"':
            answer(handler, 304, b"")
        else:
            answer(handler, 200, statement, {"ETag": '"s"'})

    service.behave[FEED] = polite
    verifier = connect(stream=False)
    verifier.verify(issuer.token())
    wait_until(lambda: any("If-None-Match" in headers for path, _, headers in service.asked if path == FEED))
    assert verifier.status()["refused_statements"] == 0


def test_credentials_go_to_the_feed_and_not_to_the_key_set(service, connect, issuer):
    connect(client_id="orders", client_secret="se:cret").verify(issuer.token())
    wait_until(lambda: service.requests_for(STREAM) > 0)
    for path, _, headers in service.asked:
        expected = None if path not in (FEED, STREAM) else "Basic " + base64.b64encode(b"orders:se%3Acret").decode()
        assert headers.get("Authorization") == expected, path


def test_a_base_url_may_have_a_path(service, issuer):
    from usher_verify import Verifier

    with Verifier(service.url + "/usher/", start_wait=0.1) as verifier:
        refusal_of(verifier.verify, issuer.token())
        wait_until(lambda: len(service.asked) >= 3)
    assert {path for path, _, _ in service.asked} == {
        "/usher/.well-known/jwks.json", "/usher/api/revocations", "/usher/api/revocations/stream",
    }  # fmt: skip


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Certificate and key of 127.0.0.1, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "usher")])
    now = datetime.datetime.utcnow()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "certificate.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(made.public_bytes(Encoding.PEM) + secret)
    return file


def test_over_tls_with_an_authority_of_ones_own_and_not_without(issuer, certificate):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    token = issuer.token(sid="a")
    with StandIn(issuer, tls) as service:
        with service.verifier(start_wait=0.5) as verifier:
            assert refusal_of(verifier.verify, token) == "keys_unavailable"
        with service.verifier(ssl_context=ssl.create_default_context(cafile=certificate)) as verifier:
            assert refusal_of(verifier.verify, token) == ""
            streams(verifier)
            service.end_session("a")
            wait_until(lambda: refusal_of(verifier.verify, token) == "token_revoked", 1)
            threads = verifier._feed._threads
        assert not any(thread.is_alive() for thread in threads), "close() also ends what waits beneath TLS"


def test_close_ends_the_threads_and_the_verifier(service, issuer):
    verifier = service.verifier()
    verifier.verify(issuer.token())
    streams(verifier)
    threads = verifier._feed._threads
    verifier.close()
    assert not any(thread.is_alive() for thread in threads)
    with pytest.raises(RuntimeError):
        verifier.verify(issuer.token())
    verifier.close()


def test_a_whole_set_of_a_hundred_thousand_is_taken(service, connect, issuer):
    service.log = [("session", f"{number:032x}") for number in range(100_000)]
    verifier = connect(start_wait=20, http_timeout=20, stream=False)
    assert refusal_of(verifier.verify, issuer.token(sid=f"{99_999:032x}")) == "token_revoked"
    assert verifier.status()["entries"] == 100_000


def test_many_threads_share_one_verifier(service, connect, issuer):
    verifier = connect(cache_size=50)
    tokens = [issuer.token(user, sid=f"s{user}") for user in range(1, 100)]
    wrong: list = []

    def work(offset: int) -> None:
        for number in range(300):
            token = tokens[(offset * 7 + number) % len(tokens)]
            try:
                if verifier.verify(token)["sub"] != str(tokens.index(token) + 1):
                    wrong.append("mixed up")
            except Exception as error:
                wrong.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong and service.requests_for("/.well-known/jwks.json") == 1


def test_after_a_fork_the_child_listens_for_itself(service, issuer):
    """As gunicorn does it with --preload: the parent has verified before its workers are made."""
    verifier = service.verifier()
    token = issuer.token(sid="a")
    verifier.verify(token)
    streams(verifier)
    begun, told = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            if refusal_of(verifier.verify, token) == "":
                streams(verifier)
                os.write(begun[1], b"x")
                os.read(told[0], 1)
                wait_until(lambda: refusal_of(verifier.verify, token) == "token_revoked", 2)
                status = 0
        finally:
            os._exit(status)
    os.read(begun[0], 1)
    service.end_session("a")
    os.write(told[1], b"x")
    assert os.waitpid(child, 0)[1] == 0
    wait_until(lambda: refusal_of(verifier.verify, token) == "token_revoked", 2)
    verifier.close()
