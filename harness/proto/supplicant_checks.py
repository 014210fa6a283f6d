"""What a supplicant finds wrong with what is in 3/4 and group 1/2.

Source: IEEE 802.11-2020, 12.7.6.4 and 12.7.7.2; what of it comes before and what after 4/4, and
what is borne, is as with wpa_supplicant 2.10.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from harness.base.errors import BadMic, WireError
from harness.base.event import declare
from harness.crypto.prf import Ptk
from harness.proto.key_handshake import RSNE_DIFFERED, RSNXE_DIFFERED, Failed, decrypt_key_data
from harness.proto.machine import Notify
from harness.proto.supplicant_config import SupplicantConfig
from harness.wire.dot11.codes import REASON_ELEMENT_DIFFERS, REASON_UNSPECIFIED
from harness.wire.eapol_key import VERSION_HMAC_MD5_RC4, EapolKey
from harness.wire.key_data import GtkKde, IgtkKde, KeyData
from harness.wire.rsn import KEY_OCTETS, Rsne

MESSAGE_3 = "802.11-2020 12.7.6.4"
GROUP_MESSAGE_1 = "802.11-2020 12.7.7.2"

KEY_REFUSED = declare(
    "rsn.key.refused",
    "an AP's message has keys that are not as they should be: peer, flaw, cipher, octets, present",
)

_IGTK_IDS = (4, 5)
BIGTK_IDS = (6, 7)
_LONGEST_GTK = 32
_BEFORE_IGTK = 8
"""Octets of key id and packet number."""


class Flaw(Enum):
    """What is wrong."""

    PAIRWISE_LENGTH = "Key Length is not that of the pairwise cipher"
    OTHER_ANONCE = "3/4 has another ANonce than 1/4"
    EARLY = "a group key comes before 3/4"
    GTK_IN_CLEAR = "a GTK is not encrypted"
    IGTK_IN_CLEAR = "an IGTK is not encrypted"
    IGTK_LENGTH = "an IGTK has another length than its cipher"
    NO_GTK_IN_MESSAGE_3 = "no GTK in 3/4"
    NO_GTK = "no GTK in group 1/2"
    GTK_LENGTH = "a GTK has another length than its cipher"
    GTK_TOO_LONG = "a GTK is longer than any cipher has it"
    GTK_UNREADABLE = "a GTK cannot be decrypted"
    RC4_TOO_LONG = "a GTK in RC4 is longer than any cipher has it"
    GTK_UNUSABLE = "a GTK is not to be installed"
    MANAGEMENT_KEY_UNUSABLE = "an IGTK or BIGTK is not to be installed"


@dataclass(frozen=True, slots=True)
class Fault:
    """What ends a handshake, and what is told of it before."""

    failed: Failed
    told: tuple[Notify, ...] = ()


def early_group_key(config: SupplicantConfig) -> Fault:
    """A group key came while the pairwise ones are not there."""
    return _fault(config, GROUP_MESSAGE_1, Flaw.EARLY)


def fault_in_message_3(
    config: SupplicantConfig, anonce: bytes, key: EapolKey, data: KeyData | str
) -> Fault | None:
    """What forbids to answer 3/4. `data`: its Key Data, or why they cannot be read."""
    if isinstance(data, str) or not config.peer_rsne:
        return _fault(config, MESSAGE_3)
    exposed = _in_clear(config, MESSAGE_3, key, data)
    if exposed is not None:
        return exposed
    if _has_other_length(config, data.igtk):
        octets = _BEFORE_IGTK + len(data.igtk.key) if data.igtk else 0
        return _fault(config, MESSAGE_3, Flaw.IGTK_LENGTH, octets=octets)
    differs = _other_element(config, data)
    if differs is not None:
        return differs
    if len(data.rsnes) > 1 and not _is_our_cipher(config, data.rsnes[1]):
        return _fault(config, MESSAGE_3)
    if key.nonce != anonce:
        return _fault(config, MESSAGE_3, Flaw.OTHER_ANONCE)
    if key.key_length != KEY_OCTETS[config.pairwise]:
        flaw, octets = Flaw.PAIRWISE_LENGTH, key.key_length
        return _fault(config, MESSAGE_3, flaw, cipher=config.pairwise, octets=octets)
    return None


def fault_in_group_keys(config: SupplicantConfig, data: KeyData) -> Fault | None:
    """What is wrong with the group keys of a 3/4 that was answered."""
    if config.wpa:
        return None
    if data.gtk is None:
        return _fault(config, MESSAGE_3, Flaw.NO_GTK_IN_MESSAGE_3)
    octets = len(data.gtk.key)
    if octets > _LONGEST_GTK:
        return _fault(config, MESSAGE_3, Flaw.GTK_UNUSABLE)
    if octets != KEY_OCTETS[config.group]:
        flaws = (Flaw.GTK_LENGTH, Flaw.GTK_UNUSABLE)
        told = {"cipher": config.group, "octets": octets, "present": octets}
        return _fault(config, MESSAGE_3, *flaws, **told)
    return fault_in_management_keys(config, data, MESSAGE_3)


def fault_in_group_message(
    config: SupplicantConfig, key: EapolKey, data: KeyData | str
) -> Fault | None:
    """What is wrong with group 1/2 of RSN, its keys for management frames apart."""
    if isinstance(data, str):
        return _fault(config, GROUP_MESSAGE_1)
    exposed = _in_clear(config, GROUP_MESSAGE_1, key, data)
    if exposed is not None:
        return exposed
    if data.gtk is None:
        return _fault(config, GROUP_MESSAGE_1, Flaw.NO_GTK)
    octets = len(data.gtk.key)
    if octets > _LONGEST_GTK:
        return _fault(config, GROUP_MESSAGE_1, Flaw.GTK_TOO_LONG, octets=octets)
    return _other_gtk_length(config, octets, octets)


def fault_in_management_keys(
    config: SupplicantConfig, data: KeyData, clause: str
) -> Fault | None:
    """What is wrong with IGTK and BIGTK. They may be missing, as wpa_supplicant 2.10 bears it."""
    if with_usable_keys(config, data) == data:
        return None
    return _fault(config, clause, Flaw.MANAGEMENT_KEY_UNUSABLE)


def with_usable_keys(config: SupplicantConfig, data: KeyData) -> KeyData:
    """Leave an IGTK out that is of no use, and the BIGTK with it, or the latter alone."""
    if config.group_management is None:
        return data
    igtk, bigtk = data.igtk, data.bigtk if config.beacon_protection else None
    if igtk is not None and (igtk.key_id not in _IGTK_IDS or _has_other_length(config, igtk)):
        return replace(data, igtk=None, bigtk=None)
    if bigtk is not None and (bigtk.key_id not in BIGTK_IDS or _has_other_length(config, bigtk)):
        return replace(data, bigtk=None)
    return data


def wpa_group_key(config: SupplicantConfig, key: EapolKey, ptk: Ptk) -> KeyData | Fault:
    """The group key as WPA version 1 hands it over: bare, index and length in the frame."""
    try:
        octets = decrypt_key_data(key, ptk)
    except BadMic:
        return _fault(config, GROUP_MESSAGE_1, Flaw.GTK_UNREADABLE)
    if len(octets) < key.key_length:
        return _fault(config, GROUP_MESSAGE_1)
    wrong = _other_gtk_length(config, key.key_length, len(octets))
    if wrong is None and key.version == VERSION_HMAC_MD5_RC4 and len(octets) > _LONGEST_GTK:
        wrong = _fault(config, GROUP_MESSAGE_1, Flaw.RC4_TOO_LONG, octets=len(octets))
    return wrong or KeyData(gtk=GtkKde(key.key_index, octets[: key.key_length]))


def _other_gtk_length(config: SupplicantConfig, octets: int, present: int) -> Fault | None:
    if octets == KEY_OCTETS[config.group]:
        return None
    told = {"cipher": config.group, "octets": octets, "present": present}
    return _fault(config, GROUP_MESSAGE_1, Flaw.GTK_LENGTH, **told)


def _in_clear(
    config: SupplicantConfig, clause: str, key: EapolKey, data: KeyData
) -> Fault | None:
    if key.encrypted:
        return None
    if data.gtk is not None:
        return _fault(config, clause, Flaw.GTK_IN_CLEAR)
    return None if data.igtk is None else _fault(config, clause, Flaw.IGTK_IN_CLEAR)


def _has_other_length(config: SupplicantConfig, key: IgtkKde | None) -> bool:
    if key is None or config.group_management is None:
        return False
    return len(key.key) != KEY_OCTETS[config.group_management]


def _other_element(config: SupplicantConfig, data: KeyData) -> Fault | None:
    """Which element of 3/4 is not that of the Beacon or Probe Response."""
    failed, peer = Failed(REASON_ELEMENT_DIFFERS, MESSAGE_3), config.peer
    if config.wpa:
        return None if data.wpa == config.peer_rsne else Fault(failed)
    if data.rsne != config.peer_rsne:
        note = Notify(RSNE_DIFFERED, {"peer": peer, "present": data.rsne is not None})
        return Fault(failed, (note,))
    if (data.rsnxe or b"") != config.peer_rsnxe:
        return Fault(failed, (Notify(RSNXE_DIFFERED, {"peer": peer}),))
    return None


def _is_our_cipher(config: SupplicantConfig, rsne: bytes) -> bool:
    """Tell whether a second RSNE in 3/4 assigns the pairwise cipher that we asked for."""
    try:
        return Rsne.decode(rsne[2:]).pairwise == (config.pairwise,)
    except WireError:
        return False


def _fault(config: SupplicantConfig, clause: str, *flaws: Flaw, **fields: object) -> Fault:
    told = (Notify(KEY_REFUSED, {"peer": config.peer, "flaw": flaw, **fields}) for flaw in flaws)
    return Fault(Failed(REASON_UNSPECIFIED, clause), tuple(told))
