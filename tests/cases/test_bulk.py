"""One step in many cases: as if each had gone alone, with a result each, and on after any interruption."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import journeys
from tests.cases.threads import at_once
from tests.journeys import Journey
from tests.world import World, at
from tongban.notices.models import Endpoint, Notice
from workflows.cases import bulk
from workflows.cases.bulk import (
    FAILED,
    NOT_SEEN,
    NotForMany,
    Pick,
    begin,
    go_on,
    go_on_with_all,
)
from workflows.cases.ledger import first_break
from workflows.cases.ledger_writing import write_steps
from workflows.cases.models import BulkRun, Case, Document, Event, ParcelItem
from workflows.cases.perform import perform

NOW = at("2026-06-01 10:00")
Built = Callable[..., Journey]


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def picks(*cases: Case) -> list[Pick]:
    return [Pick(each.number, each.seq) for each in map(fresh, cases)]


def begun(world: World, who: str, step: str, *cases: Case, **data: Any) -> BulkRun:
    actor, key = world.actor(who), uuid.uuid4()
    return begin(actor=actor, step=step, picks=picks(*cases), data=data, key=key)


def taken(world: World, who: str, step: str, *cases: Case, **data: Any) -> BulkRun:
    return go_on(begun(world, who, step, *cases, **data).pk)


def said(run: BulkRun) -> dict[str, str]:
    return dict(run.results.exclude(state="done").values_list("number", "text"))


def as_told(case: Case, waybill: str) -> list[dict[str, Any]]:
    """The case, its events, notices, papers and parcels, without what names this case and no other."""
    own = {
        "id",
        "pk",
        "case",
        "case_id",
        "case_ptr",
        "hash",
        "prev",
        "head",
        "draft_key",
        "document_id",
    }
    # The answers are sealed anew in each case.
    rows: list[dict[str, Any]] = [model_to_dict(case) | {"data": None}]
    kinds: list[QuerySet[Any, Any]] = [
        Event.objects.filter(case=case, seq=case.seq).values(),
        Notice.objects.filter(event_key=f"case:{case.pk}:{case.seq}").order_by("id").values(),
        Document.objects.filter(case=case, seq=case.seq).order_by("id").values(),
        ParcelItem.objects.filter(case=case, parcel__waybill=waybill).order_by("id").values(),
    ]
    for found in kinds:
        rows += list(found)
    for row in rows:
        row["parcel_id"] = row.get("parcel_id") is not None
        row["material_id"] = row.get("material_id") is not None
        if isinstance(row.get("facts"), dict):
            row["facts"] = {**row["facts"], "unserved": len(row["facts"].get("unserved", ()))}
    kept = [{name: value for name, value in row.items() if name not in own} for row in rows]
    text = json.dumps(kept, default=str, ensure_ascii=False)
    text = text.replace(case.number, "N").replace(f"case:{case.pk}:", "case:0:")
    found = json.loads(text.replace(waybill, "W"))
    assert isinstance(found, list)
    return found


ACCEPTED: Mapping[str, Any] = {}
WAYS: list[tuple[Built, str, str, dict[str, Any]]] = [
    (journeys.collected, "head_cq", "claim", {}),
    (journeys.collected, "head_cq", "reassign", {"to": "clerk_cq_2", "reason": "均衡"}),
    (journeys.collected, "clerk_cq", "forward", {"way": "post", "waybill": "W"}),
    (journeys.arrived, "clerk_sc", "accept", {}),
    (journeys.reviewing, "clerk_sc", "approve", {"opinion": "材料齐全，同意。"}),
    (journeys.decided, "clerk_sc", "feed_back", {"way": "electronic"}),
    (journeys.decided, "clerk_sc", "feed_back", {"way": "parcel", "waybill": "W"}),
]


@pytest.mark.parametrize(
    ("built", "who", "step", "data"), WAYS, ids=[f"{w[2]}-{n}" for n, w in enumerate(WAYS)]
)
def test_among_many_a_case_is_left_exactly_as_alone(
    world: World, built: Built, who: str, step: str, data: dict[str, Any], settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    settings.EMAIL_HOST = "mail.example"
    office = world.office("511702", "civil_affairs").pk
    Endpoint.objects.create(name="系统", url="https://x.example", secret="s", office_ids=[office])
    waybills = {} if built is journeys.collected else {"waybill": "EMS0000000001"}
    cases = [built(world, **waybills).case for _ in range(4)]
    if "to" in data:
        data = {**data, "to": str(world.people[data["to"]].pk)}
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    alone, many = cases[:2], cases[2:]
    for case in alone:
        asked = {name: "EMS0000000007" if v == "W" else v for name, v in data.items()}
        perform(case.pk, step, actor=world.actor(who), data=asked, token=case.seq)
    asked = {name: "EMS0000000008" if v == "W" else v for name, v in data.items()}
    run = taken(world, who, step, *many, **asked)
    assert (run.done, run.refused, said(run)) == (2, 0, {})
    for one, other in zip(alone, many, strict=True):
        assert as_told(fresh(other), "EMS0000000008") == as_told(fresh(one), "EMS0000000007")
        assert fresh(other).seq == other.seq + 1
        assert first_break(list(Event.objects.filter(case=other).order_by("seq"))) is None


def test_what_a_rule_refuses_says_why_and_stops_no_other(world: World) -> None:
    waybills = (f"EMS000000000{n}" for n in range(1, 9))
    good, other, stale, theirs, early = (
        journeys.arrived(world, waybill=next(waybills)).case for _ in range(5)
    )
    early = journeys.collected(world).case
    world.take(theirs, "claim", "clerk_sc_2")
    picked = picks(good, other, stale, theirs, early)
    world.take(stale, "remark", "clerk_sc_2", {"text": "等一下"})
    hidden = journeys.arrived(world, waybill=next(waybills)).case
    picked += picks(hidden)
    Case.objects.filter(pk=hidden.pk).update(office_ids=[])
    actor = world.actor("clerk_sc")
    run = begin(actor=actor, step="accept", picks=picked, data={}, key=uuid.uuid4())
    run = go_on(run.pk)
    told = said(run)
    assert (run.done, run.refused, run.waiting) == (2, 4, 0)
    assert run.finished_at is not None
    assert told[hidden.number] == NOT_SEEN
    assert "通同事（通川区民政局）已于" in told[stale.number]
    assert "已由同事领取" in told[theirs.number]
    assert "不能受理" in told[early.number]
    assert {fresh(good).state, fresh(other).state} == {"reviewing"}


def test_a_form_that_does_not_fit_a_case_is_said_of_that_case(world: World) -> None:
    first, second = journeys.collected(world).case, journeys.collected(world).case
    world.take(first, "forward", "clerk_cq", {"way": "post", "waybill": "EMS0000000001"})
    third = journeys.collected(world).case
    run = taken(world, "clerk_cq", "forward", second, third, way="post", waybill="短")
    assert set(said(run).values()) == {"运单号应为 8 至 20 位字母或数字"}
    assert fresh(second).seq == second.seq


def test_the_same_key_twice_is_one_run(world: World) -> None:
    case, key = journeys.arrived(world).case, uuid.uuid4()
    asked: dict[str, Any] = {"step": "accept", "picks": picks(case), "data": {}, "key": key}
    first = go_on(begin(actor=world.actor("clerk_sc"), **asked).pk)
    again = go_on(begin(actor=world.actor("clerk_sc"), **asked).pk)
    assert first.pk == again.pk
    assert Event.objects.filter(case=case, step="accept").count() == 1
    with pytest.raises(NotForMany):
        begin(actor=world.actor("clerk_sc_2"), **asked)


@pytest.mark.parametrize("step", ["refuse", "withdraw", "remark", "__class__", ""])
def test_what_wants_to_be_thought_about_is_not_begun_for_many(world: World, step: str) -> None:
    with pytest.raises(NotForMany):
        begun(world, "clerk_cq", step, world.open())
    with pytest.raises(NotForMany):
        begun(world, "clerk_cq", "claim")


def test_a_run_that_was_killed_goes_on_where_it_stopped(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [world.open() for _ in range(5)]
    monkeypatch.setattr(bulk, "GROUP", 2)
    run = begun(world, "clerk_cq", "claim", *cases)
    kept = bulk._keep

    def killed(*given: Any) -> None:
        kept(*given)
        if BulkRun.objects.get(pk=run.pk).done == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr(bulk, "_keep", killed)
    with pytest.raises(KeyboardInterrupt):
        go_on(run.pk)
    # The second group was not committed: it waits, and nothing of it has happened.
    assert BulkRun.objects.get(pk=run.pk).done == 2
    assert Event.objects.filter(step="claim").count() == 2
    monkeypatch.setattr(bulk, "_keep", kept)
    slices = iter([False, True])
    assert go_on(run.pk, is_over=lambda: next(slices)).waiting == 1
    assert go_on(run.pk).waiting == 0
    assert Event.objects.filter(step="claim").count() == 5


def test_where_a_group_cannot_be_written_its_cases_go_one_by_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [world.open() for _ in range(3)]
    written = write_steps

    def broken(moves: Any) -> None:
        written(moves)
        raise RuntimeError("the connection broke")

    monkeypatch.setattr(bulk, "write_steps", broken)
    through_the_door = perform

    def one_fails(case_id: int, *given: Any, **more: Any) -> Any:
        if case_id == cases[1].pk:
            raise LookupError("no office")
        return through_the_door(case_id, *given, **more)

    monkeypatch.setattr(bulk, "perform", one_fails)
    run = taken(world, "clerk_cq", "claim", *cases)
    assert said(run) == {cases[1].number: FAILED}
    assert [fresh(case).seq for case in cases] == [2, 1, 2]


def test_who_has_been_dismissed_meanwhile_takes_nothing(world: World) -> None:
    cases = [world.open() for _ in range(2)]
    run = begun(world, "clerk_cq", "claim", *cases)
    world.clerk_cq.postings.update(valid_to=dt.date(2026, 1, 1))
    assert go_on(run.pk).refused == 2
    type(world.clerk_cq).objects.filter(pk=world.clerk_cq.pk).update(is_active=False)
    run = BulkRun.objects.create(
        key=uuid.uuid4(), step="claim", label="领取", actor=world.clerk_cq, total=1, begun_at=NOW
    )
    run.results.create(case=cases[0], number=cases[0].number, token=1)
    assert said(go_on(run.pk)) == {cases[0].number: "账号已停用"}


# The run twice, its results, the actor, the cases, their matters, their people, the one that writes, the
# results; and what the step's own body reads and writes, once for all.
ALWAYS = 9
OWN = {"claim": 0, "reassign": 1, "forward": 5, "accept": 2, "approve": 1, "feed_back": 2}


@pytest.mark.parametrize(
    ("built", "who", "step", "data"), WAYS[:6], ids=[way[2] for way in WAYS[:6]]
)
def test_a_group_costs_as_many_statements_as_one_case(
    world: World, built: Built, who: str, step: str, data: dict[str, Any]
) -> None:
    if "to" in data:
        data = {**data, "to": str(world.people[data["to"]].pk)}
    waybill = {} if built is journeys.collected else {"waybill": "EMS0000000001"}
    cases = [built(world, **waybill).case for _ in range(8)]
    counted = []
    for nth, group in enumerate((cases[:1], cases[1:3], cases[3:])):
        asked = {n: f"EMS000000005{nth}" if v == "W" else v for n, v in data.items()}
        run = begun(world, who, step, *group, **asked)
        with CaptureQueriesContext(connection) as captured:
            assert go_on(run.pk).done == len(group)
        # The first reads what this process then remembers.
        counted.append(sum("SAVEPOINT" not in query["sql"] for query in captured))
    assert counted[1:] == [ALWAYS + OWN[step]] * 2


@pytest.mark.django_db(transaction=True)
def test_two_groups_and_a_single_step_never_lock_each_other_out(
    two_provinces: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = two_provinces
    cases = [world.open() for _ in range(6)]
    alone: list[int] = []
    monkeypatch.setattr(bulk, "_taken_alone", lambda _run, key: alone.append(key))
    there = begun(world, "clerk_cq", "claim", *cases)
    back = begun(world, "clerk_cq_2", "claim", *reversed(cases))
    at_once(
        lambda: go_on(there.pk),
        lambda: go_on(back.pk),
        lambda: perform(cases[3].pk, "claim", actor=world.actor("head_cq"), token=1),
    )
    assert not alone
    assert Event.objects.filter(step="claim").count() == 6
    assert sum(BulkRun.objects.values_list("done", flat=True)) in (5, 6)


@pytest.mark.django_db(transaction=True)
def test_without_the_order_of_ids_two_groups_lock_each_other_out(
    two_provinces: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: each holds what the other wants; one is thrown out and goes one by one."""
    import threading

    world = two_provinces
    cases = [world.open() for _ in range(2)]
    alone: list[int] = []
    locked, both_hold_one = bulk._locked, threading.Barrier(2)
    ways = iter((list, lambda ids: ids[::-1]))

    def crosswise(ids: list[int]) -> dict[int, Any]:
        first, second = next(ways)(list(ids))
        found = locked([first])
        both_hold_one.wait(timeout=10)
        return found | locked([second])

    monkeypatch.setattr(bulk, "_locked", crosswise)
    monkeypatch.setattr(bulk, "_taken_alone", lambda _run, key: alone.append(key))
    there = begun(world, "clerk_cq", "claim", *cases)
    back = begun(world, "clerk_cq_2", "claim", *cases)
    over = [iter((False, True)), iter((False, True))]
    at_once(
        lambda: go_on(there.pk, is_over=lambda: next(over[0])),
        lambda: go_on(back.pk, is_over=lambda: next(over[1])),
    )
    assert len(alone) == 2


def test_what_was_left_unfinished_goes_on_by_itself_for_a_day(world: World) -> None:
    left, old = (begun(world, "clerk_cq", "claim", world.open()) for _ in range(2))
    yesterday = timezone.now() - dt.timedelta(days=1, minutes=1)
    BulkRun.objects.filter(pk=old.pk).update(begun_at=yesterday)
    assert go_on_with_all(is_over=lambda: False) == 1
    assert BulkRun.objects.get(pk=left.pk).done == 1
    assert BulkRun.objects.get(pk=old.pk).waiting == 1
