import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent / "support"))

from usher_server import UsherServer  # noqa: E402


@pytest.fixture(scope="session")
def usher():
    """One server for all tests that do not need their own settings."""
    with UsherServer() as server:
        yield server


@pytest.fixture(scope="session")
def admin(usher):
    return usher.admin()


@pytest.fixture()
def user(usher):
    return usher.new_user()
