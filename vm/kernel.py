"""Builds the guest: a User Mode Linux kernel with mac80211_hwsim, and the guest's first process."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vm import packages
from vm.cache import LabError, cache_dir, obtain, say

HERE = Path(__file__).parent
FRAGMENT = HERE / "kernel.config"
INIT_SOURCE = HERE / "init.c"
SOURCE_PACKAGE = "linux-source-6.1"
SOURCE_ARCHIVE = Path("usr/src/linux-source-6.1.tar.xz")

BUILD_TOOLS = {
    "gcc": "gcc",
    "make": "make",
    "flex": "flex",
    "bison": "bison",
    "bc": "bc",
    "xz": "xz-utils",
    "tar": "tar",
    "strip": "binutils",
}
"""The programs that a build runs, and the Debian package of each."""

CONFIGURE = (
    ("make", "ARCH=um", "tinyconfig"),
    ("scripts/kconfig/merge_config.sh", "-m", ".config", "FRAGMENT"),
    ("make", "ARCH=um", "olddefconfig"),
)
COMPILE = ("make", "ARCH=um", "linux")
COMPILE_INIT = ("gcc", "-O2", "-o", "init")
"""The recipes. They are part of the cache's keys, so a change to one is a new thing."""


@dataclass(frozen=True)
class Kernel:
    """A built guest: `linux`, the kernel as a program; `init`, the guest's first process."""

    linux: Path
    init: Path


def cache_name(version: str) -> str:
    """The name in the cache of the kernel built from the source package's `version`."""
    recipe = repr((CONFIGURE, COMPILE, platform.machine())).encode()
    key = _digest(FRAGMENT.read_bytes(), recipe)
    return f"kernel-{key}-{version.replace('/', '_').replace(':', '_')}"


def init_name() -> str:
    """The name in the cache of the guest's first process."""
    recipe = repr((COMPILE_INIT, platform.machine())).encode()
    return f"init-{_digest(INIT_SOURCE.read_bytes(), recipe)}"


def _digest(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:16]


def built() -> Kernel | None:
    """The cached guest of these recipes, without building one.

    Where the source package is installed, its version must be the kernel's; elsewhere (another
    user's shared cache) the newest one serves.
    """
    version = packages.installed_version(SOURCE_PACKAGE)
    if version is not None:
        found = [cache_dir() / cache_name(version)]
    else:
        found = sorted(cache_dir().glob(cache_name("*")), key=lambda path: path.stat().st_mtime)
    return _guest_of(found[-1]) if found else None


def ensure() -> Kernel:
    """The kernel, built if need be (some minutes). Raises `LabError` if it can't be built."""
    if kernel := built():
        return kernel
    _provide_tools()
    packages.install_if_root([SOURCE_PACKAGE])
    version, archive = _source()
    path = obtain(cache_name(version), lambda directory: _build(archive, directory))
    obtain(init_name(), _build_init)
    kernel = _guest_of(path)
    if kernel is None:
        raise LabError(f"{path} holds no kernel: remove it and build again")
    return kernel


def _guest_of(path: Path) -> Kernel | None:
    kernel = Kernel(path / "linux", cache_dir() / init_name() / "init")
    return kernel if kernel.linux.is_file() and kernel.init.is_file() else None


def _missing_tools() -> list[str]:
    missing = [package for program, package in BUILD_TOOLS.items() if not shutil.which(program)]
    if not Path("/usr/include/stdio.h").exists():
        missing.append("libc6-dev")
    return missing


def _provide_tools() -> None:
    if not (missing := _missing_tools()):
        return
    packages.install_if_root(missing)
    if missing := _missing_tools():
        raise LabError(
            "the kernel lab's kernel can't be built here: these tools are missing: "
            f"{' '.join(missing)}. As root: apt-get install {' '.join(missing)}"
        )


def _source() -> tuple[str, Path]:
    version = packages.installed_version(SOURCE_PACKAGE)
    if version is not None and (Path("/") / SOURCE_ARCHIVE).exists():
        return version, Path("/") / SOURCE_ARCHIVE
    tree = packages.unpacked([SOURCE_PACKAGE])
    return packages.candidate_version(SOURCE_PACKAGE), tree / SOURCE_ARCHIVE


def _build(archive: Path, made: Path) -> None:
    started = time.monotonic()
    tree = made.parent / "source"
    tree.mkdir()
    log = made / "build.log"
    say("building the guest's kernel (once, some minutes)")
    _step(["tar", "-xf", str(archive), "--strip-components=1"], tree, log)
    for step in CONFIGURE:
        _step([str(FRAGMENT) if word == "FRAGMENT" else word for word in step], tree, log)
    _check_config(tree / ".config")
    _step([*COMPILE, f"-j{os.cpu_count() or 1}"], tree, log)
    _step(["strip", "-o", str(made / "linux"), "linux"], tree, log)
    shutil.copy(tree / ".config", made / "config")
    say(f"kernel built in {time.monotonic() - started:.0f} s")


def _build_init(made: Path) -> None:
    _step([*COMPILE_INIT, str(INIT_SOURCE)], made, made / "build.log")


def _check_config(config: Path) -> None:
    """Fails if the kernel's own rules dropped a symbol that the fragment asks for."""
    have = set(config.read_text().splitlines())
    asked = [line for line in FRAGMENT.read_text().splitlines() if line.startswith("CONFIG_")]
    lost = [line for line in asked if not line.endswith("=n") and line not in have]
    if lost:
        raise LabError(f"the kernel's configuration lost {', '.join(lost)}")


def _step(command: Sequence[str], directory: Path, log: Path) -> None:
    environment = {**os.environ, "ARCH": "um", "LC_ALL": "C"}
    for name in ("MAKEFLAGS", "MFLAGS", "KBUILD_OUTPUT"):
        environment.pop(name, None)
    with log.open("a") as out:
        print("+", *command, file=out, flush=True)
        result = subprocess.run(
            command,
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
    if result.returncode:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-25:])
        raise LabError(
            f"{command[0]} failed with status {result.returncode}; its last lines:\n{tail}"
        )
