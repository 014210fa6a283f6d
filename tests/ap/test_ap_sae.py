"""A BSS with SAE and protected management frames, by octets through the seam."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from ap_stage import ALICE, RADIO, ScriptedStation, Stage

from harness.ap.beacon import Describer
from harness.ap.config import ApConfig, BssConfig
from harness.ap.config_parts import SaePassword
from harness.base.address import MacAddress
from harness.base.entropy import SeededEntropy
from harness.base.errors import ConfigError
from harness.base.seam import AKM_PSK, AKM_SAE, CIPHER_BIP_CMAC_128, CIPHER_CCMP
from harness.proto.machine import Output
from harness.proto.sae import AuthenticationReceived, SaeAccepted, TransmitAuthentication
from harness.proto.sae_initiator import Begin, InitiatorConfig, SaeInitiator
from harness.proto.supplicant import Supplicant, SupplicantConfig
from harness.wire.dot11.elements import ELEMENT_TIMEOUT_INTERVAL, Elements, element
from harness.wire.dot11.frames import Action, Authentication, Beacon, decode_frame
from harness.wire.dot11.header import ACTION, AUTHENTICATION
from harness.wire.rsn import Rsne
from harness.wire.sa_query import CATEGORY_SA_QUERY, REQUEST, RESPONSE, SaQuery

WPA3 = BssConfig(
    interface="wlan0",
    ssid=b"home",
    passphrase="correct horse",
    akms=(AKM_SAE,),
    sae_pwe=2,
    ieee80211w=2,
)
TRANSITION = dataclasses.replace(WPA3, akms=(AKM_PSK, AKM_SAE), ieee80211w=1)
MFPC, MFPR = 0x80, 0x40
REPLAY_COUNTERS = 0x0C
"""hostapd has WMM, and so 16 of them; we have neither."""
RSNXE = element(244, b"\x20")
DATA = Path(__file__).parent.parent / "data" / "sae"


def rsne(akm: int = AKM_SAE, capabilities: int = MFPC, *pmkids: bytes, bip: bool = True) -> bytes:
    management = CIPHER_BIP_CMAC_128 if bip else None
    suites = ((CIPHER_CCMP,), (akm,))
    return Rsne(CIPHER_CCMP, *suites, capabilities, pmkids, management).element()


class SaeStation(ScriptedStation):
    """Authenticates by SAE, and then does the key handshake with what that gave."""

    accepted: SaeAccepted | None = None
    group_keys: tuple[Output, ...] = ()

    def authenticate_by_sae(
        self,
        password: bytes = b"correct horse",
        *,
        hashed: bool = True,
        identifier: bytes | None = None,
    ) -> Authentication:
        config = InitiatorConfig(
            own=self.address,
            peer=self.bssid,
            ssid=b"home",
            password=password,
            hash_to_element=hashed,
            identifier=identifier,
        )
        machine = SaeInitiator(config, SeededEntropy(b"station"))
        outputs = machine.step(Begin(), 0.0)
        while sent := [each for each in outputs if isinstance(each, TransmitAuthentication)]:
            header = self.header(AUTHENTICATION)
            fields = (3, sent[0].transaction, sent[0].status, sent[0].body)
            self.stage.management(Authentication(header, *fields), self.interface)
            answer = self.stage.last(Authentication, self.address)
            assert isinstance(answer, Authentication)
            received = AuthenticationReceived(answer.transaction, answer.status, answer.body)
            outputs = machine.step(received, 0.0)
        for output in outputs:
            if isinstance(output, SaeAccepted):
                self.accepted = output
        return answer

    def associate_with_keys(self, own_rsne: bytes) -> int:
        """Associate and do the handshake; gives the status."""
        beacon, accepted = self.stage.beacon(self.interface), self.accepted
        assert accepted is not None
        supplicant = Supplicant(
            SupplicantConfig(
                own=self.address,
                peer=self.bssid,
                pmk=accepted.pmk,
                pmkid=accepted.pmkid,
                akm=AKM_SAE,
                own_rsne=own_rsne,
                own_rsnxe=RSNXE,
                peer_rsne=element(48, beacon.elements.rsn or b""),
                peer_rsnxe=element(244, beacon.elements.get(244) or b""),
                group_management=CIPHER_BIP_CMAC_128,
            ),
            SeededEntropy(b"supplicant"),
        )
        self.answer_with(supplicant)
        return self.associate(own_rsne + RSNXE).status

    def query(self, query: SaQuery) -> None:
        self.stage.management(Action(self.header(ACTION), CATEGORY_SA_QUERY, query.encode()))


def joined(config: BssConfig = WPA3, *, hashed: bool = True) -> tuple[Stage, SaeStation]:
    stage = Stage(config)
    station = SaeStation(stage)
    assert station.authenticate_by_sae(hashed=hashed).status == 0
    assert station.associate_with_keys(rsne()) == 0
    assert ALICE in stage.authorized
    return stage, station


def queries(stage: Stage) -> list[SaQuery]:
    return [SaQuery.decode(frame.body) for frame in stage.frames if isinstance(frame, Action)]


@pytest.mark.parametrize(("name", "pwe"), [("hunting-19", 0), ("hashing-19", 2)])
def test_the_beacon_says_what_hostapd_says(name: str, pwe: int) -> None:
    told = json.loads((DATA / f"{name}.json").read_text())
    frames = (decode_frame(bytes.fromhex(each["octets"])) for each in told["frames"])
    recorded = next(frame for frame in frames if isinstance(frame, Beacon))

    ours = Stage(dataclasses.replace(WPA3, sae_pwe=pwe)).beacon()

    assert ours.elements.rsn is not None
    assert recorded.elements.rsn is not None
    theirs = Rsne.decode(recorded.elements.rsn)
    without_wmm = dataclasses.replace(theirs, capabilities=theirs.capabilities & ~REPLAY_COUNTERS)
    assert ours.elements.rsn == without_wmm.encode()
    assert ours.elements.get(244) == recorded.elements.get(244)


GUEST = SaePassword("asked for", identifier="guest")
OWN = SaePassword("of one station", MacAddress("02:00:00:00:00:77"))


@pytest.mark.parametrize(
    ("passwords", "passphrase", "last"),
    [
        ((GUEST,), "correct horse", 2),
        ((GUEST,), None, 6),
        ((GUEST, OWN), None, 2),
        ((OWN,), None, 0),
    ],
)
def test_the_beacon_says_that_passwords_have_identifiers(
    passwords: tuple[SaePassword, ...], passphrase: str | None, last: int
) -> None:
    """The octet that hostapd 2.10 puts into Extended Capabilities for the same passwords."""
    config = dataclasses.replace(
        WPA3, passphrase=passphrase, sae_passwords=passwords, sae_pwe=0
    )
    elements = Stage(config).beacon().elements
    assert elements.get(127) == (bytes((*bytes(10), last)) if last else None)
    assert (0xFB in elements.rates) == (last == 6)


@pytest.mark.parametrize(
    ("channel", "pwe", "extended"),
    [(2412, 1, "3048606cfb"), (2412, 2, "3048606c"), (5180, 1, "fb"), (5180, 2, None)],
)
def test_hash_to_element_alone_is_asked_for_among_the_rates(
    channel: int, pwe: int, extended: str | None
) -> None:
    """In the 2.4 GHz band with the octets of hostapd 2.10."""
    bss = dataclasses.replace(WPA3, sae_pwe=pwe)
    describer = Describer(ApConfig(bsss=(bss,), channel=channel), bss, RADIO, b"")
    told = Elements(describer.beacon_tail(b"")).get(50)
    assert (None if told is None else told.hex()) == extended


def test_a_station_that_has_no_password_is_refused() -> None:
    """As hostapd 2.10 does it; an identifier that nobody knows has a status of its own."""
    config = dataclasses.replace(WPA3, passphrase=None, sae_passwords=(GUEST,))
    answer = SaeStation(Stage(config)).authenticate_by_sae(hashed=False)
    assert (answer.transaction, answer.status) == (1, 1)
    station = SaeStation(Stage(config))
    assert station.authenticate_by_sae(identifier=b"other").status == 123
    assert station.authenticate_by_sae(b"asked for", identifier=b"guest").status == 0
    assert station.accepted is not None


@pytest.mark.parametrize("hashed", [False, True])
def test_a_station_joins_by_sae(hashed: bool) -> None:
    stage, _ = joined(hashed=hashed)

    assert stage.peers["wlan0"][ALICE].mfp
    assert [key.index for key in stage.keys if key.peer is None] == [1, 4]
    assert [key.cipher for key in stage.keys] == [CIPHER_CCMP, CIPHER_BIP_CMAC_128, CIPHER_CCMP]
    assert f"AP-STA-CONNECTED {ALICE}" in stage.lines


def test_a_wrong_password_ends_at_confirm() -> None:
    stage = Stage(WPA3)
    station = SaeStation(stage)

    answer = station.authenticate_by_sae(b"wrong horse")

    assert (answer.transaction, answer.status) == (2, 1)
    assert station.accepted is None
    assert stage.last(Authentication, ALICE) is answer


@pytest.mark.parametrize(
    ("config", "own_rsne", "status"),
    [
        (WPA3, rsne(capabilities=0, bip=False), 31),
        (WPA3, rsne(capabilities=MFPR, bip=False), 31),
        (dataclasses.replace(WPA3, ieee80211w=0), rsne(capabilities=MFPC | MFPR), 31),
        (WPA3, rsne(akm=AKM_PSK), 43),
        (WPA3, rsne()[:-4] + bytes.fromhex("000fac0d"), 46),
    ],
)
def test_terms_that_the_bss_does_not_take(config: BssConfig, own_rsne: bytes, status: int) -> None:
    station = SaeStation(Stage(config))
    station.authenticate_by_sae()

    assert station.associate(own_rsne).status == status


def test_a_key_must_come_from_somewhere() -> None:
    station = SaeStation(Stage(WPA3))
    assert station.authenticate().status == 0

    assert station.associate(rsne()).status == 53
    assert station.associate(rsne(AKM_SAE, MFPC, bytes(16))).status == 53


def test_a_cached_key_is_named_by_its_pmkid() -> None:
    stage, station = joined()
    station.leave()
    assert station.authenticate().status == 0
    assert station.accepted is not None

    assert station.associate_with_keys(rsne()) == 53
    assert station.associate_with_keys(rsne(AKM_SAE, MFPC, station.accepted.pmkid)) == 0
    assert ALICE in stage.authorized


def test_a_key_is_not_cached_when_told_so() -> None:
    stage, station = joined(dataclasses.replace(WPA3, caches_keys=False))
    assert ALICE in stage.authorized
    station.leave()
    assert station.authenticate().status == 0
    assert station.accepted is not None
    assert station.associate_with_keys(rsne(AKM_SAE, MFPC, station.accepted.pmkid)) == 53


def test_both_kinds_of_stations_are_served_in_transition() -> None:
    stage, _ = joined(TRANSITION)
    other = ScriptedStation(stage, MacAddress("02:00:00:00:00:b0"))
    other.authenticate()

    assert other.associate(rsne(AKM_PSK, 0, bip=False)).status == 0
    assert not stage.peers["wlan0"][other.address].mfp


def test_sae_is_unknown_to_a_bss_without_it() -> None:
    station = SaeStation(Stage(dataclasses.replace(TRANSITION, akms=(AKM_PSK,))))
    assert station.authenticate_by_sae().status == 13


def test_authentication_leaves_a_station_that_holds_keys_alone() -> None:
    stage, station = joined()
    commands = len(stage.commands)

    assert station.authenticate().status == 0

    assert ALICE in stage.authorized
    assert len(stage.commands) == commands + 1


def test_another_request_is_refused_until_the_station_proves_silent() -> None:
    stage, station = joined()
    station.authenticate()

    response = station.associate(rsne())

    assert response.status == 30
    assert response.elements.get(ELEMENT_TIMEOUT_INTERVAL) == b"\x03\xe8\x03\x00\x00"
    assert [query.action for query in queries(stage)] == [REQUEST]
    stage.advance(2.0)
    assert len(queries(stage)) == 5
    assert ALICE in stage.authorized
    station.authenticate_by_sae()
    assert station.associate_with_keys(rsne()) == 0
    assert ALICE in stage.authorized


def test_a_station_that_answers_stays() -> None:
    stage, station = joined()
    station.associate(rsne())
    (asked,) = queries(stage)
    station.query(SaQuery(RESPONSE, asked.transaction))
    stage.advance(2.0)

    assert len(queries(stage)) == 1
    assert station.associate(rsne()).status == 30


def test_a_query_is_answered_to_who_holds_keys_only() -> None:
    stage, station = joined()
    station.query(SaQuery(REQUEST, b"\x12\x34"))
    assert queries(stage) == [SaQuery(RESPONSE, b"\x12\x34")]

    stranger = SaeStation(stage, MacAddress("02:00:00:00:00:b0"))
    stranger.query(SaQuery(REQUEST, b"\x12\x34"))
    assert len(queries(stage)) == 1


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"passphrase": None}, "sae_password"),
        ({"passphrase": None, "psk": bytes(32)}, "sae_password"),
        ({"sae_pwe": 3}, "sae_pwe"),
        ({"sae_groups": (19, 5)}, "sae_groups"),
        ({"sae_groups": ()}, "sae_groups"),
        ({"ieee80211w": 3}, "ieee80211w"),
        ({"akms": ()}, "akms"),
        ({"akms": (AKM_PSK,), "sae_password": "x"}, "sae_password"),
        ({"passphrase": None, "sae_password": "x", "akms": (AKM_PSK, AKM_SAE)}, "passphrase"),
        ({"passphrase": None, "akms": (AKM_PSK,)}, "ieee80211w"),
    ],
)
def test_configurations_that_can_not_be(changes: dict[str, object], word: str) -> None:
    with pytest.raises(ConfigError, match=word):
        dataclasses.replace(WPA3, **changes)  # type: ignore[arg-type]


def test_a_password_of_its_own_goes_before_the_passphrase() -> None:
    stage = Stage(dataclasses.replace(WPA3, sae_password="battery staple"))
    assert SaeStation(stage).authenticate_by_sae(b"battery staple").status == 0
    assert stage.addresses["wlan0"] == RADIO
