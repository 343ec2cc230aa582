"""Ten thousand settlements and three hundred reversals by eight writers: `python -m benchmarks.clearing_books`.

Makes a database of its own beside the configured one, lets threads settle and take back over the
ledger as hospitals would (some send an order twice at once), then proves the books: every order once,
the four invariants, the caps, the accounts, each settlement computed again. Then the month is cleared,
and the two provinces' books must agree. Prints counts, statements, seconds and the books' sums by place
of treatment and pool. Exit 1 where the books are wrong.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

import django

SETTLEMENTS, REVERSALS, WRITERS, PEOPLE = 10_000, 300, 8, 500


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settlements", type=int, default=SETTLEMENTS)
    parser.add_argument("--reversals", type=int, default=REVERSALS)
    parser.add_argument("--writers", type=int, default=WRITERS)
    parser.add_argument("--people", type=int, default=PEOPLE)
    asked = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.settings")
    django.setup()
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    from benchmarks.books_proved import proved, sums
    from benchmarks.month_cleared import cleared
    from benchmarks.settling_at_once import ground, settle_at_once

    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        people = ground(asked.people)
        done = settle_at_once(people, asked.settlements, asked.reversals, writers=asked.writers)
        _say(
            f"{done.settled} settlements and {done.reversed} reversals by {asked.writers} writers"
            f" for {asked.people} people in {done.seconds:.1f} s: {done.per_second:.0f} a second;"
            f" {done.statements} statements, {done.statements_each:.1f} each"
        )
        _say(
            f"sent twice {done.sent_twice}; a reversal came too late and looked again {done.too_late}"
        )
        for line in sums():
            _say(line)
        wrong = 0
        for name, holds in proved(done, people=people):
            wrong += not holds
            _say(f"{'ok ' if holds else 'NO '} {name}")
        for name, holds in cleared():
            wrong += not holds
            _say(f"{'ok ' if holds else 'NO '} {name}")
    finally:
        teardown_databases(databases, verbosity=0)
    return int(wrong > 0)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
