"""python -m benchmarks.life [--rounds 20]: prints JSON; a database of its own beside DATABASE_URL's."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402


def main() -> None:
    from .measure import measure

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    given = parser.parse_args()
    before = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"bench_{before}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        found = measure(rounds=given.rounds, folder=Path(settings.BASE_DIR) / ".venv-rival")
        print(json.dumps(found, ensure_ascii=False, indent=2))  # noqa: T201
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)


if __name__ == "__main__":
    main()
