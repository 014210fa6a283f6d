"""What a tester may have a station say or leave unsaid, against its better knowledge.

Set by commands for one run, never by a file. Source: sta-control, 3.6.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from harness.wire.wsc.extension import VERSION2


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """The test variables; each one's default changes nothing.

    `wps_version`: what Version2 says. `wps_authentication_types`, `wps_encryption_types`: the flags
    of M1. `wps_stub_credential`: a useless Credential comes first in M8. `wps_corrupt_hash`: the
    hash of our public key is told wrong. `sae_commit`: what follows the status code in a Commit.
    `sae_rejected_groups`: told as refused. `ignores_h2e_only`: join by the other method a BSS that
    asks for hash-to-element. `rsne_eapol`, `rsnxe_eapol`, `rsnxe_association`: whole elements of
    2/4 and of the Association Request in the place of the right ones; `elements_eapol` and
    `elements_association` are added there. `key_information`: bits that 2/4 has set.
    """

    wps_version: int = VERSION2
    wps_authentication_types: int | None = None
    wps_encryption_types: int | None = None
    wps_stub_credential: bool = False
    wps_corrupt_hash: bool = False
    sae_commit: bytes | None = field(default=None, repr=False)
    sae_rejected_groups: tuple[int, ...] = ()
    ignores_h2e_only: bool = False
    rsne_eapol: bytes | None = None
    rsnxe_eapol: bytes | None = None
    rsnxe_association: bytes | None = None
    elements_eapol: bytes = b""
    elements_association: bytes = b""
    key_information: int = 0
    ignores_authentication: bool = False
    without_sa_query: bool = False
    without_group_answer: bool = False


NO_TRIALS: Final = Trials()
