"""A demonstration is looked at by people who are no developers; in earnest there is nothing of it."""

import pytest
from django.test import Client
from pytest_django import Settings

from tests.world import World


@pytest.mark.parametrize("path", ["/nothing/", "/my/50010126033100000031/", "/files/1/"])
def test_what_is_not_there_is_told_on_a_page_of_the_site(
    world: World, settings: Settings, path: str
) -> None:
    settings.DEBUG = settings.DEMONSTRATION = True
    client = Client()
    client.force_login(world.citizen)
    answer = client.get(path)
    assert answer.status_code == 404
    page = answer.content.decode()
    assert "<title>没有找到这个页面" in page
    assert "URLconf" not in page


@pytest.mark.parametrize("path", ["/demonstration/", "/style/"])
def test_what_is_there_for_a_demonstration_only_is_not_there_in_earnest(
    world: World, settings: Settings, path: str
) -> None:
    settings.DEBUG = settings.DEMONSTRATION = False
    assert Client().get(path).status_code == 404
    assert Client().post(path, {"person": world.clerk_cq.username}).status_code == 404


def test_the_phones_of_a_demonstration_are_read_by_nobody_in_earnest(
    client: Client, settings: Settings
) -> None:
    settings.DEMONSTRATION = False
    assert client.get("/demonstration/messages/").status_code == 404
