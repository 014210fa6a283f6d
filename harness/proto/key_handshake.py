"""What authenticator, supplicant and group key state say in common: IEEE 802.11-2020, 12.7."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from harness.base.address import MacAddress
from harness.base.errors import BadMic, WireError
from harness.base.event import declare
from harness.base.seam import CIPHER_TKIP, InstallKey
from harness.crypto.keywrap import rc4_key_data, unwrap_key_data
from harness.crypto.mic import key_mic, verify_key_mic
from harness.crypto.prf import AkmSuite, Ptk
from harness.proto.machine import LocalInput, Output, PeerInput, Transmit
from harness.wire.eapol_key import (
    VERSION_AES_CMAC_AES,
    VERSION_HMAC_MD5_RC4,
    VERSION_HMAC_SHA1_AES,
    EapolKey,
)
from harness.wire.key_data import KeyData

HANDSHAKE_STARTED = declare("rsn.handshake.started", "the first 4-way message was sent or came")
HANDSHAKE_COMPLETED = declare("rsn.handshake.completed", "a 4-way handshake ended with keys")
GROUP_REKEYED = declare("rsn.group.rekeyed", "a peer has, or gave, another group key")
KEYS_DERIVED = declare("rsn.keys.derived", "the pairwise keys of a handshake, for the evidence")
KEY_REQUESTED = declare("rsn.key.requested", "a new key is asked for: error, pairwise, octets")
REKEY_DENIED = declare("rsn.rekey.denied", "another pairwise key is due, but none is installed")
KEY_KEPT = declare("rsn.key.kept", "a key that is in use came again and was not reinstalled")
MESSAGE_RETRANSMITTED = declare("rsn.message.retransmitted", "no answer came in time")
RSNE_DIFFERED = declare(
    "rsn.rsne.differed", "3/4 has another RSNE than the Beacon, or (present) none: peer, present"
)
RSNXE_DIFFERED = declare("rsn.rsnxe.differed", "3/4 has another RSNXE than the Beacon: peer")
PSK_MISMATCHED = declare("rsn.psk.mismatched", "2/4 came with a MIC of another PSK")


@dataclass(frozen=True, slots=True)
class EapolKeyReceived(PeerInput):
    """An EAPOL-Key frame came: `octets` from the EAPOL version on.

    `encrypted`: the data frame that carried it was protected.
    """

    octets: bytes
    encrypted: bool = False


@dataclass(frozen=True, slots=True)
class TransmitInClear(Transmit):
    """Send `octets` unprotected although a pairwise key is installed.

    The peer that asks in the clear has no key yet: it could not read an encrypted answer.
    """


@dataclass(frozen=True, slots=True)
class InstallPairwiseKey(Output):
    """Install the temporal key for the peer. `sequence`: 6 octets, least significant first."""

    index: int
    cipher: int
    key: bytes = field(repr=False)
    sequence: bytes = bytes(6)


@dataclass(frozen=True, slots=True)
class InstallGroupKey(Output):
    """Install a group key: a GTK, or by its cipher an IGTK or (`index` 6 and 7) a BIGTK.

    `sequence` as in Key RSC, IPN or BIPN.
    """

    index: int
    cipher: int
    key: bytes = field(repr=False)
    sequence: bytes = bytes(6)


def installation(
    interface: str, peer: MacAddress | None, key: InstallPairwiseKey | InstallGroupKey
) -> InstallKey:
    """What the radio of `interface` is told. `peer`: None for a group key."""
    return InstallKey(
        interface=interface,
        peer=peer,
        index=key.index,
        cipher=key.cipher,
        key=key.key,
        sequence=key.sequence,
    )


@dataclass(frozen=True, slots=True)
class PortAuthorized(Output):
    """Data may flow."""


@dataclass(frozen=True, slots=True)
class Failed(Output):
    """The handshake is over without success: deauthenticate the peer with `reason`."""

    reason: int
    clause: str


@dataclass(frozen=True, slots=True)
class RekeyDenied(Failed):
    """Another pairwise key was due: only another association is to bring it."""


class Rekeying(IntEnum):
    """Whether a pairwise key is replaced under way; its index stays 0 (`wpa_deny_ptk0_rekey`).

    Many radios send or take frames under the wrong key, or in the clear, while that is done.
    """

    ALWAYS = 0
    IF_SAFE = 1
    NEVER = 2

    def allowed(self, is_safe: bool) -> bool:
        """`is_safe`: the radio says that it can."""
        return self is Rekeying.ALWAYS or (self is Rekeying.IF_SAFE and is_safe)


@dataclass(frozen=True, slots=True)
class Message(PeerInput):
    """Base of EAPOL-Key frames that passed the checks of 12.7.2; made by the machines only.

    `ptk`: the keys that its MIC verified with; `tentative`: they are not installed yet.
    `encrypted`: the data frame that carried it was protected.
    """

    key: EapolKey
    ptk: Ptk | None = None
    tentative: bool = False
    encrypted: bool = False


def descriptor_version(suite: AkmSuite, pairwise: int) -> int:
    """Give the descriptor version that goes with an AKM and a pairwise cipher."""
    return VERSION_HMAC_MD5_RC4 if pairwise == CIPHER_TKIP else suite.descriptor_version


def versions_allowed(suite: AkmSuite, pairwise: int) -> frozenset[int]:
    """Give the descriptor versions to accept with an AKM and a pairwise cipher.

    Version 3 passes where 2 is due: some access points send it with plain PSK, and it is no
    weaker.
    """
    if pairwise == CIPHER_TKIP:
        return frozenset((VERSION_HMAC_MD5_RC4,))
    if suite.descriptor_version == VERSION_HMAC_SHA1_AES:
        return frozenset((VERSION_HMAC_SHA1_AES, VERSION_AES_CMAC_AES))
    return frozenset((suite.descriptor_version,))


def seal(key: EapolKey, akm: int, kck: bytes) -> bytes:
    """Encode a frame with its MIC."""
    return key.with_mic(key_mic(key.version, akm, kck, key.without_mic())).encode()


def is_authentic(key: EapolKey, akm: int, ptk: Ptk) -> bool:
    """Whether the frame's MIC was made with this KCK (12.7.2, Key MIC)."""
    return verify_key_mic(key.version, akm, ptk.kck, key.without_mic(), key.mic)


def decrypt_key_data(key: EapolKey, ptk: Ptk) -> bytes:
    """Decrypt key data as the descriptor version has it. Raises `BadMic`."""
    if key.version == VERSION_HMAC_MD5_RC4:
        return rc4_key_data(ptk.kek, key.iv, key.key_data)
    return unwrap_key_data(ptk.kek, key.key_data)


def is_readable(key: EapolKey, ptk: Ptk) -> bool:
    """Whether encrypted key data can be decrypted."""
    try:
        decrypt_key_data(key, ptk)
    except BadMic:
        return False
    return True


def open_key_data(key: EapolKey, ptk: Ptk | None) -> KeyData | str:
    """Decrypt (when it is encrypted) and decode key data; a text says what is wrong with it."""
    octets = key.key_data
    try:
        if key.encrypted:
            if ptk is None:
                return "encrypted key data without keys"
            octets = decrypt_key_data(key, ptk)
        return KeyData.decode(octets)
    except (BadMic, WireError) as error:
        return str(error)


@dataclass(frozen=True, slots=True)
class Rekey(LocalInput):
    """Make a new key: the authenticator begins, a supplicant asks for it.

    `pairwise`: which key a supplicant asks for; `error`: because its Michael MIC was found wrong.
    """

    pairwise: bool = True
    error: bool = False
