"""Who fails which scenario of test_roles.py, and why: role, tester, scenario, reason."""

FILE = "multi_ap/test_roles.py"
WRONG = [
    (
        "ap",
        "tester:multi-ap-to-everyone",
        "test_bss_without_role_ignores_the_element",
        "AssociationResponse (frame *): multi_ap: expected absent, got MultiApElement*",
    ),
    (
        "ap",
        "tester:backhaul-admits-everyone",
        "test_backhaul_bss_serves_a_backhaul_station",
        "AssociationResponse (frame *): multi_ap.fronthaul_bss: expected False, got True*",
    ),
    (
        "ap",
        "tester:backhaul-admits-everyone",
        "test_backhaul_bss_denies_an_element_without_the_flag",
        "AssociationResponse (frame *): status: expected 12, got 0*",
    ),
    (
        "ap",
        "tester:multi-ap-to-everyone",
        "test_fronthaul_bss_serves_a_plain_station",
        "AssociationResponse (frame *): multi_ap: expected absent, got MultiApElement*",
    ),
    (
        "ap",
        "tester:backhaul-admits-everyone",
        "test_fronthaul_bss_denies_a_backhaul_station",
        "AssociationResponse (frame *): status: expected 12, got 0*",
    ),
    (
        "ap",
        "tester:backhaul-admits-everyone",
        "test_fronthaul_bss_enrols_a_backhaul_station",
        "AssociationResponse (frame *): multi_ap.backhaul_bss: expected False, got True*",
    ),
    (
        "ap",
        "tester:multi-ap-to-everyone",
        "test_fronthaul_bss_serves_an_element_without_the_flag",
        "AssociationResponse (frame *): multi_ap: expected absent, got MultiApElement*",
    ),
    (
        "ap",
        "tester:multi-ap-to-everyone",
        "test_bss_with_both_roles_serves_a_backhaul_station",
        "AssociationResponse (frame *): multi_ap.fronthaul_bss: expected True, got False*",
    ),
    (
        "ap",
        "tester:multi-ap-to-everyone",
        "test_bss_with_both_roles_serves_a_plain_station",
        "AssociationResponse (frame *): multi_ap: expected absent, got MultiApElement*",
    ),
    (
        "ap",
        "tester:three-address",
        "test_bss_with_both_roles_serves_both_kinds_at_once",
        "Data (frame *, ap → backhaul): addresses: expected 4, got 3*",
    ),
    (
        "sta",
        "tester:careless",
        "test_station_leaves_an_access_point_without_element",
        "Deauthentication from sta to ap: expected within 5 s, got *",
    ),
    (
        "sta",
        "tester:hasty",
        "test_station_does_not_try_in_a_tight_loop",
        "AssociationRequest from sta to ap: expected at most 10 in 10 s, got *",
    ),
    (
        "sta",
        "tester:careless",
        "test_station_goes_from_a_wrong_access_point_to_a_right_one",
        "Deauthentication from sta to wrong: expected within 30 s, got *",
    ),
    (
        "sta",
        "tester:careless",
        "test_station_leaves_a_fronthaul_bss",
        "Deauthentication from sta to ap: expected within 5 s, got *",
    ),
    (
        "sta",
        "tester:multi-ap-everywhere",
        "test_plain_station_says_nothing_of_multi_ap",
        "AssociationRequest (frame *): multi_ap: expected absent, got MultiApElement*",
    ),
]
