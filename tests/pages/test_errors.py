"""Pages for what goes wrong: Chinese, with a way out, and never leaning on what may be broken."""

import pytest
from django.test import Client, RequestFactory
from django.views import defaults


def test_a_wrong_address_says_what_to_do(client: Client) -> None:
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404
    html = answer.content.decode()
    assert "没有找到这个页面" in html
    assert 'href="/"' in html


def test_a_stale_form_is_explained_and_says_that_nothing_changed() -> None:
    answer = Client(enforce_csrf_checks=True).post("/display/", {"large": "1"})
    assert answer.status_code == 403
    assert "页面已经过期，请重新提交" in answer.content.decode()


@pytest.mark.parametrize(
    ("view", "title"),
    [(defaults.permission_denied, "您的账号不能进行这项操作"), (defaults.bad_request, "无法识别")],
)
def test_refusals_say_that_nothing_was_changed(view: object, title: str) -> None:
    answer = view(RequestFactory().get("/"), Exception())  # type: ignore[operator]
    html = answer.content.decode()
    assert title in html
    assert "没有任何内容被改动" in html


def test_the_page_of_a_failure_needs_neither_the_session_nor_the_database() -> None:
    answer = defaults.server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert "系统出了问题" in answer.content.decode()
