"""airproof: Wi-Fi onboarding conformance harness and virtual radio lab."""

__version__ = "0.1.0"
