"""Filing on the pages: what is filed stands first, and the answer is there before handing in."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from matters.medical.models import Filing, Insured
from tests.medical.cover import CHONGQING, DAZHOU, filed, insure
from tests.portal.applying import Applying, shown
from tests.world import LIN_ID, ZHOU_ID, World
from workflows.cases.models import Case

GOING = {"now": "not_yet", "same_pool": "no", "filed": "none"}
ANSWERS = {
    "insured_region": DAZHOU,
    "destination": CHONGQING,
    "filing_kind": "other_temporary",
    "agrees_to_replace": "yes",
    "phone": "13800000000",
}


@pytest.fixture
def insured(world: World) -> Insured:
    world.citizen.id_number, world.citizen.phone = LIN_ID, "13800000000"
    world.citizen.save()
    return insure(DAZHOU, id_number=LIN_ID, name="林晓梅")


@pytest.fixture
def lin(world: World, insured: Insured, client: Client) -> Client:
    client.force_login(world.citizen)
    return client


def applying(world: World, client: Client) -> Applying:
    return Applying(client, world.matter("异地就医登记备案"), **GOING)


def filled_in(world: World, client: Client, **changes: str) -> Applying:
    walk = applying(world, client)
    walk.for_myself()
    walk.post("where/", at="500101")
    walk.post("form/", **ANSWERS | changes)
    return walk


def test_existing_filings_are_shown_before_anybody_begins(
    world: World, insured: Insured, lin: Client
) -> None:
    filed(insured, "long_term", CHONGQING)
    walk = applying(world, lin)
    for page in (walk.path, walk.path.replace("/apply/", "/check/")):
        text = shown(lin.get(page))
        assert "参保：达州市职工医保，自2020年1月1日起。参保状态正常。" in text
        assert "已经备案：异地长期居住，备案地重庆市，自2026年1月10日起长期有效。" in text


def test_the_last_page_tells_of_exemptions_and_what_handing_in_brings(
    world: World, lin: Client
) -> None:
    text = shown(filled_in(world, lin).get("check/"))
    assert "从达州市到重庆市是否免备案没有查到。" in text
    assert "拿不准的，现在就备案" in text
    assert "拨打12393" in text
    assert "提交后当场备案。" in text


def test_handing_in_files_at_once_and_shows_it(world: World, lin: Client) -> None:
    walk = filled_in(world, lin)
    answer = walk.hand_in()
    assert lin.get(answer["Location"]).status_code == 200
    case, filing = Case.objects.get(), Filing.objects.get()
    assert (case.state, filing.valid_from) == ("active", timezone.localdate())
    text = shown(lin.get(f"/my/{case.number}/"))
    assert case.facts["filing"]["number"] in text
    assert "其他临时外出" in text
    assert "取消备案" in text
    paper = shown(lin.get(f"/documents/{case.facts['filing']['number']}/"))
    assert "同时开通住院、普通门诊和门诊慢特病的直接结算" in paper
    cancelled = lin.post(
        f"/my/{case.number}/cancel_filing/",
        {"reason": "提前回来", "token": case.seq, "confirmed": "on"},
    )
    assert cancelled.status_code == 302
    assert Filing.objects.get().state == "cancelled"
    text = shown(lin.get(f"/my/{case.number}/"))
    assert "起不再有效：提前回来" in text


def test_what_would_be_refused_is_said_before_handing_in(
    world: World, insured: Insured, lin: Client
) -> None:
    filed(insured, "long_term", CHONGQING)
    text = shown(filled_in(world, lin).get("check/"))
    assert "提交后不会备案" in text
    assert "已经备案：异地长期居住，备案地重庆市" in text


def test_somebody_unknown_is_told_so_and_may_hand_in(
    world: World, insured: Insured, lin: Client
) -> None:
    insured.delete()
    walk = filled_in(world, lin)
    assert "没有查到参保登记" in shown(walk.get("check/"))
    walk.hand_in()
    assert Case.objects.get().state == "reviewing"


def test_a_daughter_is_told_of_her_fathers_cover_and_not_of_hers(
    world: World, insured: Insured, lin: Client
) -> None:
    insure(CHONGQING, id_number=ZHOU_ID)
    walk = applying(world, lin)
    walk.post("who/", on_behalf="family")
    walk.post(
        "person/", name="周德福", id_number=ZHOU_ID, phone="13900000000", relation="子女",
        authority="授权委托书", scope=["sign", "supplement", "withdraw"], expires_on_year="2027",
        expires_on_month="5", expires_on_day="11",
    )  # fmt: skip
    walk.post("where/", at="500101")
    walk.post("form/", **ANSWERS | {"insured_region": CHONGQING, "destination": DAZHOU})
    text = shown(walk.get("check/"))
    assert "参保：重庆市职工医保" in text
    assert "达州市职工医保" not in text
    # 重庆 to 四川: inpatient stays need no filing, which is only probable and says so.
    assert "从重庆市到达州市的住院免备案（自2022年8月1日，较可能，未见正式文件）。" in text
    walk.hand_in()
    assert Filing.objects.get().insured.id_number == ZHOU_ID
