"""Where somebody is: suggestions, windows near them, and matters of neighbouring areas."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from django.test import Client

from matters.catalogue.index import forget_index
from matters.catalogue.models import MatterVersion
from matters.catalogue.regions import forget_regions
from matters.catalogue.words import search_text
from tests.portal.applying import Applying, publish_next, shown
from tests.world import SUBSIDY, World
from tongban.offices.directory import forget_directory
from tongban.offices.models import Region
from workflows.cases.models import Case
from workflows.cases.routing import OutsideItsZone

Counting = Callable[[int], AbstractContextManager[object]]


@pytest.fixture
def subsidy(world: World) -> Iterator[MatterVersion]:
    """A matter that is found by its name, in a country that is not remembered."""
    version = world.matter(SUBSIDY)
    matter = version.matter
    matter.search_text = search_text(matter.name, matter.theme)
    matter.save()
    forget_directory()
    forget_regions()
    forget_index()
    yield version
    forget_directory()


@pytest.fixture
def in_zone(subsidy: MatterVersion) -> MatterVersion:
    """The same, valid in 万达开 only: 万州 is inside here, 通川 is not."""
    Region.objects.filter(pk="500101").update(zones=["万达开"])
    return publish_next(subsidy, zones=["万达开"])


def test_typing_suggests_a_few_matters_for_one_statement(
    subsidy: MatterVersion, django_assert_num_queries: Counting
) -> None:
    Client().get("/matters/suggest/", {"q": "残疾人"})
    with django_assert_num_queries(1):
        page = shown(Client().get("/matters/suggest/", {"q": "残疾人"}))
    assert f'href="/matters/{subsidy.matter.slug}/"' in page
    assert "找到 1 个事项" in page
    assert "相近的有" in shown(Client().get("/matters/suggest/", {"q": "残级人补贴"}))
    assert shown(Client().get("/matters/suggest/")).strip() == ""
    for hostile in ("\x00", "<script>", "%", "字" * 9000):
        answer = Client().get("/matters/suggest/", {"q": hostile})
        assert answer.status_code == 200
        assert "<script>" not in shown(answer)


def test_the_boxes_ask_for_suggestions_and_work_without(subsidy: MatterVersion) -> None:
    for address in ("/", "/matters/?q=残疾人&mode=collect"):
        page = shown(Client().get(address))
        assert 'hx-get="/matters/suggest/"' in page
        assert 'id="suggestions"' in page
    assert '<input type="hidden" name="mode" value="collect">' in page
    assert "共 1 个事项" in page
    assert "只看全程网办的" in page


def test_the_county_is_remembered_and_forgotten(subsidy: MatterVersion) -> None:
    client = Client()
    page = shown(client.get("/"))
    assert "/place/?next=%2F" in page
    assert "您在哪个区县" in shown(client.get("/place/", {"next": "/matters/"}))
    answer = client.post("/province/", {"county": "500101", "next": "/matters/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/matters/")
    page = shown(client.get("/"))
    assert "重庆市万州区（更改）" in page
    assert 'value="500000" aria-pressed="true"' in " ".join(page.split())
    client.post("/province/", {"province": "510000"})
    assert "万州区" not in shown(client.get("/"))
    assert "请从列表中选择区县" in shown(client.post("/province/", {"county": "110101"}))
    away = client.post("/province/", {"county": "", "next": "https://evil.example/"})
    assert away.headers["Location"] == "/"


def test_windows_near_a_county_and_its_township_first(
    subsidy: MatterVersion, django_assert_max_num_queries: Counting
) -> None:
    path = f"/matters/{subsidy.matter.slug}/windows/"
    assert "万州区政务服务中心" not in shown(Client().get(path)), "nobody knows where they are"
    page = shown(Client().get(path, {"at": "500101"}))
    for words in ("收件窗口，近的在前", "万州区政务服务中心", "万州区示范路1号", "示范"):
        assert words in page
    assert "请从列表中选择区县" in shown(Client().get(path, {"at": "110101"}))
    with django_assert_max_num_queries(9):
        Client().get(path, {"at": "500101", "town": "500101901"})
    assert path in shown(Client().get(f"/matters/{subsidy.matter.slug}/", {"at": "500101"}))


def test_a_matter_of_neighbouring_areas_is_shown_inside_only(in_zone: MatterVersion) -> None:
    name, client = in_zone.matter.name, Client()
    for address in (f"/matters/?q={name}", "/matters/", f"/matters/suggest/?q={name}", "/"):
        assert name not in shown(client.get(address)).replace(f"“{name}”", "").replace(
            f'value="{name}"', ""
        ), address
    client.post("/province/", {"county": "500101"})
    assert f"/matters/{in_zone.matter.slug}/" in shown(client.get(f"/matters/?q={name}"))
    client.post("/province/", {"county": "511702"})
    assert f"/matters/{in_zone.matter.slug}/" not in shown(client.get(f"/matters/?q={name}"))
    page = shown(client.get(f"/matters/{in_zone.matter.slug}/"))
    assert "只在万达开（重庆市万州区）有效" in page
    assert "您选择的四川省达州市通川区不在其中" in page


def test_nobody_applies_for_it_from_elsewhere(
    in_zone: MatterVersion, lin: Client, world: World
) -> None:
    applying = Applying(lin, in_zone)
    applying.for_myself()
    page = shown(applying.post("where/", at="511702"))
    assert "只在万达开（重庆市万州区）办理" in page
    assert "改选所在的区县" in page
    assert applying.draft.origin_region_id is None
    assert applying.post("where/", at="500101").status_code == 302
    with pytest.raises(OutsideItsZone, match="12345"):
        world.open(in_zone, origin_region="511702")
    assert not Case.objects.exists()
    assert world.open(in_zone).pk
