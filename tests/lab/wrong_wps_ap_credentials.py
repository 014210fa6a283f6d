"""Who fails which scenario of test_credentials.py and why: role, tester, scenario, reason."""

FILE = "wps_ap/test_credentials.py"
WRONG = [
    (
        "ap",
        "tester:refuses",
        "test_a_station_without_wps_joins_with_the_passphrase",
        "ap: control event 'EAPOL-4WAY-HS-COMPLETED *",
    ),
    (
        "ap",
        "tester:other-key",
        "test_a_psk_is_given_as_64_digits",
        "M8 (frame *): Credential's Network Key: *",
    ),
    (
        "ap",
        "tester:other-key",
        "test_the_best_protection_is_given",
        "M8 (frame *): Credential's Network Key: *",
    ),
    (
        "ap",
        "tester:other-key",
        "test_an_open_network_has_no_key",
        "M8 (frame *): Credential's Network Key: *",
    ),
]
