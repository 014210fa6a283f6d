"""IEEE 802.11 frames and elements, and the Ethernet frames they carry."""
