"""Who fails which scenario of test_profiles.py, and why: role, tester, scenario, reason."""

FILE = "multi_ap/test_profiles.py"
_TAKEN_THOUGH_DENIED = "AssociationResponse (frame *): status: expected 12, got 0*"
_TAKEN_THOUGH_INVALID = "AssociationResponse (frame *): status: expected 40, got 0*"
_STAYS = "Deauthentication from sta to ap: expected within 5 s, got *"
WRONG = [
    (
        "sta",
        "tester:names-profile-3",
        "test_profile_1_station_names_no_profile",
        "AssociationRequest (frame *): multi_ap.profile: expected None, got 3*",
    ),
    (
        "sta",
        "tester:multi-ap-everywhere",
        "test_profile_2_station_names_its_profile",
        "AssociationRequest (frame *): multi_ap.profile: expected 2, got None*",
    ),
    (
        "sta",
        "tester:multi-ap-everywhere",
        "test_profile_3_station_names_its_profile",
        "AssociationRequest (frame *): multi_ap.profile: expected 3, got None*",
    ),
    (
        "ap",
        "tester:names-profile-2",
        "test_profile_1_bss_names_no_profile",
        "AssociationResponse (frame *): multi_ap.profile: expected None, got 2*",
    ),
    (
        "ap",
        "tester:multi-ap-to-everyone",
        "test_profile_2_bss_names_its_profile",
        "AssociationResponse (frame *): multi_ap.profile: expected 2, got None*",
    ),
    (
        "ap",
        "tester:believes-any-element",
        "test_access_point_denies_an_unknown_profile",
        _TAKEN_THOUGH_DENIED,
    ),
    (
        "sta",
        "tester:careless",
        "test_station_leaves_a_bss_of_unknown_profile",
        _STAYS,
    ),
    (
        "ap",
        "tester:disallows-none",
        "test_bss_denies_the_disallowed_profile_1",
        _TAKEN_THOUGH_DENIED,
    ),
    (
        "ap",
        "tester:disallows-none",
        "test_bss_that_disallows_profile_1_serves_profile_2",
        "AssociationResponse (frame *): multi_ap.profile1_disallowed: expected True, got *",
    ),
    (
        "ap",
        "tester:disallows-none",
        "test_bss_denies_disallowed_later_profiles",
        _TAKEN_THOUGH_DENIED,
    ),
    (
        "ap",
        "tester:disallows-none",
        "test_bss_that_disallows_later_profiles_serves_profile_1",
        "AssociationResponse (frame *): multi_ap.profile2_disallowed: expected True, got *",
    ),
    (
        "ap",
        "tester:no-primary-vlan",
        "test_backhaul_bss_announces_its_primary_vlan",
        "AssociationResponse (frame *): multi_ap.vlan_id: expected 20, got None*",
    ),
    (
        "ap",
        "tester:backhaul-admits-everyone",
        "test_fronthaul_bss_announces_no_primary_vlan",
        "AssociationResponse (frame *): multi_ap.vlan_id: expected None, got 20*",
    ),
    (
        "ap",
        "tester:untagged",
        "test_access_point_tags_what_it_sends_over_the_link",
        "Data (frame *, ap → sta): 802.1Q VLAN: expected 20, got None*",
    ),
    (
        "sta",
        "tester:untagged",
        "test_station_tags_what_it_sends_over_the_link",
        "Data (frame *, sta → ap): 802.1Q VLAN: expected 20, got None*",
    ),
    (
        "ap",
        "tester:tags-always",
        "test_link_of_a_profile_1_station_has_no_tags",
        "Data (frame *, ap → sta): 802.1Q VLAN: expected None, got 20*",
    ),
    (
        "ap",
        "tester:tags-always",
        "test_link_that_came_back_has_its_tags_again",
        "host behind ap: frame *: expected within 5 s, got 0 others*",
    ),
    (
        "ap",
        "tester:believes-any-element",
        "test_access_point_refuses_a_vlan_in_profile_1",
        _TAKEN_THOUGH_INVALID,
    ),
    (
        "ap",
        "tester:believes-any-element",
        "test_access_point_refuses_vlan_0",
        _TAKEN_THOUGH_INVALID,
    ),
    (
        "ap",
        "tester:strict-element",
        "test_access_point_takes_vlan_4094",
        "AssociationResponse (frame *): status: expected 0, got 12*",
    ),
    (
        "ap",
        "tester:believes-any-element",
        "test_access_point_refuses_vlan_4095",
        _TAKEN_THOUGH_INVALID,
    ),
    (
        "sta",
        "tester:careless",
        "test_station_leaves_after_vlan_4095",
        _STAYS,
    ),
]
