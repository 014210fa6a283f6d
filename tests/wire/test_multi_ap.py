"""The Multi-AP element; elements of other implementations are in test_wsc_recorded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.base.errors import BadLength, BadValue, MissingAttribute, WireError
from harness.wire.multi_ap import (
    BACKHAUL_BSS,
    BACKHAUL_STA,
    FRONTHAUL_BSS,
    PROFILE1_DISALLOWED,
    PROFILE2_DISALLOWED,
    TEARDOWN,
    MultiApElement,
    UnsupportedProfile,
)


@pytest.mark.parametrize(
    ("text", "element"),
    [
        ("060180", MultiApElement(flags=0x80)),
        ("060180070102", MultiApElement(flags=0x80, profile=2)),
        ("06014007010208020a00", MultiApElement(flags=0x40, profile=2, vlan_id=10)),
        ("06016007010308020f0e", MultiApElement(flags=0x60, profile=3, vlan_id=0xE0F)),
        ("0601800901ff", MultiApElement(flags=0x80, rest=bytes.fromhex("0901ff"))),
        ("06018007", MultiApElement(flags=0x80, rest=b"\7")),
        ("0601800705aa", MultiApElement(flags=0x80, rest=bytes.fromhex("0705aa"))),
    ],
)
def test_elements(text: str, element: MultiApElement) -> None:
    assert MultiApElement.decode(bytes.fromhex(text)) == element
    assert element.encode().hex() == text
    whole = element.element()
    assert whole.hex() == f"dd{4 + len(text) // 2:02x}506f9a1b" + text


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", MissingAttribute),
        ("070102", MissingAttribute),
        ("0600", BadLength),
        ("0601800700", BadLength),
        ("060180070102080100", BadLength),
        ("0601800701020802ff0f", BadValue),
        ("06018007010208020000", BadValue),
        ("06018008020a00", BadValue),
        ("06018007010108020a00", BadValue),
        ("06018008020a00070102", BadValue),
        ("060180070107", UnsupportedProfile),
        ("0601800701ff0600", UnsupportedProfile),
    ],
)
def test_invalid_elements(text: str, error: type[WireError]) -> None:
    with pytest.raises(error) as caught:
        MultiApElement.decode(bytes.fromhex(text))
    assert type(caught.value) is error


def test_extra_octets_in_a_sub_element_are_tolerated() -> None:
    element = MultiApElement.decode(bytes.fromhex("060280ff 07020255 08030a0077"))
    assert (element.flags, element.profile, element.vlan_id) == (0x80, 2, 10)


def test_flags_have_names() -> None:
    names = {
        BACKHAUL_STA: "backhaul_sta",
        BACKHAUL_BSS: "backhaul_bss",
        FRONTHAUL_BSS: "fronthaul_bss",
        TEARDOWN: "teardown",
        PROFILE1_DISALLOWED: "profile1_disallowed",
        PROFILE2_DISALLOWED: "profile2_disallowed",
    }
    assert sorted(names) == [0x04, 0x08, 0x10, 0x20, 0x40, 0x80]
    for flag in names:
        element = MultiApElement(flags=flag)
        assert [getattr(element, name) for name in names.values()] == [
            one == flag for one in names
        ]


def test_no_profile_means_the_first() -> None:
    assert MultiApElement(flags=0).effective_profile == 1
    assert MultiApElement(flags=0, profile=3).effective_profile == 3


@given(st.binary(max_size=30))
def test_garbage_raises_only_wire_errors(octets: bytes) -> None:
    try:
        element = MultiApElement.decode(octets)
    except WireError:
        return
    again = MultiApElement.decode(element.encode())
    assert (again.flags, again.profile, again.vlan_id) == (
        element.flags,
        element.profile,
        element.vlan_id,
    )
