"""Wrong devices: a correct machine with edits in its configuration or on the way to its radio.

Each is here to prove that a scenario fails where it must; the machines themselves have no flags
for being wrong.
"""

from __future__ import annotations

from harness.lab import devices

_PLACE = "harness.lab.testers"
TESTERS: dict[str, dict[str, str]] = {
    "ap": {
        "tester:fronthaul-credentials": "access_points:FronthaulCredentials",
        "tester:no-multi-ap-response": "access_points:NoMultiApResponse",
        "tester:three-address": "access_points:ThreeAddressData",
        "tester:multi-ap-to-everyone": "access_points:MultiApToEveryone",
        "tester:backhaul-admits-everyone": "access_points:BackhaulAdmitsEveryone",
        "tester:wps-on-backhaul": "access_points:WpsOnBackhaul",
        "tester:other-key": "access_points:OtherKey",
        "tester:internal-error": "access_points:InternalError",
        "tester:multi-ap-everywhere": "multi_ap_rules:MultiApEverywhere",
        "tester:wants-element-last": "multi_ap_rules:WantsElementLast",
        "tester:believes-any-element": "multi_ap_rules:BelievesAnyElement",
        "tester:believes-authentication": "multi_ap_rules:BelievesAuthentication",
        "tester:strict-element": "multi_ap_rules:StrictElement",
        "tester:one-interface": "topology:OneInterface",
        "tester:interface-for-everyone": "topology:InterfaceForEveryone",
        "tester:ignores-wds-bridge": "topology:IgnoresWdsBridge",
        "tester:keeps-interface": "topology:KeepsInterface",
        "tester:silent-about-interfaces": "topology:SilentAboutInterfaces",
        "tester:echoing-bridge": "topology:EchoingBridge",
        "tester:jumps": "topology:Jumps",
        "tester:plain-announcement": "topology:PlainAnnouncement",
        "tester:mute-after-switch": "topology:MuteAfterSwitch",
        "tester:names-profile-2": "multi_ap_profiles:NamesProfile2",
        "tester:disallows-none": "multi_ap_profiles:DisallowsNone",
        "tester:no-primary-vlan": "multi_ap_profiles:NoPrimaryVlan",
        "tester:untagged": "multi_ap_profiles:Untagged",
        "tester:tags-always": "multi_ap_profiles:TagsAlways",
        "tester:no-protection": "wpa3:NoProtection",
        "tester:hunts-only": "wpa3:HuntsOnly",
        "tester:no-transition": "wpa3:NoTransition",
        "tester:per-device-psk": "wps_wrong:PerDevicePsk",
        "tester:sees-no-enrollee": "wps_wrong:SeesNoEnrollee",
        "tester:silent-after-m4": "wps_wrong:SilentAfterM4",
        "tester:tells-nothing": "wps_wrong:SilentAccessPoint",
        "tester:never-repeats": "wps_wrong:ForgetfulAccessPoint",
        "tester:no-fragments": "wps_wrong:WholeAccessPoint",
        "tester:m2-without-model-name": "wps_wrong:M2WithoutModelName",
        "tester:m2-version-twice": "wps_wrong:M2WithTwoVersions",
        "tester:m2-os-version": "wps_wrong:M2WithWrongOsVersion",
        "tester:deaf": "wps_control:Deaf",
        "tester:plain-pins": "wps_control:PlainPins",
        "tester:pins-for-anybody": "wps_control:PinsForAnybody",
        "tester:forgets-pins": "wps_control:ForgetsPins",
        "tester:authorizes-one": "wps_control:AuthorizesOne",
        "tester:one-push": "wps_control:OnePush",
        "tester:never-cancels": "wps_control:NeverCancels",
        "tester:refuses-button": "wps_control:RefusesButton",
        "tester:nothing-new": "wps_control:NothingNew",
        "tester:no-pin-is-valid": "wps_control:NoPinIsValid",
        "tester:every-pin-is-valid": "wps_control:EveryPinIsValid",
        "tester:keeps-pins": "wps_control:KeepsPins",
        "tester:always-pushed": "wps_control:AlwaysPushed",
        "tester:tells-little": "wps_control:TellsLittle",
        "tester:blurred-requests": "wps_control:BlurredRequests",
        "tester:no-eap-failure": "wps_control:NeverFails",
        "tester:serves-one": "wps_control:ServesOne",
    },
    "sta": {
        "tester:multi-ap-everywhere": "multi_ap_rules:StationMultiApEverywhere",
        "tester:no-multi-ap-request": "multi_ap_rules:NoMultiApRequest",
        "tester:multi-ap-first": "multi_ap_rules:MultiApFirst",
        "tester:careless": "multi_ap_rules:CarelessStation",
        "tester:three-address": "multi_ap_rules:ThreeAddressStation",
        "tester:hasty": "multi_ap_rules:HastyStation",
        "tester:strict-element": "multi_ap_rules:StrictStation",
        "tester:stays-at-four-addresses": "topology:StaysAtFourAddresses",
        "tester:four-addresses-once": "topology:FourAddressesOnce",
        "tester:associates-anew": "topology:AssociatesAnew",
        "tester:names-profile-3": "multi_ap_profiles:NamesProfile3",
        "tester:untagged": "multi_ap_profiles:UntaggedStation",
        "tester:never-upgrades": "wpa3:NeverUpgrades",
        "tester:prefers-psk": "wpa3:PrefersPsk",
        "tester:believes-deauthentication": "wpa3:BelievesDeauthentication",
        "tester:m1-other-flags": "wps_wrong:OtherFlags",
        "tester:any-pin": "wps_wrong:AnyPin",
        "tester:forgets-role": "wps_wrong:ForgetsRole",
        "tester:never-leaves": "wps_wrong:NeverLeaves",
        "tester:believes-any-ap": "wps_wrong:BelievesAnyAccessPoint",
        "tester:sees-one-ap": "wps_wrong:SeesOneAccessPoint",
        "tester:tells-nothing": "wps_wrong:SilentStation",
        "tester:never-repeats": "wps_wrong:ForgetfulStation",
        "tester:no-fragments": "wps_wrong:WholeStation",
        "tester:m1-without-serial-number": "wps_wrong:M1WithoutSerialNumber",
        "tester:m1-rf-bands-twice": "wps_wrong:M1WithTwoRfBands",
        "tester:m1-wps-state": "wps_wrong:M1WithWrongState",
    },
}
"""Role → name for `--ap` or `--sta` → module and class."""


def register() -> None:
    """Make the testers known as kinds of device."""
    for role, testers in TESTERS.items():
        for kind, place in testers.items():
            devices.register(role, kind, f"{_PLACE}.{place}")
