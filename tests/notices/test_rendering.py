"""The words: every template gives a subject and a body, in whatever case it is used."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.template import Engine

from tongban.notices import rendering
from tongban.notices.email import email_of
from tongban.notices.models import Notice
from tongban.notices.rendering import CannotRender, Rendered, path_of, render_email


def render(notice: Notice) -> Rendered:
    """In the words of the files."""
    return rendering.render(notice, edited={})


FOLDER = site.BASE_DIR / "templates" / "notices"
# About data, a matter or a day, not about one case: tried in tests/sharing, portal and desk.
OF_SHARED_DATA = ("demand_", "shared_")
OF_NO_CASE = (*OF_SHARED_DATA, "can_be_done", "digest")
TEMPLATES = sorted(
    path.stem for path in FOLDER.glob("[a-z]*.txt") if not path.stem.startswith(OF_NO_CASE)
)
# In which somebody has something left to do by a date.
DATED_STEPS = {
    *("case_step", "submitted", "forwarded", "received", "accepted", "deemed_accepted"),
    *("supplement_required", "supplemented", "extended", "resumed"),
    *("approved", "concluded", "deadline_yellow", "deadline_red", "urged"),
}
OTHER_STEPS = {"refused", "disapproved", "delivered", "withdrawn", "suspended"}
WHOLE: dict[str, Any] = {
    "number": "CY512026112100001",
    "matter": "残疾人两项补贴",
    "office": "达州市通川区残疾人联合会",
    "state": "办理中",
    "step": "受理",
    "at_text": "2026年11月21日 09:30",
    "due_text": "2026年12月5日",
    "reason": "材料不全",
    "items": ["残疾人证复印件", "银行卡复印件"],
    "url": "/my/cases/1/",
    "message": "请带上原件",
}


def notice(template: str, context: dict[str, Any] | None = None) -> Notice:
    return Notice(pk=7, template=template, context=WHOLE if context is None else context)


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for templates of the test's own."""
    (tmp_path / "notices").mkdir()
    monkeypatch.setattr(rendering, "engine", lambda: Engine(dirs=[str(tmp_path)]))
    return tmp_path / "notices"


def test_there_are_words_for_every_step_that_people_are_told_of() -> None:
    assert set(TEMPLATES) >= DATED_STEPS | OTHER_STEPS


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_notice_says_which_case_it_is_about_and_what_is_next(template: str) -> None:
    rendered = render(notice(template))

    assert rendered.subject
    assert "\n" not in rendered.subject
    words = rendered.subject + rendered.body
    for said in ("number", "matter", "office"):
        assert WHOLE[said] in words
    assert "{" not in words
    assert "None" not in words
    assert "\n\n\n" not in rendered.body


@pytest.mark.parametrize("template", sorted(DATED_STEPS))
def test_a_date_that_is_known_is_told(template: str) -> None:
    assert "2026年12月5日" in render(notice(template)).body


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_notice_makes_sense_with_nothing_but_number_and_matter(template: str) -> None:
    rendered = render(notice(template, {"number": "CY512026112100001", "matter": "户口迁移"}))

    assert rendered.subject
    assert len(rendered.body) > 20
    # No label without its value, no date that was not given.
    assert not re.search(r"：\s*(\n|$)(?!\n)", rendered.body)
    assert "最迟" not in rendered.body


def test_instants_are_told_in_the_words_and_the_time_of_the_two_provinces() -> None:
    """A limit that ends with a day is told as that day, not as the midnight after it."""
    context = {
        "number": "CY1",
        "matter": "户口迁移",
        "at": "2026-11-21T01:30:00+00:00",
        "due": "2026-12-05T16:00:00+00:00",
        "promise": "2026-12-10T07:30:00+00:00",
    }

    body = render(notice("accepted", context)).body

    assert "时间：2026年11月21日 09:30" in body
    assert "这一步最迟 2026年12月5日 完成" in body
    assert "整件最迟 2026年12月10日 15:30 办结" in body


@pytest.mark.parametrize(
    "due", ["soon", "2026-12-05", "2026-13-45T16:00:00Z", "2026-12-05T16:00:00", 7, None]
)
def test_what_is_no_instant_is_left_unsaid(due: object) -> None:
    body = render(notice("accepted", {"number": "CY1", "matter": "户口迁移", "due": due})).body

    assert "最迟" not in body


def test_what_is_to_be_supplemented_is_listed_whole_and_numbered() -> None:
    body = render(notice("supplement_required")).body

    assert "1. 残疾人证复印件\n2. 银行卡复印件" in body
    assert "2026年12月5日" in body


def test_plain_text_is_not_escaped_as_if_it_were_a_page() -> None:
    context = {**WHOLE, "reason": "姓名与 <原件> 不符 & 缺页"}

    assert "姓名与 <原件> 不符 & 缺页" in render(notice("refused", context)).body


@pytest.mark.parametrize("template", ["../base", "_case", "", "Accepted", "accepted.txt"])
def test_a_template_name_leads_nowhere_else(template: str) -> None:
    with pytest.raises(CannotRender):
        render(notice(template))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{% if %}", "TemplateSyntaxError"),
        ("{{ items|no_such_filter }}", "TemplateSyntaxError"),
        ("{% include nothing %}", "TemplateDoesNotExist"),
        ("{{ items|divisibleby:2 }}", "TypeError"),
        ("  \n\n ", "no subject"),
    ],
)
def test_a_broken_template_is_reported_as_such(templates: Path, text: str, reason: str) -> None:
    (templates / "broken.txt").write_text(text)

    with pytest.raises(CannotRender, match=reason):
        render(notice("broken"))


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("/my/cases/1/", "/my/cases/1/"),
        ("https://evil.example/", ""),
        ("//evil.example/", ""),
        ("/\\evil.example/", ""),
        ("javascript:alert(1)", ""),
        (None, ""),
    ],
)
def test_a_notice_links_to_this_site_only(url: str | None, path: str) -> None:
    assert path_of(notice("accepted", {"url": url})) == path


def test_an_email_ends_with_the_link_and_says_not_to_reply(settings: Any) -> None:
    settings.SITE_URL = "https://tongban.example"

    body = render_email(notice("accepted"), edited={}).body

    assert "查看详情：https://tongban.example/my/cases/1/" in body
    assert body.rstrip().endswith("可在网站“收件箱”查看。")


def test_an_email_can_be_told_from_every_other_and_asks_for_no_reply(settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL = "川渝通办 <notice@tongban.example>"

    first = email_of(notice("accepted"), "zhang@example.com", edited={}).message()
    again = email_of(notice("accepted"), "zhang@example.com", edited={}).message()

    assert first["Message-ID"] == again["Message-ID"] == "<notice-7@tongban.example>"
    assert first["X-Tongban-Notice"] == "7"
    assert first["Auto-Submitted"] == "auto-generated"


def test_a_subject_cannot_smuggle_in_a_header() -> None:
    context = {**WHOLE, "matter": "补贴\nBcc: everybody@example.com"}

    message = email_of(notice("accepted", context), "zhang@example.com", edited={}).message()

    assert message["Bcc"] is None
