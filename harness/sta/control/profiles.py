"""The configuration behind a running station: network ids and the blocks that they come from."""

from __future__ import annotations

from typing import Final

from harness.base.errors import UsageError
from harness.base.event import Event
from harness.sta import events
from harness.sta.config import MFP_REQUIRED, Network
from harness.sta.config_build import network_of, texts_of
from harness.sta.config_file import NETWORK, Block, ConfigFile, Setting
from harness.sta.config_keys import NETWORK_KEYS
from harness.sta.networks import Networks

_HARDENED: Final = (
    ("key_mgmt", frozenset(("WPA-PSK", "WPA-PSK-SHA256", "FT-PSK")), frozenset[str]()),
    ("proto", frozenset(("WPA",)), frozenset[str]()),
    ("group", frozenset(("TKIP",)), frozenset(("CCMP",))),
)
"""Of each key, the words that go and those that come."""


class Profiles:
    """Keeps the blocks in step with the station's networks.

    `file`: what is written back. `extra`: a file whose networks are used and never written.
    """

    def __init__(self, file: ConfigFile, extra: ConfigFile | None = None) -> None:
        self.file = file
        self.extra = extra
        self._blocks: dict[int, Block] = {}
        found = file.networks() + (extra.networks() if extra is not None else [])
        for number, block in enumerate(found):
            self._blocks[number] = block

    def networks(self) -> tuple[Network, ...]:
        """What the station begins with: ids in the order of the blocks. Raises `ConfigError`."""
        return tuple(
            network_of(block.values(), number) for number, block in self._blocks.items()
        )

    def block(self, network_id: int) -> Block:
        """Raises `UsageError` for an id that is not there."""
        try:
            return self._blocks[network_id]
        except KeyError:
            raise UsageError(f"there is no network {network_id}") from None

    def shown(self, network_id: int, key: str) -> str | None:
        """A network's value as `GET_NETWORK` gives it, None while there is nothing to give."""
        known = NETWORK_KEYS.get(key)
        if known is None:
            return None
        text = self.block(network_id).text(key)
        if text is None:
            return known.default
        if known.is_secret:
            return "*"
        value = known.kind.read(text)
        return known.default if value in (None, ()) else known.kind.show(value)

    # ---- what the station did ----------------------------------------------------------------

    def follow(self, event: Event, networks: Networks) -> None:
        """Take over what an event says of the networks."""
        if event.name == events.NETWORK_ADDED:
            self._added(_id(event), networks)
        elif event.name == events.NETWORK_STORED:
            self._stored(networks[_id(event)])
        elif event.name == events.NETWORK_HARDENED:
            harden(self.block(_id(event)))
        elif event.name == events.NETWORK_MOVED:
            self.block(_id(event)).set("frequency", str(event.fields["frequency"]))
        elif event.name == events.NETWORK_REMOVED:
            self._removed(_id(event))

    def _added(self, network_id: int, networks: Networks) -> None:
        if network_id in self._blocks or network_id not in networks:
            return
        network = networks[network_id]
        self._blocks[network_id] = _block_of(network)
        self.file.items.append(self._blocks[network_id])

    def _stored(self, network: Network) -> None:
        block = _block_of(network)
        known = self._blocks.get(network.id)
        self._blocks[network.id] = block
        if known is None:
            self.file.items.append(block)
        else:
            self.file.items = [block if item is known else item for item in self.file.items]

    def _removed(self, network_id: int) -> None:
        block = self._blocks.pop(network_id, None)
        self.file.items = [item for item in self.file.items if item is not block]

    def settle(self, networks: Networks) -> None:
        """Note in the blocks which networks are switched off, before they are written."""
        for network in networks:
            block = self._blocks.get(network.id)
            if block is None:
                continue
            was_off = (block.text("disabled") or "0") != "0"
            if was_off != network.disabled:
                block.set("disabled", "1" if network.disabled else None)


def harden(block: Block) -> None:
    """Write down what `harness.sta.transition` leaves of a network; other methods stay."""
    for key, without, added in _HARDENED:
        words = NETWORK_KEYS[key]
        text = block.text(key) or words.default or ""
        block.set(key, words.kind.show(words.kind.read(text) - without | added))
    block.set("ieee80211w", str(MFP_REQUIRED))


def _block_of(network: Network) -> Block:
    block = Block(NETWORK, temporary=network.wps is not None)
    block.items.extend(Setting(key, text) for key, text in texts_of(network).items())
    if network.disabled:
        block.set("disabled", "1")
    return block


def _id(event: Event) -> int:
    network_id = event.fields["id"]
    assert isinstance(network_id, int)
    return network_id
