"""The demonstration as a visitor finds it: real matters, invented people, cases that were played."""

from __future__ import annotations

import pytest
from django.conf import settings as site
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.browser.looking import axe_clean, no_sideways_scroll, shot
from tests.world import forget_everything
from tongban.accounts.models import User
from workflows.cases.models import Case, Party
from workflows.cases.sweep import sweep_deadlines
from workflows.flows.simulation.cast import gather
from workflows.flows.simulation.play import Play
from workflows.throughput.counting import count_today, recount_last

WIDTHS = {"wide": {"width": 1440, "height": 900}, "phone": {"width": 360, "height": 740}}


@pytest.fixture
def people(transactional_db: None, settings: Settings) -> None:
    """The real list of offices, and invented people who work in them."""
    settings.DEMONSTRATION = True
    for command in ("load_offices", "load_calendar", "load_people"):
        call_command(command, verbosity=0)
    forget_everything()


@pytest.fixture
def played(people: None) -> None:
    """Two weeks of cases, on the real list of matters."""
    call_command("load_catalogue", verbosity=0)
    now = timezone.localtime()
    play = Play(gather(now.date()), seed=7, until=now)
    play.run(days=12, per_day=7, tick=lambda _: None)
    sweep_deadlines()
    recount_last()
    count_today()


def visit(page: Page, server: LiveServer, who: User, path: str, name: str) -> None:
    """See a page at both widths as somebody: nothing for axe to find, nothing over the edge."""
    client = Client()
    client.force_login(who)
    page.context.clear_cookies()
    cookie = client.cookies[site.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": site.SESSION_COOKIE_NAME, "value": cookie, "url": server.url}]
    )
    for width, size in WIDTHS.items():
        page.set_viewport_size(size)  # type: ignore[arg-type]
        answer = page.goto(server.url + path)
        assert answer is not None
        assert answer.ok, path
        axe_clean(page, colours=width == "phone")
        no_sideways_scroll(page)
        shot(page, f"{name}-{width}")


def test_every_main_page_stands_with_real_lists(
    played: None, live_server: LiveServer, page: Page
) -> None:
    supervisor = User.objects.get(username="cq-supervisor")
    visit(page, live_server, supervisor, "/throughput/", "dashboard")
    visit(page, live_server, supervisor, "/throughput/late/", "late")

    case = Case.objects.filter(flow="collect_forward").order_by("-seq", "id")[0]
    applicant = Party.objects.select_related("user").get(case=case, role="applicant").user
    assert applicant is not None
    visit(page, live_server, applicant, "/", "home")
    visit(page, live_server, applicant, "/matters/", "matters")
    visit(page, live_server, applicant, "/my/", "my-cases")
    visit(page, live_server, applicant, f"/my/{case.number}/", "my-case")

    held = Case.objects.filter(closed_at=None, holder="owner", flow="collect_forward").order_by(
        "id"
    )
    waiting = held[0]
    clerk = User.objects.filter(
        postings__office=waiting.holder_office_id, postings__role="clerk"
    ).order_by("id")[0]
    visit(page, live_server, clerk, "/desk/?view=office", "desk")
    visit(page, live_server, clerk, f"/desk/{waiting.number}/", "desk-case")

    window = User.objects.get(username="cq-wanzhou-window-1")
    visit(page, live_server, window, "/desk/counter/", "counter")
    visit(page, live_server, window, "/desk/parcels/", "parcels")


def test_a_visitor_becomes_anybody_by_one_click_and_only_in_a_demonstration(
    people: None, live_server: LiveServer, page: Page, settings: Settings
) -> None:
    page.goto(f"{live_server.url}/demonstration/")
    axe_clean(page)
    page.locator("summary").first.click()
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    page.locator("button[value='cq-supervisor']").click()
    page.goto(f"{live_server.url}/throughput/")
    expect(page.get_by_role("heading", level=1)).to_have_text("办件数据")
    settings.DEMONSTRATION = False
    answer = page.goto(f"{live_server.url}/demonstration/")
    assert answer is not None
    assert answer.status == 404
