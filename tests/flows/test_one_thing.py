"""一件事: one form, one submission, a case for each part, one message and one result for all."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from matters.catalogue.bundle import problems_of_part, with_parts
from matters.catalogue.definition import Definition
from matters.catalogue.pinned import definition_of
from tests.world import World, answers_for, at, planned_matters
from tongban.notices.models import Notice
from workflows.cases.access import visible_to
from workflows.cases.family import part_rows
from workflows.cases.models import Case, Event, Material, Upload
from workflows.cases.opening import NotInForce
from workflows.cases.perform import InvalidData, NotAllowed
from workflows.cases.sweep import sweep_deadlines
from workflows.cases.uploads import readable_by
from workflows.cases.waking import take_wakes
from workflows.flows.one_thing_parts import lines_of

HIRING = "员工录用一件事"
BEGUN = "2026-05-11 09:00"
NO_EXTRAS = {"wants_card": "no", "archive_elsewhere": "no", "fund_elsewhere": "no"}


class Hiring:
    """林晓梅's firm hires somebody who works in 通川 (四川) and comes from 万州 (重庆)."""

    def __init__(self, world: World, **answers: Any) -> None:
        self.world = world
        version = world.matter(HIRING)
        world.parts(version)
        work = {"work_region": "511702", "archive_region": "500101", "fund_region": "500101"}
        data = answers_for(version, **work, **answers)
        self.whole = world.open(version, at=at(BEGUN), data=data)

    @property
    def case(self) -> Case:
        return Case.objects.get(pk=self.whole.pk)

    def part(self, code: str) -> Case:
        lines = {line.part.code: line.case for line in lines_of(self.case)}  # type: ignore[arg-type]
        return lines[code]

    def end(self, code: str, step: str = "approve", when: str = "2026-05-12 09:00") -> None:
        part = self.part(code)
        who = f"clerk_{code}"
        if who not in self.world.people:
            office = part.office_of("owner")
            kind, region = next(
                (o.kind, o.region_id) for o in self.world.offices.values() if o.pk == office
            )
            self.world.post(who, "承办", region, kind, "clerk")
        self.world.take(part, "accept", who, at=at(when))
        self.world.take(part, step, who, {"opinion": "同意", "reason": "材料不符"}, at=at(when))

    def end_all(self, *codes: str) -> None:
        for code in codes:
            self.end(code)


@pytest.fixture
def hiring(world: World) -> Hiring:
    return Hiring(world, **NO_EXTRAS)


def test_one_submission_opens_the_parts_that_apply_in_both_provinces(world: World) -> None:
    hiring = Hiring(world)
    lines = lines_of(hiring.case)  # type: ignore[arg-type]
    assert [line.part.code for line in lines] == [
        "employment", "insurance", "medical", "card", "archive", "fund",
    ]  # fmt: skip
    offices = {place["region"] for line in lines for place in line.case.seats.values()}
    assert {"511702", "500101"} <= offices
    assert {line.case.relation for line in lines} == {"part"}
    assert Hiring(world, **NO_EXTRAS).case.children.count() == 3


def test_handing_in_twice_opens_everything_once(hiring: Hiring) -> None:
    again = hiring.world.open(
        hiring.world.matter(HIRING), draft_key=hiring.whole.draft_key, data={}, at=at(BEGUN)
    )
    assert again.pk == hiring.whole.pk
    assert Case.objects.count() == 4


def test_what_was_asked_once_stands_in_every_part_that_asks_for_it(world: World) -> None:
    hiring = Hiring(world)
    archive, card = hiring.part("archive"), hiring.part("card")
    assert archive.data["owner_name"] == "周德福"
    assert (archive.data["receiving_region"], archive.data["keeping_region"]) == (
        "511702",
        "500101",
    )
    assert card.data["owner_region"] == "511702"
    assert "周德福" in hiring.part("employment").data["reason"]


def test_a_paper_handed_in_once_serves_all_parts_and_their_offices_read_it(world: World) -> None:
    version = world.matter(HIRING)
    world.parts(version)
    key = uuid.uuid4()
    file = Upload.objects.create(
        owner=world.citizen, draft_key=key, material_code="identity", name="身份证.jpg",
        content_type="image/jpeg", size=3, sha256="0" * 64,
    )  # fmt: skip
    data = answers_for(version, **NO_EXTRAS)
    world.open(version, data=data, draft_key=key, at=at(BEGUN))
    papers = Material.objects.filter(code="identity").order_by("id")
    assert [(p.status, [u.pk for u in p.uploads.all()]) for p in papers] == [
        ("handed_in", [file.pk])
    ] * 4
    office = world.post("insurer", "社保", "511702", "human_resources", "clerk")
    assert list(readable_by(world.actor("insurer"))) == [file]
    assert not readable_by(world.actor("police_cq")).exists()
    assert office.is_active


def test_one_message_at_the_beginning_and_one_at_the_end(hiring: Hiring) -> None:
    inbox = Notice.objects.filter(user=hiring.world.citizen, channel="inbox")
    assert [n.template for n in inbox] == ["submitted"]
    hiring.end_all("employment", "insurance", "medical")
    assert take_wakes() == 1
    rows = inbox.filter(subject_key=hiring.whole.number).order_by("id")
    told = list(rows.values_list("template", flat=True))
    assert told == ["submitted", "one_thing_concluded"]
    # The decisions themselves are papers that must reach the person, each from its own office.
    rest = inbox.exclude(subject_key=hiring.whole.number)
    assert set(rest.values_list("template", flat=True)) == {"concluded"}
    assert not rest.filter(document_id=None).exists()


def test_when_all_have_ended_the_whole_is_concluded_with_a_result_a_part(hiring: Hiring) -> None:
    hiring.end_all("employment", "insurance")
    assert (take_wakes(), hiring.case.state) == (0, "working")
    hiring.end("medical")
    assert take_wakes() == 1
    case = hiring.case
    assert (case.state, case.outcome) == ("completed", "done")
    results = case.documents.get(kind="conclusion").content["parts"]
    assert [row["result"] for row in results] == ["已办成"] * 3
    assert take_wakes() == 0


def test_only_the_whole_is_counted(hiring: Hiring) -> None:
    hiring.end_all("employment", "insurance", "medical")
    take_wakes()
    counted = Event.objects.filter(is_root=True, counts_as__in=("received", "concluded"))
    assert [(e.case_id, e.counts_as) for e in counted.order_by("id")] == [
        (hiring.whole.pk, "received"), (hiring.whole.pk, "concluded"),
    ]  # fmt: skip


def test_a_refused_part_undoes_no_other_and_may_be_filed_again_once(hiring: Hiring) -> None:
    hiring.end_all("employment", "medical")
    hiring.end("insurance", "disapprove")
    assert take_wakes() == 1
    assert (hiring.case.state, hiring.case.holder) == ("choosing", "applicant")
    old = hiring.part("insurance")
    fixed = {"part": "insurance", "insurance-reason": "已更正参保日期"}
    hiring.world.take(hiring.case, "refile", "citizen", fixed, at=at("2026-05-13 09:00"))
    new = hiring.part("insurance")
    assert (hiring.case.state, new.state, new.pk != old.pk) == ("working", "received", True)
    assert new.data == {**old.data, "reason": "已更正参保日期"}
    assert [row.is_replaced for row in part_rows(hiring.case)].count(True) == 1  # type: ignore[arg-type]
    hiring.end("insurance", "disapprove", when="2026-05-14 09:00")
    assert take_wakes() == 1
    # Twice refused is refused: the whole ends with what was achieved.
    assert (hiring.case.state, hiring.case.outcome) == ("completed", "done")


def test_a_part_can_be_filed_again_while_the_others_still_run(hiring: Hiring) -> None:
    hiring.end("insurance", "disapprove")
    hiring.world.take(
        hiring.case, "refile", "citizen", {"part": "insurance"}, at=at("2026-05-13 09:00")
    )
    assert hiring.part("insurance").is_open
    with pytest.raises(NotAllowed, match="没有可以重新提交的分项"):
        hiring.world.take(hiring.case, "refile", "citizen", {"part": "insurance"})


def test_what_is_put_right_must_be_right(hiring: Hiring) -> None:
    hiring.end("insurance", "disapprove")
    for wrong in (
        {},
        {"part": "medical"},
        {"part": "insurance", "insurance-owner_region": "999999"},
    ):
        with pytest.raises(InvalidData):
            hiring.world.take(hiring.case, "refile", "citizen", wrong)
    assert hiring.case.children.count() == 3


def test_the_person_may_leave_it_at_that_and_after_fifteen_days_the_system_does(
    world: World,
) -> None:
    first, second = Hiring(world, **NO_EXTRAS), Hiring(world, **NO_EXTRAS)
    for hiring in (first, second):
        hiring.end_all("employment", "medical")
        hiring.end("insurance", "disapprove")
    # The parts ended on the 12th; they are woken then.
    assert take_wakes() == 2
    world.take(first.case, "settle", "citizen")
    assert (first.case.state, first.case.outcome) == ("completed", "done")
    due = second.case.hop_due_at
    assert due is not None
    sweep_deadlines(now=due)
    assert second.case.state == "completed"
    assert second.case.events.get(step="settle_in_time").actor_kind == "system"


def test_withdrawing_the_whole_withdraws_the_open_parts_and_lets_the_ended_be(
    hiring: Hiring,
) -> None:
    hiring.end("employment")
    hiring.world.take(
        hiring.case, "withdraw", "citizen", {"reason": "不招了"}, at=at("2026-05-13 09:00")
    )
    states = {line.part.code: line.case.state for line in lines_of(hiring.case)}  # type: ignore[arg-type]
    assert states == {"employment": "completed", "insurance": "withdrawn", "medical": "withdrawn"}
    assert (hiring.case.state, hiring.case.outcome) == ("withdrawn", "withdrawn")
    assert take_wakes() == 0


def test_a_part_whose_rules_forbid_it_goes_on_and_the_whole_waits_for_it(world: World) -> None:
    hiring = Hiring(world, **NO_EXTRAS | {"fund_elsewhere": "yes"})
    fund = hiring.part("fund")
    sheet = {"principal": "100.00", "interest": "0.00", "months": "3", "loan_uses": "0"}
    for step, who, data in (
        ("accept", "fund_sc", {"checked": "on"}),
        ("confirm", "fund_cq", {"released": "on"}),
        ("send_sheet", "fund_cq", sheet),
        ("send_money", "fund_cq", {"amount": "100.00", "voucher": "LS0001"}),
    ):
        world.take(fund, step, who, data, at=at("2026-05-12 09:00"))
    world.take(hiring.case, "withdraw", "citizen", {"reason": "不招了"}, at=at("2026-05-13 09:00"))
    assert hiring.case.state == "working"
    assert hiring.case.events.get(step="withdraw").data["going_on"] == ["住房公积金异地转移接续"]
    with pytest.raises(NotAllowed, match="已经撤回过"):
        world.take(hiring.case, "withdraw", "citizen", {"reason": "再撤"})


def test_each_office_sees_its_own_part_and_the_lead_sees_how_all_stand(hiring: Hiring) -> None:
    world = hiring.world
    world.post("lead", "牵头", "511702", "human_resources", "clerk")
    world.post("insurer", "医保", "511702", "service_center", "clerk")
    seen = set(visible_to(world.actor("lead")).values_list("pk", flat=True))
    assert hiring.whole.pk in seen
    assert hiring.part("medical").pk not in seen
    rows = part_rows(hiring.case)  # type: ignore[arg-type]
    assert [(row.name, row.state, row.result) for row in rows] == [
        ("就业登记", "待受理", ""), ("企业职工参保登记", "待受理", ""), ("职工参保登记", "待受理", ""),
    ]  # fmt: skip


def test_nothing_chosen_is_no_application(world: World) -> None:
    version = world.matter("小学入学一件事")
    version = world.matter("新生儿出生一件事")
    world.parts(version)
    wants = {
        f["code"]: "no" for f in version.definition["fields"] if f["code"].startswith("wants_")
    }
    with pytest.raises(InvalidData):
        world.open(version, data=answers_for(version, **wants))
    assert not Case.objects.exists()


@pytest.mark.parametrize("name", ["小学入学一件事", "新生儿出生一件事", "企业跨省迁移一件事"])
def test_every_bundle_can_be_handed_in_with_all_its_parts(world: World, name: str) -> None:
    version = world.matter(name)
    world.parts(version)
    more = {"enrols_as": "migrant"} if "小学" in name else {}
    case = world.open(version, data=answers_for(version, **more))
    # Two ways in which a child enrols, and two in which a newborn's certificate stands, exclude each other.
    either = {"local", "settling"}
    parts = [p for p in definition_of(version.pk).parts if p.code not in either]
    assert case.children.count() == len(parts)


# ---- the data ----


def definition_named(name: str) -> Definition:
    return next(p.definition for p in planned_matters() if p.fact.name == name)


def test_what_a_part_asks_and_the_whole_does_not_is_added_under_its_name() -> None:
    hiring = definition_named(HIRING)
    asked = hiring.field("fund_receiving_account")
    assert (asked.label, asked.shown_when[0].field) == (
        "住房公积金异地转移接续：转入地个人公积金账号", "fund_elsewhere",
    )  # fmt: skip


def test_a_part_that_takes_another_kind_of_answer_is_refused() -> None:
    hiring = definition_named(HIRING)
    part = hiring.parts[0].model_copy(update={"fields": {"owner_region": "id_number"}})
    matter = definition_named("就业登记")
    assert any("id_number" in text for text in problems_of_part(hiring, part, matter))
    unknown = hiring.parts[0].model_copy(update={"fields": {"gone": "phone"}})
    assert any("没有这个字段" in text for text in problems_of_part(hiring, unknown, matter))


def test_the_union_is_the_same_however_often_it_is_made() -> None:
    hiring = definition_named(HIRING)
    by_name = {p.fact.key: p.definition for p in planned_matters()}
    matters = {p.code: by_name[p.matter.name, p.matter.batch] for p in hiring.parts}
    assert with_parts(hiring, matters) == hiring


def test_a_part_whose_matter_is_not_in_force_opens_nothing(world: World) -> None:
    version = world.matter(HIRING)
    with pytest.raises(NotInForce):
        world.open(version, data=answers_for(version))
    assert not Case.objects.exists()


def test_a_register_s_word_for_a_paper_holds_for_the_part_that_is_filed_again(
    hiring: Hiring,
) -> None:
    hiring.end("insurance", "disapprove")
    paper = hiring.part("insurance").materials.get(code="identity")
    paper.status, paper.note = Material.Status.SHARED, "共享数据已核验：一致，免交"
    paper.save()
    hiring.world.take(hiring.case, "refile", "citizen", {"part": "insurance"})
    again = hiring.part("insurance").materials.get(code="identity")
    assert (again.pk != paper.pk, again.status, again.note) == (True, paper.status, paper.note)
