"""Commands of features that are not part of this station: each is refused by name."""

from __future__ import annotations

from typing import Final

from harness.sta.control.order import Order, Takes, refused

_FEATURES: Final = {
    "P2P is not built": (
        "P2P_FIND P2P_STOP_FIND P2P_ASP_PROVISION P2P_ASP_PROVISION_RESP P2P_CONNECT P2P_LISTEN"
        " P2P_GROUP_REMOVE P2P_GROUP_ADD P2P_GROUP_MEMBER P2P_PROV_DISC P2P_GET_PASSPHRASE"
        " P2P_SERV_DISC_REQ P2P_SERV_DISC_CANCEL_REQ P2P_SERV_DISC_RESP P2P_SERVICE_UPDATE"
        " P2P_SERV_DISC_EXTERNAL P2P_SERVICE_FLUSH P2P_SERVICE_ADD P2P_SERVICE_REP P2P_SERVICE_DEL"
        " P2P_REJECT P2P_INVITE P2P_PEER P2P_SET P2P_FLUSH P2P_CANCEL P2P_UNAUTHORIZE"
        " P2P_PRESENCE_REQ P2P_EXT_LISTEN P2P_REMOVE_CLIENT P2P_LO_START P2P_LO_STOP"
        " WFD_SUBELEM_SET WFD_SUBELEM_GET"
    ),
    "DPP is not built": (
        "DPP_QR_CODE DPP_BOOTSTRAP_GEN DPP_BOOTSTRAP_REMOVE DPP_BOOTSTRAP_GET_URI"
        " DPP_BOOTSTRAP_INFO DPP_BOOTSTRAP_SET DPP_AUTH_INIT DPP_LISTEN DPP_STOP_LISTEN"
        " DPP_CONFIGURATOR_ADD DPP_CONFIGURATOR_REMOVE DPP_CONFIGURATOR_GET_KEY"
        " DPP_CONFIGURATOR_SIGN DPP_PKEX_ADD DPP_PKEX_REMOVE DPP_CONTROLLER_START"
        " DPP_CONTROLLER_STOP DPP_CHIRP DPP_STOP_CHIRP DPP_NFC_URI DPP_NFC_HANDOVER_REQ"
        " DPP_NFC_HANDOVER_SEL"
    ),
    "mesh is not built": (
        "MESH_INTERFACE_ADD MESH_GROUP_ADD MESH_GROUP_REMOVE MESH_PEER_REMOVE MESH_PEER_ADD"
        " MESH_LINK_PROBE MESH_PMKSA_GET MESH_PMKSA_ADD"
    ),
    "Interworking is not built": (
        "ADD_CRED REMOVE_CRED SET_CRED GET_CRED FETCH_ANQP STOP_FETCH_ANQP"
        " INTERWORKING_SELECT INTERWORKING_CONNECT INTERWORKING_ADD_NETWORK ANQP_GET GAS_REQUEST"
        " GAS_RESPONSE_GET HS20_ANQP_GET HS20_GET_NAI_HOME_REALM_LIST HS20_ICON_REQUEST"
        " GET_HS20_ICON DEL_HS20_ICON FETCH_OSU CANCEL_FETCH_OSU"
    ),
    "TDLS is not built": (
        "TDLS_DISCOVER TDLS_SETUP TDLS_TEARDOWN TDLS_LINK_STATUS TDLS_CHAN_SWITCH"
        " TDLS_CANCEL_CHAN_SWITCH"
    ),
    "WMM admission control is not built": "WMM_AC_ADDTS WMM_AC_DELTS WMM_AC_STATUS",
    "QoS management is not built": "MSCS SCS DSCP_RESP DSCP_QUERY",
    "wireless network management is not built": (
        "WNM_SLEEP WNM_BSS_QUERY NEIGHBOR_REP_REQUEST COLOC_INTF_REPORT"
    ),
    "IBSS is not built": "IBSS_RSN",
    "fast BSS transition is not built": "FT_DS",
    "preauthentication needs EAP methods, which are not built": "PREAUTH",
    "random MAC addresses are not built": "MAC_RAND_SCAN",
    "radio work of other programs is not built": "RADIO_WORK",
    "the driver has no commands of its own": "VENDOR DRIVER GET_PREF_FREQ_LIST",
    "MACsec is not built": "MACSEC",
}

_ALONE: Final = frozenset(
    (
        "P2P_STOP_FIND", "P2P_GET_PASSPHRASE", "P2P_SERVICE_UPDATE", "P2P_SERVICE_FLUSH",
        "P2P_FLUSH", "P2P_CANCEL", "P2P_LO_STOP", "DPP_STOP_LISTEN", "DPP_CONTROLLER_STOP",
        "DPP_STOP_CHIRP", "ADD_CRED", "FETCH_ANQP", "STOP_FETCH_ANQP", "FETCH_OSU",
        "CANCEL_FETCH_OSU", "WMM_AC_STATUS",
    )
)  # fmt: skip
_WITH_OPTION: Final = frozenset(
    (
        "P2P_FIND", "P2P_LISTEN", "P2P_GROUP_ADD", "P2P_PRESENCE_REQ", "P2P_EXT_LISTEN",
        "DPP_CONTROLLER_START", "MESH_INTERFACE_ADD", "INTERWORKING_SELECT", "DRIVER", "MACSEC",
    )
)  # fmt: skip
_PREFIXES: Final = frozenset(("DPP_CONFIGURATOR_ADD", "NEIGHBOR_REP_REQUEST"))
"""What may follow them with wpa_supplicant 2.10, where others are unknown without an argument."""


def _takes(verb: str) -> Takes:
    if verb in _ALONE:
        return Takes.NOTHING
    if verb in _PREFIXES:
        return Takes.ANYTHING
    return Takes.EITHER if verb in _WITH_OPTION else Takes.SOMETHING


ORDERS: Final[dict[str, Order]] = {
    verb: refused(reason, _takes(verb))
    for reason, verbs in _FEATURES.items()
    for verb in verbs.split()
}
