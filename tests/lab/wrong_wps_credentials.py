"""Who fails which scenario of test_wps_credentials.py, and why: role, tester, scenario, reason."""

FILE = "multi_ap/test_wps_credentials.py"
_FRONTHAUL = "M8 (frame *): Credential's SSID: expected b'home-backhaul', got b'*"
_OTHER_KEY = "M8 (frame *): Credential's Network Key: expected 'correct horse', got *"
WRONG = [
    (
        "ap",
        "tester:fronthaul-credentials",
        "test_the_backhaul_passphrase_is_handed_out",
        _FRONTHAUL,
    ),
    ("ap", "tester:fronthaul-credentials", "test_the_backhaul_psk_is_handed_out", _FRONTHAUL),
    (
        "sta",
        "tester:forgets-role",
        "test_the_stored_profile_is_for_a_backhaul_station",
        "sta: stored networks: backhaul role: expected True, got False*",
    ),
    (
        "ap",
        "tester:other-key",
        "test_a_shared_bss_gives_a_backhaul_station_its_own_credentials",
        _OTHER_KEY,
    ),
    (
        "ap",
        "tester:other-key",
        "test_a_shared_bss_gives_a_plain_station_the_same_credentials",
        _OTHER_KEY,
    ),
    (
        "ap",
        "tester:per-device-psk",
        "test_backhaul_stations_are_given_one_key",
        "M8 (frame *): Credential's Network Key: expected 'battery staple', got *",
    ),
    (
        "ap",
        "tester:fronthaul-credentials",
        "test_an_open_fronthaul_bss_hands_out_a_protected_backhaul",
        _FRONTHAUL,
    ),
    (
        "ap",
        "tester:other-key",
        "test_an_open_fronthaul_bss_hands_out_itself_as_open",
        "M8 (frame *): Credential's Network Key: expected '', got '*",
    ),
    (
        "ap",
        "tester:fronthaul-credentials",
        "test_a_mixed_fronthaul_bss_hands_out_a_wpa2_backhaul",
        _FRONTHAUL,
    ),
    (
        "ap",
        "tester:other-key",
        "test_a_mixed_fronthaul_bss_serves_a_plain_enrollee",
        _OTHER_KEY,
    ),
    (
        "ap",
        "tester:other-key",
        "test_a_mixed_fronthaul_bss_serves_a_wpa_station",
        "sta: control event 'CTRL-EVENT-CONNECTED *: expected within 5 s, got none*",
    ),
    (
        "ap",
        "tester:fronthaul-credentials",
        "test_a_pin_gets_the_backhaul_credentials",
        _FRONTHAUL,
    ),
    (
        "ap",
        "tester:other-key",
        "test_a_pin_without_multi_ap_gets_the_fronthaul_credentials",
        _OTHER_KEY,
    ),
    (
        "ap",
        "tester:other-key",
        "test_m1_with_another_flag_gets_the_fronthaul_credentials",
        _OTHER_KEY,
    ),
    (
        "sta",
        "tester:m1-without-serial-number",
        "test_every_wsc_message_is_well_formed",
        "Malformed (frame *): M1: Serial Number: expected 'well-formed', got 'is missing at *",
    ),
    (
        "sta",
        "tester:m1-rf-bands-twice",
        "test_every_wsc_message_is_well_formed",
        "M1 (frame *): RF Bands: expected 'well-formed', got 'occurs again at octet *",
    ),
    (
        "sta",
        "tester:m1-wps-state",
        "test_every_wsc_message_is_well_formed",
        "M1 (frame *): Wi-Fi Protected Setup State: expected 'well-formed', got 'is 3 at octet *",
    ),
    (
        "ap",
        "tester:m2-without-model-name",
        "test_every_wsc_message_is_well_formed",
        "Malformed (frame *): M2: Model Name: expected 'well-formed', got 'is missing at octet *",
    ),
    (
        "ap",
        "tester:m2-version-twice",
        "test_backhaul_stations_are_given_one_key",
        "M8 from ap/home to first: expected *; first wrong message: M2 (frame *): Version: *again*",
    ),
    (
        "ap",
        "tester:m2-version-twice",
        "test_every_wsc_message_is_well_formed",
        "M2 (frame *): Version: expected 'well-formed', got 'occurs again at octet *",
    ),
    (
        "ap",
        "tester:m2-os-version",
        "test_every_wsc_message_is_well_formed",
        "M2 (frame *): OS Version: expected 'well-formed', got 'lacks its top bit at octet *",
    ),
]
