"""Who fails which scenario of test_element.py, and why: role, tester, scenario, reason."""

FILE = "multi_ap/test_element.py"
_DENIED = "AssociationResponse (frame *): status: expected 0, got 12*"
_TAKEN_THOUGH_INVALID = "AssociationResponse (frame *): status: expected 40, got 0*"
_STAYS = "Deauthentication from sta to ap: expected within 5 s, got *"
_LEAVES = "sta: control event 'CTRL-EVENT-CONNECTED': expected within 30 s, got none*"
WRONG = [
    (
        "sta",
        "tester:multi-ap-first",
        "test_station_ends_its_request_with_the_element",
        "AssociationRequest (frame *): ends_with_multi_ap: expected True, got False*",
    ),
    (
        "ap",
        "tester:wants-element-last",
        "test_access_point_finds_the_element_before_others",
        _DENIED,
    ),
    (
        "ap",
        "tester:no-multi-ap-response",
        "test_access_point_answers_a_reassociation_with_the_element",
        "ReassociationResponse (frame *): multi_ap: expected present, got None*",
    ),
    (
        "ap",
        "tester:backhaul-admits-everyone",
        "test_access_point_denies_a_reassociation_without_the_element",
        "ReassociationResponse (frame *): status: expected 12, got 0*",
    ),
    (
        "ap",
        "tester:believes-any-element",
        "test_access_point_refuses_an_empty_element",
        _TAKEN_THOUGH_INVALID,
    ),
    (
        "ap",
        "tester:believes-any-element",
        "test_access_point_refuses_an_empty_extension",
        _TAKEN_THOUGH_INVALID,
    ),
    (
        "ap",
        "tester:believes-any-element",
        "test_access_point_refuses_a_cut_extension",
        _TAKEN_THOUGH_INVALID,
    ),
    ("ap", "tester:strict-element", "test_access_point_passes_over_a_cut_tail", _DENIED),
    (
        "ap",
        "tester:strict-element",
        "test_access_point_passes_over_unknown_sub_elements",
        _DENIED,
    ),
    ("ap", "tester:strict-element", "test_access_point_takes_the_element_twice", _DENIED),
    (
        "ap",
        "tester:strict-element",
        "test_access_point_takes_the_last_of_two_elements",
        _DENIED,
    ),
    (
        "ap",
        "tester:believes-any-element",
        "test_access_point_knows_the_element_by_its_type",
        "AssociationResponse (frame *): status: expected 12, got 0*",
    ),
    (
        "ap",
        "tester:believes-authentication",
        "test_access_point_counts_association_requests_only",
        "AssociationResponse (frame *): status: expected 12, got 0*",
    ),
    ("sta", "tester:careless", "test_station_leaves_after_an_empty_element", _STAYS),
    ("sta", "tester:careless", "test_station_leaves_after_a_cut_extension", _STAYS),
    ("sta", "tester:strict-element", "test_station_passes_over_unknown_sub_elements", _LEAVES),
    ("sta", "tester:strict-element", "test_station_takes_the_element_twice", _LEAVES),
    ("sta", "tester:strict-element", "test_station_takes_the_last_of_two_elements", _LEAVES),
    ("sta", "tester:careless", "test_station_counts_the_association_response_only", _STAYS),
]
