"""`make psql` and `make manage`: commands on the servers that `make up` runs, or on one's own.

python -m tongban.services.console psql|manage [arguments]
"""

import os
import sys
from collections.abc import Sequence

from tongban.services.account import account_for
from tongban.services.binaries import binaries
from tongban.services.lock import holder
from tongban.services.narration import say
from tongban.services.places import Places, local_places
from tongban.services.trouble import Trouble, told


def command(name: str, arguments: Sequence[str], places: Places) -> list[str]:
    if not os.environ.get("DATABASE_URL") and holder(places.lock) is None:
        raise Trouble("本站没有运行：请先在另一个终端运行 make up。")
    if name == "manage":
        return [sys.executable, "manage.py", *arguments]
    programs = binaries(places, account_for(places.database))
    url = os.environ.get("DATABASE_URL") or places.database_url
    return [str(programs.postgres / "psql"), url, *arguments]


def main(name: str, arguments: Sequence[str]) -> int:
    try:
        words = command(name, arguments, local_places())
        os.execv(words[0], words)  # noqa: S606 - no shell is wanted
    except (Trouble, OSError) as problem:
        say(f"✗ {told(problem) if isinstance(problem, OSError) else problem}")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
