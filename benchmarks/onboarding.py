"""What a whole push-button onboarding costs on simulated air, against its cryptography alone.

    python -m benchmarks.onboarding [--rounds N] [--profile]

Both are measured in the same process, in turn. The cryptography is the very calls into
`harness.crypto` that one onboarding makes, with their arguments, made again and nothing else.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import median

from benchmarks.replay import recorded
from harness.base.entropy import SeededEntropy
from harness.crypto import psk
from harness.lab import BACKHAUL, FRONTHAUL, Bss, Lab
from harness.lab.scene import Setting
from harness.radio.sim import SimAir

_BACKHAUL = Bss(ssid="home-backhaul", passphrase="battery staple", multi_ap=BACKHAUL)
_HOME = Bss(
    ssid="home", passphrase="correct horse", multi_ap=FRONTHAUL, wps=True, hands_out=_BACKHAUL
)


def onboard(folder: Path) -> Lab:
    """Onboard a backhaul station by push button, up to its connection to the backhaul BSS."""
    psk._pbkdf2.cache_clear()
    setting = Setting("sim", "airproof", "airproof", "benchmark", folder)
    lab = Lab(setting, SimAir(SeededEntropy(b"benchmark")))
    ap = lab.ap(_HOME, _BACKHAUL)
    sta = lab.sta()
    ap.push_button()
    sta.push_button(backhaul=True)
    sta.expect_event(f"CTRL-EVENT-CONNECTED - Connection to {ap[_BACKHAUL].bssid}", within=60)
    ap.expect_event(f"EAPOL-4WAY-HS-COMPLETED {sta.address}")
    lab.close()
    return lab


def _clock(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _packages(folder: Path, rounds: int) -> list[tuple[float, str]]:
    """Share of the processor time by package, the function's own time only."""
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(rounds):
        onboard(folder)
    profile.disable()
    spent: dict[str, float] = defaultdict(float)
    for (file, _, _), (_, _, own, _, _) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        parts = Path(file).parts
        at = parts.index("harness") if "harness" in parts else -1
        spent["/".join(parts[at : at + 2]) if at >= 0 else "python and libraries"] += own
    total = sum(spent.values())
    return sorted(((own / total, name) for name, own in spent.items()), reverse=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.onboarding")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--profile", action="store_true", help="also print where the time goes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        onboard(folder)
        with recorded("harness.crypto") as recording:
            frames = len(onboard(folder).world.air.frames)

        def cryptography() -> None:
            psk._pbkdf2.cache_clear()
            recording.play()

        cryptography()
        whole, alone = [], []
        for _ in range(options.rounds):
            whole.append(_clock(lambda: onboard(folder)))
            alone.append(_clock(cryptography))
        ratio = median(one / other for one, other in zip(whole, alone, strict=True))
        print(f"onboarding        {median(whole) * 1e3:8.2f} ms  ({frames} frames on the air)")
        print(f"its cryptography  {median(alone) * 1e3:8.2f} ms  ({len(recording.calls)} calls)")
        print(f"ratio             {ratio:8.2f}")
        print(f"per second        {1 / median(whole):8.1f} onboardings on one core")
        if options.profile:
            for share, package in _packages(folder, 10):
                if share >= 0.01:
                    print(f"{share:8.1%}  {package}")


if __name__ == "__main__":
    main()
