"""Who fails which scenario of test_network_settings.py, and why: role, tester, scenario, reason."""

FILE = "wps_ap/test_network_settings.py"
WRONG = [
    (
        "ap",
        "tester:deaf",
        "test_processing_can_be_told_of_and_done",
        "ap: control event 'WPS-NEW-AP-SETTINGS ': *",
    ),
    (
        "ap",
        "tester:deaf",
        "test_processing_can_be_left_to_others",
        "ap: control event 'WPS-NEW-AP-SETTINGS ': *",
    ),
    (
        "ap",
        "tester:deaf",
        "test_the_current_configuration_is_shown",
        "assert *",
    ),
    (
        "ap",
        "tester:deaf",
        "test_an_unconfigured_network_is_shown",
        "assert *",
    ),
    (
        "ap",
        "tester:deaf",
        "test_a_network_without_wps_shows_no_key",
        "assert *",
    ),
    (
        "ap",
        "tester:deaf",
        "test_new_settings_are_told_of",
        "ap: control event 'WPS-NEW-AP-SETTINGS ': *",
    ),
    (
        "ap",
        "tester:deaf",
        "test_new_settings_take_effect",
        "Beacon from ap: expected within 3 s*",
    ),
    (
        "ap",
        "tester:deaf",
        "test_new_settings_are_handed_out",
        "Beacon from ap: expected within 3 s*",
    ),
    (
        "ap",
        "tester:never-dismisses",
        "test_new_settings_send_the_stations_away",
        "Deauthentication from ap: expected within 3 s*",
    ),
    (
        "ap",
        "tester:deaf",
        "test_new_settings_are_written_to_the_file",
        "Beacon from ap: expected within 3 s*",
    ),
    (
        "ap",
        "tester:deaf",
        "test_the_network_can_be_opened",
        "Beacon from ap: expected within 3 s*",
    ),
    (
        "ap",
        "tester:deaf",
        "test_other_kinds_of_authentication_are_refused",
        "ap: *: reply: expected 'FAIL*', got 'OK*",
    ),
    (
        "ap",
        "tester:deaf",
        "test_other_kinds_of_encryption_are_refused",
        "ap: *: reply: expected 'FAIL*', got 'OK*",
    ),
    (
        "ap",
        "tester:deaf",
        "test_wep_is_refused",
        "ap: *: reply: expected 'FAIL*', got 'OK*",
    ),
    (
        "ap",
        "tester:deaf",
        "test_a_short_key_is_refused",
        "ap: *: reply: expected 'FAIL*', got 'OK*",
    ),
    (
        "ap",
        "tester:deaf",
        "test_without_wps_nothing_is_configured",
        "ap: *: reply: expected 'FAIL*', got 'OK*",
    ),
    (
        "ap",
        "tester:always-configured",
        "test_the_first_enrollee_configures_the_network",
        "ap: control events: expected 'WPS-NEW-AP-SETTINGS ' next, got None*",
    ),
    (
        "ap",
        "tester:always-configured",
        "test_the_network_gets_a_random_key",
        "Beacon from ap: expected within 5 s*",
    ),
    (
        "ap",
        "tester:always-configured",
        "test_the_first_enrollee_connects",
        "ap: control event 'EAPOL-4WAY-HS-COMPLETED *",
    ),
    (
        "ap",
        "tester:always-configured",
        "test_the_random_key_is_written_to_the_file",
        "Beacon from ap: expected within 5 s*",
    ),
    (
        "ap",
        "tester:wsc-everywhere",
        "test_a_hidden_network_has_no_wps",
        "Beacon (frame *): wsc: expected absent, got *",
    ),
    (
        "ap",
        "tester:wsc-everywhere",
        "test_a_network_of_tkip_alone_has_no_wps",
        "Beacon (frame *): wsc: expected absent, got *",
    ),
    (
        "ap",
        "tester:no-wsc-element",
        "test_a_mixed_network_has_wps",
        "ap: control event 'WPS-SUCCESS': *",
    ),
    (
        "ap",
        "tester:no-wsc-element",
        "test_an_open_network_has_wps",
        "ap: control event 'WPS-SUCCESS': *",
    ),
]
