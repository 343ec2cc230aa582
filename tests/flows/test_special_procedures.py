"""特别程序 with a place and a length of their own: 残疾评定, 公示, 离婚冷静期."""

from __future__ import annotations

import pytest

from tests import journeys
from tests.world import World, answers_for, at
from workflows.cases.models import Document, Suspension
from workflows.cases.perform import InvalidData, NotAllowed


def test_a_disabled_person_is_assessed_and_put_up_where_they_live(world: World) -> None:
    """万州 (重庆) has the hospital and puts it up five working days; 通川 (四川) reviews and issues."""
    world.post("fed_cq", "万残联", "500101", "disabled_federation", "clerk")
    world.post("fed_sc", "通残联", "511702", "disabled_federation", "clerk")
    version = world.matter("残疾人证新办")
    data = answers_for(version, household_region="511702")
    card = journeys.begin(world, version, "2026-05-11 09:00", data=data)
    card.take("collect", "fed_cq", identity_checked="on", papers=journeys.papers_of(card.case))
    card.take("start_special", "fed_cq", procedure="残疾评定（定点医院）", reason="到市二院评定")
    with pytest.raises(NotAllowed):
        card.take("forward", "fed_cq", way="electronic")
    card.take("end_special", "fed_cq", "2026-05-14 10:00", reason="评定为肢体二级")
    card.take("start_special", "fed_cq", procedure="公示", reason="示范街道公示栏")
    assert Document.objects.filter(kind="special").latest("id").content["procedure"] == (
        "公示（5个工作日）"
    )
    with pytest.raises(NotAllowed) as early:
        card.take("end_special", "fed_cq", "2026-05-21 10:00", reason="无异议")
    assert [r.code for r in early.value.verdict.reasons] == ["special_lasted"]
    card.take("end_special", "fed_cq", "2026-05-22 10:00", reason="无异议")
    card.take("forward", "fed_cq", way="electronic").take("accept", "fed_sc")
    with pytest.raises(NotAllowed):
        card.take("start_special", "fed_sc", procedure="公示", reason="再公示")
    card.take("approve", "fed_sc", opinion="同意发证")
    assert card.case.state == "decided"
    assert [s.limit for s in Suspension.objects.order_by("id")] == ["", "5G"]


def test_two_who_divorce_have_thirty_days_to_think(world: World) -> None:
    version = world.matter("内地居民离婚登记(川渝试点)")
    data = answers_for(version, owner_region="511702")
    divorce = journeys.begin(world, version, "2026-05-11 09:00", data=data)
    divorce.take("accept", "clerk_sc", "2026-05-11 10:00")
    with pytest.raises(InvalidData):
        divorce.take("start_special", "clerk_sc", procedure="公示", reason="无")
    divorce.take("start_special", "clerk_sc", procedure="离婚冷静期", reason="收到双方申请")
    with pytest.raises(NotAllowed):
        divorce.take("end_special", "clerk_sc", "2026-06-10 10:00", reason="期满")
    assert divorce.case.facts["special_until"] == at("2026-06-11 00:00").isoformat()
    divorce.take("withdraw", "citizen", reason="不离了")
    assert divorce.case.outcome == "withdrawn"
