"""The first page, the search and the guide: what is there, said plainly, at a fixed cost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from django.test import Client
from django.utils import timezone

from matters.catalogue.models import Matter, MatterVersion
from matters.catalogue.pinned import definition_of
from matters.catalogue.words import search_text
from tests.portal.applying import Applying, publish_next, shown
from tests.world import ORPHAN, SUBSIDY, World
from workflows.portal.popular import forget_popular

Counting = Callable[[int], AbstractContextManager[object]]
MOVE = "川渝两地户口迁移"
ONLINE = "居民身份证换领"


@pytest.fixture(autouse=True)
def nothing_counted() -> Iterator[None]:
    forget_popular()
    yield
    forget_popular()


@pytest.fixture
def matters(world: World) -> dict[str, MatterVersion]:
    """Four matters, each found by its name."""
    found = {name: world.matter(name) for name in (SUBSIDY, ORPHAN, MOVE, ONLINE)}
    for version in found.values():
        matter = version.matter
        matter.search_text = search_text(matter.name, matter.theme)
        matter.save()
        definition_of(version.pk)
    return found


def many(world: World, count: int, begin: int = 0) -> None:
    version = world.matter(SUBSIDY)
    for n in range(begin, begin + count):
        matter = Matter.objects.create(
            slug=f"many-{n}",
            name=f"企业实行不定时工作制和综合计算工时工作制审批意见和制度方案异地备案（县级）{n}",
            department_id="general",
            theme="很多",
            source_url=f"https://example.com/{n}",
            source_batch="批次",
            certainty="from_memory",
            search_text=f"很多{n}\nhenduo\nhd",
        )
        MatterVersion.objects.create(
            matter=matter,
            number=1,
            status="published",
            valid_from=dt.date(2026, 1, 1),
            mode="online",
            mode_certainty="presumed",
            flow=version.flow,
            definition=version.definition,
            published_at=timezone.now(),
        )


def test_the_first_page_has_search_themes_and_what_is_used_most(
    matters: dict[str, MatterVersion],
) -> None:
    page = shown(Client().get("/"))
    assert 'name="q"' in page
    assert "户籍 <small>2 个事项</small>" in page
    assert "常办事项" in page
    assert SUBSIDY in page, "nobody has applied yet: matters with published limits"
    assert "我正在办的" not in page


def test_an_empty_catalogue_says_what_to_do(world: World) -> None:
    assert "还没有可以办的事项" in shown(Client().get("/"))


def test_what_is_used_most_is_counted_once_a_day(
    world: World, matters: dict[str, MatterVersion], django_assert_num_queries: Counting
) -> None:
    for _ in range(3):
        world.open(SUBSIDY)
    with django_assert_num_queries(4):  # the index, read anew; the count, the matters
        page = shown(Client().get("/"))
    assert page.index(SUBSIDY) < page.index("按主题找")
    assert ORPHAN not in page[: page.index("按主题找")]
    with django_assert_num_queries(2):
        Client().get("/")


def test_cases_of_last_year_count_no_more(world: World, matters: dict[str, MatterVersion]) -> None:
    world.open(SUBSIDY, at=timezone.now() - dt.timedelta(days=31))
    assert ORPHAN in shown(Client().get("/"))


def test_my_open_cases_are_on_top_with_state_office_and_date(
    world: World, lin: Client, matters: dict[str, MatterVersion]
) -> None:
    case = world.open(SUBSIDY)
    page = shown(lin.get("/"))
    for words in (case.number, "待收件", "万州区政务服务中心"):
        assert words in page
    assert page.index(case.number) < page.index("常办事项")


def test_the_first_page_costs_the_same_with_one_case_and_with_thirty(
    world: World,
    lin: Client,
    matters: dict[str, MatterVersion],
    django_assert_num_queries: Counting,
) -> None:
    world.open(SUBSIDY)
    lin.get("/")
    # Session, user, themes, matters, cases, drafts, unread messages.
    with django_assert_num_queries(7):
        lin.get("/")
    for _ in range(29):
        world.open(SUBSIDY)
    with django_assert_num_queries(7):
        page = shown(lin.get("/"))
    assert page.count('class="task"') == 5


def test_an_application_that_was_left_is_on_the_first_page(applying: Applying) -> None:
    page = shown(applying.client.get("/"))
    assert "还没有提交的申请" in page
    assert f"/apply/{applying.key}/" in page


def test_where_i_am_is_remembered(matters: dict[str, MatterVersion]) -> None:
    visitor = Client()
    answer = visitor.post("/province/", {"province": "510000", "next": "/matters/?q=x"})
    assert answer["Location"] == "/matters/?q=x"
    cookie = answer.cookies["province"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("510000", True, "Lax")
    page = shown(visitor.get("/"))
    assert page.count('aria-pressed="true"') == 1
    guide = shown(visitor.get(f"/matters/{matters[SUBSIDY].matter.slug}/"))
    assert guide.index("四川省达州市") < guide.index('label="重庆市"')


@pytest.mark.parametrize("data", [{}, {"province": "110000"}, {"province": "<script>"}])
def test_anywhere_else_is_not(data: dict[str, str], world: World) -> None:
    answer = Client().post("/province/", data | {"next": "https://example.com/"})
    assert (answer["Location"], "province" in answer.cookies) == ("/", False)
    assert Client().get("/province/").status_code == 405


def test_a_matter_is_found_by_name_and_initials(matters: dict[str, MatterVersion]) -> None:
    for text in ("残疾人生活补贴", "knc", "ＫＮＣ"):
        page = shown(Client().get("/matters/", {"q": text}))
        assert SUBSIDY in page, text
        assert ORPHAN not in page, text


def test_nothing_found_is_said_and_neighbours_are_shown(
    matters: dict[str, MatterVersion],
) -> None:
    page = shown(Client().get("/matters/", {"q": "孤儿补助金"}))
    assert "没有完全相符的事项" in page
    assert ORPHAN in page


def test_filters_stay_in_the_address(matters: dict[str, MatterVersion]) -> None:
    page = shown(Client().get("/matters/", {"theme": "户籍", "mode": "joint", "audience": "个人"}))
    assert MOVE in page
    assert ONLINE not in page
    assert '<option value="户籍" selected>' in page
    nothing = shown(Client().get("/matters/", {"theme": "户籍", "mode": "delegated"}))
    assert "没有符合筛选条件的事项" in nothing
    assert "清除筛选" in nothing


def test_a_matter_whose_audience_nobody_states_is_for_both(world: World) -> None:
    many(world, 1)
    for audience in ("个人", "企业"):
        assert "审批意见" in shown(Client().get("/matters/", {"audience": audience}))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"theme": "没有的"}, "没有这个主题"),
        ({"mode": "magic"}, "没有这种办理方式"),
        ({"audience": "神仙"}, "没有这个选项"),
        ({"q": "很长" * 100}, "最多60个字"),
        ({"q": "\x00"}, ""),
        ({"q": "<script>alert(1)</script>"}, "&lt;script&gt;"),
        ({"page": "-1"}, ""),
        ({"page": "9" * 5000}, ""),
        ({"page": "٣"}, ""),
        ({"page": "50"}, ""),
    ],
)
def test_a_wrong_filter_is_named_and_left_out(
    matters: dict[str, MatterVersion], query: dict[str, str], said: str
) -> None:
    answer = Client().get("/matters/", query)
    assert answer.status_code == 200
    assert said in shown(answer)
    assert "<script>alert" not in shown(answer)


def test_a_search_costs_the_same_with_one_and_with_thirty(
    world: World, django_assert_num_queries: Counting
) -> None:
    many(world, 1)
    with django_assert_num_queries(3):  # the index, read anew; pauses
        Client().get("/matters/", {"q": "很多"})
    many(world, 29, begin=1)
    Client().get("/matters/")
    with django_assert_num_queries(2):  # the index is as new as ever
        page = shown(Client().get("/matters/", {"q": "很多"}))
    assert page.count('class="found"') == 20
    assert "?q=%E5%BE%88%E5%A4%9A&amp;page=2" in page
    second = shown(Client().get("/matters/", {"q": "很多", "page": "2"}))
    assert second.count('class="found"') == 10
    assert "下一页" not in second


def test_the_guide_says_all_one_wants_to_know(matters: dict[str, MatterVersion]) -> None:
    page = shown(Client().get(f"/matters/{matters[SUBSIDY].matter.slug}/"))
    for words in (
        "异地代收代办", "就近到您所在地的窗口交材料", "持有残疾人证", "16个工作日", "法定时限",
        "未公布", "免证办", "残疾人证", "有则提交", "收件地窗口", "属地主管部门",
        "按申请表里“户籍所在区县”所填的地区确定", "国发〔2015〕52号", "第 1 版，2026年1月1日起施行",
        "待核实", "申请办理",
    ):  # fmt: skip
        assert words in page, words
    assert "席位" not in page


def test_the_guide_shows_offices_near_the_county_that_is_asked_for(
    matters: dict[str, MatterVersion], lin: Client
) -> None:
    path = f"/matters/{matters[SUBSIDY].matter.slug}/"
    assert "万州区政务服务中心" not in shown(Client().get(path)), "nobody knows where they are"
    page = shown(Client().get(path, {"at": "500101"}))
    assert "万州区政务服务中心" in page
    assert "万州区示范路1号" in page
    assert "示范" in page
    assert "请从列表中选择区县" in shown(Client().get(path, {"at": "110101"}))
    assert "万州区政务服务中心" in shown(lin.get(path)), "her account lives there"


def test_the_guide_costs_the_same_for_every_matter(
    matters: dict[str, MatterVersion], django_assert_max_num_queries: Counting
) -> None:
    for version in matters.values():
        path = f"/matters/{version.matter.slug}/"
        Client().get(path, {"at": "500101"})
        with django_assert_max_num_queries(6):  # matter, version, offices, claims, two of pauses
            Client().get(path, {"at": "500101"})


def test_the_guide_is_of_the_version_in_force(world: World) -> None:
    version = world.matter(SUBSIDY)
    publish_next(version, conditions=["新的条件"])
    page = shown(Client().get(f"/matters/{version.matter.slug}/"))
    assert "第 2 版" in page
    assert "新的条件" in page


def test_a_matter_that_is_closed_says_so(world: World, lin: Client) -> None:
    version = world.matter(SUBSIDY)
    MatterVersion.objects.filter(pk=version.pk).update(valid_to=dt.date(2026, 1, 2))
    path = f"/matters/{version.matter.slug}/"
    assert "目前不接受新的申请" in shown(Client().get(path))
    assert lin.get(f"{path}apply/").status_code == 410
    assert lin.post(f"{path}apply/").status_code == 410


def test_every_matter_of_the_real_list_has_a_guide(world: World) -> None:
    from tests.world import planned_matters

    names = {p.flow: p.fact.name for p in planned_matters()}
    for name in names.values():
        version = world.matter(name)
        answer = Client().get(f"/matters/{version.matter.slug}/", {"at": "511702"})
        assert answer.status_code == 200, name
