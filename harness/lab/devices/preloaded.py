"""What a server of forks loads: the programs, and nothing that a fork would have to copy.

A collection of garbage writes to every object that it sees, and so copies nearly all memory of a
forked process; a page costs a kernel lab what eight system calls do. What is frozen is not seen.
"""

from __future__ import annotations

import gc

import harness.live.hostapd
import harness.live.wpa_supplicant  # noqa: F401

gc.collect()
gc.freeze()
