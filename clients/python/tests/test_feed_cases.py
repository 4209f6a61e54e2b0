"""The cases that all three libraries share."""

import json
import math
from pathlib import Path

import pytest

from usher_verify import Moment, RevocationSet

T = 1_800_000_000
CASES = json.loads((Path(__file__).resolve().parents[2] / "feed-cases.json").read_text())["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_rules_of_the_feed(case):
    revoked = RevocationSet()
    for step in case["steps"]:
        now = Moment(T + step["at"], 1000.0 + step["at"])
        revoked.add({"iat": T + step["iat"], "exp": 0, "seq": step["seq"], "from": step["from"], "keep": 990,
                     "sessions": [], "users": {}}, now)  # fmt: skip
        age = math.inf if step["age"] is None else step["age"]
        assert (revoked.have, revoked.wanted.value, revoked.age(now)) == (step["have"], step["wanted"], age), step
