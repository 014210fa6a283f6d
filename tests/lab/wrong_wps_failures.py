"""Who fails which scenario of test_wps_failures.py, and why: role, tester, scenario, reason."""

FILE = "multi_ap/test_wps_failures.py"
WRONG = [
    (
        "sta",
        "tester:believes-any-ap",
        "test_an_access_point_without_multi_ap_enrols_no_backhaul_station",
        "M1 from sta: none expected, got one (frame *",
    ),
    (
        "sta",
        "tester:tells-nothing",
        "test_the_station_tells_in_time_that_the_access_point_lacks_multi_ap",
        "sta: control event 'WPS-FAIL': expected within 15 s, got none*",
    ),
    (
        "ap",
        "tester:tells-nothing",
        "test_the_access_point_tells_in_time_that_the_station_left",
        "ap: control event 'WPS-FAIL': expected within 15 s, got none*",
    ),
    (
        "sta",
        "tester:forgets-role",
        "test_fronthaul_credentials_make_no_backhaul_link",
        "AssociationRequest (frame *): multi_ap: expected present, got None*",
    ),
    (
        "ap",
        "tester:never-repeats",
        "test_a_lost_m2_is_repeated",
        "M3 from sta to ap/home: expected within 15 s, got *",
    ),
    (
        "sta",
        "tester:never-repeats",
        "test_a_lost_m3_is_repeated",
        "M4 from ap/home to sta: expected within 15 s, got *",
    ),
    (
        "ap",
        "tester:no-fragments",
        "test_an_access_point_takes_fragments",
        "WscPacket from ap/home to sta: expected within 60 s, got *",
    ),
    (
        "sta",
        "tester:no-fragments",
        "test_a_station_takes_fragments",
        "WscPacket from sta to ap/home: expected within 60 s, got *",
    ),
    (
        "sta",
        "tester:never-leaves",
        "test_a_station_gives_a_silent_access_point_up",
        "Deauthentication from sta to ap/home: expected within 5 s, got *",
    ),
    (
        "ap",
        "tester:never-repeats",
        "test_an_access_point_gives_a_silent_enrollee_up",
        "M4 from ap/home to sta: expected within 10 s, got *",
    ),
    (
        "ap",
        "tester:silent-after-m4",
        "test_an_enrolment_may_begin_anew",
        "M3 from sta to ap/home: expected within 60 s, got *",
    ),
    (
        "ap",
        "tester:sees-no-enrollee",
        "test_two_enrollees_at_once_are_refused",
        "ap: control event 'WPS-OVERLAP-DETECTED': expected within 60 s, got none*",
    ),
    (
        "sta",
        "tester:tells-nothing",
        "test_two_enrollees_at_once_tell_so",
        "second: control event 'WPS-FAIL': expected within 60 s, got none*",
    ),
    (
        "sta",
        "tester:sees-one-ap",
        "test_two_access_points_at_once_are_not_joined",
        "sta: control event 'WPS-OVERLAP-DETECTED': expected within 60 s, got none*",
    ),
    (
        "sta",
        "tester:tells-nothing",
        "test_a_station_alone_with_its_button_pushed_stops_after_two_minutes",
        "sta: control event 'WPS-TIMEOUT': expected within 130 s, got none*",
    ),
    (
        "ap",
        "tester:tells-nothing",
        "test_an_access_point_alone_with_its_button_pushed_stops_after_two_minutes",
        "ap: control event 'WPS-TIMEOUT': expected within 15 s, got none*",
    ),
    (
        "sta",
        "tester:any-pin",
        "test_a_wrong_pin_fails_at_once_on_both_sides",
        "WscNack from sta to ap/home: expected within 60 s, got *",
    ),
]
