"""Who fails which scenario of test_old_peers.py, and why: role, tester, scenario, reason."""

FILE = "wps_ap/test_old_peers.py"
WRONG = [
    (
        "ap",
        "tester:no-method",
        "test_a_station_of_wps_1_enrols",
        "M1 from sta to ap: expected within 60 s*",
    ),
    (
        "ap",
        "tester:deaf",
        "test_a_station_of_wps_1_enrols_by_pin",
        "WscDone from sta to ap: expected within 5 s*",
    ),
    (
        "ap",
        "tester:asks-at-once",
        "test_a_station_of_wps_1_is_waited_for",
        "EapolFrame from ap: none expected, got one*",
    ),
    (
        "ap",
        "tester:asks-at-once",
        "test_a_station_of_wps_1_starts",
        "assert *",
    ),
    (
        "ap",
        "tester:unmarked-stations",
        "test_a_station_of_wps_1_is_marked",
        "assert *",
    ),
    (
        "ap",
        "tester:never-cancels",
        "test_a_run_can_be_cancelled",
        "ap: control event 'WPS-CANCEL ': *",
    ),
    (
        "ap",
        "tester:never-dismisses",
        "test_a_station_without_end_is_sent_away",
        "Deauthentication from ap to sta: expected within 100 s*",
    ),
    (
        "ap",
        "tester:serves-one",
        "test_beside_a_station_without_end_another_enrols",
        "M2 from ap to other: expected within 60 s*",
    ),
]
