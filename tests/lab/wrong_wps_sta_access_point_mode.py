"""Who fails which scenario of wps_sta/test_access_point_mode.py: role, tester, scenario, reason."""

FILE = "wps_sta/test_access_point_mode.py"
WRONG = [
    ("sta", "tester:" + tester, scenario, reason)
    for tester, scenario, reason in (
        ("says-station", "test_the_status_says_access_point", "assert 'mode=AP' in *"),
        (
            "tells-nothing",
            "test_the_button_enrols_another_station",
            "sta: control event 'WPS-PBC-ACTIVE ': *",
        ),
        (
            "refuses-plainly",
            "test_the_button_is_refused_during_an_overlap",
            "sta: 'WPS_PBC': reply: expected 'FAIL-PBC-OVERLAP*', got 'FAIL*",
        ),
        ("forgets-pins", "test_a_pin_enrols_another_station", "M8 from sta to guest: expected *"),
        ("plain-pins", "test_a_pin_expires", "M2D from sta to guest: expected within 60 s*"),
        (
            "forgets-pins",
            "test_a_pin_is_good_until_it_expires",
            "M8 from sta to guest: expected within 60 s*",
        ),
        ("never-cancels", "test_the_button_can_be_cancelled", "sta: *: expected 'OK*', got 'PONG*"),
        (
            "no-ap-pin",
            "test_an_ap_pin_is_set_and_forgotten",
            "sta: *: reply: expected '11111118', got 'FAIL*",
        ),
        (
            "keeps-nothing",
            "test_another_station_learns_by_the_ap_pin",
            "guest: control event 'CTRL-EVENT-CONNECTED *",
        ),
        ("deaf", "test_a_plain_station_has_no_ap_pin", "sta: *: expected 'FAIL*', got 'OK*"),
        ("hides-authorization", "test_its_stations_are_shown", "assert '[AUTHORIZED]' in *"),
        ("always-wps", "test_wps_can_be_off", "Beacon (frame *): wsc: expected None, got *"),
        (
            "never-ends",
            "test_the_access_point_is_ended",
            "Beacon from sta: none expected, got one*",
        ),
    )
]
