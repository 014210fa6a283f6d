"""Who fails which scenario of test_onboarding.py, and why: role, tester, scenario, reason."""

FILE = "multi_ap/test_onboarding.py"
WRONG = [
    (
        "ap",
        "tester:fronthaul-credentials",
        "test_backhaul_station_joins_by_push_button",
        "M8 (frame *): Credential's SSID: expected b'home-backhaul', got b'home' *",
    ),
    (
        "ap",
        "tester:no-multi-ap-response",
        "test_backhaul_station_joins_by_push_button",
        "AssociationResponse (frame *): multi_ap: expected present, got None*",
    ),
    (
        "ap",
        "tester:three-address",
        "test_backhaul_station_joins_by_push_button",
        "Data (frame *, ap/home-backhaul → sta): addresses: expected 4, got 3*",
    ),
    (
        "ap",
        "tester:fronthaul-credentials",
        "test_both_sides_tell_of_the_enrolment",
        "sta: control event 'CTRL-EVENT-CONNECTED': expected within *, got none*",
    ),
    (
        "ap",
        "tester:wps-on-backhaul",
        "test_only_the_fronthaul_bss_advertises_the_push_button",
        "Beacon (frame *, ap/home-backhaul → everyone): wsc: expected absent, got WscBeacon*",
    ),
    (
        "ap",
        "tester:other-key",
        "test_plain_enrollee_gets_the_fronthaul_credentials",
        "M8 (frame *): Credential's Network Key: expected 'correct horse', got *",
    ),
    (
        "ap",
        "tester:multi-ap-to-everyone",
        "test_plain_station_keeps_three_addresses",
        "AssociationResponse (frame *): multi_ap: expected absent, got MultiApElement*",
    ),
    (
        "ap",
        "tester:backhaul-admits-everyone",
        "test_backhaul_bss_denies_a_plain_station",
        "AssociationResponse (frame *): status: expected 12, got 0*",
    ),
]
