"""The lab: worlds, devices, expectations, the pytest plugin. Scenarios import from here."""

from harness.lab.devices.interface import BACKHAUL, FRONTHAUL, Bss, StoredNetwork
from harness.lab.expectations import ABSENT, PRESENT, ExpectationFailed
from harness.lab.requirement import MUST, OBSERVE, SHOULD, requirement
from harness.lab.scene import Lab

__all__ = [
    "ABSENT",
    "BACKHAUL",
    "FRONTHAUL",
    "MUST",
    "OBSERVE",
    "PRESENT",
    "SHOULD",
    "Bss",
    "ExpectationFailed",
    "Lab",
    "StoredNetwork",
    "requirement",
]
