"""What a case costs among many, beside a step taken in it alone: `python -m benchmarks.bulk [--cases 400]`.

Fills a database of its own beside DATABASE_URL's, opens cases through the public engine, and takes each
step twice over: in one half of the cases one by one through `perform`, in the other half by one run of
`bulk`. Statements, the client's CPU and the wall clock, each per case, and their ratios, as JSON. The
ratios of one run differ little from machine to machine; milliseconds do.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import statistics
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from gc import collect, freeze
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.settings")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
django.setup()

from django.db import connection  # noqa: E402

from benchmarks.life.ground import Ground, ground  # noqa: E402
from tongban.accounts.actors import actor_of  # noqa: E402
from tongban.accounts.models import Posting, User  # noqa: E402
from workflows.cases.bulk import Pick, begin, go_on  # noqa: E402
from workflows.cases.models import Case  # noqa: E402
from workflows.cases.opening import Application, PartyInput, open_case  # noqa: E402
from workflows.cases.perform import perform  # noqa: E402

# What the issue asks for: a case among many costs a fifth of one alone.
AT_MOST = 0.2
Answers = dict[str, str]


@dataclass
class Cost:
    """Of one case, in one way."""

    statements: float
    cpu_ms: float
    wall_ms: float


def way(place: Ground, colleague: User) -> list[tuple[str, User, Answers]]:
    """Step, who takes it, the same answers for all."""
    return [
        ("collect", place.window, {"identity_checked": "on"}),
        ("claim", place.window, {}),
        ("reassign", place.window, {"to": str(colleague.pk), "reason": "均衡工作量"}),
        ("forward", place.window, {"way": "post", "waybill": "EMS0000000001"}),
        ("sign", place.township, {}),
        ("accept", place.township, {}),
        ("approve", place.township, {"opinion": "材料齐全，同意。"}),
        ("approve", place.county, {"opinion": "符合条件，同意。"}),
        ("feed_back", place.county, {"way": "electronic"}),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=400, help="how many in each half")
    given = parser.parse_args()
    connection.settings_dict["TEST"]["NAME"] = f"bench_bulk_{connection.settings_dict['NAME']}"
    before = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        print(json.dumps(_measured(given.cases), ensure_ascii=False, indent=2))  # noqa: T201
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)


def _measured(cases: int) -> dict[str, Any]:
    place = ground()
    # What is loaded by now is not searched for garbage while one way or the other is measured.
    collect()
    freeze()
    colleague = _colleague(place)
    ids = [_opened(place) for _ in range(2 * cases)]
    alone, many = ids[:cases], ids[cases:]
    steps: dict[str, Any] = {}
    for step, who, answers in way(place, colleague):
        one = _counted(cases, lambda s=step, w=who, a=answers: _one_by_one(alone, s, w, a))
        if step in ("collect", "sign"):
            _one_by_one(many, step, who, answers)
            continue
        all_of_them = _counted(cases, lambda s=step, w=who, a=answers: _at_once(many, s, w, a))
        name = step if step not in steps else f"{step} (second stage)"
        steps[name] = {
            "alone": one.__dict__,
            "among many": all_of_them.__dict__,
            "ratio": {
                kind: round(getattr(all_of_them, kind) / getattr(one, kind), 3)
                for kind in ("statements", "cpu_ms", "wall_ms")
            },
        }
    kinds = ("statements", "cpu_ms", "wall_ms")
    worst = {kind: max(each["ratio"][kind] for each in steps.values()) for kind in kinds}
    usual = {
        kind: statistics.median(each["ratio"][kind] for each in steps.values()) for kind in kinds
    }
    return {
        "cases": cases,
        "steps": steps,
        "worst ratio": worst,
        "median ratio": usual,
        "a fifth at most": {kind: usual[kind] <= AT_MOST for kind in kinds},
        "machine": {
            "cpus": os.cpu_count(),
            "python": platform.python_version(),
            "django": django.__version__,
            "postgresql": connection.pg_version,  # type: ignore[attr-defined]
            "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        },
    }


def _colleague(place: Ground) -> User:
    office = place.window.postings.get().office_id
    Posting.objects.filter(user=place.window).update(role="head")
    user = User.objects.create(username="colleague", name="同事", kind="staff", password="!")  # noqa: S106
    Posting.objects.create(
        user=user, office_id=office, role="clerk", valid_from=dt.date(2020, 1, 1)
    )
    return user


def _opened(place: Ground) -> int:
    citizen = place.citizen
    application = Application(
        draft_key=uuid.uuid4(),
        version=place.version,
        origin_region="500101",
        parties=[PartyInput(role="applicant", name=citizen.name, user=citizen)],
        data={"home": "511702901"},
    )
    return open_case(application, actor=actor_of(citizen.pk)).case.pk


def _one_by_one(ids: list[int], step: str, who: User, answers: Answers) -> None:
    actor = actor_of(who.pk)
    for case_id, token in Case.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "seq"):
        perform(case_id, step, actor=actor, data=answers, token=token)


def _at_once(ids: list[int], step: str, who: User, answers: Answers) -> None:
    rows = Case.objects.filter(pk__in=ids).order_by("pk").values_list("number", "seq")
    picks = [Pick(number, token) for number, token in rows]
    actor = actor_of(who.pk)
    run = go_on(begin(actor=actor, step=step, picks=picks, data=answers, key=uuid.uuid4()).pk)
    if run.done != len(ids):
        raise RuntimeError(list(run.results.exclude(state="done").values_list("text")[:3]))


def _counted(cases: int, work: Callable[[], None]) -> Cost:
    with _statements() as counted:
        cpu, wall = time.process_time(), time.perf_counter()
        work()
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    per_case = (round(figure / cases, 3) for figure in (counted[0], cpu * 1000, wall * 1000))
    return Cost(*per_case)


@contextmanager
def _statements() -> Iterator[list[int]]:
    """Counts all that is sent, savepoints and BEGIN left out."""
    counted = [0]

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        counted[0] += not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        yield counted


if __name__ == "__main__":
    main()
