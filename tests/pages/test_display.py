"""长辈模式 and the frame of every page, as HTML."""

import pytest
from django.test import Client
from pytest_django import Settings

from tongban.display import LARGE_COOKIE


@pytest.fixture
def book(settings: Settings) -> str:
    settings.DEMONSTRATION = True
    return "/style/"


def test_large_text_is_chosen_by_a_button_and_comes_back_to_the_page(client: Client) -> None:
    answer = client.post("/display/", {"large": "1", "next": "/my/?light=red"})
    assert answer["Location"] == "/my/?light=red"
    cookie = answer.cookies[LARGE_COOKIE]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("1", True, "Lax")


def test_large_text_is_given_up_again(client: Client) -> None:
    client.cookies[LARGE_COOKIE] = "1"
    answer = client.post("/display/", {"large": "0", "next": "/"})
    assert answer.cookies[LARGE_COOKIE]["max-age"] == 0


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com/", "javascript:1"])
def test_the_switch_never_leads_to_another_site(client: Client, elsewhere: str) -> None:
    assert client.post("/display/", {"large": "1", "next": elsewhere})["Location"] == "/"


def test_the_switch_is_not_a_link(client: Client) -> None:
    assert client.get("/display/").status_code == 405


def test_the_page_carries_the_class_and_the_way_back(client: Client, book: str) -> None:
    client.cookies[LARGE_COOKIE] = "1"
    html = client.get(book).content.decode()
    assert '<html lang="zh-CN" class="large">' in html
    assert "标准模式" in html


def test_a_demonstration_says_so_on_every_page(client: Client, settings: Settings) -> None:
    words = "示范环境：人物、机构与办件均为虚构"
    settings.DEMONSTRATION = True
    assert words in client.get("/no-such-page/").content.decode()
    settings.DEMONSTRATION = False
    assert words not in client.get("/no-such-page/").content.decode()


def test_the_pattern_book_exists_in_a_demonstration_only(
    client: Client, settings: Settings
) -> None:
    settings.DEMONSTRATION = False
    assert client.get("/style/").status_code == 404
    settings.DEMONSTRATION = True
    assert client.get("/style/").status_code == 200


@pytest.mark.parametrize("query", ["", "?dense=1"])
def test_no_page_carries_style_or_script_of_its_own(client: Client, book: str, query: str) -> None:
    html = client.get(book + query).content.decode()
    for forbidden in (" style=", "<style", "<script>", " onclick=", "javascript:"):
        assert forbidden not in html


def test_the_browser_is_told_to_run_only_our_files(client: Client, book: str) -> None:
    policy = client.get(book)["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_the_title_says_when_something_is_wrong() -> None:
    from django.template.loader import render_to_string

    from tongban.style_samples import SampleForm

    assert "<title>错误：" in render_to_string("base.html", {"form": SampleForm({})})
    assert "错误" not in render_to_string("base.html", {"form": SampleForm()})
