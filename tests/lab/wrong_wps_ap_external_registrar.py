"""Who fails which scenario of the file, and why: role, tester, scenario, reason."""

FILE = "wps_ap/test_external_registrar.py"
WRONG = [
    (
        "ap",
        "tester:no-method",
        "test_a_fourth_wrong_ap_pin_locks_again_at_once",
        "ap: control event 'WPS-FAIL msg=8 config_error=18': *",
    ),
    (
        "ap",
        "tester:keeps-ap-pins",
        "test_a_drawn_ap_pin_times_out",
        "ap: control event 'WPS-AP-PIN-DISABLED ': *",
    ),
    (
        "ap",
        "tester:deaf",
        "test_there_is_no_ap_pin_at_first",
        "ap: *: reply: expected 'FAIL*', got 'OK*",
    ),
    (
        "ap",
        "tester:deaf",
        "test_the_ap_pin_of_the_file_is_there",
        "ap: 'WPS_AP_PIN get': reply: expected '12345670', got 'OK*",
    ),
    (
        "ap",
        "tester:deaf",
        "test_an_ap_pin_is_set",
        "ap: 'WPS_AP_PIN set 12345670': reply: expected '12345670', got 'OK*",
    ),
    (
        "ap",
        "tester:one-ap-pin",
        "test_an_ap_pin_is_drawn",
        "ap: 'WPS_CHECK_PIN 12345678': reply: expected '12345678', got 'FAIL-CHECKSUM*",
    ),
    (
        "ap",
        "tester:one-ap-pin",
        "test_another_ap_pin_is_drawn",
        "assert '12345678' != '12345678'*",
    ),
    (
        "ap",
        "tester:deaf",
        "test_an_ap_pin_is_disabled",
        "ap: *: reply: expected 'FAIL*', got 'OK*",
    ),
    (
        "ap",
        "tester:keeps-ap-pins",
        "test_an_ap_pin_times_out",
        "ap: control event 'WPS-AP-PIN-DISABLED ': *",
    ),
    (
        "ap",
        "tester:deaf",
        "test_an_ap_pin_is_there_until_it_times_out",
        "ap: 'WPS_AP_PIN set 12345670 10': reply: *",
    ),
    (
        "ap",
        "tester:deaf",
        "test_a_long_ap_pin_is_refused",
        "ap: *: reply: expected 'FAIL*', got 'OK*",
    ),
    (
        "ap",
        "tester:no-method",
        "test_a_registrar_learns_the_settings",
        "M1 from ap to er: expected within 60 s*",
    ),
    (
        "ap",
        "tester:tells-little",
        "test_a_registrar_that_learns_is_told_of",
        "ap: control event 'WPS-FAIL msg=11 config_error=0': *",
    ),
    (
        "ap",
        "tester:no-method",
        "test_a_registrar_configures_the_network",
        "M8 from er to ap: expected within 60 s*",
    ),
    (
        "ap",
        "tester:no-method",
        "test_new_settings_of_a_registrar_are_told",
        "ap: control event 'WPS-NEW-AP-SETTINGS ': *",
    ),
    (
        "ap",
        "tester:no-method",
        "test_new_settings_of_a_registrar_are_written",
        "Beacon from ap: expected within 60 s*",
    ),
    (
        "ap",
        "tester:open-setup",
        "test_without_ap_pin_no_registrar_is_let_in",
        "WscNack from ap to er: *",
    ),
    (
        "ap",
        "tester:open-setup",
        "test_a_disabled_ap_pin_lets_nobody_in",
        "WscNack *",
    ),
    (
        "ap",
        "tester:open-setup",
        "test_a_locked_access_point_lets_no_registrar_in",
        "WscNack *",
    ),
    (
        "ap",
        "tester:no-method",
        "test_an_ap_pin_that_was_set_lets_a_registrar_in",
        "M7 from ap to er: expected within 60 s*",
    ),
    (
        "ap",
        "tester:tells-little",
        "test_a_wrong_ap_pin_is_refused",
        "ap: control event 'WPS-FAIL msg=8 config_error=18': *",
    ),
    (
        "ap",
        "tester:never-says-locked",
        "test_three_wrong_ap_pins_lock_the_access_point",
        "Beacon from ap: expected within 2 s*",
    ),
    (
        "ap",
        "tester:never-says-locked",
        "test_a_locked_access_point_unlocks_after_a_minute",
        "Beacon from ap: expected within 2 s*",
    ),
    (
        "ap",
        "tester:no-method",
        "test_a_registrar_sets_an_unconfigured_access_point_up",
        "ap: control event 'WPS-SUCCESS': *",
    ),
]
