"""Who fails which scenario of wps_sta/test_pin.py, and why: role, tester, scenario, reason."""

FILE = "wps_sta/test_pin.py"
_REPLY = "sta: *: reply: expected "
WRONG = [
    ("sta", "tester:" + tester, scenario, reason)
    for tester, scenario, reason in (
        ("deaf", "test_a_valid_pin_is_given_back", _REPLY + "'12345670', got 'OK*"),
        (
            "every-pin-is-valid",
            "test_characters_other_than_digits_are_removed",
            _REPLY + "'12345670', got '1234-5670'*",
        ),
        (
            "every-pin-is-valid",
            "test_a_wrong_checksum_is_told",
            _REPLY + "'FAIL-CHECKSUM*', got '12345678'*",
        ),
        (
            "every-pin-is-valid",
            "test_a_text_of_another_length_is_no_pin",
            _REPLY + "'FAIL*', got '12345'*",
        ),
        (
            "no-pin-is-valid",
            "test_a_pin_of_four_digits_has_no_checksum",
            _REPLY + "'1235', got 'FAIL-CHECKSUM*",
        ),
        ("no-pin-is-valid", "test_a_pin_is_generated", _REPLY + "*, got 'FAIL-CHECKSUM*"),
        ("one-pin", "test_each_generated_pin_is_another", "['12345670', *"),
        ("deaf", "test_a_given_pin_is_given_back", _REPLY + "'12345670', got 'OK*"),
        ("get-starts", "test_a_pin_can_be_had_without_a_run", "M1 from sta: none expected*"),
        (
            "tells-nothing",
            "test_a_pin_enrols_message_by_message",
            "sta: control events: expected 'WPS-CRED-RECEIVED ' next, got *",
        ),
        ("keeps-nothing", "test_the_enrolled_station_joins", "sta: control event 'CTRL-EVENT-CO*"),
        (
            "other-password",
            "test_m1_names_the_default_pin",
            "M1 (frame *): device_password_id: expected 0, got 1*",
        ),
        (
            "wants-security",
            "test_the_association_is_for_wps_alone",
            "AssociationRequest (frame *): rsn: expected None, got *",
        ),
        (
            "sees-one-ap",
            "test_the_authorizing_access_point_is_tried_first",
            "M1 (frame *): receiver: expected *, got *",
        ),
        (
            "gives-up-soon",
            "test_access_points_are_tried_one_after_the_other",
            "M2D to sta: expected within 60 s*",
        ),
        (
            "gives-up-soon",
            "test_the_pin_may_be_entered_later",
            "M8 from ap to sta: expected within 60 s*",
        ),
        (
            "any-access-point",
            "test_a_pin_for_one_access_point_is_for_no_other",
            "M2D from ap to sta: expected within 60 s*",
        ),
        ("any-access-point", "test_a_bad_bssid_is_refused", _REPLY + "'FAIL*', got '12345670'*"),
        ("any-pin", "test_a_wrong_first_half_is_noticed", "WscNack from sta to ap: expected *"),
        ("any-pin", "test_a_wrong_second_half_is_noticed", "WscNack from sta to ap: expected *"),
        ("never-gives-up", "test_a_failed_run_is_over", "M1 from sta: none expected, got one*"),
        (
            "tells-nothing",
            "test_a_run_ends_after_two_minutes",
            "sta: control event 'WPS-TIMEOUT ': *",
        ),
        ("never-cancels", "test_a_pin_run_can_be_cancelled", _REPLY + "'OK*', got 'PONG*"),
        (
            "impatient",
            "test_other_networks_wait",
            "AssociationRequest from sta: none expected, got one*",
        ),
    )
]
