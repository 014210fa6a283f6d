"""Reason codes (9.4.1.7 of IEEE 802.11-2020) and status codes (9.4.1.9), as far as we use them."""

from __future__ import annotations

from typing import Final

REASON_UNSPECIFIED: Final = 1
REASON_NO_LONGER_VALID: Final = 2
"""An authentication, or what was agreed on, holds no longer."""
REASON_LEAVING: Final = 3
"""The sender of a Deauthentication goes."""
REASON_INACTIVITY: Final = 4
REASON_NOT_AUTHENTICATED: Final = 6
"""A class 2 frame from a station that is not authenticated."""
REASON_NOT_ASSOCIATED: Final = 7
"""A class 3 frame from a station that is not associated."""
REASON_MIC_FAILURE: Final = 14
REASON_4WAY_TIMEOUT: Final = 15
REASON_GROUP_TIMEOUT: Final = 16
REASON_ELEMENT_DIFFERS: Final = 17
REASON_8021X_FAILED: Final = 23

STATUS_SUCCESS: Final = 0
STATUS_UNSPECIFIED: Final = 1
STATUS_DENIED: Final = 12
STATUS_UNKNOWN_ALGORITHM: Final = 13
STATUS_OUT_OF_SEQUENCE: Final = 14
STATUS_CHALLENGE_FAILED: Final = 15
STATUS_FULL: Final = 17
STATUS_BASIC_RATES: Final = 18
STATUS_NO_HT: Final = 27
STATUS_COME_BACK: Final = 30
"""The association is refused for now, as the station seems to have one (11.3.5.3)."""
STATUS_PROTECTION_POLICY: Final = 31
STATUS_INVALID_ELEMENT: Final = 40
STATUS_GROUP_CIPHER: Final = 41
STATUS_PAIRWISE_CIPHER: Final = 42
STATUS_AKMP: Final = 43
STATUS_RSNE_VERSION: Final = 44
STATUS_CIPHER_POLICY: Final = 46
STATUS_LISTEN_INTERVAL: Final = 51
STATUS_INVALID_PMKID: Final = 53
STATUS_TOKEN_REQUIRED: Final = 76
STATUS_GROUP_REFUSED: Final = 77
STATUS_UNKNOWN_IDENTIFIER: Final = 123
STATUS_HASH_TO_ELEMENT: Final = 126
