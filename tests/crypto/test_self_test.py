"""The known answers that programs begin with."""

from __future__ import annotations

import pytest

from harness.base.errors import SetupFailed
from harness.crypto import self_test


def _unsupported() -> bytes:
    raise ValueError("[digital envelope routines] unsupported")


def test_this_machine_computes_them() -> None:
    self_test.check()


@pytest.mark.parametrize("name", self_test.ANSWERS)
def test_a_wrong_result_is_found_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    compute, published = self_test.ANSWERS[name]
    wrong = bytes((published[0] ^ 1,)) + published[1:]
    monkeypatch.setitem(self_test.ANSWERS, name, (compute, wrong))
    with pytest.raises(SetupFailed, match="a wrong result"):
        self_test.check()


def test_what_the_library_lacks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "PBKDF2 (IEEE 802.11-2020, J.4.2)"
    monkeypatch.setitem(self_test.ANSWERS, name, (_unsupported, b""))
    with pytest.raises(SetupFailed, match=r"cryptography: PBKDF2 .*: \[digital envelope"):
        self_test.check()
