"""Every kind of document reads as the offices' papers do, from its own content."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client

from tests import journeys
from tests.portal.conftest import signed_in
from tests.portal.mine import words
from tests.world import World, at
from workflows.cases.models import Document
from workflows.cases.sweep import sweep_deadlines

LICENCE = "经营性人力资源服务机构从事职业中介活动许可（县级）"


def read(world: World, journey: journeys.Journey, kind: str, who: str = "citizen") -> str:
    number = Document.objects.filter(case_id=journey.id, kind=kind).latest("id").number
    return words(signed_in(world.people[who]).get(f"/documents/{number}/"))


@pytest.fixture
def licence(world: World) -> journeys.Journey:
    world.post("hr_sc", "通人社", "511702", "human_resources", "clerk")
    world.post("hr_head", "通人社局长", "511702", "human_resources", "head")
    return journeys.begin(world, LICENCE, "2026-05-11 09:00")


def test_a_receipt_lists_the_papers_and_promises_nothing(world: World) -> None:
    journey = journeys.collected(world)
    page = read(world, journey, "receipt")
    assert page.startswith("万州区政务服务中心 收件凭证 编号：")
    assert f"编号：{journey.case.number}-SJ2 林晓梅：" in page
    assert "你（单位）于 2026年3月31日 提交的“困难残疾人生活补贴”申请" in page
    assert f"共 {len(journeys.papers_of(journey.case))} 份" in page
    assert "残疾人证" in page
    assert "不代表已经受理" in page
    assert "万州区政务服务中心 2026年3月31日" in page
    assert "申请人证件号码后六位" in page
    assert "送达回执" not in page


def test_acceptance(world: World) -> None:
    page = read(world, journeys.reviewing(world), "acceptance")
    assert "受理通知书" in page
    assert "本机关决定予以受理" in page
    assert "通川区民政局 2026年3月31日" in page


def test_deemed_acceptance_cites_the_law_and_names_the_office(
    world: World, licence: journeys.Journey
) -> None:
    assert sweep_deadlines(now=at("2026-05-19 08:00")).timers == 1
    page = read(world, licence, "acceptance")
    assert "依照行政许可法第三十二条第一款第四项的规定，自收到申请材料之日起即为受理" in page
    assert "决定予以受理" not in page
    assert "通川区人力资源和社会保障局 2026年5月19日" in page


def test_one_notice_lists_all_that_is_missing_and_the_time(world: World) -> None:
    matter = world.matter("困难残疾人生活补贴", supplement="10G")
    journey = journeys.reviewing(world, matter=matter)
    journey.take(
        "require_supplement", "clerk_sc", items="残疾人证\n户口簿", reason="看不清\n请重拍"
    )
    page = read(world, journey, "supplement")
    assert "现一次性告知： 残疾人证 户口簿 补正理由及要求：看不清 请重拍" in page
    assert "自本告知书送达之日起 10个工作日内一次补齐" in page
    assert "不计入办理期限" in page
    assert "送达回执" in page


def test_without_a_limit_none_is_made_up(world: World) -> None:
    matter = world.matter("困难残疾人生活补贴", supplement=None)
    page = read(world, journeys.supplementing(world, matter=matter), "supplement")
    assert "未公布" not in page
    assert "之日起" not in page
    assert "请尽快一次补齐" in page


@pytest.mark.parametrize(
    ("step", "kind", "said"),
    [("refuse", "not_accepted", "决定不予受理"), ("disapprove", "refusal", "决定不予批准")],
)
def test_a_refusal_gives_its_reason_its_basis_and_the_remedies(
    world: World, step: str, kind: str, said: str
) -> None:
    journey = journeys.arrived(world) if step == "refuse" else journeys.reviewing(world)
    journey.take(step, "clerk_sc", reason="户籍不在本区")
    page = read(world, journey, kind)
    assert said in page
    assert "户籍不在本区" in page
    assert "60 日内向属地县级人民政府申请行政复议" in page
    assert "6 个月内依法向人民法院提起行政诉讼" in page
    assert "依据：" in page


def test_where_no_remedy_is_on_record_no_term_is_made_up(world: World) -> None:
    matter = world.matter("困难残疾人生活补贴", remedies=None)
    journey = journeys.arrived(world, matter=matter).take("refuse", "clerk_sc", reason="不属本机关")
    page = read(world, journey, "not_accepted")
    assert "行政复议" not in page
    assert "对本决定有异议的" in page


def test_an_extension_and_a_special_procedure_say_how_long_and_by_which_law(
    world: World, licence: journeys.Journey
) -> None:
    licence.take("accept", "hr_sc").take("extend", "hr_head", reason="需要核实场所")
    page = read(world, licence, "extension")
    assert "需要核实场所" in page
    assert re.search(r"依照.+的规定，经本机关负责人批准，办理期限延长 \d+个工作日", page)
    procedure = licence.world.matter(LICENCE).definition["special_procedures"][0]
    licence.take("start_special", "hr_sc", procedure=procedure["name"], reason="实地核查")
    page = read(world, licence, "special")
    assert procedure["name"] in page
    assert f"依照{procedure['basis']}的规定，该程序所需时间不计入办理期限" in page


def test_the_conclusion_names_the_result_and_the_month(world: World) -> None:
    journey = journeys.delivering(world)
    page = read(world, journey, "conclusion")
    assert "办理结果：" in page
    assert "自 2026年3月 起计发" in page


def test_the_conclusion_of_a_refusal_does_not_read_like_a_grant(world: World) -> None:
    journey = journeys.reviewing(world).take("disapprove", "clerk_sc", reason="不符合条件")
    journey.take("feed_back", "clerk_sc", way="electronic")
    page = read(world, journey, "conclusion")
    assert "办理结果：不予批准，理由和救济途径见不予决定书" in page
    assert "计发" not in page


def test_a_document_is_read_as_it_was_issued(world: World) -> None:
    journey = journeys.collected(world)
    world.office("500101", "service_center")
    before = read(world, journey, "receipt")
    case = journey.case
    case.matter.name = "改了名的事项"
    case.matter.save()
    assert read(world, journey, "receipt") == before


def test_only_who_may_see_the_case_reads_it(world: World) -> None:
    journey = journeys.reviewing(world)
    number = Document.objects.filter(case_id=journey.id).first()
    path = f"/documents/{number}/"
    for who in ("citizen", "clerk_cq", "clerk_sc", "head_sc", "supervisor_cq", "supervisor_sc"):
        assert signed_in(world.people[who]).get(path).status_code == 200, who
    for who in ("outsider", "daughter", "clerk_elsewhere", "police_sc"):
        assert signed_in(world.people[who]).get(path).status_code == 404, who
    assert Client().get(path)["Location"] == f"/sign-in/?next={path}"


def test_names_stand_in_full_for_people_and_offices_of_the_case_only(world: World) -> None:
    journey = journeys.reviewing(world)
    for who in ("citizen", "clerk_cq", "clerk_sc"):
        assert "林晓梅：" in read(world, journey, "acceptance", who)
    page = read(world, journey, "acceptance", "supervisor_sc")
    assert "林晓梅" not in page
    assert "林*梅：" in page


@pytest.mark.parametrize("number", ["0", "x" * 300, "50010126033100000618-SJ99", "-", "SELECT"])
def test_a_number_that_is_none_is_not_found(world: World, number: str) -> None:
    assert signed_in(world.citizen).get(f"/documents/{number}/").status_code == 404


def test_what_a_clerk_wrote_is_text_and_nothing_else(world: World) -> None:
    journey = journeys.arrived(world)
    journey.take("refuse", "clerk_sc", reason="<script>alert(1)</script>{{ 7|add:7 }}")
    number = Document.objects.get(case_id=journey.id, kind="not_accepted").number
    page = signed_in(world.citizen).get(f"/documents/{number}/").content.decode()
    assert "<script>alert" not in page
    assert "{{ 7|add:7 }}" in page


def test_every_kind_that_can_be_issued_has_a_text(world: World) -> None:
    case = journeys.begin(world).case
    for kind in Document.Kind.values:
        document = Document.objects.create(
            case=case, kind=kind, number=f"{case.number}-{kind[:3]}", seq=1, office=None,
            content={}, issued_at=at("2026-04-01 10:00"),
        )  # fmt: skip
        answer = signed_in(world.citizen).get(f"/documents/{document.number}/")
        assert answer.status_code == 200, kind
        assert "川渝通办 2026年4月1日" in words(answer)


def test_few_statements(world: World, django_assert_max_num_queries: object) -> None:
    journey = journeys.supplementing(world)
    number = Document.objects.get(case_id=journey.id, kind="supplement").number
    client = signed_in(world.citizen)
    client.get(f"/documents/{number}/")
    # session, account, actor; document, services, messages read, part in it; unread messages.
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        client.get(f"/documents/{number}/")


def test_dates_are_written_in_full(world: World) -> None:
    journey = journeys.collected(world)
    assert not re.search(r"\d{4}-\d{2}-\d{2}", read(world, journey, "receipt"))
    assert dt.date(2026, 3, 31).isoformat() in str(Document.objects.first().content)  # type: ignore[union-attr]
