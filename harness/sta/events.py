"""The station's part of the event vocabulary."""

from __future__ import annotations

from typing import Final

from harness.base.event import declare

STATE_CHANGED: Final = declare("sta.state.changed", "the station's wpa_state changed: old, new")

SCAN_STARTED: Final = declare("sta.scan.started", "a scan began: scan (the id it was given)")
SCAN_FINISHED: Final = declare("sta.scan.finished", "a scan's results are in the table: scan")
SCAN_REJECTED: Final = declare("sta.scan.rejected", "a scan in the background meets another one")
BACKGROUND_SCANS_REFUSED: Final = declare(
    "sta.background-scans.refused", "bgscan can not be followed, or its file not be kept: reason"
)
SCAN_FAILED: Final = declare("sta.scan.failed", "the radio refused a scan: errno, retry")
BSS_ADDED: Final = declare("sta.bss.added", "a BSS came into the table: id, bssid")
BSS_REMOVED: Final = declare("sta.bss.removed", "a BSS left the table: id, bssid")
SELECTION_FAILED: Final = declare("sta.selection.failed", "no BSS suits any enabled network")

PMKSA_ADDED: Final = declare("sta.pmksa.added", "SAE brought a key that is kept: bssid, id")
PMKSA_REMOVED: Final = declare("sta.pmksa.removed", "such a key was let go: bssid, id")
NETWORK_ADDED: Final = declare("sta.network.added", "a network profile was added: id")
NETWORK_REMOVED: Final = declare("sta.network.removed", "a network profile was removed: id")
NETWORK_STORED: Final = declare(
    "sta.network.stored", "a credential became a network profile: id, ssid, multi_ap_backhaul_sta"
)
NETWORK_DISABLED: Final = declare(
    "sta.network.disabled",
    "a network is disabled for a while: id, ssid, failures, duration_s, reason",
)
NETWORK_HARDENED: Final = declare(
    "sta.network.hardened", "an AP closed its network's less secure ways in: id"
)
TRANSITION_DISABLED: Final = declare(
    "sta.transition.disabled", "an AP says which less secure ways in are closed: bssid, bitmap"
)
NETWORK_REENABLED: Final = declare("sta.network.reenabled", "that while is over: id, ssid")

AUTHENTICATION_STARTED: Final = declare(
    "sta.authentication.started", "an Authentication frame is asked for: bssid, ssid, frequency"
)
AUTHENTICATION_REJECTED: Final = declare(
    "sta.authentication.rejected", "the AP said no: bssid, algorithm, transaction, status"
)
IDENTIFIER_UNKNOWN: Final = declare(
    "sta.sae-identifier.unknown", "the AP has no password by the network's identifier: bssid"
)
ASSOCIATION_STARTED: Final = declare(
    "sta.association.started", "an Association Request is asked for: bssid, ssid, frequency"
)
ASSOCIATION_COMPLETED: Final = declare("sta.association.completed", "the AP agreed: bssid")
ASSOCIATION_REJECTED: Final = declare(
    "sta.association.rejected", "the AP said no, or nothing: bssid, status, timeout"
)
ATTEMPT_TIMED_OUT: Final = declare("sta.attempt.timed-out", "a connection attempt took too long")
PASSPHRASE_SUSPECTED: Final = declare(
    "sta.passphrase.suspected", "the 4-way handshake failed as it does with a wrong PSK: bssid"
)
PASSPHRASE_WANTED: Final = declare(
    "sta.passphrase.wanted", "a network could be joined if its passphrase were known: id, ssid"
)
PASSWORD_MISSING: Final = declare(
    "sta.external-password.missing", "a network's password is not where it is kept: id, reason"
)
CONNECTION_COMPLETED: Final = declare(
    "sta.connection.completed", "the link is usable: bssid, id, id_str"
)
CONNECTION_LOST: Final = declare(
    "sta.connection.lost", "the association is gone: bssid, reason, locally_generated"
)
ROAMING: Final = declare(
    "sta.roaming.begun", "another AP of the network is better: of both bssid, freq, level, est"
)
NOT_ROAMING: Final = declare("sta.roaming.declined", "it is not better by enough: the same fields")
REKEYING_FORBIDDEN: Final = declare(
    "sta.rekeying.forbidden", "what is joined now has to be joined anew for other pairwise keys"
)
SIGNAL_CHANGED: Final = declare(
    "sta.signal.changed",
    "the AP's signal passed what is watched for: above, signal, noise (dBm), rate_kbps",
)
BEACONS_LOST: Final = declare("sta.beacons.lost", "the AP has not been heard for a while")
BEACON_FORGED: Final = declare(
    "sta.beacon.forged", "a Beacon in the AP's name lacked its protection, or failed it: bssid"
)
CHANNEL_SWITCH_STARTED: Final = declare(
    "sta.channel-switch.started", "the AP announces another channel: frequency (MHz)"
)
CHANNEL_SWITCHED: Final = declare(
    "sta.channel.switched", "the AP was found on another channel: frequency (MHz)"
)
BSSID_IGNORED: Final = declare(
    "sta.bssid.ignored", "a BSSID failed and is left out for a while: bssid, count, duration_s"
)
BSSID_RESTORED: Final = declare("sta.bssid.restored", "a BSSID may be used again: bssid, expired")
MULTI_AP_REFUSED: Final = declare(
    "sta.multi-ap.refused", "the AP's answer does not allow a backhaul link: bssid, reason"
)
MULTI_AP_AGREED: Final = declare(
    "sta.multi-ap.agreed", "the AP's answer was found good: bssid, four_address"
)
FOUR_ADDRESS_FAILED: Final = declare(
    "sta.four-address.failed", "the radio refused four-address mode: bssid, errno"
)
FRAME_FORGED: Final = declare("sta.michael.failed", "a frame in TKIP was forged")
COUNTERMEASURES_BEGUN: Final = declare(
    "sta.countermeasures.begun", "too many frames were forged: no AP is joined for 60 s"
)
COUNTERMEASURES_ENDED: Final = declare("sta.countermeasures.ended", "those 60 s are over")
INPUT_DISCARDED: Final = declare(
    "sta.input.discarded", "something received was dropped: reason, clause"
)
NETWORK_MOVED: Final = declare(
    "sta.network.moved", "an access point of ours went to another channel: id, frequency (MHz)"
)
ACCESS_POINT_REFUSED: Final = declare(
    "sta.access-point.refused", "no access point can be made of a network of mode 2: reason"
)
EAPOL_TAKEN: Final = declare(
    "sta.eapol.taken", "an EAPOL frame for the AP is left to a program: peer, payload"
)
EAPOL_RECEIVED: Final = declare(
    "sta.eapol.received", "an EAPOL frame came while a program carries them: source, length"
)
MANAGEMENT_TAKEN: Final = declare(
    "sta.management.taken", "a management frame is left to a program: frequency, signal, frame"
)
MANAGEMENT_SENT: Final = declare(
    "sta.management.sent", "a program's management frame left the queue: frame, acknowledged"
)
COMMAND_FAILED: Final = declare("sta.command.failed", "the radio refused a command: command, errno")

RULES_CHANGED: Final = declare(
    "sta.rules.changed", "radios follow other rules: initiator, kind, country"
)

EAP_STATUS_CHANGED: Final = declare("sta.eap-status.changed", "where EAP stands: status, parameter")

WPS_ACTIVATED: Final = declare("sta.wps.activated", "an enrolment began: method (pbc or pin)")
WPS_CANCELLED: Final = declare("sta.wps.cancelled", "the enrolment was given up on request")
WPS_TIMED_OUT: Final = declare("sta.wps.timed-out", "the walk time is over")
WPS_OVERLAPPED: Final = declare("sta.wps.overlapped", "two APs have their push button active")
WPS_BUTTONS_COMPARED: Final = declare(
    "sta.wps-buttons.compared", "which two APs overlap: chosen, other"
)
WPS_AP_AVAILABLE: Final = declare(
    "sta.wps-ap.available", "a scan saw APs with WPS: kind (pbc, auth, pin or empty)"
)
WPS_CREDENTIAL_RECEIVED: Final = declare(
    "sta.wps-credential.received", "a Credential attribute: octets when reported, with header"
)
WPS_SUCCEEDED: Final = declare("sta.wps.succeeded", "the registration protocol ended well")
WPS_FAILED: Final = declare(
    "sta.wps.failed", "no registration: message (None: EAP just ended), config_error, reason"
)
