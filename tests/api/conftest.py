import pytest

from contract import Contract


@pytest.fixture(scope="session")
def contract(usher):
    return Contract(usher.get("/openapi.json").json())


@pytest.fixture()
def checked(usher, contract):
    """usher.call, with every answer held against the OpenAPI document."""

    def call(method, path, token=None, **kwargs):
        answer = usher.call(method, path, token, **kwargs)
        contract.check(answer)
        return answer

    return call
