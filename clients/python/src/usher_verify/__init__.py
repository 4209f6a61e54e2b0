"""Checks Usher's access tokens offline, and knows within a second what was revoked.

    verifier = Verifier("https://usher.example")
    claims = verifier.verify(token)
"""

from .clock import Clock
from .errors import Refusal, Refused
from .keys import Key
from .revocations import Moment, RevocationSet, Wanted
from .verifier import Verifier, bearer_token

__version__ = "0.1.0"
__all__ = ["Clock", "Key", "Moment", "Refusal", "Refused", "RevocationSet", "Verifier", "Wanted", "bearer_token"]
