"""What the station says wrongly by order, on the kernel's radios: tshark reads it, hostapd judges.

hostapd is the real one and knows nothing of the orders. Those of WPS are in `test_hooks_on_air`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hooked_station import MARKS, WPA_PSK, Ground
from programs import wait

from harness.base.address import MacAddress
from harness.radio.hwsim import HwsimAir
from harness.wire.dot11.frames import Deauthentication, management_header
from harness.wire.dot11.header import DEAUTHENTICATION

pytestmark = MARKS
PSK = ("key_mgmt WPA-PSK", 'psk "12345678"')
PSK_WITH_PMF = (*PSK, "ieee80211w 2")
SAE = ("key_mgmt SAE", 'sae_password "12345678"', "ieee80211w 2")
AP_SAE = "wpa_key_mgmt=SAE\nieee80211w=2\nsae_password=12345678\n"
BY_HASH_ONLY = "sae_pwe=1\nsae_groups=19\n"
OWN_RSNE = "30140100000fac040100000fac040100000fac020000"
OTHER_RSNE = "30140100000fac040100000fac040100000fac020c00"
RSNXE = "f40120"
MARK = "dd07aabbcc01020304"
OUI_OF_MARK = str(0xAABBCC)
COMMIT, COMMIT_BY_HASH, REFUSED = "030001000000", "030001007e00", "030001004d00"
"""How the bodies of SAE's Authentication frames begin; refused: for the group."""


@dataclass(frozen=True)
class Told:
    """What tshark reads in one frame; what a frame does not have is empty."""

    sender: str
    kind: str
    status: str
    reason: str
    protected: str
    tags: str
    vendors: str
    message: str
    key_information: str
    key_data: str


FIELDS = (
    "wlan.sa", "wlan.fc.type_subtype", "wlan.fixed.status_code", "wlan.fixed.reason_code",
    "wlan.fc.protected", "wlan.tag.number", "wlan.tag.oui", "wlan_rsna_eapol.keydes.msgnr",
    "wlan_rsna_eapol.keydes.key_info", "wlan_rsna_eapol.keydes.data",
)  # fmt: skip
AUTHENTICATION, ASSOCIATION, REASSOCIATION = "0x000b", "0x0000", "0x0002"
LEAVING, ACTION = "0x000c", "0x000d"
SPOKEN = "eapol || wlan.fc.type_subtype in {0, 1, 2, 11, 12, 13}"


@dataclass(frozen=True)
class Exchange:
    """What station and access point said to each other."""

    station: list[Told]
    ap: list[Told]

    def reasons(self) -> set[str]:
        """For which reasons the access point sent the station away."""
        return {told.reason for told in self.ap if told.kind == LEAVING} - {"0x0002"}

    def statuses(self) -> set[str]:
        return {told.status for told in self.ap if told.kind == AUTHENTICATION}

    def second(self) -> Told:
        """The first message 2/4."""
        return next(told for told in self.station if told.message == "2" and told.key_data)

    def association(self) -> Told:
        return next(told for told in self.station if told.kind == ASSOCIATION)

    def kinds(self) -> set[str]:
        """Of the station's frames."""
        return {told.kind for told in self.station}


def exchanged(ground: Ground) -> Exchange:
    told = [Told(*each) for each in ground.on_air(SPOKEN, *FIELDS)]
    station, ap = str(ground.sta.address), str(ground.ap.address)
    return Exchange(
        [each for each in told if each.sender == station],
        [each for each in told if each.sender == ap],
    )


def wait_for_frame(ground: Ground, octets: str, times: int = 1) -> None:
    def came() -> bool:
        ground.air.advance(ground.air.now() + 0.1)
        wanted = bytes.fromhex(octets)
        return sum(wanted in each.octets for each in ground.air.frames) >= times

    wait(octets, came, 90.0)


def wait_for_line(ground: Ground, part: str, times: int = 1) -> None:
    """Of what the station's program says."""
    log = ground.folder / "sta.log"
    wait(part, lambda: log.read_text().count(part) >= times, 90.0)


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    air = HwsimAir()
    try:
        yield Ground(tmp_path, air)
    finally:
        air.close()


# ---- SAE --------------------------------------------------------------------------------------


def test_another_commit_is_sent_as_it_was_ordered(ground: Ground) -> None:
    """In a group that hostapd does not have, which it says."""
    commit = "1500" + "5a" * 198
    with ground.start(AP_SAE):
        ground.order(f"SET sae_commit_override {commit}")
        ground.network(*SAE)
        wait_for_frame(ground, COMMIT + commit)
        wait_for_frame(ground, REFUSED)
        said = exchanged(ground)
    assert said.statuses() == {"0x004d"}
    assert ASSOCIATION not in said.kinds()


def test_hostapd_reads_the_rejected_groups(ground: Ground) -> None:
    """A key comes of it only when both ends reckon with the same list."""
    with ground.start(AP_SAE + BY_HASH_ONLY):
        ground.order("SET sae_pwe 1", "SET extra_sae_rejected_groups 20 21")
        ground.network(*SAE)
        wait("both ends", ground.authorized)
        assert "sae_rejected_groups=20 21\n" in ground.ask_ap("all_sta")


def test_hostapd_refuses_who_rejects_a_group_that_it_has(ground: Ground) -> None:
    with ground.start(AP_SAE + BY_HASH_ONLY):
        ground.order("SET sae_pwe 1", "SET extra_sae_rejected_groups 19")
        ground.network(*SAE)
        wait_for_frame(ground, "ff035c1300", 2)
        said = exchanged(ground)
    assert "0x0000" not in said.statuses(), "hostapd confirms"
    assert ASSOCIATION not in said.kinds()


@pytest.mark.parametrize("ordered", [False, True])
def test_a_bss_for_hash_to_element_alone_is_left_alone_but_by_order(
    ground: Ground, ordered: bool
) -> None:
    with ground.start(AP_SAE + BY_HASH_ONLY):
        ground.order(f"SET ignore_sae_h2e_only {int(ordered)}")
        ground.network(*SAE)
        if ordered:
            wait_for_frame(ground, COMMIT)
        wait_for_line(ground, "CTRL-EVENT-SCAN-RESULTS", 1 if ordered else 3)
        tried = [told for told in exchanged(ground).station if told.kind == AUTHENTICATION]
    assert {told.status for told in tried} == ({"0x0000"} if ordered else set())
    assert bool(tried) is ordered


# ---- association and 4-way handshake ----------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "key_data", "complaint"),
    [
        (f"rsne_override_eapol {OTHER_RSNE}", OTHER_RSNE, "WPA IE from (Re)AssocReq did not match"),
        (f"rsnxe_override_eapol {RSNXE}", OWN_RSNE + RSNXE, "RSNXE from (Re)AssocReq did not"),
        (f"rsnxe_override_assoc {RSNXE}", OWN_RSNE, "RSNXE from (Re)AssocReq did not match"),
    ],
)
def test_hostapd_sees_that_other_elements_came_than_before(
    ground: Ground, order: str, key_data: str, complaint: str
) -> None:
    with ground.start():
        ground.order(f"SET {order}")
        ground.network(*PSK)
        wait("hostapd's word", lambda: complaint in (ground.folder / "ap.log").read_text())
        said = exchanged(ground)
    in_association = "244" in said.association().tags.split(",")
    assert in_association is order.startswith("rsnxe_override_assoc")
    assert said.second().key_data == key_data
    assert not any(told.message == "3" for told in said.ap)


def test_bits_of_key_information_are_set(ground: Ground) -> None:
    """With the bit of an SMK message hostapd takes it for none of the handshake's."""
    with ground.start():
        ground.order("SET eapol_2_key_info_set_mask 0x2000")
        ground.network(*PSK)
        wait_for_line(ground, "reason=15")
        said = exchanged(ground)
    assert said.second().key_information == "0x210a"
    assert not any(told.message == "3" for told in said.ap)
    assert said.reasons() == {"0x000f"}


def test_a_bit_that_says_nothing_in_message_2_does_no_harm(ground: Ground) -> None:
    with ground.start():
        ground.order("SET eapol_2_key_info_set_mask 0x40")
        ground.network(*PSK)
        wait("both ends", ground.authorized)
        assert exchanged(ground).second().key_information == "0x014a"


def test_further_elements_are_where_they_were_ordered(ground: Ground) -> None:
    with ground.start():
        ground.order(f"TEST_ASSOC_IE {MARK}", f"TEST_EAPOL_M2_ELEMS {MARK}")
        ground.network(*PSK)
        wait("both ends", ground.authorized)
        said = exchanged(ground)
    assert OUI_OF_MARK in said.association().vendors.split(",")
    assert said.second().key_data == OWN_RSNE + MARK


def test_the_answer_to_authentication_is_not_heard(ground: Ground) -> None:
    with ground.start():
        ground.order("SET ignore_auth_resp 1")
        ground.network(*PSK)
        wait_for_line(ground, "Trying to authenticate", 2)
        said = exchanged(ground)
    assert said.statuses() == {"0x0000"}
    assert said.kinds() <= {AUTHENTICATION, LEAVING}


# ---- with keys --------------------------------------------------------------------------------


@pytest.mark.parametrize("ordered", [False, True])
def test_group_keys_are_not_answered(ground: Ground, ordered: bool) -> None:
    """hostapd sends away who does not say that it has the group key."""
    with ground.start(WPA_PSK + "wpa_group_rekey=5\n"):
        ground.order(f"SET disable_eapol_g2_tx {int(ordered)}")
        ground.network(*PSK)
        wait("both ends", ground.authorized)
        if ordered:
            wait_for_line(ground, "reason=16")
        else:
            wait_for_line(ground, "Group rekeying completed", 2)
        said = exchanged(ground)
    answers = [told for told in said.station if told.key_information == "0x0302"]
    assert bool(answers) is not ordered
    assert said.reasons() == ({"0x0010"} if ordered else set())


@pytest.mark.parametrize("ordered", [False, True])
def test_a_doubtful_end_leads_to_a_question_but_by_order(ground: Ground, ordered: bool) -> None:
    """Somebody else sends the station away; its question, and hostapd's answer, are protected."""
    with ground.start(WPA_PSK + "ieee80211w=2\n"):
        ground.order(f"SET disable_sa_query {int(ordered)}")
        ground.network(*PSK_WITH_PMF)
        wait("both ends", ground.authorized)
        end = forged_end(ground.ap.address, ground.sta.address)
        ground.air.inject(end, 2412)
        wait_for_frame(ground, end[24:].hex())
        ground.air.advance(ground.air.now() + 3.0)
        said = exchanged(ground)
        assert ground.authorized()
        assert "wpa_state=COMPLETED" in ground.ask("status")
    asked = [told.protected for told in said.station if told.kind == ACTION]
    answered = [told.protected for told in said.ap if told.kind == ACTION]
    assert (asked, answered) == (([], []) if ordered else (["1"], ["1"]))


def forged_end(ap: MacAddress, sta: MacAddress) -> bytes:
    header = management_header(DEAUTHENTICATION, destination=sta, source=ap, bssid=ap)
    return Deauthentication(header, 6).encode()


def test_the_association_is_asked_for_again(ground: Ground) -> None:
    """The kernel leaves the access point for it; with what comes then the station connects anew."""
    with ground.start():
        ground.network(*PSK)
        wait("both ends", ground.authorized)
        ground.order("RESEND_ASSOC")
        wait_for_line(ground, "CTRL-EVENT-CONNECTED", 2)
        said = exchanged(ground)
    assert REASSOCIATION in said.kinds()


def test_the_packet_number_begins_anew(ground: Ground) -> None:
    with ground.start():
        ground.network(*PSK)
        wait("both ends", ground.authorized)
        some = f"EAPOL_TX {ground.ap.address} 02010000 encrypt=1"
        ground.order(some, some, "RESET_PN", some)
        its = f"wlan.sa == {ground.sta.address} && wlan.ccmp.extiv"
        numbers = [int(each[0], 16) for each in ground.on_air(its, "wlan.ccmp.extiv")]
    assert numbers == [1, 2, 1]
