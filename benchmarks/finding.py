"""How long finding a matter takes among 2,000: `python -m benchmarks.finding [--matters 2000]`.

Makes a database of its own beside the configured one, fills it with invented matters (every name of
the real list over and over, with a number), asks as people ask, and drops it. Prints for each
question its statements and its milliseconds: the median and the worst of thirty, warm, and the
first after a change. Exit 1 where a warm median takes 20 ms or more, or more than one statement.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import statistics
import sys
import time

import django

ROUNDS = 30
MS_AT_MOST = 20.0
QUESTIONS = [
    ("", "nothing: all of them"),
    ("户口迁移", "a name"),
    ("残疾人 补贴", "two words"),
    ("生孩子", "an everyday word"),
    ("hukouqianyi", "pinyin"),
    ("hkqy", "initials"),
    ("医", "one sign"),
    ("a", "one letter"),
    ("医宝报销", "a wrong word"),
    ("我想问一下怎么办理身份证换新的那个证", "a long wrong sentence"),
    ("zzzzzzzzzzzzzzzzzzzzzzzz", "nothing like it"),
]


def fill(count: int) -> None:
    """Matters with the names, words and definitions of the real list."""
    from matters.catalogue.models import Matter, MatterVersion
    from matters.catalogue.plan import make_plan
    from matters.catalogue.words import search_text
    from tongban.offices.models import Department

    planned = make_plan().matters
    names = {each.fact.department for each in planned}
    codes = {name: f"d{n}" for n, name in enumerate(sorted(names))}
    Department.objects.bulk_create(Department(code=code, name=n) for n, code in codes.items())
    chosen = [(n, planned[n % len(planned)]) for n in range(count)]
    matters = Matter.objects.bulk_create(
        Matter(
            slug=f"m{n}",
            name=f"{each.fact.name}{n // len(planned) or ''}",
            department_id=codes[each.fact.department],
            theme=each.fact.theme,
            audience=each.fact.audience,
            source_url="https://example.com/",
            source_batch=f"{each.fact.batch}{n}",
            certainty="from_memory",
            search_text=search_text(each.fact.name, each.fact.theme),
        )
        for n, each in chosen
    )
    MatterVersion.objects.bulk_create(
        MatterVersion(
            matter=matter,
            number=1,
            status="published",
            valid_from=dt.date(2026, 1, 1),
            mode=each.mode,
            mode_certainty=each.mode_certainty,
            flow=each.flow,
            definition=each.definition.model_dump(mode="json"),
            published_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        )
        for matter, (_, each) in zip(matters, chosen, strict=True)
    )


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def measure() -> bool:
    """Ask every question; whether all were quick enough."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from matters.catalogue.index import forget_index
    from matters.catalogue.search import find

    forget_index()
    begun = time.perf_counter()
    find("医宝报销")
    say(f"first after a change: {(time.perf_counter() - begun) * 1000:.0f} ms")
    is_quick = True
    say(f"{'question':28} {'found':>6} {'SQL':>4} {'median':>8} {'worst':>8}")
    for text, what in QUESTIONS:
        with CaptureQueriesContext(connection) as queries:
            count = find(text).count
        took = []
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            find(text, limit=20)
            took.append((time.perf_counter() - begun) * 1000)
        median = statistics.median(took)
        is_quick &= median < MS_AT_MOST and len(queries) == 1
        say(f"{what:28} {count:6} {len(queries):4} {median:6.2f}ms {max(took):6.2f}ms")
    return is_quick


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--matters", type=int, default=2000)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.settings")
    django.setup()
    from django.db import connection
    from django.test.utils import setup_databases, teardown_databases

    made = setup_databases(verbosity=0, interactive=False)
    try:
        fill(asked.matters)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        return 0 if measure() else 1
    finally:
        teardown_databases(made, verbosity=0)


if __name__ == "__main__":
    sys.exit(main())
