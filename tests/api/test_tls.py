"""TLS of our own: what is served over it, and certificates that change under a running server."""

import contextlib
import shutil
import signal
import socket
import ssl
import subprocess
from urllib.parse import urlsplit

import pytest

from usher_server import PASSWORD, UsherServer, wait_until


def make_pair(folder, name):
    """A certificate for 127.0.0.1 and its key."""
    cert, key = folder / f"{name}.crt", folder / f"{name}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)],
        check=True, capture_output=True)
    return cert, key


def served(server):
    """The certificate of a new connection."""
    where = urlsplit(server.url)
    return ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate((where.hostname, where.port)))


def der(cert):
    return ssl.PEM_cert_to_DER_cert(cert.read_text())


def logged(server, message):
    return sum(f'"{message}"' in line for line in server.log)


@pytest.fixture()
def secure(tmp_path):
    cert, key = make_pair(tmp_path, "first")
    with UsherServer("--tls-cert", str(cert), "--tls-key", str(key)) as server:
        server.cert, server.key = cert, key
        yield server


def test_everything_is_served_over_tls_and_says_so(secure):
    assert secure.url.startswith("https://")
    for path, status in [("/healthz", 200), ("/api/users/me", 401), ("/nowhere", 404)]:
        answer = secure.get(path, verify=str(secure.cert))
        assert answer.status_code == status
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_a_stream_of_events_is_served_over_tls(secure):
    user = secure.call("POST", "/api/register", verify=str(secure.cert), json={
        "name": "Ada", "email": "ada@example.org", "age": 36, "password": PASSWORD})
    assert user.status_code == 201
    login = secure.call("POST", "/api/auth", verify=str(secure.cert),
                        json={"email": "ada@example.org", "password": PASSWORD}).json()
    with secure.get("/api/revocations/stream", verify=str(secure.cert), stream=True) as stream:
        assert stream.headers["Strict-Transport-Security"] == "max-age=31536000"
        lines = stream.iter_lines(chunk_size=1)
        ids = (int(line[4:]) for line in lines if line.startswith(b"id: "))
        before = next(ids)
        secure.call("POST", "/api/logout", login["access_token"], verify=str(secure.cert))
        assert next(ids) == before + 1


def test_plain_http_gets_nothing(secure):
    where = urlsplit(secure.url)
    with socket.create_connection((where.hostname, where.port), 10) as plain:
        plain.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        said = b""
        with contextlib.suppress(ConnectionResetError):
            while piece := plain.recv(4096):
                said += piece
    assert b"HTTP" not in said and len(said) < 64  # at the most a TLS alert


def test_a_new_certificate_is_served_after_sighup_and_a_bad_pair_is_not(secure, tmp_path):
    assert served(secure) == der(secure.cert)
    cert, key = make_pair(tmp_path, "second")
    shutil.copy(cert, secure.cert)
    shutil.copy(key, secure.key)
    secure.process.send_signal(signal.SIGHUP)
    wait_until(lambda: served(secure) == der(cert), what="the new certificate")

    shutil.copy(make_pair(tmp_path, "third")[1], secure.key)  # not the key of that certificate
    secure.process.send_signal(signal.SIGHUP)
    wait_until(lambda: logged(secure, "certificate kept as it was"), what="the line in the log")
    assert served(secure) == der(cert)
    assert secure.get("/healthz", verify=str(cert)).status_code == 200
