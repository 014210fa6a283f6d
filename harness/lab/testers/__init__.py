"""Wrong devices: a correct machine with edits in its configuration or on the way to its radio.

Each is here to prove that a scenario fails where it must; the machines themselves have no flags
for being wrong.
"""

from __future__ import annotations

from harness.lab import devices

_PLACE = "harness.lab.testers.access_points"
TESTERS: dict[str, dict[str, str]] = {
    "ap": {
        "tester:fronthaul-credentials": "FronthaulCredentials",
        "tester:no-multi-ap-response": "NoMultiApResponse",
        "tester:three-address": "ThreeAddressData",
        "tester:multi-ap-to-everyone": "MultiApToEveryone",
        "tester:backhaul-admits-everyone": "BackhaulAdmitsEveryone",
        "tester:wps-on-backhaul": "WpsOnBackhaul",
        "tester:other-key": "OtherKey",
        "tester:internal-error": "InternalError",
    },
    "sta": {},
}
"""Role → name for `--ap` or `--sta` → class."""


def register() -> None:
    """Make the testers known as kinds of device."""
    for role, testers in TESTERS.items():
        for kind, name in testers.items():
            devices.register(role, kind, f"{_PLACE}:{name}")
