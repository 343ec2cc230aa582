"""The matter's form at portal and window: questions that appear, rows of people, files."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.portal.applying import Applying, publish_next, sent, shown
from tests.world import LIN_ID, SUBSIDY, ZHOU_ID, World, answers_for
from workflows.cases.models import Case, Draft, Material, Upload

FAMILY = [
    {"code": "with_family", "label": "是否有家人同住", "kind": "yes_no"},
    {
        "code": "family",
        "label": "同住家人",
        "kind": "people",
        "choices": [["child", "子女"], ["spouse", "配偶"]],
        "shown_when": [{"field": "with_family", "one_of": ["yes"]}],
    },
    {
        "code": "lease",
        "label": "租房合同",
        "kind": "file",
        "shown_when": [{"field": "with_family", "one_of": ["yes"]}],
    },
]
CHILD = {"family-0-name": "周小德", "family-0-id_number": ZHOU_ID, "family-0-relation": "child"}
ROW = {"family-count": "1", **CHILD}


@pytest.fixture
def asking(world: World, lin: Client) -> Applying:
    """林晓梅 applies for a matter that asks about her family only if she has one with her."""
    version = world.matter(SUBSIDY)
    fields = [*version.definition["fields"], *FAMILY]
    fresh = Applying(lin, publish_next(version, fields=fields))
    fresh.for_myself()
    return fresh


def answer(asking: Applying, **changes: Any) -> Any:
    first = {c: a for c, a in answers_for(asking.version).items() if c != "family"}
    asked = ",".join([*first, "with_family"])
    return asking.post("form/", **first | {"asked-before": asked} | changes)


def test_an_answer_brings_up_questions_before_they_are_missed(asking: Applying) -> None:
    page = shown(asking.get("form/"))
    assert "是否有家人同住" in page
    assert "同住家人" not in page
    page = shown(answer(asking, with_family="yes"))
    for words in ("还有几个问题", "同住家人", "租房合同", 'name="family-0-name"'):
        assert words in page
    assert "有内容需要改正" not in page
    assert asking.draft.data["with_family"] is True, "what was right is kept"
    asked = f"{','.join(answers_for(asking.version))},family,lease"
    page = shown(answer(asking, with_family="yes", **{"asked-before": asked}))
    for words in ("请填写同住家人", "请上传租房合同"):
        assert words in page


def test_script_asks_for_the_form_again_and_nothing_is_kept(asking: Applying) -> None:
    page = shown(answer(asking, with_family="yes", **{"ask-again": "1"}))
    assert "同住家人" in page
    assert "有内容需要改正" not in page
    assert "with_family" not in asking.draft.data
    page = shown(answer(asking, with_family="yes", **ROW, **{"family-add": "1"}))
    assert 'name="family-1-name"' in page
    assert "with_family" not in asking.draft.data


def test_family_and_files_go_into_the_case_and_are_shown_masked(
    asking: Applying, world: World
) -> None:
    asked = {"asked-before": f"{','.join(answers_for(asking.version))},family,lease"}
    files = {"lease-file": sent(name="合同.jpg")}
    half = ROW | {"family-0-relation": ""}
    page = shown(answer(asking, with_family="yes", **half, **asked, **files))
    assert "第 1 人：请选择与申请人的关系" in page
    assert "已上传：" in page, "an error elsewhere loses no file"
    assert answer(asking, with_family="yes", **ROW, **asked).status_code == 302
    kept = asking.draft.data["family"]
    assert ZHOU_ID not in str(kept)
    page = shown(asking.get("form/"))
    assert ZHOU_ID not in page
    assert "周小德" in page
    again = ROW | {"family-0-id_number": ""}
    assert answer(asking, with_family="yes", **again, **asked).status_code == 302
    asking.at_window(world.office("500101", "service_center").pk)
    page = shown(asking.get("check/"))
    for words in ("周小德，子女", "合同.jpg"):
        assert words in page
    assert ZHOU_ID not in page


def test_what_is_not_asked_any_more_is_not_kept(asking: Applying) -> None:
    asked = {"asked-before": f"{','.join(answers_for(asking.version))},family,lease"}
    answer(asking, with_family="yes", **ROW, **asked | {"lease-file": sent()})
    assert Upload.objects.filter(draft_key=asking.key, material_code="lease").count() == 1
    assert answer(asking, with_family="no", **ROW, **asked).status_code == 302
    assert "family" not in asking.draft.data
    assert not Upload.objects.filter(draft_key=asking.key, material_code="lease").exists()


def test_a_file_of_the_form_becomes_a_paper_of_the_case(asking: Applying, world: World) -> None:
    asked = {"asked-before": f"{','.join(answers_for(asking.version))},family,lease"}
    answer(asking, with_family="yes", **ROW, **asked | {"lease-file": sent()})
    asking.at_window(world.office("500101", "service_center").pk)
    asking.post("papers/", way="window")
    assert asking.hand_in().status_code == 302
    case = Case.objects.get(draft_key=asking.key)
    lease = Material.objects.get(case=case, code="lease")
    assert (lease.name, lease.status) == ("租房合同", "handed_in")
    assert lease.uploads.count() == 1
    page = shown(asking.client.get(f"/my/{case.number}/"))
    assert "周小德，子女" in page
    assert ZHOU_ID not in page
    assert LIN_ID not in page


def test_a_draft_keeps_its_family_through_a_new_version(asking: Applying) -> None:
    asked = {"asked-before": f"{','.join(answers_for(asking.version))},family,lease"}
    answer(asking, with_family="yes", **ROW, **asked | {"lease-file": sent()})
    fields = [f for f in asking.version.definition["fields"] if f["code"] != "phone"]
    publish_next(asking.version, fields=fields)
    page = shown(asking.get("form/"))
    assert "已更新为第 3 版" in page
    assert "周小德" in page
    assert Upload.objects.filter(draft_key=asking.key, material_code="lease").exists()
    draft = Draft.objects.get(pk=asking.key)
    assert "phone" not in draft.data
