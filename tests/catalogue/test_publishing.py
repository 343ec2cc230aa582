"""From a published version to the next, by hand: nothing is lost, and nobody is overruled unawares."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from matters.catalogue import publishing
from matters.catalogue.definition import Definition
from matters.catalogue.definition_text import Unreadable, read_definition, text_of
from matters.catalogue.loading import Loaded, load_catalogue
from matters.catalogue.models import Matter, MatterVersion, VersionAct
from matters.catalogue.plan import make_plan
from matters.catalogue.publishing import (
    BaseIsOld,
    Content,
    NotPublishable,
    Overtaken,
    change_draft,
    discard_draft,
    last_act,
    make_draft,
    publish,
    rebase_draft,
)
from tests.cases.threads import at_once
from tests.world import SUBSIDY, World, build_world
from tongban.accounts.actors import Actor
from tongban.accounts.models import User


def operators(world: World) -> tuple[Actor, Actor]:
    world.post("operator", "运维员", "500000", "supervision", "operator")
    world.post("operator_2", "运维乙", "510000", "supervision", "operator")
    return world.actor("operator"), world.actor("operator_2")


def saying(draft: MatterVersion, on: dt.date | None = None, **changes: Any) -> Content:
    definition = Definition.model_validate({**draft.definition, **changes})
    return Content(definition, draft.flow, draft.mode, draft.mode_certainty, on or draft.valid_from)


def test_a_draft_is_changed_checked_and_published(world: World) -> None:
    old, (operator, _) = world.matter(SUBSIDY), operators(world)
    draft = make_draft(from_version_id=old.pk, actor=operator)
    today = timezone.localdate()
    begins = today + dt.timedelta(days=10)
    change_draft(
        version_id=draft.pk, content=saying(draft, begins, promise="12G"),
        seen=last_act(draft.pk), actor=operator,
    )  # fmt: skip
    done = publish(version_id=draft.pk, seen=last_act(draft.pk), actor=operator)
    old.refresh_from_db()
    assert (done.number, done.valid_from, old.valid_to) == (2, begins, begins)
    assert MatterVersion.objects.in_force(today).get(matter=old.matter) == old
    assert MatterVersion.objects.in_force(begins).get(matter=old.matter) == done
    acts = VersionAct.objects.filter(matter=old.matter)
    assert [(a.kind, a.by_name, a.from_number) for a in acts] == [
        ("drafted", "运维员", 1), ("changed", "运维员", 1), ("published", "运维员", 1),
    ]  # fmt: skip
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        VersionAct.objects.update(by_name="别人")
    with pytest.raises(Overtaken, match=r"运维员于 .* 发布"):
        change_draft(version_id=draft.pk, content=saying(draft), seen=0, actor=operator)


def test_a_wrong_day_or_definition_is_not_published(world: World) -> None:
    old, (operator, _) = world.matter(SUBSIDY), operators(world)
    draft = make_draft(from_version_id=old.pk, actor=operator)
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    wrong = saying(draft, yesterday, stages=[], promise="12G")
    change_draft(version_id=draft.pk, content=wrong, seen=last_act(draft.pk), actor=operator)
    with pytest.raises(NotPublishable) as refused:
        publish(version_id=draft.pk, seen=last_act(draft.pk), actor=operator)
    assert "生效日期须为今天或以后" in refused.value.problems
    assert "流程 异地代收代办 须至少有一个环节" in refused.value.problems
    old.refresh_from_db()
    assert old.valid_to is None


def test_whoever_changes_a_draft_that_has_changed_is_told(world: World) -> None:
    old, (one, other) = world.matter(SUBSIDY), operators(world)
    draft = make_draft(from_version_id=old.pk, actor=one)
    seen = last_act(draft.pk)
    change_draft(version_id=draft.pk, content=saying(draft, fee="不收费"), seen=seen, actor=one)
    with pytest.raises(Overtaken, match=r"运维员于 .* 修改草稿"):
        change_draft(version_id=draft.pk, content=saying(draft), seen=seen, actor=other)
    discard_draft(version_id=draft.pk, seen=last_act(draft.pk), actor=one)
    with pytest.raises(Overtaken, match="废弃草稿"):
        publish(version_id=draft.pk, seen=seen, actor=other)
    assert VersionAct.objects.filter(version_id=draft.pk, kind="discarded").exists()


def test_a_draft_of_an_older_version_has_to_look_at_the_new_one_first(world: World) -> None:
    old, (one, other) = world.matter(SUBSIDY), operators(world)
    first = make_draft(from_version_id=old.pk, actor=one)
    second = make_draft(from_version_id=old.pk, actor=other)
    publish(version_id=second.pk, seen=last_act(second.pk), actor=other)
    with pytest.raises(BaseIsOld) as refused:
        publish(version_id=first.pk, seen=last_act(first.pk), actor=one)
    assert refused.value.last == second
    rebase_draft(version_id=first.pk, seen=last_act(first.pk), actor=one)
    done = publish(version_id=first.pk, seen=last_act(first.pk), actor=one)
    # It was drafted as number 2, before the other one was published as number 3.
    assert done.number == 4


def test_the_files_do_not_undo_what_was_published_here(
    catalogue: Loaded, data_folder: Path
) -> None:
    user = User.objects.create(username="operator", name="运维员", kind="staff", password="!")
    operator = Actor(user.pk, "staff", "运维员", operator=True)
    old = MatterVersion.objects.get(matter__name=SUBSIDY, matter__source_batch="全国跨省通办(民政)")
    kept = make_draft(from_version_id=old.pk, actor=operator)
    content = saying(kept, promise="12G")
    change_draft(version_id=kept.pk, content=content, seen=last_act(kept.pk), actor=operator)
    publish(version_id=kept.pk, seen=last_act(kept.pk), actor=operator)
    waiting = make_draft(from_version_id=kept.pk, actor=operator)
    assert load_catalogue().republished == 0
    # Once they say something new they are heard again, and no number is given twice.
    path = data_folder / "civil_affairs/definitions.yaml"
    path.write_text(path.read_text("utf-8").replace("limit: 10G", "limit: 8G", 1), "utf-8")
    assert load_catalogue(folder=data_folder).republished
    last = publishing.last_published(old.matter_id)
    assert last is not None
    assert (waiting.number, last.number) == (3, 4)


@pytest.mark.django_db(transaction=True)
def test_two_operators_publish_at_once_and_one_is_told() -> None:
    world = build_world()
    old, (one, other) = world.matter(SUBSIDY), operators(world)
    draft = make_draft(from_version_id=old.pk, actor=one)
    seen = last_act(draft.pk)
    results = at_once(
        lambda: publish(version_id=draft.pk, seen=seen, actor=one),
        lambda: publish(version_id=draft.pk, seen=seen, actor=other),
    )
    assert sorted(isinstance(r, Overtaken) for r in results) == [False, True]
    assert VersionAct.objects.filter(version_id=draft.pk, kind="published").count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_would_believe_they_had_to_publish(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The twin: nobody is told; the second runs into the trigger of PostgreSQL instead."""
    import threading

    world = build_world()
    old, (one, other) = world.matter(SUBSIDY), operators(world)
    draft = make_draft(from_version_id=old.pk, actor=one)
    seen, both_have_read = last_act(draft.pk), threading.Barrier(2)

    def unlocked(matter_id: int) -> Matter:
        return Matter.objects.get(pk=matter_id)

    def read_by_both(*args: Any) -> list[str]:
        both_have_read.wait(timeout=10)
        return []

    monkeypatch.setattr(publishing, "locked_matter", unlocked)
    monkeypatch.setattr(publishing, "obstacles", read_by_both)
    results = at_once(
        lambda: publish(version_id=draft.pk, seen=seen, actor=one),
        lambda: publish(version_id=draft.pk, seen=seen, actor=other),
    )
    assert not any(isinstance(r, Overtaken) for r in results)
    assert sorted(isinstance(r, Exception) for r in results) == [False, True]
    connection.close()


def test_every_definition_is_read_back_from_its_text() -> None:
    for planned in make_plan().matters[::40]:
        text = text_of(planned.definition)
        assert read_definition(text, planned.flow) == planned.definition, planned.fact.name


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("", "没有内容"),
        ("只是一句话", "须写成“键: 值”"),
        ("seats: [", "不合 YAML 写法"),
        ("a: &x 1\nb: *x", "不能用 & 和 * 引用"),
        ("[" * 100, "层次过深"),
        ("seats: []\nresult: {kind: none, name: 无}\nfoo: 1", "第 3 行 foo：没有这个键"),
        ("seats: []\nseats: []", "第 2 行 seats：同一处写了两次"),
        ('seats: []\nfee: "\\0"', "第 2 行：含有不能保存的字符"),
        ("seats: []\npromise: 3天", "第 2 行 promise：期限须写成 3G"),
        ("seats:\n- {seat: owner}", "第 2 行 seats 第1项 office_kind：缺少这个键"),
        ("seats: []\nresult: {kind: cake, name: 无}", "result kind：须为其中之一"),
    ],
)
def test_a_mistake_is_named_at_its_line(wrong: str, said: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_definition(wrong, "collect_forward")
    assert any(said in str(trouble) for trouble in refused.value.troubles), refused.value


def test_what_does_not_fit_the_flow_is_named_at_the_line_of_its_code() -> None:
    planned = next(p for p in make_plan().matters if p.fact.name == SUBSIDY)
    text = text_of(planned.definition).replace("name: 审定, seat: owner", "name: 审定, seat: judge")
    with pytest.raises(Unreadable) as refused:
        read_definition(text, planned.flow)
    (trouble,) = refused.value.troubles
    assert trouble.line is not None
    assert "judge" in text.splitlines()[trouble.line - 1]
    assert "环节 decide 的席位 judge 没有指定机构" in trouble.reason
