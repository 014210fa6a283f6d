"""What a station makes of the Credentials that it is given (README-WPS-station)."""

from __future__ import annotations

from harness.lab import (
    MUST,
    PMF_OPTIONAL,
    SHOULD,
    Bss,
    Lab,
    MacAddress,
    StoredNetwork,
    requirement,
)
from harness.lab.devices.interface import AccessPointDevice, StationDevice
from harness.wire.dot11.frames import AssociationRequest
from harness.wire.wsc import M1, M8, WscDone, WscNack
from harness.wire.wsc.device import AuthenticationType, EncryptionType
from harness.wire.wsc.settings import Credential

HOME = Bss(ssid="home", passphrase="correct horse", wps=True)
IN_TRANSITION = Bss(
    ssid="home",
    passphrase="correct horse",
    wps=True,
    sae=True,
    transition=True,
    pmf=PMF_OPTIONAL,
    keys={"transition_disable": "0x01"},
)
WITH_A_DISPLAY = {"config_methods": "virtual_push_button virtual_display"}
"""A station that can show a passphrase is handed it, others the PSK, which is none for SAE."""
PSK = bytes(range(32)).hex()
RECEIVED = "WPS-CRED-RECEIVED "


def credential(
    ssid: bytes = b"elsewhere",
    key: bytes = b"battery staple",
    *,
    authentication: int = AuthenticationType.WPA2_PSK,
    encryption: int = EncryptionType.AES,
    mac: MacAddress | None = None,
) -> Credential:
    """A Credential for some network."""
    return Credential(
        network_index=1,
        ssid=ssid,
        authentication_type=authentication,
        encryption_type=encryption,
        network_key=key,
        mac_address=mac or MacAddress("02:11:22:33:44:55"),
    )


def offering(lab: Lab, *credentials: Credential, name: str = "ap") -> AccessPointDevice:
    """An AP whose button gives these Credentials in M8, whatever its own network is."""
    octets = b"".join(each.attribute() for each in credentials)
    file = lab.file(f"{name}-credentials", octets)
    ap = lab.ap(HOME, name=name, keys={"skip_cred_build": "1", "extra_cred": str(file)})
    ap.push_button()
    return ap


@requirement("wps.sta.cred.internal", "README-WPS-station: Credential processing", MUST)
def test_credentials_are_taken_in(lab: Lab) -> None:
    """By default the station keeps the network and tells no octets of it."""
    offering(lab, credential())
    sta = lab.sta()

    sta.push_button()

    assert sta.expect_event(RECEIVED, within=60).text == RECEIVED
    sta.expect_event("WPS-SUCCESS ")
    assert sta.stored_networks() == (stored(b"elsewhere", "battery staple"),)


@requirement("wps.sta.cred.external", "README-WPS-station: wps_cred_processing=1", MUST)
def test_credentials_are_told_alone(lab: Lab) -> None:
    """With wps_cred_processing=1 the station tells the Credential's octets and keeps nothing."""
    given = credential()
    offering(lab, given)
    sta = lab.sta(keys={"wps_cred_processing": "1"})

    sta.push_button()

    assert sta.expect_event(RECEIVED, within=60).text == RECEIVED + given.attribute().hex()
    sta.expect_event("WPS-SUCCESS ")
    sta.expect_nothing_stored()


@requirement("wps.sta.cred.both", "README-WPS-station: wps_cred_processing=2", MUST)
def test_credentials_are_told_and_taken_in(lab: Lab) -> None:
    """With wps_cred_processing=2 the station tells the Credential's octets and keeps it."""
    given = credential()
    offering(lab, given)
    sta = lab.sta(keys={"wps_cred_processing": "2"})

    sta.push_button()

    assert sta.expect_event(RECEIVED, within=60).text == RECEIVED + given.attribute().hex()
    assert sta.stored_networks() == (stored(b"elsewhere", "battery staple"),)


@requirement("wps.sta.cred.saved", "README-WPS-station: update_config=1", MUST)
def test_credentials_are_saved(lab: Lab) -> None:
    """With update_config=1 the network is in the file: it is there after the file is read again."""
    offering(lab, credential())
    sta = lab.sta()

    sta.push_button()
    sta.expect_event("WPS-SUCCESS ", within=60)
    sta.expect_reply("RECONFIGURE", "OK\n")

    assert sta.stored_networks() == (stored(b"elsewhere", "battery staple"),)


@requirement("wps.sta.cred.not-saved", "README-WPS-station: update_config=1", MUST)
def test_credentials_are_not_saved_unasked(lab: Lab) -> None:
    """Without update_config the file stays as it was."""
    offering(lab, credential())
    sta = lab.sta(keys={"update_config": "0"})

    sta.push_button()
    sta.expect_event("WPS-SUCCESS ", within=60)
    sta.expect_reply("RECONFIGURE", "OK\n")

    assert len(sta.control("LIST_NETWORKS").splitlines()) == 1, "more than the header"


@requirement("wps.sta.cred.psk", "WSC 2.0, 12: Network Key of 64 hex digits", MUST)
def test_a_key_of_64_digits_is_a_psk(lab: Lab) -> None:
    """A Network Key of 64 hexadecimal digits is kept as the PSK."""
    offering(lab, credential(key=PSK.encode()))
    sta = lab.sta()

    sta.push_button()
    sta.expect_event("WPS-SUCCESS ", within=60)

    assert sta.stored_networks() == (stored(b"elsewhere", PSK),)


@requirement("wps.sta.cred.open", "WSC 2.0, 12: Authentication Type Open", MUST)
def test_an_open_network_is_taken_in(lab: Lab) -> None:
    """A Credential for an open network makes a network without key."""
    offering(
        lab,
        credential(
            key=b"", authentication=AuthenticationType.OPEN, encryption=EncryptionType.NONE
        ),
    )
    sta = lab.sta()

    sta.push_button()
    sta.expect_event("WPS-SUCCESS ", within=60)

    assert sta.stored_networks() == (stored(b"elsewhere", None),)
    number = number_of_one(sta)
    sta.expect_reply(f"GET_NETWORK {number} key_mgmt", "NONE")


@requirement("wps.sta.cred.wpa", "WSC 2.0, 12: Authentication Type WPA-Personal", SHOULD)
def test_an_old_network_is_taken_in(lab: Lab) -> None:
    """A Credential with WPA and TKIP makes a network that may use both, and WPA2 too."""
    offering(
        lab,
        credential(authentication=AuthenticationType.WPA_PSK, encryption=EncryptionType.TKIP),
    )
    sta = lab.sta()

    sta.push_button()
    sta.expect_event("WPS-SUCCESS ", within=60)

    number = number_of_one(sta)
    assert "TKIP" in sta.control(f"GET_NETWORK {number} pairwise").split()
    assert "WPA" in sta.control(f"GET_NETWORK {number} proto").split()


@requirement("wps.sta.cred.mixed", "WSC 2.0, 12: Authentication Type", MUST)
def test_mixed_types_are_taken_as_the_better_ones(lab: Lab) -> None:
    """A Credential with WPA and WPA2, TKIP and AES makes a network good for WPA2 and AES."""
    offering(
        lab,
        credential(
            authentication=AuthenticationType.WPA_PSK | AuthenticationType.WPA2_PSK,
            encryption=EncryptionType.TKIP | EncryptionType.AES,
        ),
    )
    sta = lab.sta()

    sta.push_button()
    sta.expect_event("WPS-SUCCESS ", within=60)

    number = number_of_one(sta)
    assert "CCMP" in sta.control(f"GET_NETWORK {number} pairwise").split()
    assert "RSN" in sta.control(f"GET_NETWORK {number} proto").split()


@requirement("wps.sta.cred.several", "README-WPS-station: Credential attribute(s)", MUST)
def test_several_credentials_are_taken_in(lab: Lab) -> None:
    """Each of several Credentials makes a network."""
    offering(lab, credential(b"one"), credential(b"two", b"another key"))
    sta = lab.sta()

    sta.push_button()
    sta.expect_event("WPS-SUCCESS ", within=60)

    assert set(sta.stored_networks()) == {
        stored(b"one", "battery staple"), stored(b"two", "another key"),
    }


@requirement("wps.sta.cred.one-good", "WSC 2.0, 12: unusable Credential", SHOULD)
def test_a_good_credential_beside_a_bad_one_is_taken_in(lab: Lab) -> None:
    """A Credential that can't be used does not spoil the others."""
    offering(lab, credential(b"short", b"1234567"), credential(b"good"))
    sta = lab.sta()

    sta.push_button()
    sta.expect_event("WPS-SUCCESS ", within=60)

    assert sta.stored_networks() == (stored(b"good", "battery staple"),)


@requirement("wps.sta.cred.short-key", "WSC 2.0, 12: Network Key", MUST)
def test_a_short_key_is_refused(lab: Lab) -> None:
    """A key too short for WPA2 is refused: WSC_NACK in the place of WSC_Done, nothing kept."""
    ap = offering(lab, credential(key=b"1234567"))
    sta = lab.sta()

    sta.push_button()

    m8 = lab.air.expect(M8, from_=ap, to=sta, within=60)
    lab.air.expect(WscNack, from_=sta, to=ap)
    sta.expect_event("WPS-FAIL msg=12 config_error=")
    lab.air.refuse(WscDone, from_=sta, after=m8)
    sta.expect_nothing_stored()


@requirement("wps.sta.cred.bad-psk", "WSC 2.0, 12: Network Key of 64 hex digits", MUST)
def test_a_bad_psk_is_refused(lab: Lab) -> None:
    """A key of 64 octets that are no hexadecimal digits is refused."""
    ap = offering(lab, credential(key=b"x" * 64))
    sta = lab.sta()

    sta.push_button()

    lab.air.expect(M8, from_=ap, to=sta, within=60)
    lab.air.expect(WscNack, from_=sta, to=ap)
    sta.expect_nothing_stored()


@requirement("wps.sta.cred.wep", "WSC 2.0: WEP is deprecated", MUST)
def test_wep_is_refused(lab: Lab) -> None:
    """A Credential with WEP is refused, and the event says why."""
    ap = offering(
        lab,
        credential(
            key=b"12345",
            authentication=AuthenticationType.OPEN,
            encryption=EncryptionType.WEP,
        ),
    )
    sta = lab.sta()

    sta.push_button()

    lab.air.expect(M8, from_=ap, to=sta, within=60)
    lab.air.expect(WscNack, from_=sta, to=ap)
    sta.expect_event("WPS-FAIL msg=12 config_error=0 reason=2 (WEP Prohibited)")
    sta.expect_nothing_stored()


@requirement("wps.sta.cred.other-address", "WSC 2.0, 12: MAC Address of a Credential", SHOULD)
def test_another_mac_address_is_put_up_with(lab: Lab) -> None:
    """A Credential whose MAC address is another's is taken in all the same."""
    ap = offering(lab, credential(mac=MacAddress("02:aa:bb:cc:dd:ee")))
    sta = lab.sta()

    sta.push_button()

    lab.air.expect(WscDone, from_=sta, to=ap, within=60)
    assert sta.stored_networks() == (stored(b"elsewhere", "battery staple"),)


@requirement("wps.sta.cred.zero-padded-ssid", "WSC 1.0: zero padding", SHOULD)
def test_a_padded_ssid_is_put_up_with(lab: Lab) -> None:
    """The zero octet behind an SSID is not taken as part of it."""
    offering(lab, credential(b"elsewhere\0"))
    sta = lab.sta()

    sta.push_button()
    sta.expect_event("WPS-SUCCESS ", within=60)

    assert sta.stored_networks() == (stored(b"elsewhere", "battery staple"),)


@requirement("wps.sta.cred.zero-padded-key", "WSC 1.0: zero padding", SHOULD)
def test_a_padded_key_is_put_up_with(lab: Lab) -> None:
    """The zero octet behind a key is not taken as part of it."""
    offering(lab, credential(key=b"battery staple\0"))
    sta = lab.sta()

    sta.push_button()
    sta.expect_event("WPS-SUCCESS ", within=60)

    assert sta.stored_networks() == (stored(b"elsewhere", "battery staple"),)


@requirement("wps.sta.cred.sae", "wpa_supplicant.conf: wps_cred_add_sae", SHOULD)
def test_a_credential_may_be_good_for_sae_too(lab: Lab) -> None:
    """With wps_cred_add_sae=1 a WPA2-PSK Credential makes a network for SAE too."""
    offering(lab, credential())
    sta = lab.sta(adds_sae=True)

    sta.push_button()
    sta.expect_event("WPS-SUCCESS ", within=60)

    assert sta.stored_networks() == (stored(b"elsewhere", "battery staple", sae=True),)


@requirement("wps.sta.cred.sae-alone", "WPA3 3.0, 8: Transition Disable", MUST)
def test_an_enrolled_network_is_past_the_transition(lab: Lab) -> None:
    """Once the AP has closed WPA2-Personal, an AP with PSK alone is left alone."""
    ap = lab.ap(IN_TRANSITION)
    sta = lab.sta(adds_sae=True, keys=WITH_A_DISPLAY)
    ap.push_button()
    sta.push_button()
    sta.expect_event("TRANSITION-DISABLE 01", within=90)
    sta.expect_reply("DISCONNECT", "OK\n")
    ap.expect_reply("DISABLE", "OK\n")
    other = lab.ap(ssid="home", passphrase="correct horse", name="other")

    sta.expect_reply("RECONNECT", "OK\n")

    lab.air.refuse(AssociationRequest, from_=sta, to=other, within=30)
    sta.expect_event("CTRL-EVENT-NETWORK-NOT-FOUND")


@requirement("wps.sta.cred.again", "README-WPS-station: updates its configuration", SHOULD)
def test_the_same_network_is_kept_once(lab: Lab) -> None:
    """A station that enrols again in the same network keeps it once, with the new key."""
    ap = offering(lab, credential(key=b"an old key"))
    sta = lab.sta()

    sta.push_button()
    first = lab.air.expect(M1, from_=sta, to=ap, within=60)
    sta.expect_event("WPS-SUCCESS ", within=60)
    ap.expect_event("WPS-SUCCESS ")
    lab.air.refuse(M1, from_=sta, after=first, within=15)  # it sees that this button is over
    offering(lab, credential(), name="later")
    sta.push_button()
    sta.expect_event("WPS-SUCCESS ", within=60)

    assert [each.key for each in sta.stored_networks()] == ["battery staple"]


def stored(ssid: bytes, key: str | None, *, sae: bool = False) -> StoredNetwork:
    return StoredNetwork(ssid=ssid, key=key, backhaul=False, sae=sae)


def number_of_one(sta: StationDevice) -> str:
    """The number of the one network that the station lists."""
    networks = sta.control("LIST_NETWORKS").splitlines()[1:]
    assert len(networks) == 1, networks
    return networks[0].split("\t")[0]
