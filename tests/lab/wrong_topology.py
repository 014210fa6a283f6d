"""Who fails which scenario of test_topology.py, and why: role, tester, scenario, reason."""

FILE = "multi_ap/test_topology.py"
WRONG = [
    (
        "ap",
        "tester:three-address",
        "test_group_frame_from_behind_the_ap_reaches_everyone_once",
        "Data from ap begun at host behind ap: expected within * s, got *",
    ),
    (
        "ap",
        "tester:echoing-bridge",
        "test_group_frame_from_behind_the_ap_reaches_everyone_once",
        "host behind backhaul: frame 'host behind ap to everyone, number 1': expected 1 times, *",
    ),
    (
        "ap",
        "tester:echoing-bridge",
        "test_group_frame_from_behind_a_backhaul_station_reaches_everyone_once",
        "host behind ap: frame 'host behind one to everyone, number 2': expected 1 times, got 2*",
    ),
    (
        "ap",
        "tester:echoing-bridge",
        "test_group_frame_of_a_plain_station_reaches_everyone_once",
        "host behind ap: frame 'plain to everyone, number 2': expected 1 times, got 2*",
    ),
    (
        "sta",
        "tester:three-address",
        "test_chain_of_three_carries_frames_end_to_end",
        "Data from leaf to relaying begun at host behind leaf: expected within * s, got only*",
    ),
    (
        "sta",
        "tester:associates-anew",
        "test_backhaul_station_roams_by_reassociation",
        "ReassociationRequest from sta to *: expected within * s, got nothing like it*",
    ),
    (
        "sta",
        "tester:associates-anew",
        "test_frames_for_a_plain_station_follow_it",
        "ReassociationRequest from sta to *: expected within * s, got nothing like it*",
    ),
    (
        "sta",
        "tester:four-addresses-once",
        "test_backhaul_station_that_lost_its_ap_goes_to_another",
        "Data from sta to wired begun at *: expected within * s, got *",
    ),
    (
        "sta",
        "tester:stays-at-four-addresses",
        "test_station_is_back_at_three_addresses_when_its_ap_is_lost",
        "Data (frame *, sta → other): addresses: expected 3, got 4*",
    ),
    (
        "sta",
        "tester:four-addresses-once",
        "test_backhaul_station_returns_to_the_ap_that_it_lost",
        "host behind ap: frame 'host behind sta to host behind ap, number 2': expected *",
    ),
]
