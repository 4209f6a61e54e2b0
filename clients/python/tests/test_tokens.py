"""What a token must be, without a feed: every way in which it can be wrong, and what is answered."""

import base64
import json
import time

import pytest
from stand_in import issuer_of, refusal_of

from usher_verify import Clock, Refused, Verifier, bearer_token
from usher_verify.testing import TestIssuer

NOW = int(time.time())


def part(value) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class StoppedClock(Clock):
    def __init__(self) -> None:
        self.time = float(NOW)
        self.wall = lambda: self.time
        self.steady = lambda: self.time


@pytest.fixture(scope="module")
def verifier(issuer):
    return issuer.verifier()


@pytest.mark.parametrize("alg", ["ES256", "EdDSA", "RS256", "HS256"])
def test_a_token_of_each_algorithm_gives_its_claims(alg):
    issuer = issuer_of(alg)
    claims = issuer.verifier().verify(issuer.token(7, "ADMIN"))
    assert (claims["sub"], claims["user_id"], claims["role"], claims["amr"]) == ("7", 7, "ADMIN", ["pwd"])


@pytest.mark.parametrize("alg", ["ES256", "EdDSA", "RS256"])
def test_a_key_may_be_given_as_pem_and_fits_any_kid(alg):
    issuer = issuer_of(alg)
    assert Verifier(keys=issuer.pem, max_stale=None).verify(issuer.token())["sub"] == "1"
    assert refusal_of(Verifier(keys=TestIssuer(alg).pem, max_stale=None).verify, issuer.token()) == (
        "token_signature_invalid"
    )


def test_an_hs256_secret_may_be_given_raw_as_text_or_as_jwk():
    issuer = TestIssuer("HS256")
    text = base64.urlsafe_b64encode(issuer.secret).rstrip(b"=").decode()
    for keys in (issuer.secret, text, text + "\n", issuer.jwk, json.dumps(issuer.jwks)):
        assert Verifier(keys=keys, max_stale=None).verify(issuer.token())["sub"] == "1"


@pytest.mark.parametrize(
    "keys",
    [b"short", "c2hvcnQ", "not base64url!", "a" * 40 + "+" + "a" * 43, "{}", {"keys": []}, '{"keys":[{"kty":"EC"}]}',
     "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"],
)  # fmt: skip
def test_keys_that_are_none_are_refused_at_once(keys):
    with pytest.raises(ValueError):
        Verifier(keys=keys, max_stale=None)


@pytest.mark.parametrize(
    "settings",
    [{}, {"url": "ftp://usher"}, {"url": "http://a:b@usher"}, {"url": "http://usher", "leeway": 61},
     {"url": "http://usher", "poll_every": 0}, {"keys": b"k" * 32}],
)  # fmt: skip
def test_settings_that_cannot_work_are_refused_at_once(settings):
    with pytest.raises(ValueError):
        Verifier(**settings)


def pem_of(alg: str) -> bytes:
    return issuer_of(alg).pem.encode()


def der_of(alg: str) -> bytes:
    return base64.b64decode("".join(issuer_of(alg).pem.splitlines()[1:-1]))


FORMS = {
    "PEM": pem_of,
    "PEM after a BOM": lambda alg: b"\xef\xbb\xbf" + pem_of(alg),
    "PEM after words": lambda alg: b"the key of usher:\n" + pem_of(alg),
    "PEM in base64": lambda alg: base64.b64encode(pem_of(alg)),
    "JWKS": lambda alg: json.dumps(issuer_of(alg).jwks).encode(),
    "JWK after a BOM": lambda alg: b"\n \xef\xbb\xbf " + json.dumps(issuer_of(alg).jwk).encode(),
    "JWKS in base64": lambda alg: base64.urlsafe_b64encode(json.dumps(issuer_of(alg).jwks).encode()),
    "DER": der_of,
    "DER in base64": lambda alg: base64.b64encode(der_of(alg)),
    "DER in base64url": lambda alg: base64.urlsafe_b64encode(der_of(alg)).rstrip(b"="),
}


@pytest.mark.parametrize("alg", ["ES256", "EdDSA", "RS256"])
@pytest.mark.parametrize("form", FORMS)
def test_a_public_key_that_is_given_is_taken_for_what_it_is(form, alg):
    material = FORMS[form](alg)
    for keys in (material, bytearray(material), *([material.decode()] if form != "DER" else [])):
        verifier = Verifier(keys=keys, max_stale=None)
        assert verifier.verify(issuer_of(alg).token())["sub"] == "1"
        assert {key.alg for key in verifier._keys._keys.values()} == {alg}


def published(form: str) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = issuer_of("ES256")._key.public_key()
    jwk = json.dumps(issuer_of("ES256").jwk)
    return {
        "PEM cut short": pem_of("ES256")[:-30],
        "PEM in UTF-16": pem_of("ES256").decode().encode("utf-16"),
        "a private key": b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        "JSON cut short": jwk[:-5].encode(),
        "JSON in UTF-16": jwk.encode("utf-16"),
        "JSON in Latin-1": jwk.replace("sig", "sig\u00e9").encode("latin-1"),
        "JSON of another form": f"[{jwk}]".encode(),
        "of OpenSSH": key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH),
        "a point": key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
    }[form]


@pytest.mark.parametrize(
    "form",
    ["PEM cut short", "PEM in UTF-16", "a private key", "JSON cut short", "JSON in UTF-16", "JSON in Latin-1",
     "JSON of another form", "of OpenSSH", "a point"],
)  # fmt: skip
def test_what_is_published_and_no_key_of_ours_does_not_become_a_secret(form):
    with pytest.raises(ValueError, match="keys"):
        Verifier(keys=published(form), max_stale=None)


def test_a_secret_may_begin_with_any_byte():
    for first in range(256):
        secret = bytes([first]) + b"\xff" * 31
        text = base64.urlsafe_b64encode(secret).decode().rstrip("=")
        for keys in (secret, text):
            (key,) = Verifier(keys=keys, max_stale=None)._keys._keys.values()
            assert key.alg == "HS256" and key.source == secret


def test_a_public_key_is_never_a_secret(issuer):
    import hashlib
    import hmac

    for secret in (issuer.pem.encode(), issuer.pem.strip().encode(), json.dumps(issuer.jwk).encode(), b""):
        signed = f"{part({'alg': 'HS256', 'kid': issuer.kid, 'typ': 'at+jwt'})}.{issuer.token().split('.')[1]}"
        mac = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
        for keys in (issuer.jwks, issuer.pem):
            verify = Verifier(keys=keys, max_stale=None).verify
            assert refusal_of(verify, f"{signed}.{part(mac)}") == "token_signature_invalid"


@pytest.mark.parametrize(
    "token",
    [None, 7, b"a.b.c", "", ".", "..", "a.b", "a.b.c.d", "a.b.c.d.e", "ä.ö.ü", "\ud800", "{}", "a" * 9000,
     "." * 60_000],
)  # fmt: skip
def test_what_is_no_token_is_malformed(verifier, token):
    assert refusal_of(verifier.verify, token) == "token_malformed"


def test_every_proper_prefix_of_a_token_is_refused(issuer, verifier):
    token = issuer.token()
    for length in range(len(token)):
        assert refusal_of(verifier.verify, token[:length]) in ("token_malformed", "token_signature_invalid")


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("change", ["{}=", "{}+", "{}/", " {}", "{} ", "{}!", "{}=A", "\n{}", "{}\n", "{}\0"])
def test_each_part_is_strict_base64url(issuer, verifier, place, change):
    parts = issuer.token().split(".")
    parts[place] = change.format(parts[place])
    assert refusal_of(verifier.verify, ".".join(parts)) == "token_malformed"


def test_bits_to_spare_are_zero():
    issuer = TestIssuer("EdDSA")
    head, payload, signature = issuer.token().split(".")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = signature[:-1] + alphabet[alphabet.index(signature[-1]) + 1]
    assert refusal_of(issuer.verifier().verify, f"{head}.{payload}.{twin}") == "token_malformed"


@pytest.mark.parametrize(
    "header",
    [{"crit": ["exp"]}, {"crit": []}, {"crit": "exp"}, {"b64": False}, {"b64": True}, {"zip": "DEF"}, {"enc": "A"},
     {"cty": "JWT"}, {"cty": "jwt"}, {"kid": 7}, {"kid": ["a"]}, {"alg": 7}, {"alg": []}, {"typ": {}}],
)  # fmt: skip
def test_a_header_that_asks_for_what_is_not_offered_is_malformed(issuer, verifier, header):
    assert refusal_of(verifier.verify, issuer.token(header=header)) == "token_malformed"


@pytest.mark.parametrize(
    "raw",
    [b'{"alg":"ES256","alg":"none"}', b'{"alg":"none","alg":"ES256"}', b"[]", b'"a"', b"7", b"", b"{",
     b"\xef\xbb\xbf{}", b"{}\0", b"{} x", b'{"a":NaN}', b'{"a":"\xff"}', b"[" * 4000, b'{"a":' * 1000,
     '{"typ":"at+jwt"}'.encode("utf-16")],
)  # fmt: skip
def test_header_and_payload_are_one_strict_json_object(issuer, verifier, raw):
    body = part({})
    assert refusal_of(verifier.verify, f"{part(raw)}.{body}.AAAA") == "token_malformed"
    signed = issuer.sign_raw(raw, {"typ": "at+jwt"})
    assert refusal_of(verifier.verify, signed) == "token_malformed"


def test_a_header_is_short(issuer, verifier):
    room = 1024 // 4 * 3 - len(json.dumps({"alg": "ES256", "kid": issuer.kid, "typ": "at+jwt", "x": ""}))
    assert verifier.verify(issuer.token(header={"x": "x" * room}))["sub"] == "1"
    assert refusal_of(verifier.verify, issuer.token(header={"x": "x" * (room + 1)})) == "token_malformed"


def test_headers_are_remembered_of_good_tokens_and_few(issuer):
    verifier = issuer.verifier()
    for number in range(50):
        head, payload, signature = issuer.token(header={"x": number}).split(".")
        refusal_of(verifier.verify, f"{head}.{payload}.{'A' * 86}")
    assert len(verifier._reader._headers) == 0
    for number in range(50):
        verifier.verify(issuer.token(header={"x": number}))
        assert 1 <= len(verifier._reader._headers) <= 16


@pytest.mark.parametrize("open_,close", [("[", "]"), ('{"a":', "}")])
def test_claims_are_nested_32_deep_at_most(issuer, verifier, open_, close):
    payload = base64.urlsafe_b64decode(issuer.token().split(".")[1] + "==")

    def nested(depth: int) -> str:
        inner = open_ * depth + "1" + close * depth
        return issuer.sign_raw(payload[:-1] + f', "x": {inner}}}'.encode(), {"typ": "at+jwt"})

    for _ in range(2):
        assert verifier.verify(nested(31))["x"]
        for depth in (32, 300, 900):
            assert refusal_of(verifier.verify, nested(depth)) == "token_malformed"


def test_many_that_are_not_deep_are_not_deep(issuer, verifier):
    assert len(verifier.verify(issuer.token(x=[[]] * 100))["x"]) == 100


def test_a_doubled_claim_is_malformed_though_signed(issuer, verifier):
    payload = base64.urlsafe_b64decode(issuer.token().split(".")[1] + "==")
    for name in ("sub", "role", "exp"):
        doubled = payload[:-1] + f', "{name}": "9"}}'.encode()
        assert refusal_of(verifier.verify, issuer.sign_raw(doubled, {"typ": "at+jwt"})) == "token_malformed"


@pytest.mark.parametrize("typ", [None, "JWT", "rt+jwt", "revocations+jwt", "AT+JWT", "application/at+jwt", "at+jwt "])
def test_the_header_says_at_jwt(issuer, verifier, typ):
    assert refusal_of(verifier.verify, issuer.token(header={"typ": typ})) == "token_wrong_type"


@pytest.mark.parametrize(
    "alg", [None, "none", "None", "NONE", "nOnE", "", "HS256", "ES384", "ES512", "EdDSA", "RS256", "PS256", "es256"]
)
def test_the_key_decides_the_algorithm(issuer, verifier, alg):
    token = issuer.token(header={"alg": alg})
    assert refusal_of(verifier.verify, token) == "token_signature_invalid"
    assert refusal_of(verifier.verify, token.rsplit(".", 1)[0] + ".AA") == "token_signature_invalid"


@pytest.mark.parametrize("kid", [None, "", "unknown", "../../dev/null", "' OR 1=1", "\0", "k" * 500])
def test_a_kid_is_looked_up_and_nothing_else(issuer, verifier, kid):
    assert refusal_of(verifier.verify, issuer.token(header={"kid": kid})) == "token_signature_invalid"


def test_keys_in_the_header_are_not_looked_at(issuer, verifier):
    thief = TestIssuer()
    for kid in (thief.kid, issuer.kid, None):
        elsewhere = "http://127.0.0.1:1/"
        header = {"kid": kid, "jwk": thief.jwk, "jku": elsewhere, "x5u": elsewhere, "x5c": ["AA"]}
        assert refusal_of(verifier.verify, thief.token(header=header)) == "token_signature_invalid"
    assert verifier.verify(issuer.token(header={"jwk": thief.jwk}))["sub"] == "1", "nor do they spoil a good token"


@pytest.mark.parametrize(
    "signature", [b"", b"\0", b"\0" * 64, b"\xff" * 64, b"\0" * 63 + b"\1", b"\0" * 65, b"\0" * 72]
)
def test_signatures_that_are_none(issuer, verifier, signature):
    signed = issuer.token().rsplit(".", 1)[0]
    expected = "token_signature_invalid"
    assert refusal_of(verifier.verify, f"{signed}.{part(signature)}") == expected
    for alg in ("EdDSA", "RS256", "HS256"):
        other = issuer_of(alg)
        assert refusal_of(other.verifier().verify, f"{other.token().rsplit('.', 1)[0]}.{part(signature)}") == expected


def test_a_changed_payload_is_refused(issuer, verifier):
    head, _, signature = issuer.token(role="USER").split(".")
    payload = issuer.token(role="ADMIN").split(".")[1]
    assert refusal_of(verifier.verify, f"{head}.{payload}.{signature}") == "token_signature_invalid"


@pytest.mark.parametrize("value", [None, 7, "", [], "refresh", "Access"])
def test_the_type_is_access(issuer, verifier, value):
    expected = "token_wrong_type" if isinstance(value, str) else "token_claims_invalid"
    assert refusal_of(verifier.verify, issuer.token(type=value)) == expected


WRONG = {
    "iss": ["", "other", "usher/", "Usher", 7, ["usher"]],
    "aud": ["", "api", ["api"], [], 7],
    "sub": ["", "0", "-1", "+1", "01", " 1", "1 ", "a", "1.0", "٣", "9" * 20, 1, ["1"]],
    "sid": ["", 1, []],
    "jti": ["", 1],
    "role": ["", 1, ["ADMIN"]],
    "gen": [-1, 1.0, "1", True, 2**63],
    "iat": [-1, "1", 1.5, True, [], 2**63, 1e300],
    "exp": [-1, "0", "never", "9999999999", 1.5, True, [], {}, 1e300, 2**53 + 1, 2**63, 253_402_300_800],
    "nbf": [-1, "1", 1.5, [], {}, 2**63],
    "auth_time": [-1, "1", []],
    "fresh": ["true", -1, 1.5, [], {}],
    "user_id": [0, 2, -1, 1.0, True, "1", [], {}, 2**64 + 1],
}


@pytest.mark.parametrize("name,value", [(name, value) for name, values in WRONG.items() for value in values])
def test_a_claim_of_another_form_is_refused(issuer, verifier, name, value):
    assert refusal_of(verifier.verify, issuer.token(**{name: value})) == "token_claims_invalid"


@pytest.mark.parametrize("name", ["iss", "sub", "sid", "jti", "role", "gen", "iat", "exp", "fresh"])
def test_a_claim_that_is_missing_is_refused(issuer, verifier, name):
    claims = {name: None}
    if name == "fresh":
        assert refusal_of(verifier.verify, issuer.token(fresh=None)) == "token_claims_invalid"
    else:
        assert refusal_of(verifier.verify, issuer.token(**claims)) == "token_claims_invalid"


def test_a_user_id_may_be_absent_and_a_null_is_none(issuer, verifier):
    assert verifier.verify(issuer.token(user_id=None))["sub"] == "1"
    payload = base64.urlsafe_b64decode(issuer.token(user_id=None).split(".")[1] + "==")
    with_null = payload[:-1] + b', "user_id": null}'
    assert refusal_of(verifier.verify, issuer.sign_raw(with_null, {"typ": "at+jwt"})) == "token_claims_invalid"


def test_a_null_is_not_an_absent_claim(issuer, verifier):
    payload = base64.urlsafe_b64decode(issuer.token(nbf=None, auth_time=None).split(".")[1] + "==")
    assert verifier.verify(issuer.sign_raw(payload, {"typ": "at+jwt"}))
    for name in ("nbf", "auth_time"):
        with_null = payload[:-1] + f', "{name}": null}}'.encode()
        assert refusal_of(verifier.verify, issuer.sign_raw(with_null, {"typ": "at+jwt"})) == "token_claims_invalid"


@pytest.mark.parametrize(
    "named,good", [("api", True), (["x", "api"], True), (None, False), ("x", False), ([7, "api"], False)]
)
def test_an_audience_that_is_set_must_be_named(issuer, named, good):
    verify = issuer.verifier(audience="api").verify
    assert (refusal_of(verify, issuer.token(aud=named)) == "") is good


def test_times_have_a_leeway_and_are_asked_again_of_remembered_tokens(issuer):
    clock = StoppedClock()
    verify = issuer.verifier(clock=clock).verify
    token = issuer.token(iat=NOW, nbf=NOW, exp=NOW + 900)
    for seconds, expected in (
        (-31, "token_not_yet_valid"), (-30, ""), (0, ""), (929.9, ""), (930, "token_expired"), (0, ""),
        (-31, "token_not_yet_valid"),
    ):  # fmt: skip
        clock.time = NOW + seconds
        assert refusal_of(verify, token) == expected, seconds
    assert refusal_of(issuer.verifier(leeway=0, clock=clock).verify, issuer.token(exp=NOW - 31)) == "token_expired"


def test_iat_ahead_of_us_is_not_yet_valid_whatever_nbf_says(issuer, verifier):
    token = issuer.token(iat=NOW + 3600, nbf=NOW, exp=NOW + 7200)
    assert refusal_of(verifier.verify, token) == "token_not_yet_valid"


@pytest.mark.parametrize(
    "fresh,good", [(True, True), (False, False), (NOW + 3600, True), (NOW - 60, False), (0, False), (1, False)]
)
def test_fresh_is_true_or_a_second_still_ahead(issuer, verifier, fresh, good):
    token = issuer.token(fresh=fresh)
    assert refusal_of(verifier.verify, token) == ""
    for _ in range(2):
        assert refusal_of(verifier.verify, token, fresh=True) == ("" if good else "token_not_fresh")


def test_not_fresh_answers_as_rfc_9470_says(issuer, verifier):
    with pytest.raises(Refused) as refused:
        verifier.verify(issuer.token(fresh=False), fresh=True)
    assert refused.value.status == 401
    assert refused.value.headers == {
        "WWW-Authenticate": 'Bearer error="insufficient_user_authentication", '
        'error_description="Log in again to do this.", max_age="0"'
    }


def test_max_age_counts_from_auth_time(issuer, verifier):
    token = issuer.token(auth_time=NOW - 300)
    assert refusal_of(verifier.verify, token, max_age=4000) == ""
    with pytest.raises(Refused) as refused:
        verifier.verify(token, max_age=200)
    assert (refused.value.error, refused.value.status) == ("authentication_too_old", 401)
    assert refused.value.headers["WWW-Authenticate"].endswith(', max_age="200"')
    assert refusal_of(verifier.verify, issuer.token(auth_time=None), max_age=400) == "authentication_too_old"


def test_a_role_is_exactly_it(issuer, verifier):
    assert refusal_of(verifier.verify, issuer.token(role="ADMIN"), role="ADMIN") == ""
    with pytest.raises(Refused) as refused:
        verifier.verify(issuer.token(role="USER"), role="ADMIN")
    assert (refused.value.error, refused.value.status, refused.value.headers) == ("admin_only", 403, {})


def test_the_claims_are_the_callers_own(issuer, verifier):
    token = issuer.token()
    for _ in range(3):
        claims = verifier.verify(token)
        assert claims["role"] == "USER" and claims["amr"] == ["pwd"]
        claims["role"] = "ADMIN"
        claims["amr"].append("otp")


def test_the_cache_is_bounded_and_remembers(issuer):
    verifier = issuer.verifier(cache_size=10)
    tokens = [issuer.token(user) for user in range(1, 40)]
    for token in tokens * 2:
        verifier.verify(token)
        assert len(verifier._cache._tokens) <= 10
    nothing = issuer.verifier(cache_size=0)
    nothing.verify(tokens[0])
    assert len(nothing._cache._tokens) == 0


def test_a_remembered_token_costs_no_signature_check(issuer, monkeypatch):
    verifier = issuer.verifier()
    token = issuer.token()
    verifier.verify(token)
    monkeypatch.setattr("usher_verify.keys.Key.verify", None)
    assert verifier.verify(token)["sub"] == "1"


def test_what_was_refused_is_not_remembered(issuer):
    verifier = issuer.verifier()
    for token in (issuer.token(exp=NOW - 100), issuer.token(iss="other"), issuer.token(header={"kid": "x"})):
        refusal_of(verifier.verify, token)
    assert len(verifier._cache._tokens) == 0


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Bearer  a", "Bearer a ", "Bearer a b", "Bearer a,Bearer b", "a.b.c",
     "Basic YTpi", "Bearer:a", 'Bearer "a"', "Bearer\ta", "Bearer\u00a0a", "Bearer " + "a" * 8193,
     ["Bearer a", "Bearer a"], ["", "Bearer a"]],
)  # fmt: skip
def test_the_authorization_header_is_held_to_rfc_6750(header):
    assert refusal_of(bearer_token, header) == "authorization_malformed"


@pytest.mark.parametrize("header", [None, []])
def test_no_authorization_header_is_no_token(header):
    assert refusal_of(bearer_token, header) == "token_missing"


@pytest.mark.parametrize("header", ["Bearer a.b.c", "bearer a.b.c", "BEARER a.b.c", ["Bearer a.b.c"]])
def test_the_scheme_is_bearer_in_any_case(header):
    assert bearer_token(header) == "a.b.c"


def test_challenges_tell_what_is_wrong_and_a_missing_token_nothing(issuer, verifier):
    def challenge(*args) -> str:
        with pytest.raises(Refused) as refused:
            verifier.authorize(*args)
        return refused.value.headers["WWW-Authenticate"]

    assert challenge(None) == "Bearer"
    assert challenge("Basic x").startswith('Bearer error="invalid_request", error_description="')
    assert challenge("Bearer x").startswith('Bearer error="invalid_token", error_description="')
    assert challenge(f"Bearer {issuer.token(exp=1)}").startswith('Bearer error="invalid_token"')


def test_a_refusal_has_the_body_of_ushers_own(verifier):
    with pytest.raises(Refused) as refused:
        verifier.verify("x")
    assert refused.value.problem("an-id") == {
        "type": "urn:usher:problem:token_malformed", "title": "Token malformed", "status": 422,
        "detail": "This is not a token of this service.", "instance": "urn:request:an-id", "error": "token_malformed",
        "code": 422, "message": "Token malformed", "errors": "This is not a token of this service.",
    }  # fmt: skip
