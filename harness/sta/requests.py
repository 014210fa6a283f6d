"""What an attempt has its radio send, and what is told of that: IEEE 802.11-2020, 11.3."""

from __future__ import annotations

from harness.base.seam import Associate, Authenticate, TransmitEapol
from harness.proto.key_handshake import TransmitInClear
from harness.proto.machine import Notify, Output, Outputs, Transmit
from harness.proto.sae import TransmitAuthentication
from harness.sta import events
from harness.sta.config import SHARED_KEY
from harness.sta.joining import Attempt, Perform
from harness.wire.dot11.codes import STATUS_UNKNOWN_IDENTIFIER
from harness.wire.sae import ALGORITHM_SAE


def authentication(
    interface: str, attempt: Attempt, algorithm: int, body: bytes = b""
) -> Outputs:
    """Ask for an Authentication frame. `body`: as in `Authenticate`, of SAE."""
    wep = attempt.wep if algorithm == SHARED_KEY else None
    command = Authenticate(
        interface=interface,
        bssid=attempt.bssid,
        frequency=attempt.frequency,
        ssid=attempt.ssid,
        algorithm=algorithm,
        body=body,
        wep_key=b"" if wep is None else wep.sent_with or b"",
        wep_index=0 if wep is None else wep.default,
    )
    return Notify(events.AUTHENTICATION_STARTED, _target(attempt)), Perform(command)


def of_sae(interface: str, attempt: Attempt, output: Output) -> Outputs:
    """Ask for the frame that SAE wants sent; leave all else that it puts out as it is."""
    if not isinstance(output, TransmitAuthentication):
        return (output,)
    fixed = output.transaction.to_bytes(2, "little") + output.status.to_bytes(2, "little")
    return authentication(interface, attempt, ALGORITHM_SAE, fixed + output.body)


def rejection(attempt: Attempt, algorithm: int, transaction: int, status: int) -> Notify:
    """Tell that the AP does not want us."""
    if status == STATUS_UNKNOWN_IDENTIFIER and algorithm == ALGORITHM_SAE:
        return Notify(events.IDENTIFIER_UNKNOWN, {"bssid": attempt.bssid})
    fields = {
        "bssid": attempt.bssid,
        "algorithm": algorithm,
        "transaction": transaction,
        "status": status,
    }
    return Notify(events.AUTHENTICATION_REJECTED, fields)


def association(interface: str, attempt: Attempt) -> Outputs:
    """Ask for a (Re)Association Request."""
    command = Associate(
        interface=interface,
        bssid=attempt.bssid,
        frequency=attempt.frequency,
        ssid=attempt.ssid,
        elements=attempt.elements,
        privacy=attempt.pairwise is not None or attempt.wep is not None,
        pairwise=attempt.pairwise,
        group=attempt.group,
        akm=attempt.akm,
        previous=attempt.previous,
        mfp=attempt.protection is not None,
    )
    return Notify(events.ASSOCIATION_STARTED, _target(attempt)), Perform(command)


def transmission(interface: str, attempt: Attempt, output: Transmit) -> Perform:
    """Send an EAPOL frame to the AP."""
    return Perform(
        TransmitEapol(
            interface=interface,
            peer=attempt.bssid,
            payload=output.octets,
            encrypt=not isinstance(output, TransmitInClear),
        )
    )


def _target(attempt: Attempt) -> dict[str, object]:
    return {"bssid": attempt.bssid, "ssid": attempt.ssid, "frequency": attempt.frequency}
