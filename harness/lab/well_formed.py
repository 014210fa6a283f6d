"""WSC messages judged strictly: what receivers must tolerate, senders may still not send."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harness.crypto.wsc import WscKeys as CryptoKeys
from harness.crypto.wsc import decrypt_settings
from harness.lab.devices.interface import Device
from harness.lab.expectations import AirView
from harness.lab.transcript import Malformed, Seen, Transcript
from harness.lab.world import World, WscKeys
from harness.wire.eap import WscPacket
from harness.wire.wsc.check import Violation, check_message, check_octets
from harness.wire.wsc.messages import MESSAGES, WscMessage, message_type
from harness.wire.wsc.settings import SETTINGS, Credential, M8Settings


def judge_messages(
    world: World, transcript: Transcript, air: AirView, judged: Iterable[Device], clause: str
) -> None:
    """Check every WSC message that the devices sent, in the order of the air.

    Encrypted Settings are looked into where the keys of the run are known. Raises
    `ExpectationFailed` for the first wrong attribute of the first wrong message.
    """
    __tracebackhide__ = True
    addresses = frozenset(address for device in judged for address in device.addresses)
    for seen in transcript.since(0):
        if seen.transmitter not in addresses:
            continue
        for violation in _violations(world, seen):
            raise air.difference(
                seen,
                _what(seen, violation),
                "well-formed",
                f"{violation.reason} at octet {violation.offset}",
                clause or violation.clause,
            )


def _what(seen: Seen, violation: Violation) -> str:
    """The attribute's name, with that of its message where this could not be decoded."""
    if not isinstance(seen.layers[-1], Malformed):
        return violation.attribute
    kind = message_type(seen.layers[-2].data)
    return f"{MESSAGES[kind].NAME if kind in MESSAGES else 'message'}: {violation.attribute}"


def _violations(world: World, seen: Seen) -> Iterator[Violation]:
    inner = seen.layers[-1]
    if isinstance(inner, WscMessage):
        yield from check_message(inner.octets)
        keys = _keys_of(world, inner)
        if keys is not None:
            yield from _settings_violations(inner, keys)
    elif isinstance(inner, Malformed) and len(seen.layers) > 1:
        outer = seen.layers[-2]
        if isinstance(outer, WscPacket) and not outer.more_fragments:
            yield from check_message(outer.data)


def _keys_of(world: World, message: WscMessage) -> WscKeys | None:
    """The keys of the message's run, found by the one nonce that it carries."""
    enrollee = getattr(message, "enrollee_nonce", None)
    registrar = getattr(message, "registrar_nonce", None)
    for keys in world.wsc_keys():
        if enrollee in (None, keys.enrollee_nonce) and registrar in (None, keys.registrar_nonce):
            return keys
    return None


def _settings_violations(message: WscMessage, keys: WscKeys) -> Iterator[Violation]:
    settings = getattr(message, "encrypted_settings", None)
    if settings is None:
        return
    plaintext = decrypt_settings(CryptoKeys(keys.auth_key, keys.key_wrap_key, b""), settings)
    kind = SETTINGS[message.message_type]
    yield from check_octets(kind, plaintext)
    if kind is M8Settings:
        for credential in M8Settings.decode(plaintext).credentials:
            yield from check_octets(Credential, credential)
