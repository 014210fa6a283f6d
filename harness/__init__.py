"""airproof: Wi-Fi onboarding conformance harness and virtual radio lab."""
