"""What the guides quote: how a service is tested without Usher. And that all of their code is run somewhere."""

from pathlib import Path

import pytest
from example_files import load

from usher_verify.testing import TestIssuer

HERE = Path(__file__).resolve().parent
GUIDES = HERE.parents[2] / "docs/protect"
TESTED = ["examples/flask_app.py", "examples/fastapi_app.py", "examples/django_app.py", "tests/test_flask.py",
          "tests/test_guides.py"]  # fmt: skip


@pytest.fixture()
def fastapi_app():
    pytest.importorskip("fastapi")
    pytest.importorskip("httpx")
    return load("fastapi_app")


def test_a_fastapi_service(fastapi_app, monkeypatch):
    from fastapi.testclient import TestClient

    usher = TestIssuer()
    monkeypatch.setattr(fastapi_app, "verifier", usher.verifier())
    token = usher.token(user=7, role="USER", fresh=False)
    answer = TestClient(fastapi_app.app).get("/orders", headers={"Authorization": f"Bearer {token}"})
    assert answer.json() == {"orders_of": "7"}


@pytest.fixture()
def django_app():
    pytest.importorskip("django")
    return load("django_app")


def test_a_django_service(django_app, monkeypatch):
    from django.test import Client

    usher = TestIssuer()
    monkeypatch.setattr(django_app, "verifier", usher.verifier())
    token = usher.token(user=7, role="USER", fresh=False)
    answer = Client().get("/orders", HTTP_AUTHORIZATION=f"Bearer {token}")
    assert answer.json() == {"orders_of": "7"}


def unindented(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().splitlines())


@pytest.mark.parametrize("name", ["flask", "fastapi", "django"])
@pytest.mark.skipif(not GUIDES.is_dir(), reason="the guides are not part of the package")
def test_the_code_of_a_guide_is_an_excerpt_of_what_is_tested(name):
    tested = [unindented((HERE.parent / path).read_text()) for path in TESTED]
    blocks = [part.split("```")[0] for part in (GUIDES / f"{name}.md").read_text().split("```python\n")[1:]]
    assert len(blocks) >= 4
    for block in blocks:
        assert any(unindented(block) in text for text in tested), block
