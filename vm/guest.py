"""Boots a guest, runs one command in it as its root, and watches it until it is gone.

The guest's root file system is the host's with memory over it: every path is the same inside, all
can be written, and only what is written below a window stays.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import random
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vm import kernel, packages
from vm.cache import LabError, cache_dir
from vm.streams import Streams, Terminal

MARK = "AIRPROOF_GUEST"
"""This environment variable is "1" in a guest, and only there."""

CHECKOUT = Path(__file__).parent.parent
HIDDEN = ("/dev", "/run", "/proc", "/sys")
"""The guest mounts its own here, so a host directory below needs a view of its own."""

MOST_RADIOS = 100
"""More mac80211_hwsim does not make at boot: it makes none then."""
LEAST_MEMORY_MIB = 64

HOST_ONLY = ("TMPDIR", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "PYTHONDONTWRITEBYTECODE")
"""What the guest does not inherit: it has its own, and what it compiles litters nobody's files."""


class GuestFailed(LabError):
    """The guest hung, panicked or did not come up. `console`: the tail of its console."""

    def __init__(self, reason: str, console: str) -> None:
        super().__init__(f"{reason}\n--- the guest's console ---\n{console}\n---")
        self.console = console


@dataclass(frozen=True)
class Options:
    """How a guest is booted and watched.

    `radios`: hwsim radios made at boot. `windows`: host directories that the guest may write,
    under the same path inside. `time_travel`: the guest's clock jumps ahead whenever all its
    processes wait. `limit_s`: host seconds in all; `stall_s`: host seconds without any output;
    None waits for ever. Raises `LabError` for a guest that could not boot.
    """

    memory_mib: int = 1024
    radios: int = 0
    windows: Sequence[Path] = ()
    time_travel: bool = True
    limit_s: float | None = None
    stall_s: float | None = None
    env: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.radios <= MOST_RADIOS:
            raise LabError(f"a guest has 0 to {MOST_RADIOS} radios, not {self.radios}")
        if self.memory_mib < LEAST_MEMORY_MIB:
            least = f"at least {LEAST_MEMORY_MIB} MiB"
            raise LabError(f"a guest needs {least} of memory, not {self.memory_mib}")


def in_guest() -> bool:
    """Whether this process runs in a guest."""
    return os.environ.get(MARK) == "1"


def run(
    command: Sequence[str],
    options: Options = Options(),
    *,
    cwd: Path | None = None,
    terminal: Terminal = Terminal.NONE,
    stdin: int | None = None,
    stdout: int = 1,
    stderr: int = 2,
) -> int:
    """Runs `command` in a guest of its own and returns its exit status.

    The command has this process's environment with `options.env` on top and `AIRPROOF_GUEST=1`.
    `stdin`, `stdout`, `stderr` are file descriptors of the host; no `stdin` is an empty one. A
    signal that ends the command gives 128 + its number. Raises `GuestFailed` when the guest hangs
    or dies, `LabError` when it can't be booted. Whatever happens, no process of it is left.
    """
    built = kernel.ensure()
    with _private_directory() as directory:
        _write_job(directory / "job", command, options, cwd or Path.cwd(), terminal, stdin)
        streams = Streams(terminal, stdin, stdout, stderr)
        with streams, _claimed_cpu() as cpu, (directory / "console").open("wb") as console:
            process = _boot(built, directory, options, streams, cpu, console.fileno())
            with _ended_with_us(process):
                streams.close_guest_ends()
                listening = directory / "listening"
                reason = streams.carry(process, listening, options.limit_s, options.stall_s)
        return _status(directory, reason)


@contextlib.contextmanager
def _private_directory() -> Iterator[Path]:
    base = tempfile.gettempdir()
    if any(letter.isspace() for letter in base):  # the kernel's command line can't hold it
        base = "/tmp"
    path = Path(tempfile.mkdtemp(prefix="airproof-guest-", dir=base))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _write_job(
    path: Path,
    command: Sequence[str],
    options: Options,
    cwd: Path,
    terminal: Terminal,
    stdin: int | None,
) -> None:
    """Writes what the guest's first process reads; the format is described in init.c."""
    if not command:
        raise LabError("no command for the guest")
    words = [f"m{terminal.value}", f"d{cwd}"]
    words += [f"e{name}={value}" for name, value in _environment(options).items()]
    words += [f"a{word}" for word in command]
    words += [f"v{view}" for view in _views(cwd)]
    for window in options.windows:
        window = window.absolute()
        window.mkdir(parents=True, exist_ok=True)
        words.append(f"w{window}")
    if database := packages.regulatory_database():
        words.append(f"f{database}")
    if terminal is not Terminal.NONE:
        size = shutil.get_terminal_size()
        words.append(f"t{size.lines} {size.columns}")
    if stdin is not None:
        words.append("i")
    for word in words:
        if "\0" in word:
            raise LabError(f"a word for the guest holds a NUL: {word!r}")
    path.write_bytes(b"".join(os.fsencode(word) + b"\0" for word in words))


def _environment(options: Options) -> dict[str, str]:
    env = {**os.environ, **options.env, MARK: "1"}
    for host_only in HOST_ONLY:
        if host_only not in options.env:
            env.pop(host_only, None)
    have = env.get("PATH", "").split(os.pathsep)
    env["PATH"] = os.pathsep.join([*have, *(d for d in packages.SEARCH_PATH if d not in have)])
    return env


def _views(cwd: Path) -> list[Path]:
    wanted = (cwd, CHECKOUT, Path(sys.prefix), Path(sys.base_prefix), cache_dir())
    hidden = {path for path in wanted if any(path.is_relative_to(top) for top in HIDDEN)}
    return sorted(path for path in hidden if path.is_dir())


def _boot(
    built: kernel.Kernel,
    directory: Path,
    options: Options,
    streams: Streams,
    cpu: int | None,
    console: int,
) -> subprocess.Popen[bytes]:
    before = os.sched_getaffinity(0)
    try:
        if cpu is not None:
            os.sched_setaffinity(0, {cpu})  # for the child to inherit
        return subprocess.Popen(
            _kernel_command(built, directory, options, streams),
            env={"PATH": os.defpath, "HOME": "/", "TMPDIR": _memory_directory(options.memory_mib)},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=console,
            pass_fds=streams.guest_ends(),
            start_new_session=True,
        )
    except FileNotFoundError as error:
        raise LabError(f"cannot boot the guest: {error}") from error
    finally:
        if cpu is not None:
            os.sched_setaffinity(0, before)


def _kernel_command(
    built: kernel.Kernel, directory: Path, options: Options, streams: Streams
) -> list[str]:
    return [
        str(built.linux),
        f"mem={options.memory_mib}M",
        *("root=/dev/root", "rootfstype=hostfs", "rootflags=/", "ro"),
        *("quiet", "loglevel=3", "con=null", "con0=null,fd:1", "ssl=null"),
        *streams.kernel_arguments(),
        f"uml_dir={directory}/",
        "umid=guest",
        f"init={built.init}",
        f"mac80211_hwsim.radios={options.radios}",
        "dummy.numdummies=0",
        *(["time-travel"] if options.time_travel else []),
        f"airproof={directory}",
    ]


def _memory_directory(memory_mib: int) -> str:
    """Where the guest's memory file goes: on tmpfs if that has room and may hold code."""
    with contextlib.suppress(OSError):
        shm = os.statvfs("/dev/shm")
        room = shm.f_bavail * shm.f_frsize
        if room > memory_mib << 20 and not shm.f_flag & os.ST_NOEXEC:
            return "/dev/shm"
    return tempfile.gettempdir()


@contextlib.contextmanager
def _claimed_cpu() -> Iterator[int | None]:
    """A CPU for one guest, that no other guest of this user has if that can be.

    The kernel and the processes of a guest run in turn, never at once. On one CPU handing over is
    a context switch; over several it is a wake-up of another CPU, five times as dear.
    """
    cpus = sorted(os.sched_getaffinity(0))
    if len(cpus) == 1:
        yield None
        return
    for cpu in cpus:
        lock = Path(tempfile.gettempdir()) / f"airproof-{os.getuid()}-cpu{cpu}.lock"
        try:
            fd = os.open(lock, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError:
            continue
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            continue
        try:
            yield cpu
        finally:
            os.close(fd)
        return
    yield random.choice(cpus)


@contextlib.contextmanager
def _ended_with_us(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Ends every process of the guest afterwards, also when we are killed ourselves.

    They share a process group. A shell waits for the end of a pipe that only we hold open, and
    kills the group unless it is told first that this has been done. A signal on the death of the
    parent would not do: User Mode Linux may miss SIGTERM, and SIGKILL leaves its processes.
    """
    script = 'read -r told || kill -s KILL -- "-$0"'
    watcher = subprocess.Popen(
        ["sh", "-c", script, str(process.pid)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        watcher.communicate(b"done\n")


def _status(directory: Path, reason: str | None) -> int:
    try:
        text = (directory / "status").read_text()
    except FileNotFoundError:
        text = ""
    if reason is None and text.endswith("\n"):
        return int(text)
    console = (directory / "console").read_text(errors="replace").splitlines()
    raise GuestFailed(reason or "the guest died", "\n".join(console[-40:]) or "(empty)")


# pytest in guests


def run_pytest(args: Sequence[str], options: Options = Options()) -> int:
    """Runs `pytest ARGS` in one guest, with this interpreter, and returns its exit status.

    On a terminal the guest's pytest has one as well, of the same width. Raises as `run` does.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    on_terminal = os.isatty(1)
    return run(
        [sys.executable, "-m", "pytest", *args],
        options,
        terminal=Terminal.OUTPUT if on_terminal else Terminal.NONE,
        stdin=0 if os.isatty(0) and on_terminal else None,
    )


def worker_spec(count: int, options: Options = Options()) -> str:
    """What to give pytest as `--tx` so that each of `count` pytest-xdist workers has its guest.

    Of the options all but `env` reach the workers, which inherit this process's environment.
    """
    kernel.ensure()  # once, here, rather than by all workers at once
    words = [sys.executable, str(CHECKOUT / "vm" / "worker.py"), *option_words(options), "--"]
    return f"{count}*popen//python={shlex.join(words)}"


def option_words(options: Options) -> list[str]:
    """The command line of `vm run` that gives these options, `env` apart."""
    words = ["--mem", str(options.memory_mib), "--radios", str(options.radios)]
    words.append("--time-travel" if options.time_travel else "--no-time-travel")
    for window in options.windows:
        words += ["--window", str(window.absolute())]
    if options.limit_s is not None:
        words += ["--limit", f"{options.limit_s:g}"]
    if options.stall_s is not None:
        words += ["--stall", f"{options.stall_s:g}"]
    return words
