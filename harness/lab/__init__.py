"""The lab: worlds, devices, expectations, the pytest plugin. Scenarios import from here."""

from harness.base.address import MacAddress
from harness.lab.devices.networks import (
    BACKHAUL,
    EITHER_METHOD,
    FRONTHAUL,
    HASH_TO_ELEMENT,
    HUNTING_AND_PECKING,
    PMF_OPTIONAL,
    PMF_REQUIRED,
    Bss,
    StoredNetwork,
)
from harness.lab.expectations import ABSENT, PRESENT, ExpectationFailed
from harness.lab.requirement import MUST, OBSERVE, SHOULD, requirement
from harness.lab.scene import Lab

__all__ = [
    "ABSENT",
    "BACKHAUL",
    "EITHER_METHOD",
    "FRONTHAUL",
    "HASH_TO_ELEMENT",
    "HUNTING_AND_PECKING",
    "MUST",
    "OBSERVE",
    "PMF_OPTIONAL",
    "PMF_REQUIRED",
    "PRESENT",
    "SHOULD",
    "Bss",
    "ExpectationFailed",
    "Lab",
    "MacAddress",
    "StoredNetwork",
    "requirement",
]
