"""Who fails which scenario of wps_sta/test_scan.py, and why: role, tester, scenario, reason."""

FILE = "wps_sta/test_scan.py"
WRONG = [
    ("sta", "tester:" + tester, scenario, reason)
    for tester, scenario, reason in (
        ("shows-no-wps", "test_an_access_point_with_wps_has_the_flag", "assert '[WPS]' in *"),
        ("shows-wps", "test_an_access_point_without_wps_has_no_flag", "assert 'WPS' not in *"),
        ("shows-no-wps", "test_a_pushed_button_is_shown", "assert '[WPS-PBC]' in *"),
        ("shows-buttons", "test_a_pin_for_somebody_else_is_shown", "assert '[WPS-PIN]' in *"),
        ("shows-buttons", "test_an_authorization_is_shown", "assert '[WPS-AUTH]' in *"),
        (
            "shows-buttons",
            "test_a_button_that_was_cancelled_is_not_shown",
            "assert '[WPS]' in *",
        ),
        ("shows-no-flag-of-one", "test_the_bss_command_has_the_flags_too", "*assert *flags=*"),
        (
            "shows-no-wps",
            "test_the_bss_command_says_what_the_access_point_is",
            "assert 'wps_state=configured' in *",
        ),
        (
            "tells-nothing",
            "test_an_access_point_with_wps_is_told_of",
            "sta: control event 'WPS-AP-AVAILABLE ': *",
        ),
        (
            "cries-wolf",
            "test_an_access_point_without_wps_is_not_told_of",
            "sta: control event 'WPS-AP-AVAILABLE': none expected, got one*",
        ),
        (
            "tells-nothing",
            "test_a_pushed_button_is_told_of",
            "sta: control event 'WPS-AP-AVAILABLE-PBC ': *",
        ),
        (
            "tells-nothing",
            "test_a_pin_for_somebody_else_is_told_of",
            "sta: control event 'WPS-AP-AVAILABLE-PIN ': *",
        ),
        (
            "tells-nothing",
            "test_an_authorization_is_told_of",
            "sta: control event 'WPS-AP-AVAILABLE-AUTH ': *",
        ),
    )
]
