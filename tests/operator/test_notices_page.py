"""The outbox as an operator keeps it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from tests import journeys
from tests.world import World
from tongban.notices.models import Decision, Notice, NoticeState, Outage, Replay
from workflows.operator.notices.figures import age_words, channel_figures
from workflows.operator.notices.replays import ask_nightly, go_on_with_all

NOW = timezone.now()
HOUR = dt.timedelta(hours=1)
LIST = "/operator/notices/"


def notice(world: World, key: str, state: str, **more: object) -> Notice:
    citizen = world.citizen
    values: dict[str, object] = {
        "event_key": key,
        "channel": "email",
        "recipient": f"user:{citizen.pk}",
        "user": citizen,
        "template": "submitted",
        "context": {"number": "CY1", "matter": "困难残疾人生活补贴"},
        "subject_kind": "case",
        "subject_key": "CY1",
        "state": state,
        "created_at": NOW - 3 * HOUR,
        "next_attempt_at": NOW - HOUR,
        **more,
    }
    return Notice.objects.create(**values)


def test_each_channel_says_what_waits_and_since_when(world: World) -> None:
    notice(world, "a", "pending")
    notice(world, "b", "pending", created_at=NOW - HOUR)
    notice(world, "c", "failed")
    notice(world, "d", "delivered", delivered_at=NOW - HOUR / 2)
    notice(world, "e", "delivered", delivered_at=NOW - 2 * HOUR)

    email = channel_figures(NOW)[0]
    assert (email.code, email.waiting, email.oldest) == ("email", 2, NOW - 3 * HOUR)
    assert (email.age, email.failed, email.unsure, email.sent) == ("3 小时 0 分", 1, 0, 1)
    assert [age_words(3 * HOUR / 60), age_words(51 * HOUR)] == ["3 分", "2 天 3 小时"]


def test_the_list_shows_nobodys_name_or_address_in_full(world: World, at_work: Client) -> None:
    notice(world, "a", "failed", last_error="550 no such mailbox")
    page = at_work.get(LIST).content.decode()
    assert "林*梅" in page
    assert "550 no such mailbox" in page
    assert "林晓梅" not in page
    assert "citizen@example.com" not in page


def test_what_was_dropped_is_found_with_its_reason(world: World, at_work: Client) -> None:
    notice(world, "a", "skipped", skip_reason="已过有用时间", superseded_by="case:1:5")
    assert "已过有用时间（case:1:5）" in at_work.get(LIST + "?view=skipped").content.decode()
    assert "没有这样的通知" in at_work.get(LIST).content.decode()
    assert "请先选一个渠道" in at_work.get(LIST + "?view=pending").content.decode()


def test_many_are_sent_again_at_once_and_it_is_written_down_by_whom(
    world: World, at_work: Client
) -> None:
    rows = [notice(world, f"k{i}", "failed") for i in range(3)]
    other = notice(world, "other", "failed", channel="sms")
    # It may have arrived: not by a press on all of them.
    doubtful = notice(world, "doubtful", "unsure")
    query = {"do": "retry_all", "query": "channel=email"}
    at_work.post(LIST + "decide/", query)

    assert Notice.objects.filter(state=NoticeState.PENDING).count() == 3
    other.refresh_from_db()
    assert other.state == NoticeState.FAILED
    doubtful.refresh_from_db()
    assert doubtful.state == NoticeState.UNSURE
    assert "结果不明的除外" in at_work.get(LIST).content.decode()
    at_work.post(LIST + "decide/", {**query, "query": "view=unsure"})
    doubtful.refresh_from_db()
    assert doubtful.state == NoticeState.PENDING
    by = Decision.objects.filter(notice__in=rows).values_list("kind", "by__username")
    assert set(by) == {("retry", "operator")}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"do": "skip"}, "不再发送，请写明原因"),
        ({"do": "confirm"}, "确认送达，请填写实际送达时间"),
        ({"do": "confirm", "delivered_at": "2999-01-01T00:00"}, "送达时间不能晚于现在"),
    ],
)
def test_a_decision_without_what_it_takes_changes_nothing(
    world: World, at_work: Client, given: dict[str, str], said: str
) -> None:
    row = notice(world, "a", "unsure")
    page = at_work.post(LIST + "decide/", {**given, "notice": row.pk}).content.decode()
    assert said in page
    row.refresh_from_db()
    assert row.state == NoticeState.UNSURE


def test_dropped_or_confirmed_by_hand(world: World, at_work: Client) -> None:
    one, two = notice(world, "a", "failed"), notice(world, "b", "unsure")
    at_work.post(LIST + "decide/", {"do": "skip", "reason": "号码有误", "notice": one.pk})
    moment = {"delivered_at": "2026-01-05T10:00"}
    at_work.post(LIST + "decide/", {"do": "confirm", "notice": [one.pk, two.pk], **moment})
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.state, one.skip_reason) == ("skipped", "号码有误")
    assert two.state == "delivered"


def test_an_outage_is_declared_once_shown_to_all_and_ended(world: World, at_work: Client) -> None:
    given = {"channel": "sms", "reason": "短信平台检修"}
    at_work.post(LIST + "outages/", given)
    assert "已经登记为中断" in at_work.post(LIST + "outages/", given).content.decode()
    outage = Outage.objects.get()
    assert "短信可能延迟" in Client().get("/").content.decode()

    at_work.post(f"{LIST}outages/{outage.pk}/end/")
    outage.refresh_from_db()
    assert outage.ended_by == world.people["operator"]
    assert "可能延迟" not in Client().get("/").content.decode()


def test_a_press_owes_what_is_missing_and_the_night_only_looks(
    world: World, at_work: Client
) -> None:
    journey = journeys.begin(world, when="2026-05-11 09:00")
    Notice.objects.all().delete()
    ask_nightly(journey.now + dt.timedelta(days=1))
    ask_nightly(journey.now + dt.timedelta(days=1))
    go_on_with_all(nightly=True, seconds=5)
    check = Replay.objects.get()
    assert (check.events, check.missing, check.finished_at is not None) == (1, 1, True)
    assert not Notice.objects.exists()

    form = {"first_on": "2026-05-11", "last_on": "2026-05-11", "channels": ["inbox"]}
    at_work.post(LIST + "replays/", form)
    go_on_with_all(nightly=False, seconds=5)
    go_on_with_all(nightly=False, seconds=5)
    assert Notice.objects.get().event_key == f"case:{journey.case.pk}:1"
    assert "已补" in at_work.get(LIST + "replays/").content.decode()
