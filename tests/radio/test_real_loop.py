"""The wait of real time: who is served, and in which order."""

from __future__ import annotations

import socket

from harness.radio.nl80211.loop import RealLoop


def ready() -> socket.socket:
    """A socket with something to read."""
    one, other = socket.socketpair()
    other.send(b"x")
    other.close()
    return one


def test_lower_ranks_are_served_first() -> None:
    loop = RealLoop()
    first, second, third = ready(), ready(), ready()
    said: list[str] = []
    loop.add(third, lambda: said.append("third"), 9)
    loop.add(first, lambda: said.append("first"), 1)
    loop.add(second, lambda: said.append("second"), 5)
    loop.wait(loop.now() + 1.0)
    assert said == ["first", "second", "third"]
    for each in (first, second, third):
        loop.remove(each)
        each.close()
    loop.close()


def test_who_was_removed_a_moment_ago_is_not_served_any_more() -> None:
    loop = RealLoop()
    first, second = ready(), ready()
    said: list[str] = []

    def close_the_other() -> None:
        said.append("first")
        loop.remove(second)
        second.close()

    loop.add(first, close_the_other, 1)
    loop.add(second, lambda: said.append(f"second {second.recv(9)!r}"), 2)
    loop.wait(loop.now() + 1.0)
    assert said == ["first"]
    loop.remove(first)
    first.close()
    loop.close()
