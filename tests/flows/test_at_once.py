"""Queries and appointments: done in one step or none, and never counted with applications."""

import datetime as dt
import uuid
from dataclasses import replace

import pytest

from tests import journeys
from tests.sharing.registers import list_matter, load_registers, registered
from tests.sharing.wanting import wanted_by
from tests.world import LIN_ID, World, answers_for, at
from tongban.sharing.asking import agree, answer
from workflows.cases.models import Case, Document, Event
from workflows.cases.opening import PartyInput
from workflows.cases.perform import InvalidData, NotAllowed
from workflows.cases.shared_materials import LEFT_TO_SHARED_DATA
from workflows.cases.sweep import sweep_deadlines
from workflows.throughput.measures import FLOWS, stock_rows

MONDAY = "2026-05-11 09:00"
QUERY, BOOKING = "社会保障卡应用状态查询", "结婚登记预约"


def booked(world: World, day: str = "2026-05-14") -> journeys.Journey:
    version = world.matter(BOOKING)
    return journeys.begin(world, version, MONDAY, data=answers_for(version, visit_on=day))


def test_a_booking_is_settled_in_the_moment_it_is_made(world: World) -> None:
    case = booked(world).case
    assert (case.state, case.outcome, case.closed_at) == ("booked", "done", None)
    assert case.concluded_at == at(MONDAY)
    assert Document.objects.get(case=case).kind == "receipt"
    assert [event.step for event in case.events.order_by("seq")] == ["open", "book"]


def test_the_opening_tells_of_the_case_as_it_stands_then(world: World) -> None:
    version = world.matter(BOOKING)
    opened = world.open(version, at=at(MONDAY), data=answers_for(version, visit_on="2026-05-12"))
    assert (opened.state, opened.seq) == ("booked", 2)


@pytest.mark.parametrize(
    "day", ["2026-05-11", "2026-05-10", "2026-05-16", "2026-06-30", "2025-01-06"]
)
def test_no_day_off_no_past_day_and_none_too_far_ahead_is_booked(world: World, day: str) -> None:
    with pytest.raises(InvalidData, match="须是明天起 30 天以内的工作日"):
        booked(world, day)


def test_who_has_booked_is_seen_to_on_the_day_and_not_before(world: World) -> None:
    booking = booked(world)
    with pytest.raises(NotAllowed, match="还没到预约的日子"):
        booking.take("visit", "clerk_sc")
    booking.take("visit", "clerk_sc", "2026-05-14 09:30")
    assert booking.case.closed_at == at("2026-05-14 09:30")


def test_a_booking_is_cancelled_by_who_made_it(world: World) -> None:
    booking = booked(world).take("cancel", "citizen")
    assert (booking.case.state, booking.case.outcome) == ("cancelled", "done")


def test_a_booking_that_nobody_looks_after_ends_by_itself(world: World) -> None:
    booking = booked(world)
    sweep_deadlines(now=at("2026-07-20 09:00"))
    assert booking.case.state == "missed"


def test_a_query_is_answered_in_one_step_and_the_answer_is_in_the_document_alone(
    world: World,
) -> None:
    world.post("hr_sc", "通人社", "511702", "human_resources", "clerk")
    query = journeys.begin(world, QUERY, MONDAY)
    assert str(query.case.clocks["hop"]["limit"]) == "1G"
    query.take("reply", "hr_sc", reply="卡片状态：正常，银行账户已激活")
    assert (query.case.state, query.case.outcome) == ("answered", "done")
    document = Document.objects.get(case_id=query.id, kind="result")
    assert document.content["result"] == "卡片状态：正常，银行账户已激活"
    kept = Event.objects.filter(case_id=query.id).values_list("data", flat=True)
    assert "已激活" not in str(list(kept))


def test_they_are_never_counted_with_applications(world: World) -> None:
    world.post("hr_sc", "通人社", "511702", "human_resources", "clerk")
    journeys.begin(world, QUERY, MONDAY).take("reply", "hr_sc", reply="正常")
    booked(world).take("visit", "clerk_sc", "2026-05-14 09:30")
    journeys.begin(world, QUERY, MONDAY)
    booked(world)
    for measure in FLOWS.values():
        assert not Event.objects.filter(measure.rows).exists(), measure.code
    words = set(Event.objects.values_list("counts_as", flat=True))
    assert words == {"", "asked", "answered", "booked", "confirmed"}
    now = at(MONDAY) + dt.timedelta(days=1)
    for code in ("in_hand", "delivering", "red"):
        assert not Case.objects.filter(stock_rows(code, now)).exists()
    world.open("困难残疾人生活补贴", at=at(MONDAY))
    assert Case.objects.filter(stock_rows("in_hand", now)).count() == 1


INSURED = "个人参保证明查询打印"


def asked_with_consent(world: World, *, knows: bool) -> Case:
    """林晓梅 agrees to the look-up while she fills in the form; then she hands it in."""
    load_registers()
    version = world.matter(INSURED)
    list_matter(version)
    registered(["社会保险参保信息"] if knows else [])
    key = uuid.uuid4()
    wanted = wanted_by(world, "human_resources", name="社会保险参保信息", key=str(key))
    agreed = agree(
        wanted=replace(wanted, material_code="record"),
        person=world.citizen,
        recorded_by=world.citizen,
        at=at(MONDAY),
    )
    answer(agreed.pk, by=world.citizen, now=at(MONDAY))
    parties = [PartyInput("applicant", "林晓梅", user=world.citizen, id_number=LIN_ID)]
    return world.open(version, at=at(MONDAY), parties=parties, draft_key=key,
                      paper_notes={"record": LEFT_TO_SHARED_DATA})  # fmt: skip


def test_a_register_that_was_asked_beforehand_answers_in_the_same_moment(world: World) -> None:
    case = asked_with_consent(world, knows=True)
    assert (case.state, case.closed_at) == ("answered", at(MONDAY))
    told = Document.objects.get(case=case, kind="result").content["result"]
    assert told == "四川省人力资源和社会保障厅的社会保险参保信息：正在参加社会保险：是。"


def test_whom_the_register_does_not_know_the_office_answers(world: World) -> None:
    assert asked_with_consent(world, knows=False).state == "asked"
