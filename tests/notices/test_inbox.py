"""The inbox page: one's own messages, newest first, read by being opened."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tongban.accounts.models import User
from tongban.notices.context_processors import inbox as inbox_context
from tongban.notices.inbox import PAGE_SIZE, Place, page_of, unread_count
from tongban.notices.models import Notice

from .conftest import owed_email, owed_message, written

NOW = timezone.now()


@pytest.fixture
def signed_in(citizen: User, client: Client) -> Client:
    client.force_login(citizen)
    return client


def test_the_latest_message_stands_first_with_its_office_and_whether_it_was_read(
    citizen: User, signed_in: Client
) -> None:
    written(owed_message(citizen, template="submitted"), created_at=NOW - timedelta(days=2))
    written(owed_message(citizen, template="accepted"), read_at=NOW)

    page = signed_in.get("/inbox/").content.decode()

    assert page.index("申请已受理") < page.index("申请已提交")
    assert page.count("达州市通川区残疾人联合会") == 2
    assert page.count('<span class="tag tag-info">未读</span>') == 1


def test_nobody_sees_anybody_elses_messages(
    citizen: User, neighbour: User, signed_in: Client
) -> None:
    hers = written(owed_message(neighbour, template="approved"))

    assert "审批通过" not in signed_in.get("/inbox/").content.decode()
    assert signed_in.get(f"/inbox/{hers.pk}/").status_code == 404
    hers.refresh_from_db()
    assert hers.read_at is None


def test_what_goes_by_email_is_no_message_of_the_inbox(citizen: User, signed_in: Client) -> None:
    email = written(owed_email(citizen))

    assert signed_in.get(f"/inbox/{email.pk}/").status_code == 404
    assert "还没有消息" in signed_in.get("/inbox/").content.decode()


@pytest.mark.parametrize("address", ["/inbox/", "/inbox/1/"])
def test_one_has_to_sign_in_first(address: str, client: Client, db: None) -> None:
    response = client.get(address)

    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")


def test_opening_a_message_marks_it_read_once(citizen: User, signed_in: Client) -> None:
    notice = written(owed_message(citizen))
    assert unread_count(citizen.pk) == 1

    page = signed_in.get(f"/inbox/{notice.pk}/").content.decode()
    notice.refresh_from_db()
    first_read = notice.read_at
    signed_in.get(f"/inbox/{notice.pk}/")

    assert "CY512026112100001" in page
    assert 'href="/my/cases/1/"' in page
    notice.refresh_from_db()
    assert first_read is not None
    assert notice.read_at == first_read
    assert unread_count(citizen.pk) == 0


def test_looking_ahead_is_not_reading(citizen: User, signed_in: Client) -> None:
    notice = written(owed_message(citizen))

    signed_in.head(f"/inbox/{notice.pk}/")
    signed_in.get(f"/inbox/{notice.pk}/", headers={"Sec-Purpose": "prefetch;prerender"})

    notice.refresh_from_db()
    assert notice.read_at is None


def test_a_message_cannot_bring_markup_or_a_foreign_link_into_the_page(
    citizen: User, signed_in: Client
) -> None:
    context = {
        "number": "CY1",
        "matter": "<script>alert(1)</script>",
        "reason": "<b>缺页</b>\n另起一行",
        "url": "https://evil.example/",
    }
    notice = written(owed_message(citizen, template="refused", context=context))

    page = signed_in.get(f"/inbox/{notice.pk}/").content.decode()

    assert "<script>alert" not in page
    assert "&lt;b&gt;缺页&lt;/b&gt;<br>另起一行" in page
    assert "evil.example" not in page


def test_a_message_that_cannot_be_rendered_takes_nothing_else_with_it(
    citizen: User, signed_in: Client
) -> None:
    broken = written(owed_message(citizen, template="no_such_words"))
    written(owed_message(citizen, template="accepted"))

    page = signed_in.get("/inbox/").content.decode()

    assert "申请已受理" in page
    assert "暂时无法显示" in page
    assert signed_in.get(f"/inbox/{broken.pk}/").status_code == 200


def test_only_unread_messages_can_be_asked_for(citizen: User, signed_in: Client) -> None:
    written(owed_message(citizen, template="accepted"), read_at=NOW)
    assert "没有未读消息" in signed_in.get("/inbox/?unread=1").content.decode()

    written(owed_message(citizen, template="approved"))
    page = signed_in.get("/inbox/?unread=1").content.decode()

    assert "审批通过" in page
    assert "申请已受理" not in page


@pytest.mark.parametrize("count", [0, 1, PAGE_SIZE, PAGE_SIZE + 1, 2 * PAGE_SIZE + 3])
def test_paging_shows_every_message_once_and_newest_first(citizen: User, count: int) -> None:
    # Several at the same moment: the order must not waver between them.
    for number in range(count):
        written(owed_message(citizen), created_at=NOW - timedelta(minutes=number // 3))
    seen: list[Notice] = []
    place: Place | None = None
    while True:
        page = page_of(citizen.pk, after=place)
        seen += page.notices
        if page.next is None:
            break
        place = Place.parse(str(page.next))

    keys = [(notice.created_at, notice.pk) for notice in seen]
    assert keys == sorted(keys, reverse=True)
    assert len({notice.pk for notice in seen}) == count


def test_the_next_page_is_a_link_that_keeps_the_filter(citizen: User, signed_in: Client) -> None:
    for _ in range(PAGE_SIZE + 1):
        written(owed_message(citizen))

    response = signed_in.get("/inbox/?unread=1")

    query = parse_qs(urlsplit(response.context["next"]).query)
    assert query["unread"] == ["1"]
    second = signed_in.get("/inbox/" + response.context["next"])
    assert len(second.context["tasks"]) == 1
    assert second.context["next"] is None


@pytest.mark.parametrize(
    "after",
    [
        "",
        "~",
        "2026-11-21~1",
        "2026-11-21T09:30:00~1",
        "2026-13-45T09:30:00+08:00~1",
        "2026-11-21T09:30:00+08:00~0",
        "2026-11-21T09:30:00+08:00~" + "9" * 30,
        "2026-11-21T09:30:00+08:00~" + "9" * 5000,
        "2026-11-21T09:30:00+08:00~'; DROP TABLE notices_notice; --",
        "\x00",
    ],
)
def test_a_mangled_address_shows_the_first_page(
    citizen: User, signed_in: Client, after: str
) -> None:
    written(owed_message(citizen))

    response = signed_in.get("/inbox/", {"after": after})

    assert response.status_code == 200
    assert len(response.context["tasks"]) == 1


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_inbox_is_only_for_reading(signed_in: Client, method: str) -> None:
    assert getattr(signed_in, method)("/inbox/").status_code == 405


def queries_of(signed_in: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert signed_in.get(address).status_code == 200
    return len(captured)


def test_the_list_takes_as_many_queries_for_thirty_messages_as_for_one(
    citizen: User, signed_in: Client
) -> None:
    written(owed_message(citizen))
    signed_in.get("/inbox/")  # the first page of a session writes to it
    for_one = queries_of(signed_in, "/inbox/")
    for _ in range(29):
        written(owed_message(citizen))

    # The session, the person, the page, the edited words and the count of unread ones.
    assert queries_of(signed_in, "/inbox/") == for_one <= 5


def test_a_page_that_shows_no_count_asks_for_none(
    citizen: User, rf: RequestFactory, django_assert_num_queries: Any
) -> None:
    written(owed_message(citizen))
    request = rf.get("/")
    request.user = citizen

    with django_assert_num_queries(0):
        context = inbox_context(request)
    with django_assert_num_queries(1):
        assert context["unread_count"] == 1
    request.user = AnonymousUser()
    with django_assert_num_queries(0):
        assert inbox_context(request)["unread_count"] == 0
