"""Boots kernels with Wi-Fi for the lab.

Builds a User Mode Linux guest once and runs commands in it.

Standard library only, and nothing of `harness`.

| module | what it does |
|---|---|
| `vm.cache` | where built things are kept, how they get there whole |
| `vm.packages` | third-party programs: installed, or unpacked into the cache |
| `vm.kernel` | builds the kernel and the guest's first process |
| `vm.streams` | a guest's input and output |
| `vm.guest` | boots a guest, runs a command in it, watches it; pytest in guests |
| `vm.worker` | the Python that a pytest-xdist worker runs in a guest of its own |
| `vm.environment` | the Python environment that `./airproof` runs pytest in |
| `vm.checks` | `./airproof test` |
"""
