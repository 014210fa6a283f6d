"""A recording's secrets, and one side of it fed to a machine of ours that has the other's."""

from __future__ import annotations

from wsc_recording import Recording

from harness.crypto import dh
from harness.crypto import wsc as crypto
from harness.proto.eap_peer import EapPeer
from harness.proto.eap_server import EapServer
from harness.proto.eap_wsc import EapReceived
from harness.proto.machine import Output, Transmit


def keys_of(recording: Recording) -> crypto.WscKeys:
    m1, m2 = recording.message("M1"), recording.message("M2")
    private = bytes.fromhex(recording.told["registrar"]["private_key"])
    return crypto.derive_keys(
        dh.shared(private, m1.public_key), m1.enrollee_nonce, m1.mac_address, m2.registrar_nonce
    )


def settings_of(recording: Recording, name: str) -> bytes:
    message = recording.message(name)
    return crypto.decrypt_settings(keys_of(recording), message.encrypted_settings)


class Script:
    """Entropy that gives what the real program drew, and fails on any other draw."""

    def __init__(self, *drawn: bytes) -> None:
        self.drawn = list(drawn)

    def octets(self, count: int) -> bytes:
        following = self.drawn.pop(0)
        assert len(following) == count
        return following


def pair_of(recording: Recording, end: str) -> dh.KeyPair:
    private = bytes.fromhex(recording.told[end]["private_key"])
    return dh.KeyPair(private, dh.public_key(private))


def said_by(recording: Recording, name: str) -> list[bytes]:
    """Give the IV and then the nonce that a message reveals, where the run came to it."""
    if not any(one.message.name == name for one in recording.said):
        return [b"", b""]
    message = recording.message(name)
    settings = settings_of(recording, name)
    nonce = settings[4:20]
    return [message.encrypted_settings[:16], nonce]


def replay(
    end: EapPeer | EapServer, recording: Recording, *, from_ap: bool
) -> tuple[list[bytes], list[Output]]:
    """Feed one side's recorded packets to our other side; gives what ours sent and put out."""
    sent: list[bytes] = []
    others: list[Output] = []
    for sender, octets in recording.packets:
        if sender is not from_ap:
            continue
        for output in end.step(EapReceived(octets), 0.0):
            if isinstance(output, Transmit):
                sent.append(output.octets)
            else:
                others.append(output)
    return sent, others
