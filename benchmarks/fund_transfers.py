"""A thousand transfers by eight writers, with bank refusals: `python -m benchmarks.fund_transfers`.

Makes a database of its own beside the configured one, lets threads carry accounts between two centres
(one in ten refused by the bank and sent again, some arriving short, with more or under a wrong name, some
worked on by two at once), then proves the ledger: every book together is nothing, every account is its lines,
nothing is left under way, and what there was at the beginning with its interest is there still.
Exit 1 where it isn't.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from decimal import Decimal

import django

TRANSFERS, WRITERS = 1_000, 8


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--transfers", type=int, default=TRANSFERS)
    parser.add_argument("--writers", type=int, default=WRITERS)
    asked = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.settings")
    django.setup()
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    from benchmarks.transfers_at_once import ground, transfer_at_once
    from matters.housing_fund import ledger
    from matters.housing_fund.models import Account

    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        pairs = ground(asked.transfers)
        before = sum((old.balance for old, _ in pairs), Decimal(0))
        done = transfer_at_once(pairs, writers=asked.writers)
        after = sum(Account.objects.values_list("balance", flat=True), Decimal(0))
        _say(
            f"{done.transfers} transfers by {asked.writers} writers in {done.seconds:.1f} s:"
            f" {done.transfers / done.seconds:.0f} a second; {dict(done.what)}"
        )
        books = ledger.totals()
        proofs = {
            "no writer failed": not done.failures,
            "all books together are nothing": sum(books.values()) == 0,
            "nothing is under way or in suspense": not books.get("transit")
            and not books.get("suspense"),
            "every account is its lines, every letter is explained": not ledger.differences(),
            "what there was, and its interest, is there still": after
            == before + Decimal("1.23") * done.transfers,
        }
        for name, holds in proofs.items():
            _say(f"{'ok ' if holds else 'NO '} {name}")
        for failure in [*done.failures[:10], *map(str, ledger.differences()[:10])]:
            _say(failure)
    finally:
        teardown_databases(databases, verbosity=0)
    return int(not all(proofs.values()))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
