"""`python -m vm build | run | shell | provide`: the kernel lab from the command line."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from vm import guest, kernel, packages
from vm.cache import LabError
from vm.streams import Terminal

FAILED = 125
"""The exit status when the guest failed, as opposed to the command in it."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one subcommand; the status to exit with."""
    arguments = _parser().parse_args(argv)
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGHUP, _leave)
    try:
        status: int = arguments.action(arguments)
    except LabError as error:
        print(f"airproof: {error}", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        return 128 + signal.SIGPIPE
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return status


def _leave(number: int, _: FrameType | None) -> None:
    sys.exit(128 + number)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="airproof vm", description="The kernel lab.")
    actions = parser.add_subparsers(required=True)

    build = actions.add_parser("build", help="build the guest's kernel unless it is cached")
    build.set_defaults(action=_build)

    run = actions.add_parser("run", help="run a command as root in a guest")
    _guest_options(run, time_travel=True)
    run.add_argument("command", nargs="+", help="the command and its arguments, after --")
    run.set_defaults(action=_run)

    shell = actions.add_parser("shell", help="a prompt in a guest")
    _guest_options(shell, time_travel=False)
    shell.set_defaults(action=_shell)

    provide = actions.add_parser("provide", help="install or unpack third-party packages")
    provide.add_argument("packages", nargs="*", default=packages.LAB_PACKAGES, metavar="PACKAGE")
    provide.set_defaults(action=_provide)
    return parser


def _guest_options(parser: argparse.ArgumentParser, *, time_travel: bool) -> None:
    parser.add_argument(
        "--mem", type=int, default=1024, metavar="MIB", help="memory (default: %(default)s)"
    )
    parser.add_argument(
        "--radios", type=int, default=0, help="hwsim radios made at boot (default: %(default)s)"
    )
    parser.add_argument(
        "--window",
        type=Path,
        action="append",
        default=[],
        help="host directory it may write; made if it is not there",
    )
    parser.add_argument(
        "--time-travel",
        action=argparse.BooleanOptionalAction,
        default=time_travel,
        help="let the guest's clock jump ahead when all wait",
    )
    parser.add_argument("--limit", type=float, help="host seconds it may take (default: any)")
    parser.add_argument("--stall", type=float, help="host seconds of silence (default: any)")


def _options(arguments: argparse.Namespace) -> guest.Options:
    return guest.Options(
        memory_mib=arguments.mem,
        radios=arguments.radios,
        windows=tuple(arguments.window),
        time_travel=arguments.time_travel,
        limit_s=arguments.limit,
        stall_s=arguments.stall,
    )


def _build(_: argparse.Namespace) -> int:
    print(kernel.ensure().linux)
    return 0


def _run(arguments: argparse.Namespace) -> int:
    return guest.run(arguments.command, _options(arguments), stdin=0)


def _shell(arguments: argparse.Namespace) -> int:
    shell = os.environ.get("SHELL", "/bin/sh")
    print("A guest of the kernel lab: you are root in it, and what you write stays in memory.")
    sys.stdout.flush()
    if not os.isatty(0):
        return guest.run([shell], _options(arguments), stdin=0)
    return guest.run([shell, "-i"], _options(arguments), terminal=Terminal.FULL, stdin=0)


def _provide(arguments: argparse.Namespace) -> int:
    packages.provide(arguments.packages)
    for name, package in packages.PACKAGE_OF.items():
        if package in arguments.packages and (program := packages.find(name)):
            env = " ".join(f"{key}={value}" for key, value in program.env.items())
            print(name, program.path, env)
    return 0


if __name__ == "__main__":
    sys.exit(main())
