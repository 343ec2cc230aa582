"""What is still to come: each flow's main path, from wherever a case stands."""

from __future__ import annotations

import pytest

from matters.catalogue.pinned import definition_of
from tests import journeys
from tests.world import ORPHAN, World
from workflows.cases.main_path import ahead
from workflows.cases.models import Case, Document

LICENCE = "经营性人力资源服务机构从事职业中介活动许可（县级）"


def coming(case: Case) -> list[str]:
    return [each.label for each in ahead(case, definition_of(case.version_id))]  # type: ignore[arg-type]


def test_a_subsidy_goes_to_the_owner_and_comes_to_its_end(world: World) -> None:
    assert coming(journeys.begin(world).case) == [
        "已收件，待转递", "邮寄途中", "属地已签收，待受理", "审定", "已作出决定，待反馈结果", "已办结",
    ]  # fmt: skip


def test_every_stage_still_to_come_goes_by_its_own_name(world: World) -> None:
    case = journeys.begin(world, ORPHAN).case
    stages = [stage.name for stage in definition_of(case.version_id).stages]
    assert len(stages) == 2
    assert coming(case)[3:5] == stages


def test_after_a_supplement_it_goes_on_where_it_was(world: World) -> None:
    assert coming(journeys.supplementing(world).case)[0] == "审定"


def test_a_registration_is_not_said_to_be_delivered(world: World) -> None:
    case = journeys.begin(world, LICENCE, "2026-05-11 09:00").case
    kind = definition_of(case.version_id).result.kind
    assert ("已批准，待送达结果" in coming(case)) == (kind == "certificate")
    assert coming(case)[-1] == "已办结"


@pytest.mark.parametrize("matter", ["住房公积金异地转移接续", "工作调动户口迁移"])
def test_the_other_flows_come_to_an_end_too(world: World, matter: str) -> None:
    labels = coming(journeys.begin(world, matter, "2026-05-11 09:00").case)
    assert labels[-1] in ("已办结", "已落户")
    assert not {"到账不符，已挂账", "迁出地不予迁出，待迁入地处理"} & set(labels)


def test_nothing_comes_after_the_end(world: World) -> None:
    assert coming(journeys.completed(world).case) == []


def test_what_the_applicant_brings_about_is_issued_by_the_office_that_decides(world: World) -> None:
    case = journeys.begin(world, "工作调动户口迁移", "2026-05-11 09:00").case
    receipt = Document.objects.get(case=case)
    assert receipt.office_id == case.office_of("move_in")
