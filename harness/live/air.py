"""`airproof air SOCKET`: a simulated air that programs on this machine share, in real time."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from harness.base.errors import AirproofError
from harness.live.air_server import AirServer
from harness.live.loop import Loop
from harness.live.shared_air import air_path


def main(arguments: list[str]) -> int:
    """Hold an air open until SIGINT or SIGTERM; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="airproof air",
        description="Hold a simulated air open on a UNIX socket, in real time. Programs join it "
        "with the driver 'sim'; AIRPROOF_AIR names the socket to them.",
    )
    parser.add_argument("socket", nargs="?", type=Path, help="default: $AIRPROOF_AIR")
    parser.add_argument("-q", "--quiet", action="store_true", help="don't say who comes and goes")
    chosen = parser.parse_args(arguments)
    path: Path = chosen.socket or air_path()
    loop = Loop(lambda error: print(f"airproof air: {error}", file=sys.stderr))
    try:
        server = AirServer(loop, path, _silent if chosen.quiet else _say)
    except (AirproofError, OSError) as error:
        print(f"airproof air: {error}", file=sys.stderr)
        return 1
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.on_signal(number, loop.stop)
    _say(f"air open at {path}")
    loop.run()
    server.close()
    loop.close()
    return 0


def _say(line: str) -> None:
    print(line, flush=True)


def _silent(line: str) -> None:
    """Say nothing."""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
