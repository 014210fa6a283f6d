"""The Python environment of a checkout: made once, from the pinned requirements.

It is on the way of every `./airproof pytest`, so what is ready must be found in milliseconds: only
the slow way imports more.
"""

from __future__ import annotations

import os
import sys

CHECKOUT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120


def python_with(*requirements: str) -> str:
    """The interpreter of an environment that has the checkout's requirements files installed.

    Ends the program with one line if that can't be had.
    """
    for venv in _places():
        if _usable(venv) and all(_stamped(venv, name) for name in requirements):
            return _python(venv)
    from vm.cache import LabError

    try:
        return _prepare(requirements)
    except (LabError, OSError) as error:
        sys.exit(f"airproof: cannot prepare the Python environment: {error}")


def pytest_needs(words: list[str]) -> tuple[str, ...]:
    """The requirements files for a run of pytest: those of airproof's own tests if it names them.

    It names them too by naming nothing, or the checkout.
    """
    tests = f"{CHECKOUT}/tests/"
    places = []
    for before, word in zip(["", *words], words, strict=False):
        place, _, _ = word.partition("::")
        if before != "--reports" and ("/" in place or os.path.exists(place)):  # noqa: PTH110
            places.append(f"{os.path.abspath(place)}/")  # noqa: PTH100
    if places and not any(each.startswith(tests) or tests.startswith(each) for each in places):
        return ("requirements.txt",)
    return ("requirements.txt", "requirements-dev.txt")


def named(python: str, program: str) -> str:
    """The same interpreter under a program's name, by which pidof, killall and pgrep find it.

    Its folder is no one's PATH, so nobody takes it for the real program. Where no such link can be
    made it is the interpreter itself.
    """
    folder, name = os.path.split(python)
    links = f"{os.path.dirname(folder)}/programs"  # noqa: PTH120
    link = f"{links}/{program}"
    try:
        os.makedirs(links, exist_ok=True)  # noqa: PTH103
        os.symlink(f"../{os.path.basename(folder)}/{name}", link)  # noqa: PTH119, PTH211
    except FileExistsError:
        pass
    except OSError:
        return python
    return link


def _places() -> list[str]:
    """Where the environment may be, best first."""
    if given := os.environ.get("AIRPROOF_VENV"):
        return [os.path.abspath(given)]  # noqa: PTH100
    places = [f"{CHECKOUT}/.venv"]
    if not _usable(places[0]) and not os.access(CHECKOUT, os.W_OK):
        import hashlib

        from vm.cache import cache_dir

        key = hashlib.sha256(CHECKOUT.encode()).hexdigest()[:16]
        places.append(f"{cache_dir()}/venv-{key}")
    return places


def _python(venv: str) -> str:
    return f"{venv}/bin/python"


def _usable(venv: str) -> bool:
    """Whether this user can run its interpreter: it may live in another user's home."""
    return os.access(_python(venv), os.X_OK)


def _stamp_path(venv: str, requirements: str) -> str:
    return f"{venv}/airproof-{requirements}"


def _stamp(venv: str, requirements: str) -> str:
    """What the environment is made from: the pins, and the Python that pyvenv.cfg names."""
    with open(f"{CHECKOUT}/{requirements}") as pins, open(f"{venv}/pyvenv.cfg") as python:  # noqa: PTH123
        return pins.read() + python.read()


def _stamped(venv: str, requirements: str) -> bool:
    try:
        with open(_stamp_path(venv, requirements)) as stamp:  # noqa: PTH123
            return stamp.read() == _stamp(venv, requirements)
    except OSError:
        return False


def _prepare(requirements: tuple[str, ...]) -> str:
    import fcntl
    from pathlib import Path

    from vm.cache import say

    venv = _places()[-1]
    Path(venv).parent.mkdir(parents=True, exist_ok=True)
    with Path(f"{venv}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _usable(venv):
            say(f"making the Python environment {venv} (once)")
            _make(venv)
        missing = [name for name in requirements if not _stamped(venv, name)]
        if missing:
            say(f"installing what {' and '.join(missing)} pin (once)")
            _install(venv, missing)
        for name in missing:
            Path(_stamp_path(venv, name)).write_text(_stamp(venv, name))
    return _python(venv)


def _make(venv: str) -> None:
    import subprocess

    from vm.cache import LabError

    # Without pip, for which Debian wants another package: installing needs only pip's wheel.
    base = getattr(sys, "_base_executable", None) or sys.executable
    command = [base, "-m", "venv", "--clear", "--without-pip", venv]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise LabError(f"{' '.join(command)}: {(result.stderr or result.stdout).strip()}")


def _install(venv: str, requirements: list[str]) -> None:
    import subprocess

    from vm.cache import LabError

    files = [word for name in requirements for word in ("-r", f"{CHECKOUT}/{name}")]
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    command = [_python(venv), "-m", "pip", "install", *quiet, *files]
    result = subprocess.run(command, env={**os.environ, "PYTHONPATH": _pip_wheel()}, check=False)
    if result.returncode:
        raise LabError(f"pip could not install what {' and '.join(requirements)} pin (see above)")


def _pip_wheel() -> str:
    """A wheel of pip: the one that came with Python, Debian's, or Debian's downloaded."""
    import importlib.util
    from pathlib import Path

    from vm import packages

    folders = [Path("/usr/share/python-wheels")]
    ensurepip = importlib.util.find_spec("ensurepip")
    if ensurepip is not None and ensurepip.origin is not None:
        folders.insert(0, Path(ensurepip.origin).parent / "_bundled")
    for folder in folders:
        if wheels := sorted(folder.glob("pip-*.whl")):
            return str(wheels[-1])
    tree = packages.unpacked(["python3-pip-whl"])
    return str(sorted(tree.glob("usr/share/python-wheels/pip-*.whl"))[-1])
