"""How long a task may go on by itself: under the limit at which it would be struck down."""

import time
from collections.abc import Callable

IsOver = Callable[[], bool]
# The soft limit is at 50 seconds: what is begun last still has ten to end well.
SECONDS = 40.0


def lasting(seconds: float = SECONDS) -> IsOver:
    """A question to ask between two rows: is the time, counted from now, used up?"""
    ends = time.monotonic() + seconds
    return lambda: time.monotonic() >= ends


def never() -> bool:
    """For a command, which takes the time it needs."""
    return False
