"""办理情形 at the window: the same questions, and the papers that follow from the answers."""

from __future__ import annotations

from typing import Any

from django.test import Client

from matters.catalogue import claims
from tests.desk.conftest import text_of
from tests.desk.counter.conftest import scanned
from tests.portal.asking import YES, asking
from tests.world import World, answers_for
from workflows.cases.models import Case, Draft, Material


def sheet(world: World, **more: Any) -> dict[str, Any]:
    version = asking(world)
    answers = {f"s-{code}": v for code, v in YES.items() if code != "disability_level"}
    return {
        "c-matter": version.matter.slug,
        "c-version": str(version.pk),
        "c-name": "林晓梅",
        "c-phone": "13812345678",
        "c-identity_checked": "on",
        "do": "hand_in",
        **answers_for(version, disability_level="first"),
        **answers,
        **more,
    }


def test_the_window_demands_the_papers_of_the_situation(window: World, clerk: Client) -> None:
    path = f"/desk/counter/{scanned(clerk)}/"
    with_agent = sheet(window, **{"s-by_agent": "yes", "c-papers": ["identity", "disability_card"]})
    assert "缺少必要材料：授权委托书" in text_of(clerk.post(path, with_agent))
    alone = sheet(window, **{"c-papers": ["identity", "disability_card"]})
    assert clerk.post(path, alone).status_code == 302
    case = Case.objects.get()
    assert case.facts["situation"] == YES
    assert case.state == "collected"
    assert Material.objects.filter(case=case).count() == 2


def test_an_open_question_and_another_way_are_told(window: World, clerk: Client) -> None:
    path = f"/desk/counter/{scanned(clerk)}/"
    assert "请回答：是请人代办吗" in text_of(clerk.post(path, sheet(window, **{"s-by_agent": ""})))
    no_card = sheet(window, **{"s-has_card": "no"})
    assert "请走另一条路：先办残疾人证" in text_of(clerk.post(path, no_card))
    late = sheet(window, disability_level="fourth", **{"s-card_until": "2040-01-31"})
    assert "2039年11月2日起才可以办" in text_of(clerk.post(path, late))
    assert not Case.objects.exists()


def test_a_draft_keeps_the_answers(window: World, clerk: Client) -> None:
    path = f"/desk/counter/{scanned(clerk)}/"
    clerk.post(path, sheet(window, **{"do": "save", "s-by_agent": "yes"}))
    assert Draft.objects.get().answers["situation"]["by_agent"] == "yes"
    assert "授权委托书" in text_of(clerk.get(path))


def test_a_window_takes_in_only_what_it_has_claimed_and_reads_its_own_points(
    window: World, clerk: Client
) -> None:
    version = asking(window)
    path = f"/desk/counter/{scanned(clerk)}/?matter={version.matter.slug}"
    center, by = window.office("500101", "service_center").pk, window.head_cq.pk
    counter = claims.Counter(phone="023-1", checklist=("复印件加盖骑缝章",))
    claims.take_on(office_id=center, matter_ids=[version.matter_id], counter=counter, by_id=by)
    assert "复印件加盖骑缝章" in text_of(clerk.get(path))
    claims.lay_down(office_id=center, matter_ids=[version.matter_id], why="没有专窗", by_id=by)
    refused = clerk.get(path, follow=True)
    assert "本窗口还没有认领这个事项" in text_of(refused)
