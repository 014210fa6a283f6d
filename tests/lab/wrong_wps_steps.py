"""Who fails which scenario of test_wps_steps.py, and why: role, tester, scenario, reason."""

FILE = "multi_ap/test_wps_steps.py"
WRONG = [
    (
        "ap",
        "tester:multi-ap-everywhere",
        "test_fronthaul_beacons_advertise_wps",
        "Beacon (frame *): multi_ap: expected absent, got MultiApElement*",
    ),
    (
        "sta",
        "tester:multi-ap-everywhere",
        "test_enrollee_authenticates_as_any_station",
        "Authentication (frame *, sta → ap/home): body: expected b'', got b'*",
    ),
    (
        "ap",
        "tester:multi-ap-everywhere",
        "test_access_point_authenticates_the_enrollee_as_any_station",
        "Authentication (frame *, ap/home → sta): body: expected b'', got b'*",
    ),
    (
        "sta",
        "tester:no-multi-ap-request",
        "test_enrollee_associates_with_the_multi_ap_element",
        "AssociationRequest (frame *): multi_ap: expected present, got None*",
    ),
    (
        "ap",
        "tester:no-multi-ap-response",
        "test_access_point_answers_with_the_multi_ap_element",
        "AssociationResponse (frame *): multi_ap: expected present, got None*",
    ),
    (
        "sta",
        "tester:m1-other-flags",
        "test_m1_asks_for_a_backhaul_link",
        "M1 (frame *): multi_ap: expected 128, got 64*",
    ),
    (
        "ap",
        "tester:fronthaul-credentials",
        "test_m8_gives_the_backhaul_credentials",
        "M8 (frame *): Credential's SSID: expected b'home-backhaul', got b'home'*",
    ),
    (
        "sta",
        "tester:never-leaves",
        "test_enrollee_leaves_the_fronthaul_bss",
        "Deauthentication from sta to ap/home: expected within 1 s, got only*",
    ),
]
