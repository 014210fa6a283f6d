"""Who fails which scenario of wps_sta/test_credentials.py: role, tester, scenario, reason."""

FILE = "wps_sta/test_credentials.py"
_NOTHING = "assert () == (Stored*"
_NO_NACK = "WscNack from sta to ap: expected within 5 s*"
WRONG = [
    ("sta", "tester:" + tester, scenario, reason)
    for tester, scenario, reason in (
        ("keeps-nothing", "test_credentials_are_taken_in", _NOTHING),
        ("processes-all", "test_credentials_are_told_alone", "*'WPS-CRED-RECEIVED '*"),
        ("processes-all", "test_credentials_are_told_and_taken_in", "*'WPS-CRED-RECEIVED '*"),
        ("never-saves", "test_credentials_are_saved", _NOTHING),
        ("always-saves", "test_credentials_are_not_saved_unasked", "*more than the header*"),
        ("keeps-nothing", "test_a_key_of_64_digits_is_a_psk", _NOTHING),
        ("keeps-nothing", "test_an_open_network_is_taken_in", _NOTHING),
        ("keeps-nothing", "test_an_old_network_is_taken_in", "[]*"),
        ("keeps-nothing", "test_mixed_types_are_taken_as_the_better_ones", "[]*"),
        ("keeps-nothing", "test_several_credentials_are_taken_in", "assert set() == *"),
        ("keeps-nothing", "test_a_good_credential_beside_a_bad_one_is_taken_in", _NOTHING),
        ("never-refuses", "test_a_short_key_is_refused", _NO_NACK),
        ("never-refuses", "test_a_bad_psk_is_refused", _NO_NACK),
        ("never-refuses", "test_wep_is_refused", _NO_NACK),
        ("keeps-nothing", "test_another_mac_address_is_put_up_with", _NOTHING),
        ("keeps-nothing", "test_a_padded_ssid_is_put_up_with", _NOTHING),
        ("keeps-nothing", "test_a_padded_key_is_put_up_with", _NOTHING),
        ("keeps-nothing", "test_a_credential_may_be_good_for_sae_too", _NOTHING),
        (
            "reopens-psk",
            "test_an_enrolled_network_is_past_the_transition",
            "*AssociationRequest from sta to other: none expected*",
        ),
        ("keeps-nothing", "test_the_same_network_is_kept_once", "assert [] == ['battery st*"),
    )
]
