"""The sheet asks more as it is filled in; people's numbers stay masked, and a look is written down."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from matters.catalogue.models import MatterVersion
from tests.desk.conftest import text_of
from tests.desk.counter.conftest import scanned, sheet, visit_path
from tests.portal.applying import publish_next
from tests.portal.test_asking_again import FAMILY, ROW
from tests.world import SUBSIDY, ZHOU_ID, World
from tongban.accounts.models import Look
from workflows.cases.models import Case, Draft


@pytest.fixture
def version(window: World) -> MatterVersion:
    """A matter that asks about the family only of those who have one with them."""
    old = window.matter(SUBSIDY)
    return publish_next(old, fields=[*old.definition["fields"], *FAMILY])


def filled(version: MatterVersion, **more: Any) -> dict[str, Any]:
    whole = sheet(version, **more)
    asked = [code for code in whole if "-" not in code and code != "family"]
    return {"asked-before": ",".join(asked), **whole, "family": None} | more


def sent(client: Client, version: MatterVersion, key: Any, **more: Any) -> Any:
    data = {name: value for name, value in filled(version, **more).items() if value is not None}
    return client.post(visit_path(key), data)


def test_script_that_asks_again_hands_nothing_in(clerk: Client, version: MatterVersion) -> None:
    key = scanned(clerk)
    answer = sent(clerk, version, key, with_family="yes", do=None, **{"ask-again": "1"})
    assert "同住家人" in text_of(answer)
    assert "租房合同" in text_of(answer), "a file of the form is a paper at the window"
    answer = sent(clerk, version, key, with_family="yes", **ROW, **{"family-add": "1"})
    assert 'name="family-1-name"' in answer.content.decode()
    assert not Case.objects.exists()
    assert not Draft.objects.exists()


def test_a_question_that_appears_is_asked_before_the_case_is_made(
    clerk: Client, version: MatterVersion
) -> None:
    key = scanned(clerk)
    answer = sent(clerk, version, key, with_family="yes")
    assert "还有几个问题要填" in text_of(answer)
    assert not Case.objects.exists()
    answer = sent(clerk, version, key, with_family="yes", **ROW, **{"asked-before": None})
    assert "缺少必要材料：租房合同" in text_of(answer)
    assert not Case.objects.exists()


def test_people_are_sealed_kept_by_name_and_looked_at_for_a_reason(
    clerk: Client, version: MatterVersion
) -> None:
    key = scanned(clerk)
    papers = [*(paper["code"] for paper in version.definition["materials"]), "lease"]
    more = {"with_family": "yes", "asked-before": None, "c-papers": papers, **ROW}
    assert sent(clerk, version, key, do="save", **more).status_code == 302
    page = clerk.get(visit_path(key)).content.decode()
    assert "周小德" in page
    assert ZHOU_ID not in page.split('id="answers-title"')[1]
    assert "已填：5117" in page
    blank = more | {"family-0-id_number": "", "c-seen": Draft.objects.get().saved_at.isoformat()}
    answer = sent(clerk, version, key, **blank)
    assert answer.status_code == 302, text_of(answer)
    case = Case.objects.get(draft_key=key)
    assert case.materials.get(code="lease").status == "handed_in"
    page = clerk.get(f"/desk/{case.number}/").content.decode()
    assert ZHOU_ID not in page
    look = f"/desk/{case.number}/look/data.family.0.id_number/"
    assert look in page
    assert ZHOU_ID in text_of(clerk.post(look, {"reason": "核对同住家人的身份证号"}))
    assert Look.objects.get().field == "data.family.0.id_number"
    for wrong in ("data.family.9.id_number", "data.family.0.name", "data.family", "data.lease"):
        assert clerk.get(f"/desk/{case.number}/look/{wrong}/").status_code == 404


def test_a_window_outside_the_area_takes_no_matter_of_it(
    clerk: Client, window: World, version: MatterVersion
) -> None:
    away = publish_next(version, zones=["泸永江"])
    key = scanned(clerk)
    answer = clerk.get(visit_path(key), {"matter": away.matter.slug}, follow=True)
    assert "这个事项只在泸永江" in text_of(answer)
    answer = clerk.post(visit_path(key), sheet(away), follow=True)
    assert "这个事项只在泸永江" in text_of(answer)
    assert not Case.objects.exists()
