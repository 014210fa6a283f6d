"""The station: configuration, scanning, BSS table, selection, connection, WPS, Multi-AP."""
