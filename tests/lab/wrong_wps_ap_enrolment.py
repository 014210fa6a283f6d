"""Who fails which scenario of test_enrolment.py, and why: role, tester, scenario, reason."""

FILE = "wps_ap/test_enrolment.py"
WRONG = [
    (
        "ap",
        "tester:other-key",
        "test_m8_holds_the_credential",
        "M8 (frame *): *",
    ),
    (
        "ap",
        "tester:m2-version-twice",
        "test_messages_are_well_formed",
        "M2 (frame *): *",
    ),
    (
        "ap",
        "tester:nameless",
        "test_m2_describes_the_device",
        "M2 (frame *): device_name: expected 'Wireless AP', got 'nobody'*",
    ),
    (
        "ap",
        "tester:refuses",
        "test_an_enrollee_associates_without_rsn",
        "AssociationResponse (frame *): status: expected 0, got 1*",
    ),
    (
        "ap",
        "tester:no-eap-failure",
        "test_a_run_ends_with_eap_failure",
        "EapPacket from ap to sta: expected within 5 s*",
    ),
    (
        "ap",
        "tester:never-dismisses",
        "test_an_enrollee_that_stays_is_dismissed",
        "Deauthentication (frame *): reason: expected 23, got 7*",
    ),
    (
        "ap",
        "tester:waits-for-start",
        "test_a_station_need_not_start",
        "EapPacket from ap to sta: expected within 60 s*",
    ),
    (
        "ap",
        "tester:no-method",
        "test_the_method_is_wsc",
        "WscPacket from ap to sta: expected within 5 s*",
    ),
    (
        "ap",
        "tester:no-fragments",
        "test_fragments_are_taken",
        "WscPacket from ap to sta: expected within 60 s*",
    ),
    (
        "ap",
        "tester:nameless",
        "test_fragments_are_sent",
        "WscPacket from sta to ap: expected within 60 s*",
    ),
    (
        "ap",
        "tester:never-repeats",
        "test_a_lost_message_is_asked_for_again",
        "M2 from ap to sta: expected within 6 s*",
    ),
    (
        "ap",
        "tester:never-repeats",
        "test_a_silent_station_is_asked_three_times",
        "M4 from ap to sta: expected within 6 s*",
    ),
    (
        "ap",
        "tester:tells-little",
        "test_a_silent_station_is_told_of",
        "ap: control events: expected 'CTRL-EVENT-EAP-RETRANSMIT *",
    ),
    (
        "ap",
        "tester:serves-one",
        "test_a_silent_station_keeps_nobody_out",
        "ap: control event 'AP-STA-CONNECTED *",
    ),
    (
        "ap",
        "tester:serves-one",
        "test_three_stations_enrol_at_once",
        "M1 from two to ap: expected within 60 s*",
    ),
    (
        "ap",
        "tester:one-push",
        "test_a_connected_station_enrols_again",
        "ap: control event 'WPS-SUCCESS ': *",
    ),
    (
        "ap",
        "tester:unmarked-stations",
        "test_an_enrollee_is_marked",
        "assert *",
    ),
    (
        "ap",
        "tester:unmarked-stations",
        "test_an_enrolled_device_is_remembered",
        "assert *",
    ),
    (
        "ap",
        "tester:other-key",
        "test_a_network_in_transition_enrols",
        "M8 (frame *): *",
    ),
    (
        "ap",
        "tester:stays-in-transition",
        "test_the_end_of_the_transition_is_told_to_who_enrolled",
        "sta: control event 'TRANSITION-DISABLE 01'*",
    ),
    (
        "ap",
        "tester:refuses",
        "test_a_network_with_protected_management_enrols",
        "WscDone from sta to ap: expected within 60 s*",
    ),
]
