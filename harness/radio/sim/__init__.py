"""Simulated radios and their medium, in one process and virtual time."""

from harness.radio.sim.air import SimAir
from harness.radio.sim.rules import Delay, Drop, Duplicate, Replace, Rule, RuleBook

__all__ = ["Delay", "Drop", "Duplicate", "Replace", "Rule", "RuleBook", "SimAir"]
