"""Who fails which scenario of test_wpa3_backhaul.py, and why: role, tester, scenario, reason."""

FILE = "multi_ap/test_wpa3_backhaul.py"
WRONG = [
    (
        "sta",
        "tester:never-upgrades",
        "test_backhaul_station_is_upgraded_to_sae",
        "Authentication from sta to ap/home-backhaul: expected within 30 s, got *",
    ),
    (
        "ap",
        "tester:hunts-only",
        "test_backhaul_station_is_upgraded_to_sae_by_hashing",
        "Authentication (frame *): status: expected 126, got 0*",
    ),
    (
        "ap",
        "tester:no-protection",
        "test_wpa3_backhaul_bss_advertises_what_it_requires",
        "Beacon (frame *): rsn.mfp_required: expected True, got False*",
    ),
    (
        "ap",
        "tester:hunts-only",
        "test_wpa3_backhaul_bss_advertises_what_it_requires",
        "Beacon (frame *): hash_to_element: expected True, got False*",
    ),
    (
        "sta",
        "tester:prefers-psk",
        "test_station_prefers_sae_in_transition_mode",
        "AssociationRequest (frame *): rsn.akms: expected *",
    ),
    (
        "ap",
        "tester:no-transition",
        "test_transition_mode_serves_a_station_without_sae",
        "AssociationRequest from sta to ap/home-backhaul: expected within 60 s, got *",
    ),
    (
        "sta",
        "tester:believes-deauthentication",
        "test_station_asks_whether_an_unprotected_deauthentication_is_true",
        "ProtectedManagement (frame *): subtype: expected 13, got 12*",
    ),
    (
        "ap",
        "tester:no-protection",
        "test_access_point_ignores_an_unprotected_deauthentication",
        "host behind sta: frame 'host behind ap to host behind sta*expected within 5 s*",
    ),
    (
        "ap",
        "tester:no-protection",
        "test_access_point_protects_its_deauthentication",
        "ProtectedManagement from * to sta: expected within 2 s, got *",
    ),
    (
        "ap",
        "tester:no-protection",
        "test_access_point_asks_whether_another_association_request_is_true",
        "AssociationResponse (frame *): status: expected 30, got 0*",
    ),
]
