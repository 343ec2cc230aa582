"""Lights, navigation and the parts that colleagues include."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.test import RequestFactory

from tongban.templatetags.pages import LIGHTS, site_nav


def rendered(source: str, **context: Any) -> str:
    return Template(source).render(Context(context))


@pytest.mark.parametrize("colour", LIGHTS)
def test_a_light_is_a_shape_and_a_word_besides_its_colour(colour: str) -> None:
    html = rendered("{% light colour %}", colour=colour)
    assert f"light-{colour}" in html
    assert f"icons.svg#{colour}" in html
    assert LIGHTS[colour][0] in html


def test_a_light_is_read_off_a_case_and_an_unknown_one_is_no_light() -> None:
    assert "红灯" in rendered("{% light case %}", case=SimpleNamespace(light="red"))
    assert "无时限" in rendered("{% light case %}", case=SimpleNamespace(light=None))
    assert "无时限" in rendered('{% light "purple" %}')


def test_a_light_may_say_how_long_is_left() -> None:
    assert "还剩 1 个工作日" in rendered('{% light "yellow" "还剩 1 个工作日" %}')


def test_a_block_keeps_what_it_wraps_and_escapes_what_it_is_given() -> None:
    html = rendered(
        "{% notice 'error' title=title %}<p>{{ word }}</p>{% endnotice %}",
        title="<b>",
        word="<i>",
    )
    assert "<p>&lt;i&gt;</p>" in html
    assert "&lt;b&gt;" in html


def links_for(path: str, kind: str | None, **more: object) -> list[tuple[str, bool]]:
    request = RequestFactory().get(path)
    actor = {"desks": {1}, "supervises": (), "operator": False} | more
    request.actor = SimpleNamespace(**actor)  # type: ignore[attr-defined]
    request.user = (
        AnonymousUser() if kind is None else SimpleNamespace(kind=kind, is_authenticated=True)  # type: ignore[assignment]
    )
    return [(link.label, link.current) for link in site_nav(Context({"request": request}))]


def test_a_visitor_a_citizen_and_a_clerk_each_have_their_own_navigation() -> None:
    assert [label for label, _ in links_for("/", None)] == ["首页"]
    assert [label for label, _ in links_for("/", "citizen")] == [
        *("首页", "我的办件", "我的证照", "收件箱")
    ]
    staff = [label for label, _ in links_for("/", "staff")]
    assert staff == ["工作台", "窗口收件", "邮寄交接", "共享数据", "收件箱"]


def test_only_supervisors_and_operators_are_led_to_the_figures() -> None:
    for more in ({"supervises": ("500000",)}, {"operator": True}):
        assert ("数据", False) in links_for("/desk/", "staff", **more)


def test_who_has_no_desk_is_led_to_no_window() -> None:
    links = [label for label, _ in links_for("/", "staff", desks=(), supervises=("500000",))]
    assert links == ["工作台", "共享数据", "收件箱", "数据"]


def test_exactly_the_deepest_link_of_the_path_is_current() -> None:
    at_the_counter = [label for label, here in links_for("/desk/counter/", "staff") if here]
    in_the_queue = [label for label, here in links_for("/desk/?light=red", "staff") if here]
    assert (at_the_counter, in_the_queue) == (["窗口收件"], ["工作台"])


def test_an_empty_list_offers_the_next_thing_to_do() -> None:
    html = rendered(
        '{% include "components/empty.html" with title="还没有办件" href="/" action="找事办" %}'
    )
    assert '<a class="button button-secondary" href="/">找事办</a>' in html


def test_paging_shows_only_the_ways_that_exist() -> None:
    page = '{% include "components/pages.html" %}'
    assert rendered(page).strip() == ""
    assert "上一页" not in rendered(page, next="?after=5")


def test_answers_that_are_missing_say_so() -> None:
    html = rendered('{% include "components/summary.html" %}', rows=[{"key": "说明", "value": ""}])
    assert "未填写" in html
