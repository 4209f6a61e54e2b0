"""Forged, mangled and mis-signed tokens at a real server."""

import base64
import hashlib
import hmac
import json
import socket
import threading
import time

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

REFUSED = (401, 422)


def b64(data) -> str:
    raw = data if isinstance(data, bytes) else json.dumps(data, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.fixture(scope="module")
def good(usher):
    user = usher.new_user()
    head, payload, signature = user.access.split(".")
    return {"token": user.access, "head": json.loads(unb64(head)), "claims": json.loads(unb64(payload)),
            "parts": (head, payload, signature), "user": user}


@pytest.fixture(scope="module")
def refused(usher):
    def check(token, why=""):
        for method, path in (("GET", "/api/users/me"), ("POST", "/api/refresh")):
            answer = usher.call(method, path, headers={"Authorization": b"Bearer " + token.encode("utf-8", "surrogatepass")})
            assert answer.status_code in REFUSED + ((400, 431) if len(token) > 8000 else ()), (why, answer.text)

    return check


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", "none ", "n\u043ene", "", None, 0, [], {}, True,
                                 "HS256", "HS384", "ES384", "ES512", "RS256", "PS256", "EdDSA", "es256"])
def test_the_key_decides_the_algorithm(good, refused, alg):
    head, payload, signature = good["parts"]
    forged = b64(good["head"] | {"alg": alg})
    admin = b64(good["claims"] | {"role": "ADMIN"})
    for token in (f"{forged}.{payload}.", f"{forged}.{payload}.{signature}", f"{forged}.{admin}.", f"{forged}.{admin}.{signature}"):
        refused(token, alg)


def test_a_public_key_is_no_hmac_secret(usher, good, refused):
    pem = usher.public_pem()
    jwks = usher.get("/.well-known/jwks.json").text
    key = json.loads(jwks)["keys"][0]
    secrets = [pem, pem.rstrip("\n"), pem.replace("\n", "\r\n"), "".join(pem.splitlines()[1:-1]), jwks, json.dumps(key),
               key["kid"], key.get("x", ""), "", "secret", "jose"]
    for kid in (good["head"]["kid"], None):
        for secret in secrets:
            head = {"alg": "HS256", "typ": "at+jwt"} | ({"kid": kid} if kid else {})
            message = f"{b64(head)}.{b64(good['claims'] | {'role': 'ADMIN'})}"
            mac = hmac.new(secret.encode(), message.encode(), hashlib.sha256).digest()
            refused(f"{message}.{b64(mac)}", secret[:20])


@pytest.mark.parametrize("make, alg", [(lambda: ec.generate_private_key(ec.SECP256R1()), "ES256"),
                                       (ed25519.Ed25519PrivateKey.generate, "EdDSA"),
                                       (lambda: rsa.generate_private_key(65537, 2048), "RS256")])
def test_a_key_in_the_header_is_not_used(good, refused, make, alg):
    key = make()
    public = key.public_key()
    algorithm = jwt.get_algorithm_by_name(alg) if hasattr(jwt, "get_algorithm_by_name") else None
    jwk = {"kty": "EC", "crv": "P-256"} if alg == "ES256" else {"kty": "OKP"}
    if algorithm:
        jwk = json.loads(algorithm.to_jwk(public))
    for extra in ({"jwk": jwk}, {"jwk": jwk, "kid": good["head"]["kid"]}, {"jwk": jwk, "kid": "mine"}, {}):
        headers = {"typ": "at+jwt", **extra}
        refused(jwt.encode(good["claims"] | {"role": "ADMIN"}, key, algorithm=alg, headers=headers), str(extra))


def test_no_url_in_a_header_is_fetched(good, refused):
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(1)
    heard = []

    def wait():
        try:
            heard.append(listener.accept())
        except TimeoutError:
            pass

    thread = threading.Thread(target=wait)
    thread.start()
    _, payload, signature = good["parts"]
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/jwks.json"
    for member in ("jku", "x5u"):
        refused(f"{b64(good['head'] | {member: url, 'kid': 'elsewhere'})}.{payload}.{signature}")
    refused(f"{b64(good['head'] | {'x5c': ['AAAA']})}.{payload}.{signature}")
    thread.join()
    assert not heard


@pytest.mark.parametrize("kid", ["../../dev/null", "/dev/null", "file:///etc/passwd", "' OR 1=1--", "x' UNION SELECT 1--",
                                 "$(id)", "a\u0000b", "", " ", "x" * 5000, 1, None, [], {}])
def test_a_kid_is_looked_up_and_nothing_else(good, refused, kid):
    _, payload, signature = good["parts"]
    refused(f"{b64(good['head'] | {'kid': kid})}.{payload}.{signature}", kid)
    message = f"{b64({'alg': 'HS256', 'typ': 'at+jwt', 'kid': kid})}.{payload}"
    refused(f"{message}.{b64(hmac.new(b'', message.encode(), hashlib.sha256).digest())}", kid)


def test_signatures_that_are_not_one(good, refused):
    head, payload, signature = good["parts"]
    raw = unb64(signature)
    n = bytes.fromhex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
    one = b"\0" * 31 + b"\1"
    bad = [b"", b"\0", raw[:-1], raw[:32], raw + b"\0", raw * 2, raw[::-1], b"\0" * 64, b"\0" * 96, b"\0" * 132,
           b"\0" * 32 + one, n + n, bytes.fromhex("3006020100020100")]
    bad += [raw[:i] + bytes([raw[i] ^ 1 << b]) + raw[i + 1:] for i in (0, 20, 40, 63) for b in (0, 3, 7)]
    for candidate in bad:
        refused(f"{head}.{payload}.{b64(candidate)}", candidate.hex()[:20])


def test_other_spellings_of_base64_are_refused(good, refused):
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for i, part in enumerate(good["parts"]):
        variants = [part + "=", part + "==", part[:3] + "=" + part[3:], part[:5] + " " + part[5:], part + "!", part + "\n",
                    part.replace("-", "+").replace("_", "/") + "+"]
        if len(part) % 4:
            variants.append(part[:-1] + alphabet[alphabet.index(part[-1]) ^ 1])
        for variant in variants:
            parts = list(good["parts"])
            parts[i] = variant
            if "\n" in variant:
                continue
            refused(".".join(parts), (i, variant[-6:]))


def test_every_proper_prefix_is_refused(usher, good):
    token = good["token"]
    with requests.Session() as session:
        for end in range(1, len(token), 7):
            answer = session.get(usher.url + "/api/users/me", headers={"Authorization": "Bearer " + token[:end]})
            assert answer.status_code in REFUSED, end


@pytest.mark.parametrize("token", [
    "." , "..", "...", "a.b", "a.b.c.d", "a.b.c.d.e", "." * 6000, "x" * 7000, "e30.e30.e30",
    b64(b"[" * 3000) + ".e30.AA", b64(b'{"a":' * 1000) + ".e30.AA", b64(b"\xef\xbb\xbf{}") + ".e30.AA",
    b64(b"\xff\xfe") + ".e30.AA",
])
def test_what_is_no_token_at_all(refused, token):
    refused(token, token[:20])


def test_a_huge_token_is_cut_short(usher):
    for size in (20_000, 1_000_000):
        try:
            answer = usher.get("/api/users/me", headers={"Authorization": "Bearer " + "A" * size})
            assert answer.status_code in (400, 401, 422, 431)
        except OSError:
            pass  # the server closed while we were still sending


WRONG_CLAIMS = [
    *[{"exp": value} for value in (0, -1, -2**31, -2**63, "0", "never", None, True, [], {}, 1e300, "9999999999", 1.5)],
    {"exp": ...}, {"iat": ...}, {"sub": ...}, {"jti": ...}, {"iss": ...}, {"type": ...}, {"sid": ...}, {"nbf": "soon"},
    {"nbf": None}, {"iat": "then"}, {"sub": ""}, {"sub": 7}, {"sub": None}, {"sub": []}, {"sub": "0"}, {"sub": "-1"},
    {"sub": "1 OR 1=1"}, {"sub": "99999999999999999999"}, {"iss": ""}, {"iss": "usher/"}, {"iss": ["usher"]},
    {"iss": None}, {"iss": "else"}, {"jti": ""}, {"jti": None}, {"jti": 7}, {"type": "refresh"}, {"type": "admin"},
    {"type": None}, {"sid": "x"}, {"sid": None}, {"gen": "1"}, {"gen": None}, {"gen": 0},
]


@pytest.mark.parametrize("change", WRONG_CLAIMS, ids=lambda c: str(c)[:40])
def test_claims_that_are_not_ours_are_refused_though_well_signed(usher, good, change):
    claims = {k: v for k, v in (good["claims"] | change).items() if v is not ...}
    answer = usher.get("/api/users/me", usher.sign(claims))
    assert answer.status_code in REFUSED, answer.text


def test_times_ahead_are_refused(usher, good):
    for member in ("nbf", "iat"):
        answer = usher.get("/api/users/me", usher.sign(good["claims"] | {member: int(time.time()) + 3600}))
        assert answer.status_code in REFUSED, member


def test_a_well_signed_token_for_nobody_is_refused(usher, good):
    for change in ({"sub": "123456", "user_id": 123456}, {"sid": "0190a8c3-7fff-7abc-8123-456789abcdef"},
                   {"gen": good["claims"]["gen"] + 1}):
        answer = usher.get("/api/users/me", usher.sign(good["claims"] | change | {"jti": str(change)[:20]}))
        assert answer.status_code in REFUSED, change


def test_a_role_in_the_token_is_not_believed_against_the_database(usher, good):
    forged = usher.sign(good["claims"] | {"role": "ADMIN", "jti": "promoted"})
    assert usher.get("/api/users", forged).status_code in (401, 403, 422)
