"""我的医保: filings, settlements with their sentences and rules, reimbursements; nobody else's."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from matters.medical.ledger import reverse
from matters.medical.models import Filing, Insured, Settlement
from tests.portal.conftest import signed_in
from tests.portal.insured import CHECKED, acts_for_father, father, insure, settled
from tests.world import World, at

MINE = "/medical/mine/"


def page_of(client: Client, address: str = MINE) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def one(row: Settlement) -> str:
    return f"/medical/settlements/{row.setl_id}/"


def authorised(world: World, *, until: dt.date | None = None) -> None:
    """周晓燕 acts for her father, and an office has taken that on."""
    Insured.objects.filter(name="周德福").update(person_class="active")
    acts_for_father(world, until=until).take("accept", "medical_cq", **CHECKED)
    Insured.objects.filter(name="周德福").update(person_class="retired")


def test_filings_say_until_when_and_how_to_change_them(world: World) -> None:
    cover = insure(world)
    kept = {"insured": cover, "filed_at": timezone.now()}
    Filing.objects.create(
        kind="long_term", destination_id="511700", valid_from=dt.date(2026, 1, 1),
        locked_until=dt.date(2999, 1, 1), **kept,
    )  # fmt: skip
    Filing.objects.create(
        kind="referral", destination_id="513400", valid_from=dt.date(2025, 1, 1),
        valid_to=dt.date(2025, 7, 1), state="expired", ended_on=dt.date(2025, 7, 2),
        end_reason="有效期届满", **kept,
    )  # fmt: skip
    page = page_of(signed_in(world.citizen))
    for said in ("异地长期居住 → 达州市", "自2026年1月1日起长期有效", "2999年1月1日起才能变更或取消",
                 "异地转诊 → 凉山彝族自治州", "已到期", "2025年7月2日起不再有效", "职工医保 · 在职",
                 "1,000.00元"):  # fmt: skip
        assert said in page, said


def test_a_filing_leads_to_its_case_only_where_one_has_a_part_in_it(world: World) -> None:
    own, other = world.open(), world.open(by="outsider")
    row = {"insured": insure(world), "kind": "other_temporary", "valid_from": dt.date(2026, 1, 1)}
    for place, case in (("511700", own), ("513400", other)):
        Filing.objects.create(
            destination_id=place, filed_at=timezone.now(), case_key=case.number, **row
        )
    page = page_of(signed_in(world.citizen))
    assert f"/my/{own.number}/" in page
    assert other.number not in page


def test_without_anything_each_part_says_what_to_do(world: World) -> None:
    page = page_of(signed_in(world.citizen))
    assert "没有查到参保登记" in page
    insure(world)
    page = page_of(signed_in(world.citizen))
    assert "还没有备案" in page
    assert "还没有结算记录" in page
    assert "没有正在办或办过的手工报销" in page


def test_a_settlement_is_read_line_by_line_with_the_rules_that_made_it(world: World) -> None:
    row = settled(insure(world))
    page = page_of(signed_in(world.citizen), one(row))
    for line in row.breakdown["explanation"]:
        assert line["text"] in page
    assert row.rules
    for rule in row.rules:
        assert rule["span"].replace("≤", "≤") in page
    assert "出处" in page
    assert "确定" in page


def test_what_was_taken_back_says_so_on_both_sides(world: World) -> None:
    row = settled(insure(world))
    back = reverse(
        settlement_id=row.pk, key="back", at=at("2026-05-12 09:00"), reason="费用录入有误"
    )
    client = signed_in(world.citizen)
    assert "这一笔已经撤销" in page_of(client, one(row))
    assert "费用录入有误" in page_of(client, one(back))
    listed = page_of(client)
    assert "已撤销" in listed
    assert "结算撤销" in listed


def test_nobody_sees_somebody_elses_settlement(world: World) -> None:
    insure(world)
    row = settled(father(world))
    for who in ("citizen", "outsider", "daughter", "clerk_cq"):
        client = signed_in(world.people[who])
        assert client.get(one(row)).status_code == 404, who
        assert one(row) not in page_of(client)
    assert Client().get(one(row)).status_code == 302
    assert Client().get(MINE).status_code == 302
    assert signed_in(world.citizen).get(f"{MINE}?who=77").status_code == 404


def test_a_daughter_sees_her_fathers_as_long_as_her_authority_runs(world: World) -> None:
    row = settled(father(world))
    acts_for_father(world)
    client = signed_in(world.daughter)
    # What she says of herself opens nothing.
    assert client.get(one(row)).status_code == 404
    authorised(world, until=timezone.localdate())
    assert "周*福" in page_of(client, one(row))
    page = page_of(client)
    assert "周德福（代办）" in page
    key = page.split("?who=")[1].split('"')[0]
    assert one(row) in page_of(client, f"{MINE}?who={key}")
    assert signed_in(world.outsider).get(f"{MINE}?who={key}").status_code == 404


def test_an_authority_that_has_run_out_opens_nothing_any_more(world: World) -> None:
    row = settled(father(world))
    authorised(world, until=timezone.localdate() - dt.timedelta(days=1))
    client = signed_in(world.daughter)
    assert client.get(one(row)).status_code == 404
    assert "代办" not in page_of(client)


@pytest.mark.parametrize("count", [1, 30])
def test_statements_do_not_grow_with_the_rows(world: World, count: int) -> None:
    cover = insure(world)
    for nth in range(count):
        settled(cover, nth, total="120.00")
        Filing.objects.create(
            insured=cover, kind="other_temporary", destination_id="511700", state="expired",
            valid_from=dt.date(2025, 1, 1), valid_to=dt.date(2025, 7, 1), filed_at=timezone.now(),
        )  # fmt: skip
    client = signed_in(world.citizen)
    page_of(client)
    with CaptureQueriesContext(connection) as counted:
        page = page_of(client)
    # Three of them are the sign-in's.
    assert len(counted) <= 14, [q["sql"][:90] for q in counted]
    if count > 10:
        following = page.split('rel="next" href="')[1].split('"')[0]
        assert page.count("/medical/settlements/") == 10
        assert page_of(client, MINE + following).count("/medical/settlements/") == 10
