"""一件事 on the citizen's pages: one application, and one page that shows how every part stands."""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.flows.test_financing import Demand
from tests.flows.test_one_thing import NO_EXTRAS, Hiring
from tests.portal.applying import Applying, sent, shown
from tests.portal.conftest import signed_in
from tests.portal.mine import words
from tests.world import LIN_ID, World
from workflows.cases.models import Case
from workflows.flows.one_thing_parts import lines_of

SCHOOL = "小学入学一件事"


def test_one_application_through_the_pages_opens_a_case_for_each_part(world: World) -> None:
    world.citizen.id_number, world.citizen.phone = LIN_ID, "13900000001"
    world.citizen.save()
    version = world.matter(SCHOOL)
    world.parts(version)
    guide = words(Client().get(f"/matters/{version.matter.slug}/"))
    assert "一次办哪些事" in guide
    assert "预防接种证办理 需要时才办" in guide
    applying = Applying(signed_in(world.people["citizen"]), version)
    applying.for_myself()
    applying.post("where/", at="500101")
    applying.with_answers(enrols_as="migrant")
    applying.post("papers/identity/", sent=sent())
    receipt = applying.hand_in()
    assert "/receipt/" in receipt["Location"], shown(receipt)
    whole = Case.objects.get(parent=None)
    assert whole.children.count() == 3
    page = words(applying.client.get(f"/my/{whole.number}/"))
    for name in ("进城务工人员随迁子女接受义务教育入学", "居住证办理", "各部分的进度", "待受理"):
        assert name in page


def test_a_part_leads_back_to_its_whole_and_says_what_came_of_it(world: World) -> None:
    hiring = Hiring(world, **NO_EXTRAS)
    hiring.end("insurance", "disapprove")
    client = signed_in(world.people["citizen"])
    whole = words(client.get(f"/my/{hiring.whole.number}/"))
    assert "未获批准" in whole
    assert "重新提交未办成的事项" in whole
    part = client.get(f"/my/{hiring.part('insurance').number}/")
    assert f"/my/{hiring.whole.number}/" in shown(part)
    form = shown(client.get(f"/my/{hiring.whole.number}/refile/"))
    assert 'name="insurance-reason"' in form
    sent_back = client.post(
        f"/my/{hiring.whole.number}/refile/", {"part": "insurance", "token": str(hiring.case.seq)}
    )
    assert sent_back.status_code == 302
    assert "已重新提交" in words(client.get(f"/my/{hiring.whole.number}/"))


def test_the_parts_of_a_whole_cost_the_same_however_many_there_are(world: World) -> None:
    client = signed_in(world.people["citizen"])

    def statements(hiring: Hiring) -> int:
        path = f"/my/{hiring.whole.number}/"
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        return len(captured)

    few, many = Hiring(world, **NO_EXTRAS), Hiring(world)
    assert len(lines_of(many.case)) == 2 * len(lines_of(few.case))  # type: ignore[arg-type]
    assert statements(few) == statements(many)


def test_the_enterprise_compares_offers_and_the_platform_reads_none(world: World) -> None:
    demand = Demand(world).send_out()
    demand.answer("510000")
    demand.answer("500000", "decline")
    mine = words(signed_in(world.people["citizen"]).get(f"/my/{demand.case.number}/"))
    assert "500,000.00 元，年利率 3.85%，24 个月" in mine
    assert "负债或对外担保过高：现有负债率偏高" in mine
    assert "服务标准" in mine
    platform = words(signed_in(world.people["desk_sc"]).get(f"/desk/{demand.case.number}/"))
    assert "示范银行" in platform
    assert "3.85" not in platform
    bank = words(
        signed_in(world.people["clerk_500000"]).get(f"/desk/{demand.at_bank('500000').number}/")
    )
    assert "3.85" not in bank
