"""Who fails which scenario of test_several_bsss.py, and why: role, tester, scenario, reason."""

FILE = "wps_ap/test_several_bsss.py"
WRONG = [
    (
        "ap",
        "tester:wsc-everywhere",
        "test_each_network_has_wps_or_not",
        "Beacon (frame *): wsc: expected absent, got *",
    ),
    (
        "ap",
        "tester:never-selected",
        "test_the_button_is_for_all_networks",
        "Beacon from ap/two: expected within 2 s*",
    ),
    (
        "ap",
        "tester:always-selected",
        "test_an_independent_network_has_its_own_button",
        "Beacon from ap/two: none expected, got one*",
    ),
    (
        "ap",
        "tester:always-selected",
        "test_the_button_of_an_independent_network_is_its_own",
        "Beacon from ap/one: none expected, got one*",
    ),
    (
        "ap",
        "tester:always-selected",
        "test_an_enrolment_ends_the_button_on_all_networks",
        "Beacon from ap/one: expected within 2 s*",
    ),
    (
        "ap",
        "tester:no-wsc-element",
        "test_a_network_without_wps_of_an_access_point_with_it",
        "M8 from ap/one to sta: expected within 60 s*",
    ),
    (
        "ap",
        "tester:tells-little",
        "test_the_example_of_the_document_enrols",
        "ap: control event 'WPS-REG-SUCCESS *",
    ),
    (
        "ap",
        "tester:never-says-locked",
        "test_the_example_of_the_document_is_locked",
        "Beacon (frame *): wsc.ap_setup_locked: expected True, got None*",
    ),
]
