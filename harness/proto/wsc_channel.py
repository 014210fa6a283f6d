"""The protected side of a registration, the same at both ends (wsc-protocol §4).

Keys, the Authenticators that chain each message to the one before, and Encrypted Settings.
"""

from __future__ import annotations

from harness.base.address import MacAddress
from harness.base.entropy import Entropy
from harness.crypto import dh
from harness.crypto import wsc as crypto
from harness.proto.machine import Notify, Outputs
from harness.proto.wsc_run import Secrets, keys_derived, send
from harness.wire.wsc.extension import VERSION2
from harness.wire.wsc.messages import M4, M5, M6, M7, M8, Message, covered, seal
from harness.wire.wsc.version import at_version


class Channel:
    """What one end knows once the keys are derived.

    `previous`: the octets of the last message that this end sent, M1 included. `version`: what
    Version2 says.
    """

    def __init__(self, entropy: Entropy, version: int = VERSION2) -> None:
        self.previous = b""
        self._version = version
        self._entropy = entropy
        self._secrets: Secrets | None = None

    @property
    def secrets(self) -> Secrets:
        """There are some from M2 on."""
        assert self._secrets is not None, "no message needs them before M2"
        return self._secrets

    def derive(
        self,
        private: bytes,
        peer_public: bytes,
        nonces: tuple[bytes, bytes],
        enrollee: MacAddress,
        password: bytes,
        public_keys: tuple[bytes, bytes],
    ) -> Notify:
        """Derive the keys, draw this end's nonces, and tell the evidence.

        `nonces` and `public_keys`: the Enrollee's first, the latter as they were sent. Raises
        `PeerViolation` for a public key that is none.
        """
        secret = dh.shared(private, peer_public)
        keys = crypto.derive_keys(secret, nonces[0], enrollee, nonces[1])
        own = (
            self._entropy.octets(crypto.SNONCE_OCTETS),
            self._entropy.octets(crypto.SNONCE_OCTETS),
        )
        psk1, psk2 = crypto.psk_halves(keys.auth_key, password)
        self._secrets = Secrets(keys, psk1, psk2, own, *public_keys)
        return keys_derived(keys, *nonces)

    def verify(self, message: Message, authenticator: bytes | None) -> None:
        """Check that a message came from who knows the keys. Raises `PeerViolation`."""
        crypto.verify_authenticator(
            self.secrets.keys.auth_key,
            self.previous,
            covered(message.octets),
            authenticator or b"",
        )

    def open(self, message: M4 | M5 | M6 | M7 | M8) -> bytes:
        """Verify a message and decrypt its settings. Raises `PeerViolation`, `WireError`."""
        self.verify(message, message.authenticator)
        return crypto.decrypt_settings(self.secrets.keys, message.encrypted_settings)

    def wrap(self, plaintext: bytes) -> bytes:
        """Encrypt settings."""
        return crypto.encrypt_settings(self.secrets.keys, plaintext, self._entropy)

    def answer(self, message: Message, to: Message) -> Outputs:
        """Close a message with its Authenticator and send it."""
        key = self.secrets.keys.auth_key
        message = at_version(message, self._version)
        self.previous = seal(message, lambda octets: crypto.authenticator(key, to.octets, octets))
        return send(message, self.previous)
