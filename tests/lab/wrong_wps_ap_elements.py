"""Who fails which scenario of test_elements.py, and why: role, tester, scenario, reason."""

FILE = "wps_ap/test_elements.py"
WRONG = [
    (
        "ap",
        "tester:never-says-locked",
        "test_beacons_of_a_locked_access_point",
        "Beacon (frame *): wsc.ap_setup_locked: expected True, got *",
    ),
    (
        "ap",
        "tester:other-state",
        "test_beacons_say_wps",
        "Beacon (frame *): wsc.wps_state: expected *CONFIGURED*, got 1*",
    ),
    (
        "ap",
        "tester:wsc-everywhere",
        "test_beacons_without_wps_have_no_element",
        "Beacon (frame *): wsc: expected absent, got *",
    ),
    (
        "ap",
        "tester:always-selected",
        "test_beacons_of_an_idle_registrar",
        "Beacon from ap: expected within 1 s*",
    ),
    (
        "ap",
        "tester:never-selected",
        "test_beacons_with_the_button_pushed",
        "Beacon from ap: expected within 2 s*",
    ),
    (
        "ap",
        "tester:never-selected",
        "test_beacons_with_a_pin_entered",
        "Beacon from ap: expected within 2 s*",
    ),
    (
        "ap",
        "tester:always-selected",
        "test_beacons_after_the_walk_time",
        "Beacon from ap: expected within 125 s*",
    ),
    (
        "ap",
        "tester:always-selected",
        "test_beacons_after_an_enrolment",
        "Beacon from ap: expected within 2 s*",
    ),
    (
        "ap",
        "tester:other-state",
        "test_beacons_of_an_unconfigured_access_point",
        "Beacon (frame *): wsc.wps_state: expected *UNCONFIGURED*, got 2*",
    ),
    (
        "ap",
        "tester:other-lock",
        "test_beacons_of_an_access_point_that_is_not_locked",
        "Beacon from ap: expected within 1 s*",
    ),
    (
        "ap",
        "tester:nameless",
        "test_probe_responses_describe_the_device",
        "ProbeResponse (frame *): wsc.manufacturer: expected 'Company', got 'nobody'*",
    ),
    (
        "ap",
        "tester:other-identity",
        "test_probe_responses_tell_the_methods",
        "ProbeResponse from ap to sta: expected within 30 s*",
    ),
    (
        "ap",
        "tester:never-selected",
        "test_probe_responses_with_the_button_pushed",
        "ProbeResponse (frame *): wsc.selected_registrar: expected True, got None*",
    ),
    (
        "ap",
        "tester:other-identity",
        "test_a_uuid_is_made_from_the_address",
        "ProbeResponse (frame *): wsc.uuid_e: expected *, got *",
    ),
    (
        "ap",
        "tester:short-wsc-element",
        "test_a_long_element_is_cut_in_two",
        "ProbeResponse (frame *): wsc.serial_number: expected *, got None*",
    ),
    (
        "ap",
        "tester:no-wsc-element",
        "test_a_station_understands_a_long_element",
        "ap: control event 'WPS-SUCCESS': *",
    ),
    (
        "ap",
        "tester:no-wsc-association",
        "test_association_responses_to_an_enrollee",
        "AssociationResponse (frame *): wsc.response_type: expected *, got 0*",
    ),
    (
        "ap",
        "tester:wsc-everywhere",
        "test_association_responses_to_other_stations",
        "AssociationResponse (frame *): wsc: expected absent, got *",
    ),
]
