"""Our access point in the hands of our station: what a network of mode 2 becomes.

Station and access point know nothing of each other; this is where they meet. It has no input or
output of its own, so that programs and the lab use it alike.
"""

from __future__ import annotations

from typing import Final

from harness.ap import events as ap_events
from harness.ap import trials as ap_trials
from harness.ap.config import channel_number
from harness.ap.config_file import BssSettings, Settings
from harness.ap.control.commands import BssCommands
from harness.ap.control.interface import Interface
from harness.ap.control.radio_view import RadioView
from harness.ap.control_events import render as render_access_point
from harness.base.errors import ConfigError
from harness.base.event import Event
from harness.base.seam import CIPHER_CCMP, CIPHER_TKIP
from harness.base.seam_events import RadioEvent
from harness.crypto.wep import WepKeys
from harness.sta import events as sta_events
from harness.sta.access_point import ApOrder
from harness.sta.config import KeyManagement, Network, SecurityProtocol
from harness.sta.config_values import text_of
from harness.sta.control_events import render as render_station
from harness.sta.core import Action, Actions
from harness.sta.trials import Trials
from harness.wire.wsc.device import device_type_text, uuid_text

_USUAL_FREQUENCY: Final = 2462
"""MHz: of an access point whose network names none, where the radio has that channel."""
_WPA, _WPA2 = 1, 2
_METHODS: Final = {
    KeyManagement.WPA_PSK: "WPA-PSK",
    KeyManagement.WPA_PSK_SHA256: "WPA-PSK-SHA256",
    KeyManagement.SAE: "SAE",
}
_CONFIGURED: Final = 2


def render(event: Event) -> str | None:
    """The control line of a station's event, or of its access point's."""
    is_access_points = "interface" in event.fields
    return render_access_point(event) if is_access_points else render_station(event)


class StationsAccessPoint:
    """An access point as the station drives it. `view`: of its radio. Raises `ConfigError`."""

    def __init__(self, order: ApOrder, view: RadioView | None = None) -> None:
        self._order = order
        self._node = order.node
        settings = settings_of(order)
        self._interface = Interface(
            settings, order.address, order.entropy, _NoFiles(), order.node, view=view
        )
        self._commands = BssCommands(self._interface, order.interface, order.interface)
        self._bss = settings.bsss[0]

    @property
    def frequency(self) -> int:
        return self._interface.running_machine.config.channel

    @property
    def beacons(self) -> bool:
        return self._interface.enabled

    @property
    def pairwise(self) -> str | None:
        return "+".join(self._ciphers) if self._bss.get("wpa") else None

    @property
    def group(self) -> str | None:
        return self._ciphers[-1] if self._bss.get("wpa") else None

    @property
    def key_mgmt(self) -> str | None:
        return _shown_key_management(self._order.network) if self._bss.get("wpa") else None

    @property
    def _ciphers(self) -> list[str]:
        return _cipher_words(self._order.network)

    def start(self, now: float) -> Actions:
        self.try_out(self._order.config.trials, now)
        return self._told(self._interface.enable(now), now)

    def stop(self, now: float) -> Actions:
        """End; that it is over is told after who was sent away."""
        actions = self._told(self._interface.disable(now), now)
        last = [each for each in actions if _is(each, ap_events.AP_DISABLED)]
        return (*(each for each in actions if each not in last), *last)

    def step(self, event: RadioEvent, now: float) -> Actions:
        return self._told(self._interface.step(event, now), now)

    def deadline(self) -> float | None:
        return self._interface.deadline()

    def tick(self, now: float) -> Actions:
        return self._told(self._interface.tick(now), now)

    def try_out(self, trials: Trials, now: float) -> Actions:
        told = ap_trials.Trials(
            wps_version=trials.wps_version,
            stub_credential=trials.wps_stub_credential,
        )
        return self._told(self._interface.try_out(told, now), now)

    def execute(self, command: str, now: float) -> tuple[str, Actions]:
        reply, actions = self._commands.execute(command, now)
        return reply, self._told(actions, now)

    def _told(self, actions: Actions, now: float) -> Actions:
        """Its events, and those that a station tells beside or instead of them."""
        return tuple(each for action in actions for each in self._tell(action, now))

    def _tell(self, action: Action, now: float) -> Actions:
        if not isinstance(action, Event):
            return (action,)
        self._commands.hear(action)
        if action.name == ap_events.WPS_CANCELLED:
            return ()
        if action.name == ap_events.CHANNEL_SWITCH_STARTED:
            return (self._switch(now, sta_events.CHANNEL_SWITCH_STARTED, action),)
        if action.name == ap_events.CHANNEL_SWITCHED:
            return (self._switch(now, sta_events.CHANNEL_SWITCHED, action), action)
        return (action,)

    def _switch(self, now: float, name: str, told: Event) -> Event:
        return Event(now, self._node, name, {"frequency": told.fields["frequency"]})


class _NoFiles:
    """Such an access point has no file of its own."""

    def read(self, path: str) -> str:
        raise ConfigError(f"{path}: an access point of a station's has no files")

    def replace(self, path: str, text: str) -> None:
        """Nothing is written: the station's own file has the network."""

    def extend(self, path: str, line: str) -> None:
        """As `replace`."""


def _is(action: Action, name: str) -> bool:
    return isinstance(action, Event) and action.name == name


# ---- from a network to an access point's settings -----------------------------------------


def settings_of(order: ApOrder) -> Settings:
    """The keys of hostapd's file that say what the network does. Raises `ConfigError`."""
    bss = BssSettings(order.interface)
    settings = Settings([bss])
    for key, text in (*_radio(order), *_network(order), *_device(order)):
        settings.set(bss, key, text)
    return settings


Keys = list[tuple[str, str]]


def _radio(order: ApOrder) -> Keys:
    parameters = order.network.access_point
    assert parameters is not None, "it is a network of mode 2"
    frequency = parameters.frequency or _usual(order.frequencies)
    keys = [
        ("hw_mode", "g" if frequency < 4000 else "a"),
        ("channel", str(channel_number(frequency))),
    ]
    told = (
        ("beacon_int", parameters.beacon_interval or order.defaults.get("beacon_int")),
        ("dtim_period", parameters.dtim_period or order.defaults.get("dtim_period")),
        ("ap_max_inactivity", parameters.max_inactivity_s),
        ("wpa_group_rekey", parameters.group_rekey_s),
        ("ignore_broadcast_ssid", parameters.hidden),
        ("transition_disable", f"{parameters.transition_disable:x}"),
        ("max_num_sta", order.defaults.get("max_num_sta")),
        ("ap_isolate", order.defaults.get("ap_isolate")),
    )
    return [*keys, *((key, str(value)) for key, value in told if value not in (0, "0", None))]


def _usual(frequencies: tuple[int, ...]) -> int:
    if not frequencies or _USUAL_FREQUENCY in frequencies:
        return _USUAL_FREQUENCY
    return frequencies[0]


def _network(order: ApOrder) -> Keys:
    network = order.network
    if network.ssid is None:
        raise ConfigError("an access point needs an SSID")
    keys = [("ssid2", network.ssid.hex())]
    if network.wep is not None and KeyManagement.NONE in network.key_mgmt:
        keys += _wep(network.wep, network.auth_alg)
    if KeyManagement.NONE not in network.key_mgmt:
        keys += _security(order)
    if _has_wps(network):
        keys += [("wps_state", str(_CONFIGURED)), ("eap_server", "1")]
    return keys


def _wep(wep: WepKeys, algorithm: int | None) -> Keys:
    """Static keys, and how a station proves that it has them: as it likes, or as is told."""
    keys = [(f"wep_key{at}", key.hex()) for at, key in enumerate(wep.keys) if key is not None]
    algorithms = 3 if algorithm is None else 1 << algorithm
    return [*keys, ("wep_default_key", str(wep.default)), ("auth_algs", str(algorithms))]


def _security(order: ApOrder) -> Keys:
    network = order.network
    methods = [word for method, word in _METHODS.items() if method in network.key_mgmt]
    if not methods:
        known = ", ".join(_METHODS.values())
        raise ConfigError(f"an access point of a network knows {known} only")
    bits = _WPA2 if SecurityProtocol.RSN in network.proto else 0
    bits |= _WPA if _has_wpa(network) else 0
    ciphers = " ".join(_cipher_words(network))
    keys = [("wpa", str(bits)), ("wpa_key_mgmt", " ".join(methods))]
    keys += [("wpa_pairwise", ciphers), ("rsn_pairwise", ciphers)]
    if network.passphrase is not None:
        keys.append(("wpa_passphrase", network.passphrase))
    elif network.psk is not None:
        keys.append(("wpa_psk", network.psk.hex()))
    if network.sae_password is not None:
        keys.append(("sae_password", network.sae_password + _asked_by(network)))
    habits = order.config.security
    if KeyManagement.SAE in network.key_mgmt:
        keys.append(("sae_pwe", str(habits.sae_pwe)))
        keys.append(("sae_groups", " ".join(map(str, habits.sae_groups))))
    mfp = habits.pmf if network.ieee80211w is None else network.ieee80211w
    return [*keys, ("ieee80211w", str(mfp))]


def _asked_by(network: Network) -> str:
    """The identifier of a password of SAE, as hostapd's file has it."""
    return "" if network.sae_password_id is None else f"|id={text_of(network.sae_password_id)}"


def _has_wpa(network: Network) -> bool:
    """WPA version 1, whose one method is PSK."""
    by_psk = KeyManagement.WPA_PSK in network.key_mgmt
    return SecurityProtocol.WPA in network.proto and by_psk


def _cipher_words(network: Network) -> list[str]:
    """CCMP before TKIP; TKIP is for WPA version 1 alone."""
    words = ["CCMP"] if CIPHER_CCMP in network.pairwise else []
    if CIPHER_TKIP in network.pairwise and _has_wpa(network):
        words.append("TKIP")
    return words


def _shown_key_management(network: Network) -> str:
    """How `STATUS` names all that it takes."""
    words = []
    if KeyManagement.WPA_PSK in network.key_mgmt:
        words += ["WPA2-PSK"] if SecurityProtocol.RSN in network.proto else []
        words += ["WPA-PSK"] if SecurityProtocol.WPA in network.proto else []
    if KeyManagement.WPA_PSK_SHA256 in network.key_mgmt:
        words.append("WPA2-PSK-SHA256")
    return "+".join([*words, *(["SAE"] if KeyManagement.SAE in network.key_mgmt else [])])


def _has_wps(network: Network) -> bool:
    """WPS gives out a PSK of WPA2 with CCMP, or nothing for an open network."""
    parameters = network.access_point
    assert parameters is not None, "it is a network of mode 2"
    if parameters.hidden or parameters.wps_disabled:
        return False
    if KeyManagement.NONE in network.key_mgmt:
        return network.wep is None
    by_psk = KeyManagement.WPA_PSK in network.key_mgmt and network.has_psk
    return by_psk and SecurityProtocol.RSN in network.proto and CIPHER_CCMP in network.pairwise


def _device(order: ApOrder) -> Keys:
    device = order.config.device
    told = [
        ("device_name", device.device_name),
        ("manufacturer", device.manufacturer),
        ("model_name", device.model_name),
        ("model_number", device.model_number),
        ("serial_number", device.serial_number),
        ("config_methods", order.defaults.get("config_methods", "")),
    ]
    keys = [(key, text) for key, text in told if text]
    keys.append(("device_type", device_type_text(device.primary_device_type)))
    return [*keys, ("uuid", uuid_text(order.uuid))]
