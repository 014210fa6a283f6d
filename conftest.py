"""Loads airproof's pytest plugin for scenarios and tests alike."""

pytest_plugins = ["harness.lab.plugin"]
