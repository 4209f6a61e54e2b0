"""A service with a credential asks about tokens (RFC 7662) and ends sessions (RFC 7009)."""

import base64
import json
import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session

from usher_server import UsherServer, claims_of, wait_until

INACTIVE = b'{"active":false}'


@dataclass
class Service:
    """One that holds a credential."""

    server: UsherServer
    id: str
    secret: str

    @property
    def auth(self):
        return (self.id, self.secret)

    def post(self, path, **form) -> requests.Response:
        return self.server.call("POST", path, data=form, auth=self.auth)

    def introspect(self, token, **more) -> requests.Response:
        return self.post("/api/introspect", token=token, **more)

    def revoke(self, token, **more) -> requests.Response:
        return self.post("/api/revoke", token=token, **more)

    def is_active(self, token) -> bool:
        answer = self.introspect(token)
        assert answer.status_code == 200, answer.text
        assert answer.json()["active"] or answer.content == INACTIVE
        return answer.json()["active"]


def new_service(server, name, scope="introspect,revoke") -> Service:
    made = json.loads(server.cli("client", "add", name, "--scope", scope, "--json").stdout)
    return Service(server, made["client_id"], made["client_secret"])


@pytest.fixture(scope="module")
def service(usher):
    return new_service(usher, "orders")


def end_reason(usher, account):
    """Why the first of a user's sessions is over, as the user reads it."""
    again = usher.login(account.email)
    sid = claims_of(account.access)["sid"]
    session = next(s for s in usher.get("/api/sessions", again.access).json()["sessions"] if s["id"] == sid)
    return session.get("end_reason")


# --- what is told

def test_an_access_token_says_what_it_says(service, user, contract):
    answer = service.introspect(user.access)
    contract.check(answer)
    claims = claims_of(user.access)
    expected = {name: claims[name] for name in ("iss", "sub", "user_id", "exp", "iat", "nbf", "jti", "type", "sid",
                                                "gen", "fresh", "role", "auth_time", "amr")}
    assert answer.json() == {"active": True, "token_type": "Bearer", **expected}
    assert answer.headers["Cache-Control"] == "no-store"
    assert user.email not in answer.text


def test_a_refresh_token_says_so(service, user, contract):
    answer = service.introspect(user.refresh, token_type_hint="refresh_token")
    contract.check(answer)
    claims = claims_of(user.refresh)
    told = answer.json()
    assert told["active"] and told["type"] == "refresh" and told["sid"] == claims["sid"]
    assert told["exp"] == claims["exp"] and told["jti"] == claims["jti"] and told["sub"] == str(user.id)


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "no_such_type", ""])
def test_the_hint_may_be_wrong(service, user, hint):
    for token in (user.access, user.refresh):
        assert service.introspect(token, token_type_hint=hint).json()["active"]


def test_the_audience_is_told_where_there_is_one():
    with UsherServer("--tokens-audience", "shop", "--tokens-issuer", "https://id.example.org") as server:
        service = new_service(server, "orders")
        told = service.introspect(server.new_user().access).json()
        assert (told["aud"], told["iss"]) == ("shop", "https://id.example.org")


# --- what is inactive, in these words exactly

@pytest.mark.parametrize("token", [
    "x", "a.b.c", "..", "null", "eyJhbGciOiJub25lIn0.e30.", "a" * 20_000, "\x00\xff", "token with spaces", "=", "💥"])
def test_garbage_is_inactive(service, token):
    assert service.introspect(token).content == INACTIVE


def test_bytes_that_are_no_text_are_inactive(usher, service):
    answer = usher.call("POST", "/api/introspect", data=b"token=%FF%FE%00", auth=service.auth,
                        headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert (answer.status_code, answer.content) == (200, INACTIVE)


def test_a_tampered_or_unsigned_token_is_inactive(usher, service, user):
    header, payload, signature = user.access.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    admin = base64.urlsafe_b64encode(json.dumps(claims | {"role": "ADMIN"}).encode()).decode().rstrip("=")
    none = base64.urlsafe_b64encode(b'{"alg":"none","typ":"at+jwt"}').decode().rstrip("=")
    for token in (f"{header}.{admin}.{signature}", f"{none}.{payload}.", f"{header}.{payload}.", user.access + "A",
                  f" {user.access}", f"Bearer {user.access}"):
        assert service.introspect(token).content == INACTIVE


def test_another_issuers_token_is_inactive(usher, service, user):
    claims = claims_of(user.access)
    assert service.is_active(usher.sign(claims))
    assert not service.is_active(usher.sign(claims | {"iss": "somebody-else"}))
    assert not service.is_active(usher.sign(claims | {"aud": "shop"}))
    assert not service.is_active(usher.sign(claims | {"role": "ADMIN"}))
    assert not service.is_active(usher.sign(claims | {"gen": claims["gen"] + 1}))


def test_logout_is_seen_at_once(usher, service, user):
    assert service.is_active(user.access) and service.is_active(user.refresh)
    assert usher.post("/api/logout", user.access).status_code == 200
    assert not service.is_active(user.access) and not service.is_active(user.refresh)


def test_a_disabled_user_and_a_new_password_are_seen(usher, service):
    disabled, changed = usher.new_user(), usher.new_user()
    assert service.is_active(disabled.access) and service.is_active(changed.access)
    usher.cli("user", "disable", str(disabled.id))
    usher.cli("user", "set-password", str(changed.id), stdin="lantern drizzle orbit\n")
    for account in (disabled, changed):
        assert not service.is_active(account.access) and not service.is_active(account.refresh)


def test_a_deleted_user_is_seen(usher, service):
    gone = usher.new_user()
    assert usher.delete("/api/users/me", gone.access).status_code == 200
    assert not service.is_active(gone.access) and not service.is_active(gone.refresh)


def test_expiry_is_seen():
    with UsherServer("--access-ttl", "1") as server:
        service, account = new_service(server, "orders"), server.new_user()
        wait_until(lambda: not service.is_active(account.access), 5, "the access token's end")
        assert service.is_active(account.refresh)


# --- introspection changes nothing

def test_a_refresh_token_is_active_as_long_as_a_refresh_would_take_it(usher, service, user):
    second = usher.post("/api/refresh", user.refresh).json()["refresh_token"]
    assert service.is_active(user.refresh) and service.is_active(second)
    third = usher.post("/api/refresh", second).json()["refresh_token"]
    assert not service.is_active(user.refresh)  # a refresh with it would be taken for theft
    assert service.is_active(second) and service.is_active(third)


def test_a_reused_refresh_token_does_not_end_the_session_by_being_looked_at(usher, service, user):
    token = user.refresh
    for _ in range(3):
        token = usher.post("/api/refresh", token).json()["refresh_token"]
    for _ in range(5):
        assert not service.is_active(user.refresh)
    assert service.is_active(token) and usher.post("/api/refresh", token).status_code == 200


def test_introspection_revives_nothing(usher, service, user):
    """A dead token that was introspected is not remembered as good by the gate."""
    assert usher.get("/api/sessions", user.access).status_code == 200
    service.revoke(user.access)
    for _ in range(3):
        assert not service.is_active(user.access)
        assert usher.get("/api/sessions", user.access).status_code == 401


# --- revocation

def test_revoking_an_access_token_ends_its_session(usher, service, user, contract):
    answer = service.revoke(user.access, token_type_hint="access_token")
    contract.check(answer)
    assert (answer.status_code, answer.json()) == (200, {})
    assert usher.get("/api/sessions", user.access).json()["error"] == "session_ended"
    assert usher.post("/api/refresh", user.refresh).json()["error"] == "session_ended"
    assert end_reason(usher, user) == "revoked"


def test_revoking_any_refresh_token_of_a_session_ends_it(usher, service, user):
    second = usher.post("/api/refresh", user.refresh).json()["refresh_token"]
    usher.post("/api/refresh", second)
    other = usher.login(user.email)
    assert service.revoke(user.refresh).status_code == 200
    assert usher.get("/api/sessions", user.access).status_code == 401
    assert usher.get("/api/sessions", other.access).status_code == 200
    assert end_reason(usher, user) == "revoked"


def test_revoking_is_200_for_what_is_no_token_and_for_what_is_over(usher, service, user):
    usher.post("/api/logout", user.access)
    for token in ("garbage", "a.b.c", "\x00", "a" * 20_000, user.access, user.refresh):
        assert (service.revoke(token).status_code, service.revoke(token).content) == (200, b"{}")
    assert end_reason(usher, user) == "logout"


def test_an_unknown_hint_is_ignored(usher, service, user):
    assert service.revoke(user.refresh, token_type_hint="pct").status_code == 200
    assert usher.post("/api/refresh", user.refresh).status_code == 401


def test_an_expired_access_token_revokes_nothing():
    with UsherServer("--access-ttl", "1") as server:
        service, account = new_service(server, "orders"), server.new_user()
        wait_until(lambda: not service.is_active(account.access), 5, "the access token's end")
        assert service.revoke(account.access).status_code == 200
        assert server.post("/api/refresh", account.refresh).status_code == 200


def test_the_audit_trail_names_the_service(usher, service, user):
    service.revoke(user.access)
    with closing(sqlite3.connect(f"file:{usher.data}/usher.db?mode=ro", uri=True)) as db:
        rows = db.execute("SELECT detail, session FROM audit WHERE event = 'session_revoked' AND subject = ?",
                          (user.id,)).fetchall()
    assert rows == [("client=orders", claims_of(user.access)["sid"])]


def test_many_revocations_at_once_end_each_session_once(usher, service):
    accounts = [usher.new_user() for _ in range(6)]
    tokens = [token for account in accounts for token in (account.access, account.refresh)] * 3
    with ThreadPoolExecutor(12) as pool:
        assert {answer.status_code for answer in pool.map(service.revoke, tokens)} == {200}
    assert not any(service.is_active(account.access) for account in accounts)


# --- when the database fails us

def test_a_revocation_that_cannot_be_stored_is_never_a_200():
    with UsherServer() as server:
        service, account = new_service(server, "orders"), server.new_user()
        with closing(sqlite3.connect(server.data / "usher.db", isolation_level=None)) as db:
            db.execute("BEGIN IMMEDIATE")  # nobody else writes now
            answer = service.revoke(account.access)
            assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")
            assert int(answer.headers["Retry-After"]) > 0
            assert service.is_active(account.access)
            db.execute("ROLLBACK")
        assert service.revoke(account.access).status_code == 200
        assert not service.is_active(account.access)


def test_a_lost_database_says_nothing_about_a_token():
    with UsherServer() as server:
        service, account = new_service(server, "orders"), server.new_user()
        with closing(sqlite3.connect(server.data / "usher.db", isolation_level=None)) as db:
            db.execute("ALTER TABLE users RENAME TO elsewhere")
            for token in (account.access, account.refresh):
                answer = service.introspect(token)
                assert answer.status_code >= 500 and "active" not in answer.json()
            assert service.introspect("garbage").content == INACTIVE
            db.execute("ALTER TABLE elsewhere RENAME TO users")
        assert service.is_active(account.access)


# --- who may ask

def refused(answer, contract, status, error):
    contract.check(answer)
    assert (answer.status_code, answer.json()["error"]) == (status, error), answer.text
    challenge = answer.headers.get("WWW-Authenticate")
    assert challenge == ('Basic realm="usher"' if status == 401 else None)
    assert answer.headers["Content-Type"].split(";")[0] == "application/json" and answer.json()["error_description"]


@pytest.mark.parametrize("path", ["/api/introspect", "/api/revoke"])
def test_without_a_good_credential_nothing_is_told(usher, service, user, contract, path):
    form = {"token": user.access}
    wrong = [
        {"auth": (service.id, "wrong")},
        {"auth": ("nobody", service.secret)},
        {"auth": ("", "")},
        {"auth": (service.id, service.secret + "A")},
        {"auth": (service.id.upper(), service.secret)},
        {"headers": {"Authorization": f"Bearer {user.access}"}},
        {"headers": {"Authorization": "Basic !!!"}},
        {},
    ]
    answers = [usher.call("POST", path, data=form, **how) for how in wrong]
    answers += [usher.call("POST", path, data=form | how) for how in (
        {"client_id": service.id}, {"client_secret": service.secret},
        {"client_id": service.id, "client_secret": "wrong"}, {"client_id": "nobody", "client_secret": service.secret})]
    for answer in answers:
        refused(answer, contract, 401, "invalid_client")
    said = {re.sub(r'"urn:request:[^"]*"', "", answer.text) for answer in answers}
    assert len(said) == 1, said
    assert usher.get("/api/sessions", user.access).status_code == 200


def test_the_credential_may_be_in_the_form(usher, service, user):
    answer = usher.call("POST", "/api/introspect", data={"token": user.access, "client_id": service.id,
                                                         "client_secret": service.secret})
    assert answer.json()["active"]


def test_but_never_in_the_query(usher, service, user, contract):
    query = f"?client_id={service.id}&client_secret={service.secret}"
    refused(usher.call("POST", "/api/introspect" + query, data={"token": user.access}), contract, 401, "invalid_client")
    answer = usher.call("POST", f"/api/introspect?token={user.access}", data={"x": "1"}, auth=service.auth)
    refused(answer, contract, 400, "invalid_request")


def test_two_ways_at_once_are_400(usher, service, user, contract):
    both = {"token": user.access, "client_id": service.id, "client_secret": service.secret}
    refused(usher.call("POST", "/api/introspect", data=both, auth=service.auth), contract, 400, "invalid_request")


def test_a_missing_doubled_or_garbled_token_is_400(usher, service, user, contract):
    for path in ("/api/introspect", "/api/revoke"):
        for form in (b"", b"token=", b"toke=x", b"token=%zz", b"token=%4", b"token=a&token=b",
                     b"token=a&x=1&x=2", b"&".join(b"p%d=" % n for n in range(40)),
                     f"token={user.access}&%74oken={user.access}".encode()):
            answer = usher.call("POST", path, data=form, auth=service.auth,
                                headers={"Content-Type": "application/x-www-form-urlencoded"})
            refused(answer, contract, 400, "invalid_request")
    assert usher.get("/api/sessions", user.access).status_code == 200


@pytest.mark.parametrize("media_type", ["application/json", "text/plain", "multipart/form-data; boundary=x",
                                        "application/x-www-form-urlencoded; charset=utf-16", None])
def test_only_forms_are_read(usher, service, user, contract, media_type):
    answer = usher.call("POST", "/api/introspect", data=f"token={user.access}".encode(), auth=service.auth,
                        headers={"Content-Type": media_type})
    contract.check(answer)
    assert (answer.status_code, answer.json()["error"]) == (415, "media_type_unsupported")
    assert "x-www-form-urlencoded" in answer.json()["detail"]


def test_a_form_has_the_limits_of_every_body(usher, service, contract):
    answer = usher.call("POST", "/api/introspect", data={"token": "a" * 70_000}, auth=service.auth)
    assert (answer.status_code, answer.json()["error"]) == (413, "body_too_large")


def test_each_scope_opens_its_own_door(usher, user, contract):
    reader = new_service(usher, "reader", "introspect")
    revoker = new_service(usher, "revoker", "revoke")
    refused(reader.revoke(user.access), contract, 403, "insufficient_scope")
    refused(revoker.introspect(user.access), contract, 403, "insufficient_scope")
    assert reader.is_active(user.access)
    assert revoker.revoke(user.access).status_code == 200
    assert not reader.is_active(user.access)


def test_what_the_command_line_changes_holds_at_once(usher, user):
    service = new_service(usher, "changing")
    assert service.is_active(user.access)
    rotated = json.loads(usher.cli("client", "rotate", "changing", "--json").stdout)["client_secret"]
    assert service.introspect(user.access).status_code == 401
    service.secret = rotated
    assert service.is_active(user.access)
    usher.cli("client", "delete", "changing")
    assert service.introspect(user.access).status_code == 401


def test_secrets_and_tokens_are_in_no_log(usher, service, user):
    service.introspect(user.access)
    service.revoke(user.refresh)
    log = "\n".join(usher.log)
    for secret in (service.secret, user.access.split(".")[2], user.refresh.split(".")[2]):
        assert secret not in log


def test_it_is_counted(usher, service, user):
    service.introspect(user.access)
    metrics = requests.get(usher.metrics_url, timeout=10).text
    for labels in ('what="introspect",outcome="active"', 'what="introspect",outcome="inactive"',
                   'what="introspect",outcome="refused"', 'what="revoke",outcome="done"',
                   'what="revoke",outcome="nothing"'):
        assert re.search(rf"usher_client_requests_total{{{labels}}} [1-9]", metrics), labels


# --- a library of others

def oauth(service, method="client_secret_basic"):
    return OAuth2Session(service.id, service.secret, token_endpoint_auth_method=method,
                         revocation_endpoint_auth_method=method)


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_authlib_introspects_and_revokes(usher, service, user, method):
    session = oauth(service, method)
    told = session.introspect_token(usher.url + "/api/introspect", token=user.access, token_type_hint="access_token")
    assert told.json()["active"] and told.json()["sub"] == str(user.id)
    done = session.revoke_token(usher.url + "/api/revoke", token=user.refresh, token_type_hint="refresh_token")
    assert done.status_code == 200
    assert session.introspect_token(usher.url + "/api/introspect", token=user.access).content == INACTIVE
