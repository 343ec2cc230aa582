from collections import Counter
from itertools import islice

import pytest
from django.contrib.auth import SESSION_KEY
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from tongban.accounts.actors import actor_of
from tongban.accounts.demonstration import invented, load_people, people
from tongban.accounts.demonstration.people import FIRST_BIRTH, LAST_BIRTH
from tongban.accounts.demonstration.places import EVERYWHERE, home_county
from tongban.accounts.identity import birth_date, is_resident_id
from tongban.accounts.models import Posting, User
from tongban.offices.models import Office


@pytest.fixture
def demonstration(settings: Settings, offices: dict[str, Office]) -> dict[str, Office]:
    settings.DEMONSTRATION = True
    load_people()
    return offices


def test_invented_people_are_possible_people() -> None:
    crowd = list(islice(people(7), 500))
    for person in crowd:
        assert is_resident_id(person.id_number)
        assert person.id_number.startswith(person.region_code)
        assert FIRST_BIRTH <= person.birth == birth_date(person.id_number) <= LAST_BIRTH
        assert person.phone.startswith("164")
        assert len(person.phone) == 11
        assert 2 <= len(person.name) <= 8
    assert len({person.id_number for person in crowd}) == 500
    assert any("·" in person.name for person in crowd)


def test_the_same_seed_invents_the_same_people() -> None:
    assert list(islice(people(7), 20)) == list(islice(people(7), 20))
    assert next(people(7)) != next(people(8))
    assert invented("cq-citizen-01", "500101") == invented("cq-citizen-01", "500101")


def test_every_place_has_a_county_for_its_id_numbers() -> None:
    assert {home_county(place.code)[:2] for place in EVERYWHERE} == {"50", "51"}
    assert home_county("511700") == "511702"
    assert home_county("500000") == "500101"
    with pytest.raises(ValueError, match="neither province"):
        home_county("110101")


def test_there_are_people_of_every_role(demonstration: dict[str, Office]) -> None:
    citizens = User.objects.filter(is_demonstration=True, kind="citizen")
    by_province = Counter(citizen.region_code[:2] for citizen in citizens)
    assert by_province == {"50": 12, "51": 12}
    roles = Counter(Posting.objects.values_list("role", flat=True))
    assert roles == {"clerk": 11, "head": 5, "supervisor": 2, "operator": 1}
    assert not User.objects.exclude(email__endswith="@example.com").exists()


def test_staff_sit_at_every_office_that_takes_in_or_decides_and_at_no_other(
    demonstration: dict[str, Office],
) -> None:
    desks = {
        key: set(
            office.postings.filter(role__in=["clerk", "head"]).values_list(
                "user__username", flat=True
            )
        )
        for key, office in demonstration.items()
    }
    assert desks["500101 civil_affairs"] == {
        "cq-wanzhou-civil-affairs",
        "cq-wanzhou-reviewer-1",
        "cq-wanzhou-reviewer-2",
        "cq-wanzhou-head",
    }
    assert desks["500101 service_center"] == {
        "cq-wanzhou-window-1",
        "cq-wanzhou-window-2",
        "cq-wanzhou-head",
    }
    assert desks["500101100 township_center"] == {"cq-wanzhou-township", "cq-wanzhou-head"}
    assert not desks["511702 post"]
    assert not desks["500101 supervision"]


def test_each_province_has_its_supervisor_and_the_site_its_operator(
    demonstration: dict[str, Office],
) -> None:
    for username, province in (("cq-supervisor", "500000"), ("sc-supervisor", "510000")):
        assert actor_of(User.objects.get(username=username).pk).supervises == {province}
    assert actor_of(User.objects.get(username="operator").pk).operator


def test_loading_again_changes_nothing_and_new_offices_get_their_people(
    demonstration: dict[str, Office], regions: object
) -> None:
    before = list(User.objects.order_by("pk").values_list("pk", "name", "phone_index"))
    again = load_people()
    assert (again.new_people, again.new_postings) == (0, 0)
    assert list(User.objects.order_by("pk").values_list("pk", "name", "phone_index")) == before
    Office.objects.create(
        code="x",
        name="通川区公安局",
        region_id="511702",
        department_id="general",
        kind="police",
        roles=["decide"],
    )
    more = load_people()
    assert (more.new_people, more.new_postings) == (1, 4)


def test_nobody_can_sign_in_to_them_with_a_password(demonstration: object) -> None:
    assert not any(user.has_usable_password() for user in User.objects.all())


def test_one_click_signs_in_as_anybody(client: Client, demonstration: object) -> None:
    page = client.get("/demonstration/").text
    for title in (
        "重庆群众",
        "四川群众",
        "窗口人员",
        "承办人员",
        "单位负责人",
        "督办人员",
        "系统运维",
    ):
        assert title in page
    for username, first_page in (
        ("sc-citizen-03", "/"),
        ("cq-wanzhou-head", "/desk/"),
        ("cq-supervisor", "/throughput/"),
        ("operator", "/operator/"),
    ):
        assert f'value="{username}"' in page
        answer = client.post("/demonstration/", {"person": username})
        assert answer["Location"] == first_page
        assert client.session[SESSION_KEY] == str(User.objects.get(username=username).pk)


def test_the_list_takes_a_handful_of_statements_however_long_it_is(
    client: Client, demonstration: object, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(3):
        client.get("/demonstration/")


def test_nobody_becomes_a_real_person_by_clicking(
    client: Client, demonstration: object, liu: User
) -> None:
    for person in ("liu-xuemei", "", "nobody", "\0"):
        assert client.post("/demonstration/", {"person": person}).status_code == 404
    assert SESSION_KEY not in client.session


def test_out_of_a_demonstration_there_is_no_such_page_and_no_such_person(
    client: Client, demonstration: object, settings: Settings
) -> None:
    client.post("/demonstration/", {"person": "cq-citizen-01"})
    settings.DEMONSTRATION = False
    assert client.get("/demonstration/").status_code == 404
    assert client.post("/demonstration/", {"person": "cq-citizen-01"}).status_code == 404
    assert client.get("/sign-in/").status_code == 200  # the old session has ended
    with pytest.raises(CommandError, match="DEBUG=1"):
        call_command("load_people")


def test_a_click_from_another_site_is_refused(demonstration: object) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/demonstration/", {"person": "cq-citizen-01"}).status_code == 403


def test_the_command_says_what_it_made(
    capsys: pytest.CaptureFixture[str], settings: Settings, offices: object
) -> None:
    settings.DEMONSTRATION = True
    call_command("load_people")
    call_command("load_people")
    first, second = capsys.readouterr().out.splitlines()
    assert "新增 0" not in first
    assert "新增 0）" in second
