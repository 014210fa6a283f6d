"""Who fails which scenario of wps_sta/test_ap_mode.py, and why: role, tester, scenario, reason."""

FILE = "wps_sta/test_ap_mode.py"
_REPLY = "ap: *: reply: expected "
WRONG = [
    ("sta", "tester:" + tester, scenario, reason)
    for tester, scenario, reason in (
        (
            "takes-another-pin",
            "test_a_pin_admits_a_station",
            _REPLY + "'12345670', got '11111118'*",
        ),
        ("keeps-pins-for-good", "test_a_pin_expires", "M2D from ap to sta: expected within 5 s*"),
        (
            "button-without-effect",
            "test_the_button_is_the_access_points",
            "Beacon from ap: expected within 5 s*",
        ),
        (
            "sees-no-overlap",
            "test_two_pushed_buttons_overlap",
            _REPLY + "'FAIL-PBC-OVERLAP*', got 'OK*",
        ),
        ("keeps-ap-pin", "test_the_ap_pin_comes_and_goes", _REPLY + "'FAIL*', got '12345670'*"),
        (
            "refuses-learning",
            "test_its_settings_are_learned_with_the_ap_pin",
            "M7 from ap to sta: expected within 60 s*",
        ),
    )
]
