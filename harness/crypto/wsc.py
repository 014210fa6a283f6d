"""The key derivations, authenticators and key wrap of WSC (wsc-protocol §4)."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from harness.base.entropy import Entropy
from harness.base.errors import BadMic, PeerViolation

AUTHENTICATOR_OCTETS = 8
SNONCE_OCTETS = 16
_LABEL = b"Wi-Fi Easy and Secure Key Derivation"
_KEY_WRAP_HEADER = bytes.fromhex("101e0008")
_CLAUSE = "WSC 2.0: cryptography"
_BLOCK = 16


@dataclass(frozen=True, slots=True)
class WscKeys:
    """The keys of one registration: 32, 16 and 32 octets."""

    auth_key: bytes = field(repr=False)
    key_wrap_key: bytes = field(repr=False)
    emsk: bytes = field(repr=False)


def _hmac(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, "sha256")


def kdf(key: bytes, label: bytes, bits: int) -> bytes:
    """Stretch a key to `bits` (a multiple of 8) by counting HMAC-SHA-256 over the label."""
    tail = label + bits.to_bytes(4, "big")
    blocks = [_hmac(key, i.to_bytes(4, "big") + tail) for i in range(1, (bits + 255) // 256 + 1)]
    return b"".join(blocks)[: bits // 8]


def derive_kdk(
    shared_secret: bytes, enrollee_nonce: bytes, enrollee_mac: bytes, registrar_nonce: bytes
) -> bytes:
    """Derive the key derivation key, 32 octets, from the 192 octets of the shared secret."""
    dh_key = hashlib.sha256(shared_secret).digest()
    return _hmac(dh_key, enrollee_nonce + enrollee_mac + registrar_nonce)


def derive_keys(
    shared_secret: bytes, enrollee_nonce: bytes, enrollee_mac: bytes, registrar_nonce: bytes
) -> WscKeys:
    """Derive a registration's keys. `enrollee_mac`: the MAC Address attribute of M1."""
    kdk = derive_kdk(shared_secret, enrollee_nonce, enrollee_mac, registrar_nonce)
    octets = kdf(kdk, _LABEL, 640)
    return WscKeys(octets[:32], octets[32:48], octets[48:80])


def authenticator(auth_key: bytes, previous: bytes, current_without: bytes) -> bytes:
    """Compute an Authenticator, 8 octets.

    `previous`: the whole message before this one, as it went over the air; `current_without`: this
    one up to its Authenticator attribute.
    """
    return _hmac(auth_key, previous + current_without)[:AUTHENTICATOR_OCTETS]


def verify_authenticator(
    auth_key: bytes, previous: bytes, current_without: bytes, given: bytes
) -> None:
    """Raise `BadMic` unless `given` is the Authenticator."""
    if not hmac.compare_digest(authenticator(auth_key, previous, current_without), given):
        raise BadMic("Authenticator does not verify", clause=_CLAUSE)


def psk_halves(auth_key: bytes, password: bytes) -> tuple[bytes, bytes]:
    """Derive PSK1 and PSK2, 16 octets each; an odd password's first half is the longer."""
    middle = (len(password) + 1) // 2
    return _hmac(auth_key, password[:middle])[:16], _hmac(auth_key, password[middle:])[:16]


def commitment(
    auth_key: bytes, snonce: bytes, psk: bytes, enrollee_key: bytes, registrar_key: bytes
) -> bytes:
    """Compute E-Hash1, E-Hash2, R-Hash1 or R-Hash2, 32 octets.

    The public keys are the octets as they went over the air.
    """
    return _hmac(auth_key, snonce + psk + enrollee_key + registrar_key)


def same(left: bytes, right: bytes) -> bool:
    """Compare secrets in a time that does not tell where they differ."""
    return hmac.compare_digest(left, right)


def with_key_wrap(keys: WscKeys, plaintext: bytes) -> bytes:
    """Put the Key Wrap Authenticator behind attributes, as they go into Encrypted Settings."""
    return plaintext + _KEY_WRAP_HEADER + _hmac(keys.auth_key, plaintext)[:AUTHENTICATOR_OCTETS]


def encrypt_settings(keys: WscKeys, plaintext: bytes, entropy: Entropy) -> bytes:
    """Wrap attributes into the value of Encrypted Settings: IV and ciphertext.

    The Key Wrap Authenticator is put on here. Draws 16 octets of `entropy`.
    """
    padded = with_key_wrap(keys, plaintext)
    padding = _BLOCK - len(padded) % _BLOCK
    padded += bytes((padding,)) * padding
    iv = entropy.octets(_BLOCK)
    encryptor = Cipher(algorithms.AES128(keys.key_wrap_key), modes.CBC(iv)).encryptor()
    return iv + encryptor.update(padded) + encryptor.finalize()


def decrypt_settings(keys: WscKeys, value: bytes) -> bytes:
    """Unwrap the value of Encrypted Settings; gives the attributes before the Key Wrap one.

    Raises `BadMic` when the Key Wrap Authenticator does not verify, `PeerViolation` when the
    length, the padding or the place of the Key Wrap Authenticator is wrong.
    """
    if len(value) < 2 * _BLOCK or len(value) % _BLOCK:
        raise PeerViolation(f"Encrypted Settings of {len(value)} octets", clause=_CLAUSE)
    decryptor = Cipher(algorithms.AES128(keys.key_wrap_key), modes.CBC(value[:_BLOCK])).decryptor()
    padded = decryptor.update(value[_BLOCK:]) + decryptor.finalize()
    count = padded[-1]
    # A count of 0 takes nothing away and is not refused, as receivers do.
    if count > len(padded) or padded[len(padded) - count :] != bytes((count,)) * count:
        raise PeerViolation("padding of Encrypted Settings", clause=_CLAUSE)
    octets = padded[: len(padded) - count]
    plaintext, wrap = octets[:-12], octets[-12:]
    if len(wrap) < 12 or wrap[:4] != _KEY_WRAP_HEADER:
        raise PeerViolation("no Key Wrap Authenticator at the end", clause=_CLAUSE)
    expected = _hmac(keys.auth_key, plaintext)[:AUTHENTICATOR_OCTETS]
    if not hmac.compare_digest(expected, wrap[4:]):
        raise BadMic("Key Wrap Authenticator does not verify", clause=_CLAUSE)
    return plaintext


def pin_checksum(digits: int) -> int:
    """Compute the eighth digit of a PIN whose first seven digits are this number."""
    total = 0
    for position in range(7):
        digits, digit = divmod(digits, 10)
        total += digit if position % 2 else 3 * digit
    return -total % 10


def pin_is_valid(text: str) -> bool:
    """Tell whether this is a PIN as users are given them: 4 digits, or 8 with a checksum."""
    if not (text.isascii() and text.isdigit()):
        return False
    if len(text) == 4:
        return True
    return len(text) == 8 and pin_checksum(int(text[:7])) == int(text[7])


def pin_digits(text: str) -> str | None:
    """The digits in what a user typed, hyphens and all; None unless a PIN has as many, 4 or 8."""
    digits = "".join(character for character in text if character in "0123456789")
    return digits if len(digits) in (4, 8) else None


def generate_pin(entropy: Entropy) -> str:
    """Draw a PIN of 8 digits, the last its checksum; each is as likely as any other."""
    while True:
        drawn = int.from_bytes(entropy.octets(4), "big")
        if drawn < (1 << 32) // 10_000_000 * 10_000_000:
            digits = drawn % 10_000_000
            return f"{digits:07d}{pin_checksum(digits)}"
