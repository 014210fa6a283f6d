"""Who fails which scenario of wps_sta/test_push_button.py: role, tester, scenario, reason."""

FILE = "wps_sta/test_push_button.py"
_ASSOCIATED = "AssociationRequest from sta: none expected, got one*"
WRONG = [
    ("sta", "tester:" + tester, scenario, reason)
    for tester, scenario, reason in (
        ("deaf", "test_the_button_is_told_of", "sta: control event 'WPS-PBC-ACTIVE ': *"),
        (
            "tells-nothing",
            "test_both_buttons_enrol",
            "sta: control events: expected 'WPS-CRED-RECEIVED ' next, got *",
        ),
        ("keeps-nothing", "test_the_enrolled_station_joins", "sta: control event 'CTRL-EVENT-CO*"),
        (
            "searches-silently",
            "test_the_search_says_push_button",
            "ProbeRequest from sta: expected within 10 s*",
        ),
        (
            "other-password",
            "test_m1_says_push_button",
            "M1 (frame *): device_password_id: expected 4, got 1*",
        ),
        (
            "other-uuid",
            "test_a_given_uuid_is_said",
            "ProbeRequest (frame *): wsc.uuid_e: expected *, got *x00*x01'*",
        ),
        (
            "other-uuid",
            "test_without_a_uuid_one_is_made_from_the_address",
            "M1 (frame *): uuid_e: expected *, got *x00*x01'*",
        ),
        (
            "gives-up-soon",
            "test_the_access_point_may_come_later",
            "M8 from ap to sta: expected within 30 s*",
        ),
        ("button-is-pin", "test_an_access_point_without_its_button_is_let_alone", _ASSOCIATED),
        ("button-is-pin", "test_an_access_point_with_a_pin_is_let_alone", _ASSOCIATED),
        ("tells-nothing", "test_the_button_times_out", "sta: control event 'WPS-TIMEOUT ': *"),
        (
            "never-gives-up",
            "test_after_the_walk_time_nothing_is_tried",
            "M1 from sta: none expected, got one*",
        ),
        ("sees-one-ap", "test_two_buttons_overlap", "sta: control event 'WPS-OVERLAP-DETECTED '*"),
        ("never-gives-up", "test_an_overlap_ends_the_run", "M1 from sta: none expected, got one*"),
        (
            "gives-up-soon",
            "test_one_access_point_with_two_radios_is_no_overlap",
            "M8 to sta: expected within 60 s*",
        ),
        (
            "any-access-point",
            "test_a_button_for_one_access_point",
            "M8 from ap to sta: expected within 60 s*",
        ),
        ("any-access-point", "test_a_bad_bssid_is_refused", "sta: *: reply: expected 'FAIL*"),
        (
            "any-access-point",
            "test_a_button_asks_for_a_backhaul_link",
            "M1 (frame *): multi_ap: expected 128, got None*",
        ),
        ("never-cancels", "test_the_button_can_be_cancelled", "sta: *: expected 'OK*', got 'PONG*"),
        (
            "cancels-in-words",
            "test_a_run_can_be_cancelled",
            "Deauthentication from sta to ap: expected within 5 s*",
        ),
        (
            "one-push",
            "test_a_silent_access_point_does_not_hold_the_station",
            "sta: *: reply: expected 'OK*', got 'FAIL*",
        ),
    )
]
