"""Says in words what a frame is: a label for the ladder's arrow, and its contents line by line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from harness.base.errors import WireError
from harness.report.describe_wsc import Keyring, describe_eap, describe_wsc_element
from harness.wire import eapol
from harness.wire.dot11 import frames
from harness.wire.dot11.elements import Elements
from harness.wire.dot11.ethernet import ETHERTYPE_EAPOL
from harness.wire.eapol_key import EapolKey
from harness.wire.multi_ap import MultiApElement
from harness.wire.rsn import Rsne

_CLASS_NAMES = {
    frames.AssociationRequest: "Association Request",
    frames.AssociationResponse: "Association Response",
    frames.ReassociationRequest: "Reassociation Request",
    frames.ReassociationResponse: "Reassociation Response",
    frames.ProbeRequest: "Probe Request",
    frames.ProbeResponse: "Probe Response",
}
_EAPOL_KINDS = {eapol.EAPOL_START: "EAPOL-Start", eapol.EAPOL_LOGOFF: "EAPOL-Logoff"}

Detail = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Description:
    """`kind`: beacon, probe, management, wsc, eapol, data, control or broken."""

    kind: str
    label: str
    details: tuple[Detail, ...] = ()


def describe(frame: frames.Frame, keyring: Keyring) -> Description:
    """Describe a frame. What can't be decoded inside it is said in its details, never raised."""
    describer = _DESCRIBERS.get(type(frame))
    try:
        if describer is not None:
            return describer(frame, keyring)
        return Description("management", type(frame).__name__)
    except WireError as error:
        return Description("broken", type(frame).__name__, (("malformed", str(error)),))


def _ssid(elements: Elements) -> str:
    ssid = elements.ssid
    return "no SSID" if ssid is None else repr(ssid.decode("utf-8", "backslashreplace"))


def _marks(elements: Elements) -> str:
    """The elements that onboarding turns on, as a tail for a label."""
    marks = [
        name
        for name, present in (
            ("WSC", elements.wsc is not None),
            ("Multi-AP", elements.multi_ap is not None),
            ("RSN", elements.rsn is not None),
        )
        if present
    ]
    return f" [{', '.join(marks)}]" if marks else ""


def _flag_names(element: MultiApElement) -> str:
    names = [
        name.replace("_", " ")
        for name in (
            "backhaul_sta",
            "backhaul_bss",
            "fronthaul_bss",
            "teardown",
            "profile1_disallowed",
            "profile2_disallowed",
        )
        if getattr(element, name)
    ]
    return ", ".join(names) or "no flag set"


def _element_details(elements: Elements, where: str) -> list[Detail]:
    details: list[Detail] = []
    if elements.rsn is not None:
        rsne = Rsne.decode(elements.rsn)
        suites = [*rsne.pairwise, rsne.group, *rsne.akms]
        details.append(("RSN", " ".join(f"{suite:08x}" for suite in suites)))
    if elements.multi_ap is not None:
        element = MultiApElement.decode(elements.multi_ap)
        details.append(("Multi-AP", _flag_names(element)))
    if elements.wsc is not None:
        details += describe_wsc_element(elements.wsc, where)
    return details


def _announcement(frame: frames.Frame, _: Keyring) -> Description:
    assert isinstance(frame, frames.Beacon | frames.ProbeResponse)
    name = "Beacon" if isinstance(frame, frames.Beacon) else "Probe Response"
    details = [("SSID", _ssid(frame.elements)), ("capability", f"0x{frame.capability:04x}")]
    details += _element_details(frame.elements, name)
    label = f"{name} {_ssid(frame.elements)}{_marks(frame.elements)}"
    return Description("beacon" if name == "Beacon" else "probe", label, tuple(details))


def _request(frame: frames.Frame, _: Keyring) -> Description:
    assert isinstance(
        frame, frames.ProbeRequest | frames.AssociationRequest | frames.ReassociationRequest
    )
    name = _CLASS_NAMES[type(frame)]
    details = [("SSID", _ssid(frame.elements)), *_element_details(frame.elements, name)]
    kind = "probe" if isinstance(frame, frames.ProbeRequest) else "management"
    return Description(kind, name + _marks(frame.elements), tuple(details))


def _response(frame: frames.Frame, _: Keyring) -> Description:
    assert isinstance(frame, frames.AssociationResponse | frames.ReassociationResponse)
    name = _CLASS_NAMES[type(frame)]
    details = [("status", str(frame.status)), ("AID", str(frame.aid))]
    details += _element_details(frame.elements, name)
    label = f"{name}, status {frame.status}{_marks(frame.elements)}"
    return Description("management", label, tuple(details))


def _authentication(frame: frames.Frame, _: Keyring) -> Description:
    assert isinstance(frame, frames.Authentication)
    label = f"Authentication {frame.transaction}, status {frame.status}"
    return Description("management", label, (("algorithm", str(frame.algorithm)),))


def _farewell(frame: frames.Frame, _: Keyring) -> Description:
    assert isinstance(frame, frames.Deauthentication | frames.Disassociation)
    return Description("management", f"{type(frame).__name__}, reason {frame.reason}")


def _data(frame: frames.Frame, keyring: Keyring) -> Description:
    assert isinstance(frame, frames.Data)
    if frame.ethertype == ETHERTYPE_EAPOL:
        return _eapol(frame.payload, keyring)
    header = frame.header
    count = 4 if header.a4 is not None else 3
    what = "Null data" if header.subtype & 4 else "Data"
    label = f"{what}, {count} addresses{', protected' if header.protected else ''}"
    details = [
        (f"address {number}", str(address))
        for number, address in enumerate((header.a1, header.a2, header.a3, header.a4), 1)
        if address is not None
    ]
    ds = f"To DS {int(header.to_ds)}, From DS {int(header.from_ds)}"
    return Description("data", label, (*details, ("DS", ds)))


def _eapol(payload: bytes, keyring: Keyring) -> Description:
    frame = eapol.EapolFrame.decode(payload)
    if frame.type == eapol.EAPOL_EAP:
        label, details = describe_eap(frame.body, keyring)
        return Description("wsc", label, details)
    if frame.type == eapol.EAPOL_KEY:
        return _eapol_key(payload)
    return Description("eapol", _EAPOL_KINDS.get(frame.type, f"EAPOL type {frame.type}"))


def _eapol_key(payload: bytes) -> Description:
    key = EapolKey.decode(payload)
    if not key.is_pairwise:
        name = "group 1/2" if key.ack else "group 2/2"
    elif key.ack:
        name = "3/4" if key.install else "1/4"
    else:
        name = "4/4" if not any(key.nonce) or not key.key_data else "2/4"
    details = (
        ("Key Information", f"0x{key.key_information:04x}"),
        ("replay counter", str(key.replay_counter)),
        ("nonce", key.nonce.hex()),
        ("MIC", key.mic.hex()),
        ("key data", f"{len(key.key_data)} octets{', encrypted' if key.encrypted else ''}"),
    )
    return Description("eapol", f"EAPOL-Key {name}", details)


def _control(frame: frames.Frame, _: Keyring) -> Description:
    return Description("control", "Control")


_DESCRIBERS: dict[type, Callable[[frames.Frame, Keyring], Description]] = {
    frames.Beacon: _announcement,
    frames.ProbeResponse: _announcement,
    frames.ProbeRequest: _request,
    frames.AssociationRequest: _request,
    frames.ReassociationRequest: _request,
    frames.AssociationResponse: _response,
    frames.ReassociationResponse: _response,
    frames.Authentication: _authentication,
    frames.Deauthentication: _farewell,
    frames.Disassociation: _farewell,
    frames.Data: _data,
    frames.Control: _control,
}
