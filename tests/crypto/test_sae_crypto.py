"""SAE against published vectors and against what hostapd and wpa_supplicant computed."""

from __future__ import annotations

import hmac

import pytest
from sae_recording import NAMES, SaeRecording

from harness.base.entropy import SeededEntropy
from harness.base.errors import BadValue, PeerViolation
from harness.crypto import sae
from harness.crypto.curve import CURVES, P256, Point
from harness.crypto.prf import kdf

# RFC 9380, J.1.1 (P256_XMD:SHA-256_SSWU_RO_, empty message)
U0 = 0xAD5342C66A6DD0FF080DF1DA0EA1C04B96E0330DD89406465EEBA11582515009
U1 = 0x8C0F1D43204BD6F6EA70AE8013070A1518B43873BCD850AAFA0A9E220E2EEA5A
Q0 = Point(
    0xAB640A12220D3FF283510FF3F4B1953D09FAD35795140B1C5D64F313967934D5,
    0xDCCB558863804A881D4FFF3455716C836CEF230E5209594DDD33D85C565B19B1,
)
Q1 = Point(
    0x51CCE63C50D972A6E51C61334F0F4875C9AC1CD2D3238412F84E31DA7D980EF5,
    0xB45D1A36D00AD90E5EC7840A60A4DE411917FBE7C82C3949A6E699E5A1B66AAC,
)
Q = Point(
    0x2C15230B26DBC6FC9A37051158C95B79656E17A1A920B11394CA91C44247D3E4,
    0x8A7A74985CC5C776CDFE4B1F19884970453912E9D31528C060BE9AB5C43E8415,
)

# IEEE 802.11-2020, J.10 (SAE hash to element)
PT = Point(
    0xB6E38C98750C684B5D17C3D8C9A4100B39931279187CA6CCED5F37EF46DDFA97,
    0x5687E972E50F73E3898861E7EDAD21BEA7D5F622DF88243BB804920AE8E647FA,
)
PWE = Point(
    0xC93049B9E64000F848201649E999F2B5C22DEA69B5632C9DF4D633B8AA1F6C1E,
    0x73634E94B53D82E7383A8D258199D9DC1A5EE8269D060382CCBF33E614FF59A0,
)
ADDRESSES = bytes.fromhex("00095b66ec1e"), bytes.fromhex("000b6bd90246")


def test_rfc_9380_maps_to_the_curve_as_we_do() -> None:
    assert sae.map_to_point(P256, U0) == Q0
    assert sae.map_to_point(P256, U1) == Q1
    assert P256.add(Q0, Q1) == Q


def test_numbers_without_an_inverse_map_to_points() -> None:
    assert P256.contains(sae.map_to_point(P256, 0))
    assert P256.contains(sae.map_to_point(P256, 1))


def test_published_password_element() -> None:
    pt = sae.derive_pt(P256, b"byteme", b"mekmitasdigoat", b"psk4internet")

    assert pt == PT
    assert sae.derive_pwe(P256, pt, *ADDRESSES) == PWE
    assert sae.derive_pwe(P256, pt, *reversed(ADDRESSES)) == PWE


@pytest.mark.parametrize("name", NAMES)
def test_keys_of_the_recorded_exchange(name: str) -> None:
    """From what was on the air and the one number that only the two ends can compute."""
    told = SaeRecording(name)
    curve, digest = (
        CURVES[told.group],
        sae.digest_of(CURVES[told.group], hash_to_element=told.hash_to_element),
    )
    total = sum(int.from_bytes(commit.scalar, "big") for commit in told.commits) % curve.q
    context = total.to_bytes(curve.scalar_octets, "big")
    size = len(told.logged["KCK"])
    seed = hmac.digest(bytes(size), told.logged["k"], digest)
    derived = kdf(digest, seed, b"SAE KCK and PMK", context, 8 * (size + 32))

    assert seed == told.logged["keyseed"]
    assert derived == told.logged["KCK"] + told.logged["PMK"]
    assert context[:16] == told.logged["PMKID"]


@pytest.mark.parametrize("name", NAMES)
def test_recorded_confirms(name: str) -> None:
    told = SaeRecording(name)
    curve = CURVES[told.group]
    station, ap = (
        (int.from_bytes(each.scalar, "big"), curve.decode(each.element)) for each in told.commits
    )
    for confirm, sender, receiver in zip(told.confirms, (station, ap), (ap, station), strict=True):
        value = sae.confirmation(curve, told.logged["KCK"], confirm.send_confirm, sender, receiver)
        assert value == confirm.confirm


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("hashing")])
def test_recorded_password_element_by_hashing(name: str) -> None:
    told = SaeRecording(name)
    curve = CURVES[told.group]
    pt = sae.derive_pt(curve, told.ssid, told.password)

    assert curve.encode(pt) == told.logged["PT.x"] + told.logged["PT.y"]
    pwe = sae.derive_pwe(curve, pt, told.ap, told.station)
    assert curve.encode(pwe) == told.logged["PWE.x"] + told.logged["PWE.y"]


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("hunting")])
def test_recorded_password_element_by_hunting(name: str) -> None:
    """The first recorded number that is the x of a point is ours, with the seed's parity."""
    told = SaeRecording(name)
    curve = CURVES[told.group]
    found = sae.hunt_and_peck(curve, told.password, told.station, told.ap)

    assert len(told.rounds) >= sae.LEAST_ROUNDS
    hits = (
        (x, seed[-1] & 1)
        for seed, value in told.rounds
        for x in [int.from_bytes(value, "big")]
        if x < curve.p and curve.is_square(curve.right_side(x))
    )
    assert next(hits) == (found.x, found.y & 1)


@pytest.mark.parametrize("group", CURVES)
@pytest.mark.parametrize("hashed", [False, True])
def test_both_sides_agree(group: int, hashed: bool) -> None:
    curve = CURVES[group]
    pwe = (
        sae.derive_pwe(curve, sae.derive_pt(curve, b"net", b"secret"), *ADDRESSES)
        if hashed
        else sae.hunt_and_peck(curve, b"secret", *ADDRESSES)
    )
    one, two = (sae.make_commitment(curve, pwe, SeededEntropy(seed)) for seed in (b"one", b"two"))

    first = sae.agree(curve, pwe, one, two.scalar, two.element, hash_to_element=hashed)
    second = sae.agree(curve, pwe, two, one.scalar, one.element, hash_to_element=hashed)

    assert first == second
    assert "secret" not in repr(first)
    assert first.pmk.hex() not in repr(first)


@pytest.mark.parametrize("scalar", [0, 1, P256.q, P256.q + 5])
def test_scalars_out_of_range_are_refused(scalar: int) -> None:
    with pytest.raises(PeerViolation, match="scalar"):
        sae.check_peer(P256, scalar, Q)


def test_elements_off_the_curve_are_refused() -> None:
    with pytest.raises(PeerViolation, match="no point"):
        sae.check_peer(P256, 5, Point(Q.x, Q.y ^ 1))


def test_an_element_that_cancels_the_password_is_refused() -> None:
    """scalar · PWE + element = infinity: who knows PWE could force a known key."""
    own = sae.make_commitment(P256, PWE, SeededEntropy(b"x"))
    element = P256.multiply(P256.q - 5, PWE)
    assert element is not None
    with pytest.raises(PeerViolation, match="infinity"):
        sae.agree(P256, PWE, own, 5, element, hash_to_element=True)


def test_a_password_that_gives_no_point_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sae, "MOST_ROUNDS", 0)
    with pytest.raises(BadValue):
        sae.hunt_and_peck(P256, b"secret", *ADDRESSES)


def test_rejected_groups_of_the_higher_address_come_first() -> None:
    low, high = ADDRESSES
    assert sae.rejected_groups_salt(low, (20,), high, (21,)) == b"\x15\x00\x14\x00"
    assert sae.rejected_groups_salt(high, (20,), low, (21,)) == b"\x14\x00\x15\x00"
