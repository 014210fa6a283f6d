"""Operating channel validation beside the real programs, on the kernel's radios.

What one end says of its channel is made untrue; the other one is the real program first, then ours.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from channel_ground import OWN, Channels, Told
from key_ground import GROUP_1, GROUP_2, MESSAGE_2, MESSAGE_3
from programs import Monitor, kernel_lab, ours, real, without_level

from harness.wire.operating_channel import Oci
from harness.wire.sa_query import REQUEST, RESPONSE, SaQuery

pytestmark = kernel_lab("hostapd", "hostapd_cli", "wpa_supplicant", "wpa_cli")

AP, STATION = "hostapd", "wpa_supplicant"
HERE, ELSEWHERE = Oci(81, 1), Oci(81, 2)
UNTRUE: tuple[Told, ...] = ((), (OWN + b"\0",), (bytes((82, 1, 0)),), (ELSEWHERE.encode(),))
"""Nothing is told; too much; a channel that the class does not have; another channel."""
TRANSACTION = b"\x12\x34"
WORDS = ("OCV-FAILURE", "DISCONNECTED")

Program = tuple[str, ...]


class Stage:
    """One run: who is where, and what was heard of it."""

    def __init__(self, ground: Channels, ap: Monitor, station: Monitor) -> None:
        self.ground, self.ap, self.station = ground, ap, station

    def until(self, monitor: Monitor, part: str, times: int = 1) -> None:
        """Carry frames until a monitor was told so, which is kept."""
        self.ground.carry(lambda: sum(part in each for each in monitor.hear(0.02)) >= times)

    def heard(self, monitor: Monitor) -> list[str]:
        """What a monitor was told that is to be compared, with names for the addresses."""
        lines = map(without_level, monitor.told())
        return [self.ground.named(line) for line in lines if any(word in line for word in WORDS)]

    def connected(self) -> Stage:
        self.until(self.station, "CTRL-EVENT-CONNECTED")
        self.until(self.ap, "EAPOL-4WAY-HS-COMPLETED")
        assert self.ground.ptk is not None
        self.heard(self.ap), self.heard(self.station)
        return self

    def begin_anew(self) -> None:
        """Forget what was said, and have the station connect."""
        assert self.station.ask("DISCONNECT") == "OK\n"
        self.heard(self.ap), self.heard(self.station)
        assert self.station.ask("SELECT_NETWORK 0") == "OK\n"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Callable[..., Stage]]:
    """Begins a run; those before it have ended."""
    stack, count = ExitStack(), itertools.count()

    def begin(ap: Program, station: Program, settings: str = "", changes: str = "") -> Stage:
        stack.close()
        folder = tmp_path / str(next(count))
        return stack.enter_context(running(folder, ap, station, settings, changes))

    yield begin
    stack.close()


@contextmanager
def running(
    folder: Path, ap: Program, station: Program, settings: str, changes: str
) -> Iterator[Stage]:
    ground = Channels(folder)
    try:
        with ground.access_point(ap, settings) as at_ap, ground.station(station, changes) as at_sta:
            assert at_sta.ask("SELECT_NETWORK 0") == "OK\n"
            yield Stage(ground, at_ap, at_sta)
    finally:
        ground.close()


# ---- the key handshake ------------------------------------------------------------------------


def third_message(stage: Stage) -> list[list[str]]:
    """What a station says of each 3/4: twice, as hostapd repeats it."""
    stage.ground.hook_access_point(stage.ap)
    said = []
    for told in UNTRUE:
        stage.ground.untrue = {MESSAGE_3: told}
        stage.begin_anew()
        stage.until(stage.station, "OCV-FAILURE", 2)
        said.append(stage.heard(stage.station)[:2])
    assert (MESSAGE_3, (OWN,)) in stage.ground.said
    return said


def test_a_station_drops_message_3(place: Callable[..., Stage]) -> None:
    theirs, our = (
        third_message(place(real(AP), program)) for program in (real(STATION), ours(STATION))
    )
    assert our == theirs
    assert theirs[0][0].startswith("OCV-FAILURE addr=<ap> frame=eapol-key-m3 error=")


def group_message(stage: Stage) -> list[list[str]]:
    """What a station says and does about each group key."""
    stage.connected().ground.hook_access_point(stage.ap)
    said = []
    for told in UNTRUE:
        stage.ground.untrue = {GROUP_1: told}
        assert stage.ap.ask("REKEY_GTK") == "OK\n"
        stage.until(stage.station, "CTRL-EVENT-DISCONNECTED")
        said.append(stage.heard(stage.station))
        stage.connected()
    return said


def test_a_station_leaves_for_a_group_key(place: Callable[..., Stage]) -> None:
    theirs, our = (
        group_message(place(real(AP), program)) for program in (real(STATION), ours(STATION))
    )
    assert our == theirs
    assert theirs[0][0].startswith("OCV-FAILURE addr=<ap> frame=eapol-key-g1 error=")
    assert theirs[0][1] == "CTRL-EVENT-DISCONNECTED bssid=<ap> reason=1 locally_generated=1"


def second_message(stage: Stage) -> list[list[str]]:
    """What an access point says of each 2/4, twice, as it asks for it again."""
    stage.ground.hook_station(stage.station)
    said = []
    for told in UNTRUE:
        stage.ground.untrue = {MESSAGE_2: told}
        stage.begin_anew()
        stage.until(stage.ap, "OCV-FAILURE", 2)
        said.append(stage.heard(stage.ap)[-2:])
    assert (MESSAGE_2, (OWN,)) in stage.ground.said
    return said


def test_an_access_point_drops_message_2(place: Callable[..., Stage]) -> None:
    theirs, our = (
        second_message(place(program, ours(STATION))) for program in (real(AP), ours(AP))
    )
    assert our == theirs
    assert theirs[0][0].startswith("OCV-FAILURE addr=<sta> frame=eapol-key-m2 error=")


def group_answer(stage: Stage) -> list[str]:
    """What an access point says of each group 2/2. The real one then repeats 1/2 without pause."""
    stage.connected().ground.hook_station(stage.station)
    said = []
    for told in UNTRUE:
        stage.ground.untrue = {GROUP_2: told}
        assert stage.ap.ask("REKEY_GTK") == "OK\n"
        stage.until(stage.ap, "OCV-FAILURE")
        stage.ground.untrue = {}
        said.append(stage.heard(stage.ap)[0])
        stage.begin_anew()
        stage.connected()
    return said


def test_an_access_point_drops_a_group_answer(place: Callable[..., Stage]) -> None:
    theirs, our = (
        group_answer(place(program, ours(STATION))) for program in (real(AP), ours(AP))
    )
    assert our == theirs
    assert theirs[0].startswith("OCV-FAILURE addr=<sta> frame=eapol-key-g2 error=")


# ---- SA Query ---------------------------------------------------------------------------------


def asked(stage: Stage, *, station: bool) -> list[tuple[list[str], list[SaQuery]]]:
    """What an end says, and answers, to SA Query with and without these elements."""
    ground = stage.connected().ground
    ends = (stage.station, ground.sta.address), (stage.ap, ground.ap.address)
    (monitor, own), (_, other) = ends if station else ends[::-1]
    found = []
    for elements in (b"", ELSEWHERE.element(), HERE.element()):
        ground.forge_query(other, SaQuery(REQUEST, TRANSACTION, elements))
        ground.carry(
            lambda: "OCV-FAILURE" in "".join(monitor.hear(0.02)) or ground.queries(own)
        )
        found.append((stage.heard(monitor), ground.queries(own)))
    return found


@pytest.mark.parametrize("station", [False, True])
def test_an_sa_query_is_answered_or_not(place: Callable[..., Stage], station: bool) -> None:
    pair = (real(AP), ours(STATION)) if station else (ours(AP), real(STATION))
    theirs, our = (
        asked(place(*each), station=station) for each in ((real(AP), real(STATION)), pair)
    )
    assert our == theirs
    assert [answers for _, answers in theirs] == [
        [], [], [SaQuery(RESPONSE, TRANSACTION, HERE.element())],
    ]  # fmt: skip
    assert all(" frame=saqueryreq error=" in lines[0] for lines, _ in theirs[:2])


def doubted(stage: Stage, elements: bytes) -> list[str]:
    """What becomes of a station whose questions are answered with these elements."""
    ground = stage.connected().ground
    assert stage.ap.ask("SET ext_mgmt_frame_handling 1") == "OK\n"
    ground.forge_doubt()
    answered: set[bytes] = set()

    def left() -> bool:
        for query in ground.queries(ground.sta.address):
            if query.transaction not in answered:
                answered.add(query.transaction)
                said = SaQuery(RESPONSE, query.transaction, elements)
                ground.forge_query(ground.ap.address, said)
        return "DISCONNECTED" in "".join(stage.station.hear(0.02))

    ground.carry(left)
    return sorted(set(stage.heard(stage.station)))


def test_a_station_leaves_who_answers_from_elsewhere(place: Callable[..., Stage]) -> None:
    theirs, our = (
        doubted(place(real(AP), program), ELSEWHERE.element())
        for program in (real(STATION), ours(STATION))
    )
    assert our == theirs
    assert theirs[0] == "CTRL-EVENT-DISCONNECTED bssid=<ap> reason=2 locally_generated=1"
    assert theirs[1].startswith("OCV-FAILURE addr=<ap> frame=saqueryresp error=primary channel")


def silent_after_a_switch(stage: Stage) -> list[str]:
    """What becomes of a station that does not ask, for it hears nothing any more."""
    stage.connected().ground.air.isolate("sta")
    assert stage.ap.ask("CHAN_SWITCH 1 2437") == "OK\n"
    stage.until(stage.ap, "AP-CSA-FINISHED")
    began = stage.ground.air.now()
    stage.until(stage.ap, "AP-STA-DISCONNECTED")
    assert 14.0 < stage.ground.air.now() - began < 16.5
    return stage.heard(stage.ap)


def test_who_asks_nothing_after_a_switch_is_sent_away(place: Callable[..., Stage]) -> None:
    theirs, our = (
        silent_after_a_switch(place(program, real(STATION))) for program in (real(AP), ours(AP))
    )
    assert our == theirs


# ---- when all is well -------------------------------------------------------------------------

PAIRS = [(real(AP), ours(STATION)), (ours(AP), real(STATION)), (real(AP), real(STATION))]


@pytest.mark.parametrize(("ap", "station"), PAIRS)
def test_keys_are_renewed_and_the_channel_is_changed(
    place: Callable[..., Stage], ap: Program, station: Program
) -> None:
    """After a switch of the channel the station has the AP say it under the keys."""
    stage = place(ap, station).connected()
    assert stage.ap.ask("REKEY_GTK") == "OK\n"
    stage.until(stage.station, "Group rekeying completed")
    assert stage.ap.ask("CHAN_SWITCH 5 2437") == "OK\n"
    ground = stage.ground
    ground.carry(lambda: ground.queries(ground.ap.address))
    there = Oci(81, 6).element()
    (question,) = ground.queries(ground.sta.address)
    (answer,) = ground.queries(ground.ap.address)
    assert question == SaQuery(REQUEST, question.transaction, there)
    assert answer == SaQuery(RESPONSE, question.transaction, there)
    assert stage.heard(stage.ap) + stage.heard(stage.station) == []
    assert "wpa_state=COMPLETED" in ground.ask_station("status")


def test_a_channel_of_40_mhz_is_told_as_such(place: Callable[..., Stage]) -> None:
    """hostapd has nothing to say against our station there."""
    wide = "ieee80211n=1\nwmm_enabled=1\nht_capab=[HT40+]\n"
    stage = place(real(AP), ours(STATION), wide)
    stage.ground.hook_station(stage.station)
    stage.begin_anew()
    stage.until(stage.ap, "EAPOL-4WAY-HS-COMPLETED")
    assert stage.ground.said[-1] == (MESSAGE_2, (bytes((83, 1, 0)),))


@pytest.mark.parametrize(
    ("settings", "changes"), [("ocv=0\n", ""), ("", "ocv=0\n"), ("ieee80211w=1\n", "")]
)
def test_one_end_that_does_not_do_it_is_served(
    place: Callable[..., Stage], settings: str, changes: str
) -> None:
    for ap, station in PAIRS[:2]:
        stage = place(ap, station, settings, changes).connected()
        assert stage.ap.ask("REKEY_GTK") == "OK\n"
        stage.until(stage.station, "Group rekeying completed")
        assert stage.heard(stage.ap) + stage.heard(stage.station) == []
