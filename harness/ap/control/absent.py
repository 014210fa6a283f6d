"""Commands of features that are not part of this access point: each is refused by name."""

from __future__ import annotations

from typing import Final

_FEATURES: Final = {
    "DPP is not built": (
        "DPP_QR_CODE DPP_BOOTSTRAP_GEN DPP_BOOTSTRAP_REMOVE DPP_BOOTSTRAP_GET_URI"
        " DPP_BOOTSTRAP_INFO DPP_BOOTSTRAP_SET DPP_AUTH_INIT DPP_LISTEN DPP_CONFIGURATOR_REMOVE"
        " DPP_CONFIGURATOR_GET_KEY DPP_CONFIGURATOR_SIGN DPP_PKEX_ADD DPP_PKEX_REMOVE DPP_CHIRP"
        " GET_CAPABILITY"
    ),
    "NFC is not built": (
        "WPS_NFC_TAG_READ WPS_NFC_CONFIG_TOKEN WPS_NFC_TOKEN NFC_GET_HANDOVER_SEL"
        " NFC_REPORT_HANDOVER"
    ),
    "wireless network management is not built": (
        "DISASSOC_IMMINENT ESS_DISASSOC BSS_TM_REQ COLOC_INTF_REQ"
    ),
    "radio resource measurement is not built": (
        "SET_NEIGHBOR REMOVE_NEIGHBOR REQ_LCI REQ_RANGE REQ_BEACON"
    ),
    "Interworking is not built": (
        "SET_QOS_MAP_SET SEND_QOS_MAP_CONF HS20_WNM_NOTIF HS20_DEAUTH_REQ"
    ),
    "an authenticator's machines are not set one by one": "EAPOL_SET",
    "keys are not cached for others": "PMKSA_ADD",
}

REASONS: Final = {verb: reason for reason, verbs in _FEATURES.items() for verb in verbs.split()}
"""Of commands with arguments."""

PLAIN_REASONS: Final = {
    "SHOW_NEIGHBOR": "radio resource measurement is not built",
    "DPP_STOP_LISTEN": "DPP is not built",
    "DPP_STOP_CHIRP": "DPP is not built",
    "DPP_CONTROLLER_STOP": "DPP is not built",
}
"""Of commands without one."""
