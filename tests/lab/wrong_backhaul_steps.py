"""Who fails which scenario of test_backhaul_steps.py, and why: role, tester, scenario, reason."""

FILE = "multi_ap/test_backhaul_steps.py"
WRONG = [
    (
        "ap",
        "tester:wps-on-backhaul",
        "test_1_beacons_of_a_backhaul_bss_are_plain",
        "Beacon (frame *, ap → everyone): wsc: expected absent, got WscBeacon*",
    ),
    (
        "ap",
        "tester:multi-ap-everywhere",
        "test_1_probe_responses_of_a_backhaul_bss_are_plain",
        "ProbeResponse (frame *, ap → sta): multi_ap: expected absent, got MultiApElement*",
    ),
    (
        "sta",
        "tester:multi-ap-everywhere",
        "test_2_station_authenticates_plainly",
        "Authentication (frame *, sta → ap): multi_ap: expected absent, got MultiApElement*",
    ),
    (
        "ap",
        "tester:multi-ap-everywhere",
        "test_3_access_point_authenticates_plainly",
        "Authentication (frame *, ap → sta): multi_ap: expected absent, got MultiApElement*",
    ),
    (
        "sta",
        "tester:no-multi-ap-request",
        "test_4_association_request_has_the_element",
        "AssociationRequest (frame *): multi_ap: expected present, got None*",
    ),
    (
        "ap",
        "tester:no-multi-ap-response",
        "test_5_association_response_has_the_element",
        "AssociationResponse (frame *): multi_ap: expected present, got None*",
    ),
    (
        "ap",
        "tester:three-address",
        "test_6_access_point_uses_four_addresses",
        "Data (frame *, ap → sta): addresses: expected 4, got 3*",
    ),
    (
        "sta",
        "tester:three-address",
        "test_6_backhaul_station_uses_four_addresses",
        "Data from sta to ap begun at host behind sta: expected within 5 s, got *",
    ),
    (
        "ap",
        "tester:three-address",
        "test_backhaul_link_from_beacon_to_data",
        "Data (frame *, ap → sta): addresses: expected 4, got 3*",
    ),
]
