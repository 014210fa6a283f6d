"""Who fails which scenario of test_backhaul_link.py, and why: role, tester, scenario, reason."""

FILE = "multi_ap/test_backhaul_link.py"
WRONG = [
    (
        "ap",
        "tester:silent-about-interfaces",
        "test_backhaul_station_gets_an_interface",
        "ap: control event 'WDS-STA-INTERFACE-ADDED *': expected within * s, got none*",
    ),
    (
        "ap",
        "tester:one-interface",
        "test_two_backhaul_stations_get_one_interface_each",
        "Data from ap/home-backhaul to other begun at *: expected within * s, got *",
    ),
    (
        "ap",
        "tester:interface-for-everyone",
        "test_enrolment_on_a_fronthaul_bss_makes_no_interface",
        "ap: control event 'WDS-STA-INTERFACE-ADDED ifname=wlan0.sta': none expected, got one *",
    ),
    (
        "ap",
        "tester:ignores-wds-bridge",
        "test_interfaces_go_into_the_bridge_that_is_named_for_them",
        "host behind ap: frame 'host behind sta to host behind ap, number 1': expected *",
    ),
    (
        "ap",
        "tester:keeps-interface",
        "test_nothing_is_left_of_a_station_that_left",
        "Data from ap to sta begun at host behind ap: none expected, got one *",
    ),
    (
        "ap",
        "tester:silent-about-interfaces",
        "test_nothing_is_left_of_a_station_that_was_sent_away",
        "ap: control event 'WDS-STA-INTERFACE-REMOVED': expected within * s, got none*",
    ),
    (
        "ap",
        "tester:one-interface",
        "test_link_comes_back_after_a_deauthentication",
        "host behind ap: frame 'host behind sta to host behind ap, number 2': expected *",
    ),
    (
        "sta",
        "tester:four-addresses-once",
        "test_link_comes_back_after_a_disassociation",
        "host behind ap: frame 'host behind sta to host behind ap, number 1': expected *",
    ),
    (
        "sta",
        "tester:stays-at-four-addresses",
        "test_station_is_back_at_three_addresses_after_the_link",
        "Data (frame *, sta → ap/home): addresses: expected 3, got 4*",
    ),
]
