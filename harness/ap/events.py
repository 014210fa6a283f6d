"""What the access point says about itself: the names it puts on the event stream.

Each event carries `interface`, the BSS's network interface; the other fields are named beside
it. Addresses are `MacAddress`, UUIDs 16 octets. The control interface's lines are renderings of
these (`harness.ap.control_events`).
"""

from __future__ import annotations

from harness.base.event import declare

# ---- the interface ------------------------------------------------------------------------

AP_ENABLED = declare("ap.interface.enabled", "all BSSs of the access point beacon")
AP_DISABLED = declare("ap.interface.disabled", "the access point stops")
REKEYING_FORBIDDEN = declare(
    "ap.rekeying.forbidden", "stations that are due for another pairwise key are to be sent away"
)
LINK_SWITCHED_OFF = declare(
    "ap.link.switched-off", "somebody took a BSS's network interface down, and the BSS with it"
)
LINK_SWITCHED_ON = declare(
    "ap.link.switched-on", "a network interface that was taken down is up again, and its BSS begins"
)
BSS_STARTED = declare("ap.bss.started", "one BSS beacons from now on; field bssid")
COMMAND_REFUSED = declare(
    "ap.radio.refused", "the radio refused a command; fields command, errno, reason"
)

CHANNEL_SWITCH_STARTED = declare(
    "ap.channel-switch.started",
    "another channel is announced; fields frequency (MHz), ht (True: by 802.11n), secondary (1: its"
    " other half is above, -1: below, 0: none), count",
)
CHANNEL_SWITCHED = declare(
    "ap.channel.switched",
    "the BSS beacons on another channel; fields frequency, ht, secondary",
)
CHANNEL_SWITCH_FINISHED = declare(
    "ap.channel-switch.finished", "the announced switch is through; field frequency"
)
CHANNEL_CHOICE_BEGUN = declare("ap.channel-choice.begun", "the radio looks for a quiet channel")
CHANNEL_CHOSEN = declare(
    "ap.channel.chosen", "a channel was chosen by itself; fields frequency (MHz), channel"
)
CHANNEL_CHOICE_FAILED = declare("ap.channel-choice.failed", "the radio could not look around")

# ---- stations -----------------------------------------------------------------------------

STATION_AUTHENTICATED = declare(
    "ap.station.authenticated", "an Authentication was answered; fields station, status"
)
STATION_ASSOCIATED = declare(
    "ap.station.associated",
    "a station acknowledged its Association Response; fields station, aid, wps, backhaul",
)
STATION_REFUSED = declare(
    "ap.station.refused", "an association was refused; fields station, status, reason, clause"
)
STATION_LIMIT_REACHED = declare(
    "ap.station.limited", "a station was turned away because the BSS is full; field station"
)
STATION_AUTHORIZED = declare(
    "ap.station.authorized",
    "a station's controlled port opened; fields station, and key_id when the key has one",
)
STATION_UNAUTHORIZED = declare(
    "ap.station.unauthorized", "an authorised station's controlled port closed; field station"
)
STATION_ANSWERED = declare(
    "ap.station.answered", "a station that was polled is there; field station"
)
PROBE_REQUEST_RECEIVED = declare(
    "ap.probe.received", "a Probe Request for this BSS; fields station, signal (dBm)"
)
MICHAEL_FAILED = declare(
    "ap.michael.failed", "a frame in TKIP was forged; fields station, remote (a station says so)"
)
COUNTERMEASURES_BEGUN = declare(
    "ap.countermeasures.begun", "everybody was sent away for 60 s, since frames were forged"
)
STATION_REMOVED = declare("ap.station.removed", "a station was forgotten; field station")
VLAN_ADDED = declare(
    "ap.vlan.added", "a four-address interface was made; fields station, vlan, bridge"
)
VLAN_REMOVED = declare(
    "ap.vlan.removed", "a four-address interface was deleted; fields station, vlan"
)
FRAME_DISCARDED = declare(
    "ap.frame.discarded", "a frame was dropped; fields station, reason, clause"
)

RADAR_PRETENDED = declare(
    "ap.radar.pretended", "a test program says that there was radar; field line"
)
EAPOL_TAKEN = declare(
    "ap.eapol.taken", "a program is to carry an EAPOL frame; fields station, payload"
)
MANAGEMENT_TAKEN = declare(
    "ap.management.taken", "a program takes a management frame that came; field frame"
)
MANAGEMENT_SENT = declare(
    "ap.management.sent",
    "a program is told of a management frame that left; fields frame, acknowledged",
)

# ---- WPS ----------------------------------------------------------------------------------

ENROLLEE_SEEN = declare(
    "wps.enrollee.seen",
    "an Enrollee's Probe Request; fields station, uuid, device_type, config_methods, "
    "device_password_id, request_type, device_name",
)
PBC_ACTIVATED = declare("wps.pbc.activated", "push-button mode began; walk time 120 s")
PBC_TIMED_OUT = declare("wps.pbc.timed-out", "push-button mode ended without an Enrollee")
PBC_DISABLED = declare("wps.pbc.disabled", "push-button mode ended with an Enrollee")
OVERLAP_DETECTED = declare("wps.pbc.overlapped", "two Enrollees asked by push button")
PIN_NEEDED = declare(
    "wps.pin.needed",
    "an Enrollee asked and no PIN is known; fields station, uuid, device_name, manufacturer, "
    "model_name, model_number, serial_number, device_type",
)
PIN_ADDED = declare("wps.pin.added", "a PIN was accepted; fields uuid (None: any), address")
REGISTRATION_SUCCEEDED = declare(
    "wps.registration.succeeded",
    "an Enrollee got its credential; fields station and those of wps.pin.needed",
)
WPS_SUCCEEDED = declare("wps.run.succeeded", "a registration run ended well; field station")
WPS_FAILED = declare(
    "wps.run.failed",
    "a registration run failed; fields station, message (type of the last one), config_error, "
    "indication",
)
WPS_CANCELLED = declare("wps.run.cancelled", "the user cancelled WPS")
SETTINGS_CHANGED = declare(
    "wps.settings.changed",
    "the network gets other settings, by its first Enrollee, an external registrar or the user; "
    "field settings (attributes; None: not to be told)",
)
SETTINGS_NOT_TAKEN = declare(
    "wps.settings.not-taken",
    "new settings, of another radio or an external registrar, that this BSS can't have: it keeps "
    "its own; field reason",
)
SETTINGS_NOT_KEPT = declare(
    "wps.settings.not-kept",
    "new settings could not go where a BSS has its own: they hold until it ends; field reason",
)
PSK_HANDED_OUT = declare(
    "wps.psk.handed-out", "a device took the PSK made for it; fields station, line (of the file)"
)
REGISTRAR_SERVED = declare(
    "wps.external-registrar.served",
    "an external registrar that knows the AP PIN was sent the settings; fields station and those "
    "of wps.pin.needed",
)
SETUP_LOCKED = declare("wps.setup.locked", "external registrars are locked out")
SETUP_UNLOCKED = declare("wps.setup.unlocked", "external registrars may try again")
AP_PIN_DISABLED = declare("wps.ap-pin.disabled", "the AP PIN's time is over")
