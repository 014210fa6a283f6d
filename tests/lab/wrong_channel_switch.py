"""Who fails which scenario of test_channel_switch.py, and why: role, tester, scenario, reason."""

FILE = "multi_ap/test_channel_switch.py"
WRONG = [
    (
        "ap",
        "tester:jumps",
        "test_beacons_announce_the_channel",
        "Beacon from ap: expected within * s, got only*",
    ),
    (
        "ap",
        "tester:plain-announcement",
        "test_beacons_announce_the_operating_class",
        "Beacon (frame *): channel_switch.operating_class: expected 81, got None*",
    ),
    (
        "ap",
        "tester:jumps",
        "test_both_sides_tell_of_the_switch",
        "sta: control event 'CTRL-EVENT-STARTED-CHANNEL-SWITCH *': expected within * s, got none*",
    ),
    (
        "ap",
        "tester:jumps",
        "test_backhaul_link_survives_the_switch",
        "Authentication from sta: none expected, got one (frame *",
    ),
    (
        "ap",
        "tester:jumps",
        "test_everyone_on_a_shared_bss_survives_the_switch",
        "*Authentication: none expected, got one (frame *",
    ),
    (
        "ap",
        "tester:mute-after-switch",
        "test_onboarding_survives_a_switch",
        "M8 from ap/home to sta: expected within 60 s, got nothing like it*",
    ),
    (
        "ap",
        "tester:mute-after-switch",
        "test_button_stays_pushed_through_a_switch",
        "M8 from ap/home to sta: expected within 60 s, got nothing like it*",
    ),
]
