import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
for folder in (HERE.parent / "src", HERE / "helpers"):
    sys.path.insert(0, str(folder))

from stand_in import StandIn  # noqa: E402

from usher_verify.testing import TestIssuer  # noqa: E402


@pytest.fixture(scope="session")
def issuer():
    return TestIssuer()


@pytest.fixture()
def service(issuer):
    """A stand-in for Usher's key set and feed, that can be told to misbehave."""
    with StandIn(issuer) as server:
        yield server


@pytest.fixture()
def connect(service):
    """Makes verifiers of that service, and closes them."""
    made = []

    def make(**settings):
        verifier = service.verifier(**settings)
        made.append(verifier)
        return verifier

    yield make
    for verifier in made:
        verifier.close()
