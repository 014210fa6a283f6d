"""An AP's last word on the enrolment (reason 23) that reaches the connection after it."""

from __future__ import annotations

import pytest
from control_stage import ControlStage
from sta_stage import enrolling_ap

REASON_8021X_FAILED = 23


@pytest.mark.parametrize(
    "moment",
    ["SME: Trying to authenticate", "Trying to associate", "Associated with"],
)
def test_a_late_deauthentication_does_not_cost_the_connection(moment: str) -> None:
    ap = enrolling_ap()
    stage = ControlStage(ap)
    stage.ask("WPS_PBC")
    stage.until_line("WPS-SUCCESS")
    before = sum(line.startswith(moment) for line in stage.lines)
    limit = stage.now + 5.0
    stage.run(limit, lambda: sum(line.startswith(moment) for line in stage.lines) > before)
    stage.disconnect_by_ap(ap, REASON_8021X_FAILED)
    begun = stage.now
    stage.until_line("CTRL-EVENT-CONNECTED")
    assert stage.now - begun < 3.0
    assert not any("TEMP-DISABLED" in line or "pre-shared key" in line for line in stage.lines)
