"""Third-party programs from Debian: installed, or unpacked into the cache where we aren't root."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vm.cache import LabError, cache_dir, locked, obtain, say

PACKAGE_OF = {
    "hostapd": "hostapd",
    "hostapd_cli": "hostapd",
    "wpa_supplicant": "wpasupplicant",
    "wpa_cli": "wpasupplicant",
    "wpa_passphrase": "wpasupplicant",
    "iw": "iw",
    "tshark": "tshark",
    "capinfos": "wireshark-common",
    "editcap": "wireshark-common",
    "iwd": "iwd",
    "Xvfb": "xvfb",
    "wpa_gui": "wpagui",
    "at-spi-bus-launcher": "at-spi2-core",
    "import": "imagemagick",
    "dbus-daemon": "dbus-daemon",
    "reaver": "reaver",
    "bully": "bully",
    "pixiewps": "pixiewps",
}
"""The programs that the lab knows, and the Debian package of each."""

REGULATORY_PACKAGE = "wireless-regdb"
LAB_PACKAGES = (
    "hostapd", "wpasupplicant", "iwd", "dbus-daemon", "iw", REGULATORY_PACKAGE, "tshark",
    "reaver", "bully", "pixiewps", "xvfb", "wpagui", "at-spi2-core", "imagemagick",
)
"""What a full test run uses."""

SEARCH_PATH = (
    "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/libexec",
)
PROGRAM_DIRS = ("usr/sbin", "usr/bin", "sbin", "bin", "usr/libexec", "usr/lib/iwd")
FIRMWARE_DIRS = ("lib/firmware", "usr/lib/firmware")


@dataclass(frozen=True)
class Program:
    """A program that can be run: its file, and what its environment needs beyond the usual."""

    path: Path
    env: dict[str, str] = field(default_factory=dict)


def find(name: str) -> Program | None:
    """The program `name`, installed or unpacked before; None if it isn't there."""
    search = os.pathsep.join([os.environ.get("PATH", ""), *SEARCH_PATH])
    if installed := shutil.which(name, path=search):
        return Program(Path(installed))
    for tree in _trees():
        for directory in PROGRAM_DIRS:
            path = tree / directory / name
            if os.access(path, os.X_OK):
                return Program(path, _tree_env(tree))
    return None


def program(name: str) -> Program:
    """The program `name`, obtained from its Debian package if need be.

    Raises `LabError` with what to do if it can't be had.
    """
    if found := find(name):
        return found
    if name not in PACKAGE_OF:
        raise LabError(f"{name} is not installed, and no package of it is known here")
    provide([PACKAGE_OF[name]])
    if found := find(name):
        return found
    raise LabError(f"the package {PACKAGE_OF[name]} was obtained but holds no {name}")


def regulatory_database() -> Path | None:
    """The wireless regulatory database, installed or unpacked before; None if it isn't there."""
    for root in (Path("/"), *_trees()):
        for directory in FIRMWARE_DIRS:
            for name in ("regulatory.db", "regulatory.db-debian", "regulatory.db-upstream"):
                if (path := root / directory / name).is_file():
                    return path
    return None


def provide(names: Sequence[str]) -> None:
    """Makes sure that the Debian packages are there: installs them as root, else unpacks them.

    Raises `LabError` if neither can be done.
    """
    if missing := [name for name in names if not _present(name)]:
        install_if_root(missing)
    if missing := [name for name in names if not _present(name)]:
        unpacked(missing)


def install_if_root(names: Sequence[str]) -> None:
    """Installs Debian packages where this user may; where not, does nothing.

    A failure isn't an error yet: what uses the package says what it lacks.
    """
    missing = [name for name in names if installed_version(name) is None]
    if not missing or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    say(f"installing {' '.join(missing)}")
    install = ["apt-get", "-y", "--no-install-recommends", "install", *missing]
    if _quiet(install).returncode:
        _quiet(["apt-get", "update"])
        result = _quiet(install)
        if result.returncode:
            say(f"apt-get failed: {_last_line(result)}")


def unpacked(names: Sequence[str]) -> Path:
    """A directory tree of the packages and of what they need that isn't installed.

    Downloaded with apt-get and unpacked with dpkg: no root needed. Raises `LabError`.
    """
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        raise LabError(f"{' '.join(names)}: not installed, and there is no apt-get here to get it")
    wanted = _with_missing_dependencies(names)
    key = hashlib.sha256(" ".join(sorted(wanted)).encode()).hexdigest()[:16]
    return obtain(f"packages-{key}", lambda made: _unpack(names, wanted, made)) / "tree"


def installed_version(package: str) -> str | None:
    """The version of an installed Debian package; None if it isn't installed."""
    if not shutil.which("dpkg-query"):
        return None
    result = _quiet(["dpkg-query", "-W", "-f", "${db:Status-Abbrev} ${Version}", package])
    status, _, version = result.stdout.partition(" ")
    return version.strip() if result.returncode == 0 and status.startswith("ii") else None


def candidate_version(package: str) -> str:
    """The version that apt would install. Raises `LabError` if apt knows none."""
    result = _quiet(["apt-cache", *_apt_options(), "policy", package])
    match = re.search(r"Candidate: (\S+)", result.stdout)
    if not match or match[1] == "(none)":
        raise LabError(f"apt knows no package {package}")
    return match[1]


def _present(package: str) -> bool:
    if package == REGULATORY_PACKAGE:
        return regulatory_database() is not None
    programs = [name for name, owner in PACKAGE_OF.items() if owner == package]
    if programs:
        return find(programs[0]) is not None
    return installed_version(package) is not None


def _trees() -> list[Path]:
    return sorted(cache_dir().glob("packages-*/tree"))


def _tree_env(tree: Path) -> dict[str, str]:
    libraries = sorted({str(path.parent) for path in tree.glob("**/lib/**/*.so*")})
    env = {"LD_LIBRARY_PATH": os.pathsep.join(libraries)} if libraries else {}
    if (data := tree / "usr/share/wireshark").is_dir():
        env["WIRESHARK_DATA_DIR"] = str(data)
    return env


def _with_missing_dependencies(names: Sequence[str]) -> list[str]:
    """The packages and each dependency of theirs that isn't installed."""
    result = _simulate_install(names)
    if result.returncode:
        _refresh_private_lists()
        result = _simulate_install(names)
    wanted = re.findall(r"^Inst (\S+) ", result.stdout, flags=re.MULTILINE)
    if result.returncode or not wanted:
        raise LabError(
            f"{' '.join(names)}: not installed, and apt can't get it ({_last_line(result)}). "
            f"As root: apt-get install {' '.join(names)}"
        )
    return wanted


def _simulate_install(names: Sequence[str]) -> subprocess.CompletedProcess[str]:
    command = ["apt-get", *_apt_options(), "--simulate", "--no-install-recommends", "install"]
    return _quiet([*command, *names])


def _unpack(names: Sequence[str], wanted: Sequence[str], made: Path) -> None:
    say(f"downloading {' '.join(names)} and what they need ({len(wanted)} packages)")
    downloads = made.parent / "downloads"
    downloads.mkdir()
    result = _quiet(["apt-get", *_apt_options(), "download", *wanted], cwd=downloads)
    if result.returncode:
        raise LabError(f"apt-get download failed: {_last_line(result)}")
    tree = made / "tree"
    for archive in sorted(downloads.glob("*.deb")):
        result = _quiet(["dpkg", "-x", str(archive), str(tree)])
        if result.returncode:
            raise LabError(f"cannot unpack {archive.name}: {_last_line(result)}")


def _private_apt() -> Path:
    return cache_dir() / "apt"


def _apt_options() -> list[str]:
    """apt's own lists where it has them; else ours, which a user without root can fill."""
    lists = _private_apt() / "lists"
    if not lists.is_dir():
        return []
    return ["-o", f"Dir::State::Lists={lists}", "-o", f"Dir::Cache={_private_apt() / 'cache'}"]


def _refresh_private_lists() -> None:
    say("fetching apt's package lists")
    with locked("apt"):
        for part in ("lists/partial", "cache/archives/partial"):
            (_private_apt() / part).mkdir(parents=True, exist_ok=True)
        result = _quiet(["apt-get", *_apt_options(), "update"])
    if result.returncode:
        raise LabError(f"apt-get update failed: {_last_line(result)}")


def _environment() -> dict[str, str]:
    return {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}


def _quiet(command: Sequence[str], cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=cwd or Path(tempfile.gettempdir()),
        env=_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def _last_line(result: subprocess.CompletedProcess[str]) -> str:
    lines = [line for line in (result.stderr or result.stdout).splitlines() if line.strip()]
    return lines[-1] if lines else f"status {result.returncode}"
