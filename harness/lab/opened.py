"""Opens what is encrypted in WSC messages, with keys that our own devices derived."""

from __future__ import annotations

from harness.crypto.wsc import WscKeys, decrypt_settings
from harness.lab.devices.networks import Bss
from harness.lab.transcript import Seen, Transcript
from harness.lab.world import World
from harness.wire.wsc.device import AuthenticationType, EncryptionType
from harness.wire.wsc.messages import M2, M8
from harness.wire.wsc.settings import Credential, M8Settings


def open_credentials(
    world: World, transcript: Transcript, m8: Seen
) -> tuple[Credential, ...] | None:
    """Give the Credentials in an M8; None when neither end of its run is one of our devices.

    Raises `BadMic` or `WireError` when the settings don't decrypt or decode.
    """
    message = m8.layers[-1]
    if not isinstance(message, M8):
        raise TypeError(f"an M8 is wanted, not {m8.kind}")
    m2 = _begun_by(transcript, m8)
    if m2 is None:
        return None
    keys = world.open_settings_keys(m2.enrollee_nonce, m2.registrar_nonce)
    if keys is None:
        return None
    opened = WscKeys(keys.auth_key, keys.key_wrap_key, b"")
    plaintext = decrypt_settings(opened, message.encrypted_settings)
    return tuple(map(Credential.decode, M8Settings.decode(plaintext).credentials))


def compared_with(bss: Bss, credential: Credential) -> list[tuple[str, object, object]]:
    """What a Credential for `bss` must say: what it is, what is expected, what is there."""
    key = (credential.network_key or b"").decode(errors="replace")
    right = bss.passphrase or ""
    authentication, encryption = credential.authentication_type, credential.encryption_type
    types: tuple[int, int]
    if bss.passphrase is None:
        types = AuthenticationType.OPEN, EncryptionType.NONE
    elif bss.mixed:
        authentication &= ~AuthenticationType.WPA_PSK
        encryption &= ~EncryptionType.TKIP
        types = AuthenticationType.WPA2_PSK, EncryptionType.AES
    else:
        types = AuthenticationType.WPA2_PSK, EncryptionType.AES
    return [
        ("Credential's SSID", bss.ssid.encode(), credential.ssid),
        ("Credential's Network Key", right, right if bss.opens_with(key) else key),
        ("Credential's Authentication Type", types[0], authentication),
        ("Credential's Encryption Type", types[1], encryption),
    ]


def _begun_by(transcript: Transcript, m8: Seen) -> M2 | None:
    """The M2 of the run that an M8 belongs to: the last one before it with its nonce."""
    found = None
    for seen in transcript.since(0):
        if seen.index >= m8.index:
            break
        inner = seen.layers[-1]
        if isinstance(inner, M2) and inner.enrollee_nonce == m8.enrollee_nonce:
            found = inner
    return found
