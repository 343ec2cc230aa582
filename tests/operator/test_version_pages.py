"""Versions on pages: drafted, typed wrongly, saved, compared, published, discarded; and cases moved."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from matters.catalogue.models import Matter, MatterVersion
from matters.catalogue.publishing import last_act, make_draft
from tests import journeys
from tests.cases.moving_cases import copies_of, next_version
from tests.world import SUBSIDY, World
from tongban.accounts.actors import Actor
from workflows.cases.models import Case, MovedCase, Moving


def text_of(page: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.content.decode())).split())


def typed(version: MatterVersion, **more: str) -> dict[str, str]:
    """What the editor's page would send, unchanged but for `more`."""
    from matters.catalogue.definition_text import text_of as written
    from matters.catalogue.pinned import definition_of

    return {
        "valid_from": timezone.localdate().isoformat(),
        "mode": version.mode,
        "mode_certainty": version.mode_certainty,
        "flow": version.flow,
        "text": written(definition_of(version.pk)),
        "token": str(last_act(version.pk)),
        **more,
    }


def test_from_a_published_version_to_the_next(world: World, at_work: Client) -> None:
    old = world.matter(SUBSIDY)
    made = at_work.post(f"/operator/versions/{old.pk}/draft/")
    draft = MatterVersion.objects.get(matter=old.matter, status="draft")
    here = f"/operator/versions/{draft.pk}/"
    assert made["Location"] == here

    wrong = typed(draft)["text"].replace("promise: 16G", "promise: 十天") + "\nfoo: 1\n"
    page = at_work.post(here, typed(draft, text=wrong, valid_from="昨天"))
    assert "promise：期限须写成 3G" in text_of(page)
    assert "foo：没有这个键" in text_of(page)
    assert "请填写日期" in text_of(page)
    assert "promise: 十天" in unescape(page.content.decode())
    draft.refresh_from_db()
    assert draft.definition == old.definition

    right = typed(draft)["text"].replace("promise: 16G", "promise: 12G")
    assert at_work.post(here, typed(draft, text=right)).status_code == 302
    compared = at_work.get(f"/operator/versions/{old.pk}/difference/{draft.pk}/")
    assert "承诺时限 修改 16个工作日 12个工作日" in text_of(compared)
    done = at_work.post(f"{here}publish/", {"token": last_act(draft.pk)}, follow=True)
    assert "已发布" in text_of(done)
    assert "运维员" in text_of(done)
    draft.refresh_from_db()
    assert draft.status == "published"
    # Whoever still had the editor open loses no word.
    late = at_work.post(here, typed(draft, text="promise: 99G"))
    assert "您写的内容没有保存" in text_of(late)
    assert "promise: 99G" in late.content.decode()


def test_a_stale_page_changes_nothing_and_keeps_what_was_typed(
    world: World, at_work: Client, operator: Actor, second: Actor
) -> None:
    draft = make_draft(from_version_id=world.matter(SUBSIDY).pk, actor=operator)
    here, seen = f"/operator/versions/{draft.pk}/", typed(draft)
    other = Client()
    other.force_login(world.people["operator_2"])
    assert other.post(here, seen | {"mode": "online"}).status_code == 302
    page = at_work.post(here, seen | {"text": seen["text"] + "\nfee: 免费\n"})
    assert "运维乙于" in text_of(page)
    assert "fee: 免费" in unescape(page.content.decode())
    draft.refresh_from_db()
    assert draft.definition.get("fee") is None
    gone = at_work.post(f"{here}discard/", {"token": last_act(draft.pk)}, follow=True)
    assert "废弃草稿" in text_of(gone)
    assert not MatterVersion.objects.filter(pk=draft.pk).exists()


def test_cases_are_tried_moved_and_taken_back_on_pages(world: World, at_work: Client) -> None:
    case = journeys.collected(world, when="2026-11-16 09:00").case
    stuck = journeys.collected(world, when="2026-11-16 09:00").case
    Case.objects.filter(pk=stuck.pk).update(data={**stuck.data, "bank_card": None})
    old, new = world.matter(SUBSIDY), next_version(world)
    here = f"/operator/versions/{old.pk}/move/{new.pk}/"
    plan = {
        "stage-decide": "review", "field-beneficiary_name": "person_name",
        "field-disability_level": "-drop", "default-care": "self", "seat-owner": "",
    }  # fmt: skip
    assert "原字段“残疾人姓名”" in text_of(at_work.get(here))
    tried = text_of(at_work.get(here, plan | {"try": "1"}))
    assert "可搬 1 件，不适合 1 件" in tried
    assert f"{case.number} 已收件，待转递 可搬" in tried
    assert "请填写收款银行卡号" in tried
    assert not Moving.objects.exists()

    done = text_of(at_work.post(here, plan, follow=True))
    assert "全部处理完" in done
    assert Case.objects.get(pk=case.pk).version_id == new.pk
    there = f"/operator/movings/{Moving.objects.get().pk}/"
    assert "请先勾选" in text_of(at_work.post(there, {"do": "revert"}, follow=True))
    back = at_work.post(there, {"do": "revert", "case": [case.pk]}, follow=True)
    assert "已恢复 1 件" in text_of(back)
    assert Case.objects.get(pk=case.pk).version_id == old.pk
    assert "没有开始" not in text_of(at_work.get("/operator/movings/"))


def test_lists_cost_the_same_with_thirty_rows(world: World, at_work: Client) -> None:
    def cost(path: str) -> int:
        at_work.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert at_work.get(path).status_code == 200
        return len(captured)

    case = journeys.collected(world, when="2026-11-16 09:00").case
    old, new = world.matter(SUBSIDY), next_version(world)
    moving = Moving.objects.create(
        from_version=old, to_version=new, plan={}, started_by_name="运维员",
        started_at=timezone.now(),
    )  # fmt: skip
    add_result(moving, case)
    paths = ["/operator/matters/", "/operator/movings/", f"/operator/movings/{moving.pk}/",
             f"/operator/matters/{old.matter.slug}/"]  # fmt: skip
    one = [cost(path) for path in paths]
    copies_of(case, 29)
    for more in Case.objects.exclude(pk=case.pk):
        add_result(moving, more)
    for n in range(29):
        Matter.objects.create(
            slug=f"more-{n}", name=f"事项{n}", department_id="general", theme="其他",
            source_url=f"https://example.com/{n}", source_batch="测试", certainty="stated",
        )  # fmt: skip
        Moving.objects.create(
            from_version=old, to_version=new, plan={}, started_by_name="运维员",
            started_at=timezone.now(),
        )  # fmt: skip
        MatterVersion.objects.create(
            matter=old.matter, number=10 + n, valid_from=timezone.localdate(), mode=old.mode,
            mode_certainty=old.mode_certainty, flow=old.flow, definition=old.definition,
        )  # fmt: skip
    assert [cost(path) for path in paths] == one


def add_result(moving: Moving, case: Case) -> None:
    MovedCase.objects.create(
        moving=moving, case=case, result="moved", seq_after=case.seq + 1, at=timezone.now()
    )
