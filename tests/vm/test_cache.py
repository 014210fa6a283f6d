"""The cache of built things: whole or absent, keyed by content, safe with two makers."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from vm import cache, kernel


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AIRPROOF_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_a_maker_that_fails_leaves_nothing(own_cache: Path) -> None:
    def fail(made: Path) -> None:
        (made / "half").write_text("half")
        raise RuntimeError("no more paper")

    with pytest.raises(RuntimeError, match="no more paper"):
        cache.obtain("thing", fail)
    assert [path.name for path in own_cache.iterdir()] == ["thing.lock"]


def test_of_two_makers_at_once_one_makes_and_both_have_it() -> None:
    made_by: list[str] = []

    def make(made: Path) -> None:
        made_by.append(threading.current_thread().name)
        time.sleep(0.2)
        (made / "content").write_text("whole")

    seen: list[str] = []

    def want() -> None:
        seen.append((cache.obtain("thing", make) / "content").read_text())

    threads = [threading.Thread(target=want) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made_by) == 1
    assert seen == ["whole", "whole"]


def test_what_is_there_is_used_without_writing(own_cache: Path) -> None:
    (own_cache / "thing").mkdir(parents=True)

    def never(_: Path) -> None:
        raise AssertionError("made again")

    assert cache.obtain("thing", never) == own_cache / "thing"
    assert [path.name for path in own_cache.iterdir()] == ["thing"]


def test_the_kernels_key_follows_configuration_version_and_recipe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = kernel.cache_name("6.1.1-1")
    assert kernel.cache_name("6.1.1-1") == before
    assert kernel.cache_name("6.1.1-2") != before

    with monkeypatch.context() as patch:
        patch.setattr(kernel, "COMPILE", (*kernel.COMPILE, "V=1"))
        assert kernel.cache_name("6.1.1-1") != before

    changed = tmp_path / "fragment"
    changed.write_bytes(kernel.FRAGMENT.read_bytes() + b"CONFIG_BONDING=y\n")
    monkeypatch.setattr(kernel, "FRAGMENT", changed)
    assert kernel.cache_name("6.1.1-1") != before


def test_the_first_process_has_a_key_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel_before, init_before = kernel.cache_name("1"), kernel.init_name()
    changed = tmp_path / "init.c"
    changed.write_bytes(kernel.INIT_SOURCE.read_bytes() + b"/* changed */\n")
    monkeypatch.setattr(kernel, "INIT_SOURCE", changed)
    assert kernel.init_name() != init_before
    assert kernel.cache_name("1") == kernel_before


def test_without_tools_an_ordinary_user_is_told_the_line_to_type(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kernel, "_missing_tools", lambda: ["flex", "bison"])
    monkeypatch.setattr(kernel.packages, "install_if_root", lambda _: None)
    with pytest.raises(cache.LabError, match="apt-get install flex bison"):
        kernel.ensure()
