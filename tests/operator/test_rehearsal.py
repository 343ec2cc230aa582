"""A version is played before it is published, as anybody, on any day; nothing of it is left."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from matters.catalogue.models import MatterVersion
from matters.catalogue.pinned import _published
from matters.catalogue.publishing import make_draft
from tests.world import SUBSIDY, World, answers_for
from tongban.accounts.actors import Actor

BEGUN = {"do": "open", "origin": "500101", "day": "2026-03-31", "time": "09:00"}


def rows_everywhere() -> dict[str, int]:
    """How many rows each table has; sessions are the operator's own."""
    with connection.cursor() as cursor:
        tables = [t for t in connection.introspection.table_names(cursor) if "session" not in t]
        counts = {}
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608  the database's own names
            counts[table] = cursor.fetchone()[0]
    return counts


def last_number() -> Any:
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value, is_called FROM cases_case_id_seq")
        return cursor.fetchone()


def text_of(page: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.content.decode())).split())


class Player:
    """An operator at the simulator's page."""

    def __init__(self, client: Client, version: MatterVersion) -> None:
        self.client, self.path = client, f"/operator/versions/{version.pk}/play/"
        self.version = version

    def begin(self) -> str:
        answers = answers_for(self.version)
        return self._post(BEGUN | answers)

    def take(self, role: str, step: str, when: str, **data: Any) -> str:
        day, time = when.split()
        sent = {"do": "step", "role": role, "step": step, "day": day, "time": time}
        return self._post(sent | data)

    def look(self, role: str, when: str) -> str:
        day, time = when.split()
        return text_of(self.client.get(self.path, {"role": role, "day": day, "time": time}))

    def _post(self, data: dict[str, Any]) -> str:
        return text_of(self.client.post(self.path, data, follow=True))


@pytest.fixture
def draft(world: World, operator: Actor) -> MatterVersion:
    """The subsidy's next version, not published yet: one day less to forward."""
    made = make_draft(from_version_id=world.matter(SUBSIDY).pk, actor=operator)
    made.definition = {**made.definition, "hops": {"collected": "2G", "decided": "3G"}}
    made.save()
    return made


def test_a_draft_is_played_through_and_leaves_nothing(
    world: World, at_work: Client, draft: MatterVersion
) -> None:
    player = Player(at_work, draft)
    at_work.get(player.path)
    rows, number = rows_everywhere(), last_number()
    remembered = set(_published)
    page = player.begin()
    assert "状态 待收件" in page
    page = player.take("clerk:collector", "collect", "2026-03-31 10:00",
                       identity_checked="on", papers=["0", "1", "2"])  # fmt: skip
    assert "状态 已收件，待转递" in page
    assert "环节时限 ：2个工作日，最后一天是 2026年4月2日，到所选日期还剩 2 天" in page
    assert "承诺时限 ：16个工作日，最后一天是 2026年4月22日" in page
    assert "2026年4月4日 不计 周六" in page
    assert "红灯" in player.look("clerk:collector", "2026-04-03 09:00")
    refused = player.look("head:owner", "2026-04-01 09:00")
    assert "受理 办件现在是“已收件，待转递”，不能受理" in refused
    page = player.take("clerk:collector", "forward", "2026-04-01 09:00", way="electronic")
    page = player.take("clerk:owner", "accept", "2026-04-02 09:00")
    assert "状态 审定" in page
    page = player.take("clerk:owner", "approve", "2026-04-03 09:00", opinion="符合条件")
    page = player.take("clerk:owner", "feed_back", "2026-04-07 09:00", way="electronic")
    assert "状态 已办结" in page
    assert (rows_everywhere(), last_number()) == (rows, number)
    assert set(_published) == remembered


def test_what_is_wrong_is_said_and_what_was_typed_stays(
    world: World, at_work: Client, draft: MatterVersion
) -> None:
    player = Player(at_work, draft)
    player.begin()
    page = player.take("clerk:collector", "collect", "2026-03-31 10:00", remark="材料齐全")
    assert "须先核验身份" in page
    assert "材料齐全" in page or 'value="材料齐全"' in at_work.post(
        player.path,
        {"do": "step", "role": "clerk:collector", "step": "collect", "day": "2026-03-31",
         "time": "10:00", "remark": "材料齐全"},
    ).content.decode()  # fmt: skip
    assert "没有办理" in player.take("clerk:owner", "collect", "2026-03-31 10:00")
    assert "时间不能早于上一步" in player.take("applicant", "withdraw", "2026-03-30 10:00")
    assert "状态 待收件" in player.look("applicant", "2026-03-31 10:00")


def test_where_a_changed_draft_no_longer_allows_a_move_that_is_said(
    world: World, at_work: Client, draft: MatterVersion
) -> None:
    player = Player(at_work, draft)
    player.begin()
    player.take("clerk:collector", "collect", "2026-03-31 10:00",
                identity_checked="on", papers=["0", "1", "2"])  # fmt: skip
    papers = [{"code": f"more_{n}", "name": f"新增材料{n}"} for n in range(4)]
    draft.definition = {**draft.definition, "materials": papers}
    draft.save()
    page = text_of(at_work.get(player.path))
    assert "第 2 步在这一版里办不成" in page
    assert "状态 待收件" in page
    page = text_of(at_work.post(player.path, {"do": "cut", "place": "1"}, follow=True))
    assert "办不成" not in page


def test_undo_and_begin_again(world: World, at_work: Client, draft: MatterVersion) -> None:
    player = Player(at_work, draft)
    player.begin()
    player.take("applicant", "withdraw", "2026-04-01 09:00", reason="不办了")
    assert "状态 已撤回" in text_of(at_work.get(player.path))
    assert "状态 待收件" in player._post({"do": "undo"})
    assert "提交申请，开始演练" in player._post({"do": "again"})


def test_whatever_is_sent_there_is_an_answer(
    world: World, at_work: Client, draft: MatterVersion
) -> None:
    player = Player(at_work, draft)
    for data in ({}, {"do": "step"}, {"do": "cut", "place": "x"}, {"do": "open", "day": "\x00"}):
        assert at_work.post(player.path, data).status_code in (200, 302)
    player.begin()
    for role in ("", "clerk:", "clerk:nobody", "supervisor:1", "\x00", "judge:owner"):
        for step in ("", "collect", "accept", "\x00"):
            sent = {"do": "step", "role": role, "step": step, "day": "2026-04-01", "time": "10:00"}
            assert at_work.post(player.path, sent).status_code in (200, 302)
    asked = {"role": "clerk:\x00", "step": "x", "day": "9999-99-99", "time": "99"}
    assert at_work.get(player.path, asked).status_code == 200


def test_every_right_stands_in_the_table_and_its_file(
    world: World, at_work: Client, draft: MatterVersion
) -> None:
    path = f"/operator/versions/{draft.pk}/rights/"
    page = text_of(at_work.get(path))
    assert "审查中（审定） 属地主管部门 审查通过" in page
    answer = at_work.get(path, {"as": "csv"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("状态（环节）,持有方,步骤")
    assert any(line.startswith("审查中（审定）,属地主管部门,审查通过") for line in lines)
