"""Who fails which scenario of the file, and why: role, tester, scenario, reason."""

FILE = "wps_ap/test_credentials.py"
WRONG = [
    (
        "ap",
        "tester:shares-the-key",
        "test_each_enrollee_gets_a_key_of_its_own",
        "hostapd.psk: lines: expected * within 5 s, got 0*",
    ),
    (
        "ap",
        "tester:shares-the-key",
        "test_an_enrollee_with_a_display_gets_a_key_beside_the_passphrase",
        "hostapd.psk: lines: expected * within 5 s, got 0*",
    ),
    (
        "ap",
        "tester:shares-the-key",
        "test_the_key_of_its_own_is_what_the_enrollee_is_given",
        "hostapd.psk: lines: expected * within 5 s, got 0*",
    ),
    (
        "ap",
        "tester:no-wsc-element",
        "test_the_key_of_its_own_opens_the_network",
        "ap: control event 'WPS-SUCCESS': *",
    ),
    (
        "ap",
        "tester:shares-the-key",
        "test_two_enrollees_get_two_keys",
        "hostapd.psk: lines: expected * within 5 s, got 0*",
    ),
    (
        "ap",
        "tester:forgets-keys",
        "test_a_key_of_the_file_is_good_after_it_is_read_again",
        "ap: control event 'EAPOL-4WAY-HS-COMPLETED *",
    ),
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
        "tester:builds-its-own",
        "test_a_prebuilt_credential_is_given",
        "M8 (frame *): *",
    ),
    (
        "ap",
        "tester:builds-its-own",
        "test_a_further_credential_is_given",
        "M8 (frame *): number of Credentials: expected 2, got 1*",
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
