"""The floors of the architecture hold: a module imports only from lower ones."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HARNESS = ROOT / "harness"

MAY_IMPORT: dict[str, frozenset[str]] = {
    "base": frozenset(),
    "wire": frozenset({"base"}),
    "crypto": frozenset({"base"}),
    "proto": frozenset({"base", "wire", "crypto"}),
    "radio": frozenset({"base", "wire", "crypto"}),
    "ap": frozenset({"base", "wire", "crypto", "proto"}),
    "sta": frozenset({"base", "wire", "crypto", "proto"}),
    "live": frozenset({"base", "wire", "crypto", "proto", "radio", "ap", "sta"}),
    "lab": frozenset({"base", "wire", "crypto", "proto", "radio", "ap", "sta", "live", "report"}),
    "report": frozenset({"base", "wire", "crypto"}),
}
"""Package → the other packages of `harness` that it may import.

`lab` may also import `report`, of its own floor: the plugin builds the report at the end of a run.
"""

SCENARIOS_MAY_IMPORT = frozenset({"lab", "wire"})
WITHOUT_INPUT_OUTPUT = ("base", "wire", "crypto", "proto", "ap", "sta")
"""Packages that hold no I/O: they touch no socket, clock, file or thread."""

FORBIDDEN_WITHOUT_IO = frozenset(
    {"asyncio", "select", "selectors", "socket", "subprocess", "threading", "time", "logging"}
)


def imports_of(path: Path) -> list[tuple[int, str]]:
    """Every module that the file imports, with the line."""
    found: list[tuple[int, str]] = []
    package = path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            prefix = ".".join(package[: -node.level]) + "." if node.level else ""
            module = prefix + (node.module or "")
            found.append((node.lineno, module))
            if module.rstrip(".") == "harness":
                found += [(node.lineno, f"harness.{alias.name}") for alias in node.names]
    return found


def python_files(*folders: Path) -> list[Path]:
    return sorted(file for folder in folders for file in folder.rglob("*.py"))


def breaches(path: Path, package: str, allowed: frozenset[str]) -> list[str]:
    wrong = []
    for line, module in imports_of(path):
        parts = module.split(".")
        if parts[0] == "harness" and set(parts[1:2]) & (MAY_IMPORT.keys() - allowed - {package}):
            wrong.append(f"{path.relative_to(ROOT)}:{line} imports {module}")
        if parts[0] == "vm" and package not in {"lab"}:
            wrong.append(f"{path.relative_to(ROOT)}:{line} imports {module}")
    return wrong


def test_every_package_has_a_floor() -> None:
    packages = {item.name for item in HARNESS.iterdir() if (item / "__init__.py").exists()}
    assert packages == set(MAY_IMPORT)


@pytest.mark.parametrize("package", sorted(MAY_IMPORT))
def test_a_package_imports_only_from_lower_floors(package: str) -> None:
    files = python_files(HARNESS / package)
    assert files
    assert [text for file in files for text in breaches(file, package, MAY_IMPORT[package])] == []


@pytest.mark.parametrize("package", WITHOUT_INPUT_OUTPUT)
def test_a_sans_io_package_touches_no_clock_and_no_socket(package: str) -> None:
    assert [
        f"{file.relative_to(ROOT)}:{line} imports {module}"
        for file in python_files(HARNESS / package)
        for line, module in imports_of(file)
        if module.split(".")[0] in FORBIDDEN_WITHOUT_IO
    ] == []


def test_base_uses_the_standard_library_alone() -> None:
    import sys

    known = sys.stdlib_module_names | {"harness"}
    assert [
        f"{file.relative_to(ROOT)}:{line} imports {module}"
        for file in python_files(HARNESS / "base")
        for line, module in imports_of(file)
        if module.split(".")[0] not in known
    ] == []


def test_scenarios_know_the_lab_and_the_wire_only() -> None:
    assert [
        text
        for file in python_files(ROOT / "scenarios")
        for text in breaches(file, "scenarios", SCENARIOS_MAY_IMPORT)
    ] == []


def test_the_kernel_lab_imports_nothing_of_the_harness() -> None:
    files = python_files(ROOT / "vm")
    assert files
    assert [
        f"{file.relative_to(ROOT)}:{line} imports {module}"
        for file in files
        for line, module in imports_of(file)
        if module.split(".")[0] == "harness"
    ] == []


def test_no_module_is_longer_than_600_lines() -> None:
    folders = [ROOT / name for name in ("harness", "scenarios", "vm", "tests", "benchmarks")]
    long = [
        f"{file.relative_to(ROOT)}: {count}"
        for file in python_files(*folders)
        if (count := len(file.read_text(encoding="utf-8").splitlines())) > 600
    ]
    assert long == []


def test_a_breach_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test itself can fail: an upward import in each form is reported."""
    import sys

    here = sys.modules[__name__]
    monkeypatch.setattr(here, "ROOT", tmp_path)
    file = tmp_path / "harness" / "wire" / "bad.py"
    file.parent.mkdir(parents=True)
    file.write_text(
        "import harness.ap.bss\nfrom harness import sta\nfrom ..proto import machine\n"
        "from harness.base import errors\n"
    )
    assert breaches(file, "wire", MAY_IMPORT["wire"]) == [
        "harness/wire/bad.py:1 imports harness.ap.bss",
        "harness/wire/bad.py:2 imports harness.sta",
        "harness/wire/bad.py:3 imports harness.proto",
    ]
