"""A register down for ten minutes: people go on, and what was owed is answered once."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone
from pytest_django import Settings

from tests.cases.threads import at_once
from tests.portal.applying import Applying, sent, shown
from tests.portal.conftest import signed_in
from tests.sharing.registers import load_registers, registered, six_paper_matter
from tests.sharing.wanting import agreed
from tests.world import World, at, build_world
from tongban.notices.models import Notice
from tongban.notices.rendering import render
from tongban.sharing import asking, breaker, connectors
from tongban.sharing.asking import answer, answer_due, give_up
from tongban.sharing.connectors import Answer, Question, Refusal, Unreachable
from tongban.sharing.models import Breaker, LookUp, Record
from tongban.sharing.register import Register
from tongban.sharing.together import answer_together
from workflows.cases.models import Case, Material

NOON = at("2026-09-21 12:00")
MINUTE = dt.timedelta(minutes=1)


class Sichuan:
    """The platform of 四川, as far as it answers; what it was asked stays in `asked`."""

    def __init__(self) -> None:
        self.is_down, self.found = True, True
        self.asked: list[Question] = []

    def ask(self, question: Question) -> Answer:
        self.asked.append(question)
        if self.is_down:
            raise Unreachable("对方系统在规定时间内没有答复")
        return Answer(self.found, dict.fromkeys(question.questions, True), {})


@pytest.fixture
def sichuan(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Sichuan:
    """Its registers are reached through a connector of its own; 重庆's are in the database."""
    there = Sichuan()
    settings.SHARING_CONNECTORS = {"510000": {"url": "https://sichuan.example"}}
    real = connectors.connector_for
    monkeypatch.setattr(
        "tongban.sharing.asking.connector_for",
        lambda code: there if code == "510000" else real(code),
    )
    return there


def test_a_register_down_for_ten_minutes_blocks_nobody(
    six: Applying, sichuan: Sichuan, registers: World
) -> None:
    page = shown(
        six.client.post(
            f"/apply/{six.key}/shared/", {"agreed": ["identity", "household"]}, follow=True
        )
    )
    assert "居民身份信息现在查不了（对方系统在规定时间内没有答复）" in page
    assert len(sichuan.asked) == 1, "who did not answer once is not waited for again"
    assert "上传" in shown(six.get("papers/identity/"))
    six.post("papers/household/", sent=sent())  # she has it at hand
    six.post("papers/", way="window")
    assert six.hand_in()["Location"].endswith("/receipt/")
    case = Case.objects.get(draft_key=six.key)
    papers = dict(Material.objects.filter(case=case).values_list("code", "status"))
    assert (papers["identity"], papers["household"]) == ("owed", "handed_in")

    now = timezone.now()
    for _ in range(10):  # ten minutes, as beat would
        now += MINUTE
        answer_due(now=now)
    assert Breaker.objects.get().opened_at is not None
    assert 3 <= len(sichuan.asked) <= 10
    assert "待答复" in shown(signed_in(registers.clerk_sc).get(f"/desk/{case.number}/"))

    sichuan.is_down = False
    for _ in range(20):
        now += MINUTE
        answer_due(now=now)
    assert Breaker.objects.get().opened_at is None
    assert set(LookUp.objects.values_list("state", flat=True)) == {"confirmed"}
    assert Record.objects.filter(outcome="confirmed").count() == 2
    papers = dict(Material.objects.filter(case=case).values_list("code", "status"))
    assert (papers["identity"], papers["household"]) == ("shared", "handed_in")
    told = [render(n) for n in Notice.objects.filter(template="shared_confirmed", channel="inbox")]
    assert sorted(t.subject for t in told) == [
        "不用再交材料：居民户籍信息已核验",
        "不用再交材料：居民身份信息已核验",
    ]
    asked = len(sichuan.asked)
    answer_due(now=now + dt.timedelta(days=1))
    assert len(sichuan.asked) == asked, "answered once"


def test_while_the_breaker_is_open_nobody_is_asked(
    six: Applying, sichuan: Sichuan, registers: World
) -> None:
    for _ in range(breaker.FAILURES):
        breaker.failed("510000", "没有答复", NOON)
    look_up = answer(agreed(registers, NOON).pk, by=registers.citizen, now=NOON)
    assert look_up.reason == "对方系统正在恢复，暂停查询"
    assert sichuan.asked == []
    assert not Record.objects.exists(), "nobody looked"


def test_half_open_lets_one_probe_through_and_its_answer_closes(db: None) -> None:
    for n in range(breaker.FAILURES):
        assert breaker.admits("510000", NOON)
        breaker.failed("510000", "没有答复", NOON + n * MINUTE)
    opened = NOON + (breaker.FAILURES - 1) * MINUTE
    assert not breaker.admits("510000", opened + breaker.COOL_OFF / 2)
    probe = opened + breaker.COOL_OFF
    assert [breaker.admits("510000", probe) for _ in range(3)] == [True, False, False]
    breaker.failed("510000", "没有答复", probe)
    assert not breaker.admits("510000", probe + breaker.COOL_OFF / 2), "open anew"
    assert breaker.admits("510000", probe + breaker.COOL_OFF)
    assert breaker.admits("510000", probe + breaker.COOL_OFF + breaker.PROBE), "a lost probe"
    breaker.answered("510000", probe + breaker.COOL_OFF)
    assert all(breaker.admits("510000", probe) for _ in range(3))
    assert breaker.admits("500000", NOON), "each connector has its own"


def test_a_failure_now_and_then_opens_nothing(db: None) -> None:
    for _ in range(10):
        breaker.failed("510000", "没有答复", NOON)
        breaker.answered("510000", NOON)
    assert breaker.open_connectors() == {}


def test_data_that_nobody_has_connected_yet_is_no_fault_of_the_register(
    six: Applying, registers: World
) -> None:
    for _ in range(breaker.FAILURES + 1):
        look_up = answer(agreed(registers, NOON).pk, by=None, now=NOON + MINUTE)
        assert (look_up.state, look_up.reason) == ("owed", "该数据尚未接通")
    assert not Breaker.objects.exists()


def test_a_refusal_ends_it_and_says_why(
    six: Applying, registers: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_self: object, _question: Question) -> Answer:
        raise Refusal("不在共享范围")

    monkeypatch.setattr("tongban.sharing.register.Register.ask", refuse)
    look_up = answer(agreed(registers, NOON).pk, by=registers.citizen, now=NOON)
    assert (look_up.state, look_up.reason, look_up.id_number) == ("refused", "不在共享范围", None)


def test_a_late_no_asks_for_the_paper(six: Applying, sichuan: Sichuan, registers: World) -> None:
    sichuan.found = False
    look_up = agreed(registers, NOON, key=str(six.key))
    answer_together([look_up], by=registers.citizen, now=NOON)
    sichuan.is_down = False
    assert answer_due(now=NOON + MINUTE) == {"not_found": 1}
    notice = Notice.objects.get(channel="inbox")
    assert render(notice).subject == "请提交材料：居民身份信息未查到"
    assert notice.context["url"] == f"/apply/{six.key}/papers/"


def test_the_pauses_grow_and_after_a_month_it_is_let_go(
    six: Applying, sichuan: Sichuan, registers: World
) -> None:
    look_up, now, pauses = agreed(registers, NOON), NOON, []
    for _ in range(6):
        Breaker.objects.all().delete()
        look_up = answer(look_up.pk, by=None, now=now)
        assert look_up.next_attempt_at is not None
        pauses.append(int((look_up.next_attempt_at - now) / MINUTE))
        now = look_up.next_attempt_at
    assert pauses == [1, 2, 4, 8, 15, 15]
    assert give_up(NOON + dt.timedelta(days=29)) == 0
    assert give_up(NOON + dt.timedelta(days=31)) == 1
    assert LookUp.objects.get().id_number is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False])
def test_two_workers_ask_once(guarded: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two workers take up the same owed look-up; without the claim both would ask."""
    world = build_world()
    load_registers()
    six_paper_matter(world)
    registered(["居民身份信息"])
    look_up = agreed(world, NOON)
    asked: list[Question] = []
    real = Register.ask

    def ask(self: Register, question: Question) -> Answer:
        asked.append(question)
        return real(self, question)

    monkeypatch.setattr("tongban.sharing.register.Register.ask", ask)
    if not guarded:
        monkeypatch.setattr("tongban.sharing.asking._claimed", unclaimed(look_up))
    results = at_once(*[lambda: answer(look_up.pk, by=None, now=NOON)] * 2)
    assert not [r for r in results if isinstance(r, Exception)]
    assert len(asked) == (1 if guarded else 2)
    assert Record.objects.count() == 1, "written once, whoever asked"


def unclaimed(look_up: LookUp) -> Callable[..., LookUp]:
    def take(_key: object, _now: object) -> LookUp:
        return LookUp.objects.select_related("resource__holder", "office").get(pk=look_up.pk)

    return take


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False])
def test_the_button_pressed_twice_at_once_owes_one_look_up(
    guarded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both presses find nothing yet; without the guard one of them ends in an error page."""
    world = build_world()
    load_registers()
    six_paper_matter(world)
    both, real = threading.Barrier(2), asking._owed

    def together(*args: Any) -> LookUp:
        both.wait(timeout=10)
        return real(*args)

    monkeypatch.setattr(asking, "_owed", together)
    if not guarded:
        monkeypatch.setattr(asking, "IntegrityError", LookupError)
    results = at_once(*[lambda: agreed(world, NOON, key="one draft")] * 2)
    failed = [type(result) for result in results if isinstance(result, Exception)]
    assert failed == ([] if guarded else [IntegrityError])
    assert LookUp.objects.count() == 1


def test_what_she_takes_back_while_it_is_asked_is_not_kept(
    six: Applying, registers: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_up = agreed(registers, NOON, key=str(six.key))

    def slowly(_self: Register, question: Question) -> Answer:
        asking.drop(kind="application", key=str(six.key))
        return Answer(True, dict.fromkeys(question.questions, True), {})

    monkeypatch.setattr(Register, "ask", slowly)
    answer(look_up.pk, by=registers.citizen, now=NOON)
    kept = LookUp.objects.get()
    assert (kept.state, kept.answer, kept.person_name) == ("dropped", {}, "")


def test_a_sweep_ends_in_its_time_however_many_provinces_are_slow(
    six: Applying, sichuan: Sichuan, registers: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreed(registers, NOON)
    monkeypatch.setattr(asking, "BUDGET_SECONDS", -1)
    assert answer_due(now=NOON) == {}
    assert sichuan.asked == []
