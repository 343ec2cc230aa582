"""python -m benchmarks [--cases 1000000 5000000] [--only scale|life] [--keep]: one JSON on stdout.

Works in databases of its own beside DATABASE_URL's. benchmarks/README.md says what each figure is.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

FULL = (1_000_000, 5_000_000)
# Fewer than this is only to see that everything still runs.
QUICK_BELOW = 200_000


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, nargs="+", default=FULL)
    parser.add_argument("--only", choices=("scale", "life"))
    parser.add_argument("--rounds", type=int, default=20, help="of the lives")
    parser.add_argument("--keep", action="store_true", help="keep the database that was filled")
    parser.add_argument("--database", help="measure in this one, filled and kept before")
    given = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.settings")
    os.environ.update(DEBUG="1", DEMONSTRATION="1")
    found: dict[str, Any] = {}
    if given.only != "life":
        found["scale"] = _scale(given)
    if given.only != "scale":
        found["life"] = _life(given)
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2, default=str) + "\n")
    return 0


def _scale(given: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.scale.ground import database, named

    url = os.environ["DATABASE_URL"]
    quick = max(given.cases) < QUICK_BELOW
    if given.database:
        os.environ["DATABASE_URL"] = named(url, given.database)
        _set_up()
        from benchmarks.scale.measure import again

        return again(quick=quick)
    with database(url, keep=given.keep) as own:
        os.environ["DATABASE_URL"] = own
        try:
            _set_up()
            from benchmarks.scale.measure import measure

            return measure(
                cases=sorted(given.cases), quick=quick, played=(12, 15) if quick else (40, 40)
            )
        finally:
            from django.db import connections

            connections.close_all()
            os.environ["DATABASE_URL"] = url


def _life(given: argparse.Namespace) -> dict[str, Any]:
    """In a process of its own: its tables and settings are others."""
    import subprocess

    command = [sys.executable, "-m", "benchmarks.life", "--rounds", str(given.rounds)]
    done = subprocess.run(  # noqa: S603
        command, check=True, capture_output=True, text=True, cwd=Path(__file__).parent.parent
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _set_up() -> None:
    import django
    from django.test.utils import setup_test_environment

    django.setup()
    setup_test_environment(debug=False)


if __name__ == "__main__":
    sys.exit(main())
