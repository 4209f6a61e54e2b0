#!/usr/bin/env python3
"""What a verification costs, beside PyJWT's bare signature check of the same tokens, in one run.

    python3 bench.py [tokens per round] [rounds]
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path
from typing import Any, Callable, List

sys.path.insert(0, str(Path(__file__).resolve().parent / "src"))

import jwt  # noqa: E402

from usher_verify.key import ALGORITHMS  # noqa: E402
from usher_verify.revocations import Moment, RevocationSet  # noqa: E402
from usher_verify.testing import TestIssuer  # noqa: E402

ENTRIES = 1_000_000


def each(work: Callable[[str], Any], tokens: List[str]) -> float:
    """Microseconds of this process a token: what others do on the machine does not count."""
    begin = time.process_time()
    for token in tokens:
        work(token)
    return (time.process_time() - begin) / len(tokens) * 1e6


def compare(alg: str, count: int, rounds: int) -> None:
    issuer = TestIssuer(alg)
    tokens = [issuer.token(user + 1) for user in range(count)]
    key = ALGORITHMS[alg].from_jwk(issuer.jwk)
    bare_decode = jwt.api_jws.PyJWS().decode_complete
    bare, cold, warm = [], [], []
    for _ in range(rounds):
        bare.append(each(lambda token: bare_decode(token, key, algorithms=[alg]), tokens))
        verifier = issuer.verifier()
        verifier.verify(issuer.token())  # OpenSSL prepares a key at its first use; it has seen none of the others
        cold.append(each(verifier.verify, tokens))
        each(verifier.verify, tokens)
        warm.append(each(verifier.verify, tokens))
    ratios = [c / b for b, c in zip(bare, cold)]
    b, c, w = (statistics.median(times) for times in (bare, cold, warm))
    print(f"{alg:6} {b:9.2f} {c:9.2f} {statistics.median(ratios):7.3f} {w:9.2f} {b / w:7.1f}")


def look_up() -> None:
    revoked = RevocationSet()
    now = Moment(time.time(), time.monotonic())
    claims = {"iat": int(now.wall), "exp": int(now.wall) + 60, "seq": ENTRIES, "from": 0, "keep": 990, "users": {}}
    revoked.add({**claims, "sessions": [f"{n:032x}" for n in range(ENTRIES)]}, now)
    asked = [f"{n * 2:032x}" for n in range(100_000)]
    took = each(lambda sid: revoked.is_dead(sid, "7", 1), asked)
    print(f"\n{ENTRIES:,} revoked sessions: {took:.2f} us a question")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 15
    print(f"median of {rounds} rounds of {count} tokens, us a token; PyJWT {jwt.__version__}\n")
    print(f"{'':6} {'signature':>9} {'cold':>9} {'ratio':>7} {'warm':>9} {'faster':>7}")
    for alg in ("ES256", "EdDSA", "RS256", "HS256"):
        compare(alg, count, rounds)
    look_up()


if __name__ == "__main__":
    main()
