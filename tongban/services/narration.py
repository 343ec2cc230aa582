"""What `make up` tells the person while it works."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


@contextmanager
def phase(title: str) -> Iterator[None]:
    """Says what begins and, when it went well, how many seconds it took."""
    say(f"▸ {title}…")
    started = time.monotonic()
    yield
    say(f"  完成，{time.monotonic() - started:.1f} 秒")
