"""The zone's own size, 144 departments and 5,460 kinds of resources, on quick pages."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from tests.portal.applying import shown
from tests.portal.conftest import signed_in
from tests.sharing.registers import load_registers
from tests.world import ORPHAN, SUBSIDY, World, planned_matters
from tongban.accounts.demonstration.places import CITIES, COUNTIES
from tongban.accounts.models import User
from tongban.offices.models import Region
from tongban.sharing.demonstration.register import fill_register
from tongban.sharing.demonstration.size import fill_up
from tongban.sharing.loading import entries, load_resources
from tongban.sharing.models import Holder, RegisterEntry, Resource, Responsibility
from workflows.cases.responsibilities import list_responsibilities

Counting = Callable[[int], AbstractContextManager[object]]
REAL = 2 * len(entries())
TODAY = dt.date(2026, 6, 1)


def _places() -> None:
    """Those of the demonstration's places that the small world does without."""
    Region.objects.bulk_create(
        [
            Region(
                code=place.code,
                name=place.slug,
                full_name=place.slug,
                level="county",
                province_id=place.code[:2] + "0000",
            )
            for place in (*COUNTIES, *CITIES)
        ],
        ignore_conflicts=True,
    )


def test_every_name_that_a_matter_gives_stands_in_the_catalogue() -> None:
    known = {entry["name"] for entry in entries()}
    wanted = {
        (paper.shared, planned.fact.name)
        for planned in planned_matters()
        for paper in planned.definition.materials
        if paper.shared
    }
    missing = sorted(f"{name}（{matter}）" for name, matter in wanted if name not in known)
    assert not missing, "add them to tongban/sharing/data/resources.yaml"


def test_the_catalogue_has_the_zones_size_and_its_pages_cost_the_same(
    world: World, django_assert_num_queries: Counting
) -> None:
    load_registers()
    client = signed_in(world.clerk_sc)
    for page in ("/sharing/", "/sharing/resources/510000-disability-card/", "/sharing/holders/"):
        client.get(page)
    # Session, account, desks, unread messages; and what the page itself asks.
    costs = {
        "/sharing/": 7,  # lines of work, a page, the count
        "/sharing/?q=登记&province=510000&department=police&named=no": 7,
        "/sharing/?after=0~1": 7,
        "/sharing/resources/510000-disability-card/": 7,  # resource, lines, breakers
        "/sharing/holders/": 5,
    }
    _places()
    fill_up()
    assert fill_up()[1] == 0, "again makes nothing"
    assert (Holder.objects.count(), Resource.objects.count()) == (144, 5_460)
    assert Resource.objects.filter(is_demonstration=False).count() == REAL
    for page, cost in costs.items():
        with django_assert_num_queries(cost):
            html = shown(client.get(page))
        assert len(html) < 120_000, page
    assert "共 5,460 类" in shown(client.get("/sharing/"))


def test_one_reads_on_from_page_to_page_and_misses_nothing(world: World) -> None:
    load_registers()
    clerk, names, path = signed_in(world.clerk_sc), [], "/sharing/"
    Resource.objects.bulk_create(
        Resource(
            code=f"x-{n}", name=f"示范 {n}", holder_id="510000-police", is_demonstration=True,
            valid_from=TODAY, questions=[{"code": "a", "text": "?"}],
        )
        for n in range(70)
    )  # fmt: skip
    while path:
        page = shown(clerk.get(path))
        names += re.findall(r'/sharing/resources/([^/]+)/"', page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        path = "/sharing/" + found[1].replace("&amp;", "&") if found else ""
    assert len(names) == len(set(names)) == 70 + REAL
    assert "没有符合条件的数据资源" in shown(clerk.get("/sharing/?q=没有这样的数据"))
    assert "请从列表中选择省市" in shown(clerk.get("/sharing/?province=99"))


def test_the_list_follows_the_matters_in_force(world: World) -> None:
    load_registers()
    world.matter(SUBSIDY)
    first = list_responsibilities(TODAY)
    lines = Responsibility.objects.filter(valid_to=None)
    assert first.begun == lines.count() > 0
    assert {kind for line in lines for kind in line.office_kinds} == {"civil_affairs"}
    card = lines.filter(resource__name="残疾人证").first()
    assert card is not None
    assert card.fields == ["class"], "the subsidy depends on the class itself"
    assert list_responsibilities(TODAY).begun == 0
    world.matter(ORPHAN)
    Resource.objects.filter(name="残疾人证").update(questions=[{"code": "new", "text": "新问题"}])
    changed = list_responsibilities(TODAY + dt.timedelta(days=1))
    assert changed.ended == 2
    assert not lines.filter(resource__name="残疾人证", questions=["valid"]).exists()
    page = shown(signed_in(world.clerk_sc).get("/sharing/resources/510000-disability-card/"))
    assert "政务数据共享条例" in page
    assert "民政局" in page


def test_invented_people_are_in_the_registers_with_gaps(world: World) -> None:
    load_registers()
    for nth in range(6):
        User.objects.create(
            username=f"sc-citizen-{nth:02d}",
            name="示范人",
            kind="citizen",
            id_number=f"51010419900101{nth:04d}",
            password="!",
            is_demonstration=True,
        )
    made = fill_register()
    assert 0 < made < 6 * REAL
    assert fill_register() == 0
    assert RegisterEntry.objects.filter(resource__code="510000-resident-identity").count() == 6
    assert not RegisterEntry.objects.filter(fields__address="示范路 1 号").exists(), "sealed"


def test_the_commands_say_what_they_did(world: World) -> None:
    load_registers()
    for command in ("load_resources", "list_responsibilities", "answer_lookups"):
        said = StringIO()
        call_command(command, stdout=said)
        assert said.getvalue().strip()


@pytest.mark.parametrize("who", ["citizen", None])
def test_the_catalogue_is_for_staff(world: World, who: str | None) -> None:
    load_registers()
    client = signed_in(world.people[who]) if who else Client()
    assert client.get("/sharing/").status_code in (302, 404)
    assert load_resources().resources == REAL
