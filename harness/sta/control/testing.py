"""Commands and variables for testers: frames by way of a program, and what is said wrongly.

Source: sta-control, 3.6 and 3.8.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from harness.base.address import MacAddress
from harness.base.errors import ConfigError, UsageError
from harness.base.seam import RemoveKey, TransmitEapol, TransmitManagement
from harness.base.seam_events import EapolReceived, ManagementReceived
from harness.sta.config_values import read_address, read_integer
from harness.sta.control.hooks import HIGHEST_FRAME, SignalOverride
from harness.sta.control.order import FAIL, OK, Order, plain, refused, with_argument
from harness.sta.joining import AskForKeys
from harness.sta.state import WpaState
from harness.wire.dot11.frames import management_header
from harness.wire.dot11.header import ACTION

if TYPE_CHECKING:
    from harness.sta.control.interface import StationControl

_ALL: Final = "*"
_NO_HASH: Final = "nothing tells the hash of our public key, for there is no NFC"
_NO_ALLOCATION: Final = "no allocation of this program can be made to fail"


# ---- variables ----------------------------------------------------------------------------

Put = Callable[["StationControl", str], None]
"""Takes a variable's text. Raises `ConfigError`, `ValueError`."""


def _trial(name: str, read: Callable[[str], Any]) -> Put:
    def put(control: StationControl, text: str) -> None:
        control.try_out(**{name: read(text)})

    return put


def _flag(text: str) -> bool:
    return read_integer(text) != 0


def _octets(text: str) -> bytes | None:
    """Hexadecimal; nothing puts an end to the replacement."""
    return bytes.fromhex(text) if text else None


def _version(text: str) -> int:
    version = read_integer(text)
    if not 0 <= version <= 0xFF:
        raise ConfigError(f"a WPS version has 8 bits, not {text}")
    return version


def _types(text: str) -> int | None:
    """Flags of 16 bits, in hexadecimal with or without 0x; nothing stands for the right ones."""
    if not text:
        return None
    flags = int(text, 16)
    if not 0 <= flags <= 0xFFFF:
        raise ConfigError(f"type flags have 16 bits, not {text}")
    return flags


def _mask(text: str) -> int:
    mask = read_integer(text)
    if not 0 <= mask <= 0xFFFF:
        raise ConfigError(f"Key Information has 16 bits, not {text}")
    return mask


def _groups(text: str) -> tuple[int, ...]:
    return tuple(read_integer(word) for word in text.split())


def _by_program(name: str) -> Put:
    def put(control: StationControl, text: str) -> None:
        setattr(control.hooks, name, _flag(text))

    return put


def _signal(control: StationControl, text: str) -> None:
    """`BSSID [SIGNAL [AVERAGE [BEACON AVERAGE [NOISE [SCAN LEVEL]]]]]`; alone: as it is heard."""
    words = text.split()
    if not 1 <= len(words) <= 6:
        raise ConfigError("a BSSID and up to five values in dBm")
    bssid, values = read_address(words[0]), [read_integer(word) for word in words[1:]]
    if not values:
        control.hooks.signals.pop(bssid, None)
        return
    signal, *rest = values
    defaults = (signal, signal, signal - 40, signal)
    filled = (*rest, *defaults[len(rest) :])
    control.hooks.signals[bssid] = SignalOverride(signal, *filled)


VARIABLES: Final[dict[str, Put]] = {
    "ext_eapol_frame_io": _by_program("eapol_by_program"),
    "ext_mgmt_frame_handling": _by_program("management_by_program"),
    "driver_signal_override": _signal,
    "wps_version_number": _trial("wps_version", _version),
    "wps_testing_stub_cred": _trial("wps_stub_credential", _flag),
    "wps_corrupt_pkhash": _trial("wps_corrupt_hash", _flag),
    "wps_force_auth_types": _trial("wps_authentication_types", _types),
    "wps_force_encr_types": _trial("wps_encryption_types", _types),
    "sae_commit_override": _trial("sae_commit", _octets),
    "extra_sae_rejected_groups": _trial("sae_rejected_groups", _groups),
    "ignore_sae_h2e_only": _trial("ignores_h2e_only", _flag),
    "disable_sa_query": _trial("without_sa_query", _flag),
    "disable_eapol_g2_tx": _trial("without_group_answer", _flag),
    "rsne_override_eapol": _trial("rsne_eapol", _octets),
    "rsnxe_override_eapol": _trial("rsnxe_eapol", _octets),
    "rsnxe_override_assoc": _trial("rsnxe_association", _octets),
    "eapol_2_key_info_set_mask": _trial("key_information", _mask),
    "ignore_auth_resp": _trial("ignores_authentication", _flag),
}
"""By their names in lower case."""


def without_effect(control: StationControl, name: str) -> str | None:
    """Say why a variable that was set changes nothing; None when it does."""
    is_idle = name == "wps_corrupt_pkhash" and control.hooks.trials.wps_corrupt_hash
    return _NO_HASH if is_idle else None


# ---- EAPOL and management frames ----------------------------------------------------------


def _eapol_received(control: StationControl, rest: str, now: float) -> str:
    source, payload = _frame(rest)
    event = EapolReceived(
        interface=control.interface,
        source=source,
        payload=payload,
        encrypted=control.station.wpa_state is WpaState.COMPLETED,
    )
    control.do(control.hear(event, now), now)
    return OK


def _eapol_transmit(control: StationControl, rest: str, now: float) -> str:
    encrypt = rest.endswith(" encrypt=1")
    peer, payload = _frame(rest.removesuffix(" encrypt=1"))
    control.perform(
        TransmitEapol(interface=control.interface, peer=peer, payload=payload, encrypt=encrypt)
    )
    return OK


def _frame(rest: str) -> tuple[MacAddress, bytes]:
    """`MAC HEX`. Raises `ConfigError`, `ValueError`."""
    address, _, digits = rest.partition(" ")
    payload = bytes.fromhex(digits)
    if not payload or " " in digits:
        raise ConfigError("a frame is given by its octets in hexadecimal")
    return read_address(address), payload


def _options(words: list[str], *known: str) -> dict[str, str]:
    options = dict(word.partition("=")[::2] for word in words)
    unknown = options.keys() - set(known)
    if unknown:
        raise UsageError(f"what is {min(unknown)!r}?")
    return options


def _management_transmit(control: StationControl, rest: str, now: float) -> str:
    words = rest.split()
    if len(words) < 2:
        return FAIL
    destination, bssid = read_address(words[0]), read_address(words[1])
    options = _options(words[2:], "freq", "wait_time", "no_cck", "action")
    body = bytes.fromhex(options.get("action", ""))
    attempt = control.station.core.connection.attempt
    present = attempt.frequency if attempt is not None else 0
    if not body or int(options.get("freq", present)) not in (0, present):
        raise UsageError("an Action frame's body is needed, and the channel of the connection")
    header = management_header(
        ACTION, destination=destination, source=control.station.address, bssid=bssid
    )
    frame = header.encode() + body
    token = control.hooks.await_status(frame)
    control.perform(TransmitManagement(interface=control.interface, frame=frame, token=token))
    return OK


def _management_done(control: StationControl, rest: str, now: float) -> str:
    """No frame keeps the radio on its channel."""
    return OK


def _management_received(control: StationControl, rest: str, now: float) -> str:
    options = _options(rest.split(), "freq", "datarate", "ssi_signal", "frame")
    if not control.hooks.management_by_program:
        raise UsageError("management frames are not by way of a program")
    event = ManagementReceived(
        interface=control.interface,
        frame=bytes.fromhex(options["frame"]) if "frame" in options else b"",
        frequency=int(options.get("freq", "0")),
        signal=int(options.get("ssi_signal", "0")),
    )
    if not event.frame:
        return FAIL
    control.do(control.station.step(event, now), now)
    return OK


# ---- further elements ---------------------------------------------------------------------


def _add_elements(control: StationControl, rest: str, now: float) -> str:
    number, _, digits = rest.partition(" ")
    octets = bytes.fromhex(digits)
    if not octets:
        return FAIL
    control.hooks.add_elements(_frame_number(number), octets)
    return OK


def _get_elements(control: StationControl, rest: str, now: float) -> str:
    return control.hooks.elements.get(_frame_number(rest), b"").hex()


def _remove_elements(control: StationControl, rest: str, now: float) -> str:
    number, _, digits = rest.partition(" ")
    frame = _frame_number(number)
    if digits == _ALL:
        control.hooks.elements.pop(frame, None)
        return OK
    octets = bytes.fromhex(digits)
    if not octets:
        return FAIL
    control.hooks.remove_elements(frame, octets)
    return OK


def _frame_number(text: str) -> int:
    number = read_integer(text)
    if not 0 <= number <= HIGHEST_FRAME:
        raise ConfigError(f"there is no frame {text}")
    return number


def _set_elements(name: str) -> Order:
    def carry(control: StationControl, rest: str, now: float) -> str:
        control.try_out(**{name: bytes.fromhex(rest)})
        return OK

    return with_argument(carry)


# ---- keys and the association -------------------------------------------------------------


def _get_key(control: StationControl, rest: str, now: float) -> str:
    key = control.hooks.pairwise_key
    return key.hex() if key else FAIL


def _reset_packet_number(control: StationControl, rest: str, now: float) -> str:
    """Install the pairwise key again: its packet number begins anew."""
    key = control.hooks.installed
    if key is None or control.station.bssid is None:
        raise UsageError("there is no pairwise key")
    # the kernel overlooks a key that it has already
    control.perform(RemoveKey(interface=key.interface, peer=key.peer, index=key.index))
    control.perform(key)
    return OK


def _ask_for_keys(control: StationControl, rest: str, now: float) -> str:
    """`ERROR PAIRWISE`, each 0 or 1."""
    error, pairwise = (_flag(word) for word in rest.split(" "))
    core = control.station.core
    if control.station.wpa_state is not WpaState.COMPLETED:
        raise UsageError("there are no keys to be renewed")
    core.advance(AskForKeys(pairwise, error), now)
    return OK


def _associate_again(control: StationControl, rest: str, now: float) -> str:
    bssid = control.station.bssid
    if control.hooks.association is None or bssid is None:
        raise UsageError("not associated")
    control.perform(replace(control.hooks.association, previous=bssid))
    return OK


ORDERS: Final[dict[str, Order]] = {
    "EAPOL_RX": with_argument(_eapol_received),
    "EAPOL_TX": with_argument(_eapol_transmit),
    "MGMT_TX": with_argument(_management_transmit),
    "MGMT_TX_DONE": plain(_management_done),
    "MGMT_RX_PROCESS": with_argument(_management_received),
    "VENDOR_ELEM_ADD": with_argument(_add_elements),
    "VENDOR_ELEM_GET": with_argument(_get_elements),
    "VENDOR_ELEM_REMOVE": with_argument(_remove_elements),
    "TEST_ASSOC_IE": _set_elements("elements_association"),
    "TEST_EAPOL_M2_ELEMS": _set_elements("elements_eapol"),
    "GET_TK": plain(_get_key),
    "RESET_PN": plain(_reset_packet_number),
    "RESEND_ASSOC": plain(_associate_again),
    "KEY_REQUEST": with_argument(_ask_for_keys),
    "UNPROT_DEAUTH": refused("the radio protects every frame for which it has the keys"),
    "DRIVER_EVENT": refused("no events of a driver can be made up"),
    "TEST_ALLOC_FAIL": refused(_NO_ALLOCATION),
    "GET_ALLOC_FAIL": refused(_NO_ALLOCATION),
}
