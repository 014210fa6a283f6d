"""Who fails which scenario of test_pin.py, and why: role, tester, scenario, reason."""

FILE = "wps_ap/test_pin.py"
WRONG = [
    (
        "ap",
        "tester:deaf",
        "test_a_valid_pin_is_given_back",
        "ap: 'WPS_CHECK_PIN 12345670': reply: expected '12345670', got 'OK*",
    ),
    (
        "ap",
        "tester:every-pin-is-valid",
        "test_characters_other_than_digits_are_removed",
        "ap: *: reply: expected '12345670', got '1234-5670'*",
    ),
    (
        "ap",
        "tester:every-pin-is-valid",
        "test_a_wrong_checksum_is_told",
        "ap: *: reply: expected 'FAIL-CHECKSUM*', got '12345678'*",
    ),
    (
        "ap",
        "tester:every-pin-is-valid",
        "test_a_text_of_another_length_is_no_pin",
        "ap: *: reply: expected 'FAIL*', got '12345'*",
    ),
    (
        "ap",
        "tester:no-pin-is-valid",
        "test_a_pin_of_four_digits_has_no_checksum",
        "ap: *: reply: expected '1235', got 'FAIL-CHECKSUM*",
    ),
    (
        "ap",
        "tester:blurred-requests",
        "test_an_enrollee_without_pin_is_told_of",
        "assert 'WPS-PIN-NEED*",
    ),
    (
        "ap",
        "tester:blurred-requests",
        "test_an_enrollee_without_pin_is_in_the_file",
        "assert *",
    ),
    (
        "ap",
        "tester:no-eap-failure",
        "test_a_run_without_pin_ends_with_eap_failure",
        "EapPacket from ap to sta: expected within 15 s*",
    ),
    (
        "ap",
        "tester:deaf",
        "test_a_pin_is_entered_for_the_enrollee_that_asked",
        "M8 from ap to sta: expected within 60 s*",
    ),
    (
        "ap",
        "tester:pins-for-anybody",
        "test_a_pin_for_another_enrollee_is_not_used",
        "M2D from ap to sta: expected within 60 s*",
    ),
    (
        "ap",
        "tester:tells-little",
        "test_a_pin_for_any_enrollee_enrols",
        "ap: control events: expected 'WPS-REG-SUCCESS *' next, got 'WPS-SUCCESS '*",
    ),
    (
        "ap",
        "tester:keeps-pins",
        "test_a_pin_for_any_enrollee_enrols_one",
        "M2D from ap to late: expected within 60 s*",
    ),
    (
        "ap",
        "tester:plain-pins",
        "test_a_pin_expires",
        "M2D from ap to sta: expected within 60 s*",
    ),
    (
        "ap",
        "tester:forgets-pins",
        "test_a_pin_is_good_until_it_expires",
        "M8 from ap to sta: expected within 30 s*",
    ),
    (
        "ap",
        "tester:forgets-pins",
        "test_a_pin_without_expiration_outlives_the_walk_time",
        "M8 from ap to sta: expected within 60 s*",
    ),
    (
        "ap",
        "tester:plain-pins",
        "test_the_address_of_a_pin_is_advertised",
        "Beacon (frame *): wsc.wfa.authorized_macs: expected *, got *",
    ),
    (
        "ap",
        "tester:authorizes-one",
        "test_a_pin_without_address_authorizes_everybody",
        "Beacon (frame *): wsc.wfa.authorized_macs: expected *, got *",
    ),
    (
        "ap",
        "tester:tells-little",
        "test_a_wrong_first_half_is_seen_in_m4",
        "ap: control event 'WPS-FAIL msg=8 config_error=18': *",
    ),
    (
        "ap",
        "tester:tells-little",
        "test_a_wrong_second_half_is_seen_in_m6",
        "ap: control event 'WPS-FAIL msg=10 config_error=18': *",
    ),
    (
        "ap",
        "tester:keeps-pins",
        "test_a_pin_that_was_revealed_is_dropped",
        "M2D from ap to sta: expected within 60 s*",
    ),
    (
        "ap",
        "tester:deaf",
        "test_a_command_without_pin_is_refused",
        "ap: *: reply: expected 'FAIL*', got 'OK*",
    ),
    (
        "ap",
        "tester:deaf",
        "test_a_command_with_a_bad_uuid_is_refused",
        "ap: *: reply: expected 'FAIL*', got 'OK*",
    ),
    (
        "ap",
        "tester:deaf",
        "test_an_access_point_without_wps_takes_no_pin",
        "ap: *: reply: expected 'FAIL*', got 'OK*",
    ),
]
