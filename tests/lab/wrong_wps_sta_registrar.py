"""Who fails which scenario of wps_sta/test_registrar.py: role, tester, scenario, reason."""

FILE = "wps_sta/test_registrar.py"
_NO_NACK = "WscNack from ap to sta: expected within 30 s*"
WRONG = [
    ("sta", "tester:" + tester, scenario, reason)
    for tester, scenario, reason in (
        ("never-refuses", "test_the_settings_are_learnt", "WscNack from sta to ap: expected *"),
        ("keeps-nothing", "test_the_learnt_network_is_kept_and_joined", "sta: control event *"),
        (
            "enrols-instead",
            "test_the_station_says_that_it_is_a_registrar",
            "AssociationRequest (frame *): wsc.request_type: expected 2, got *",
        ),
        ("learns-only", "test_the_settings_are_changed", "M8 from sta to ap: expected *"),
        ("learns-only", "test_the_network_is_opened", "M8 from sta to ap: expected *"),
        (
            "always-wpa2",
            "test_the_network_becomes_one_of_wpa",
            "Beacon (frame *): elements.wpa: expected *",
        ),
        ("always-wpa2", "test_no_wep_is_given", "M8 from sta: none expected, got one*"),
        ("always-wpa2", "test_nothing_unknown_is_given", "M8 from sta: none expected, got one*"),
        ("enrols-instead", "test_a_wrong_first_half_is_told", _NO_NACK),
        ("enrols-instead", "test_a_wrong_second_half_is_told", "M6 from sta to ap: expected *"),
        ("enrols-instead", "test_a_locked_access_point_is_told", _NO_NACK),
        ("never-gives-up", "test_a_failed_run_is_over", "M1: none expected, got one*"),
        ("deaf", "test_a_bad_bssid_is_refused", "sta: *: reply: expected 'FAIL*', got 'OK*"),
        ("deaf", "test_a_command_without_pin_is_refused", "sta: *: reply: expected 'FAIL*"),
    )
]
