"""Parallel work is child cases: who waits for whom, and who wakes whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.apps import apps
from django.core.management import call_command

from tests.cases.joint import NOW, TEST_FLOWS, Joint
from workflows.cases import registry, waking
from workflows.cases.models import Case, Event, Wake
from workflows.cases.perform import CaseGone, perform
from workflows.cases.waking import take_wakes


def test_all_sides_sign_and_the_statement_is_made(joint: Joint) -> None:
    parent = joint.parent()
    here, there = joint.child(parent), joint.child(parent)
    joint.take(parent, "send_for_signature")
    joint.take(here, "sign")
    assert take_wakes() == 0
    joint.take(there, "sign")
    assert take_wakes() == 1
    parent = Case.objects.get(pk=parent.pk)
    assert (parent.state, parent.outcome) == ("made", "done")
    event = parent.events.get(step="child_closed")
    assert (event.actor_kind, event.data["outcomes"]) == ("system", ["done", "done"])
    assert take_wakes() == 0


def test_children_are_office_work_and_no_applications_of_their_own(joint: Joint) -> None:
    parent = joint.parent()
    child = joint.child(parent)
    assert (child.parent_id, child.relation, child.awaited_as) == (parent.pk, "part", "signature")
    assert dict(Event.objects.values_list("case_id", "is_root")) == {
        parent.pk: True, child.pk: False,
    }  # fmt: skip


def test_one_side_declines_and_the_parent_hears_of_it_when_nobody_is_asked_any_more(
    joint: Joint,
) -> None:
    parent = joint.parent()
    here, there = joint.child(parent), joint.child(parent)
    joint.take(parent, "send_for_signature")
    joint.take(here, "decline")
    assert take_wakes() == 0
    joint.take(there, "sign")
    take_wakes()
    assert Case.objects.get(pk=parent.pk).state == "failed"


def test_any_offer_is_enough_and_those_that_come_later_change_nothing(joint: Joint) -> None:
    parent = joint.parent()
    banks = [joint.child(parent, "offer") for _ in range(3)]
    joint.take(parent, "ask_all")
    joint.take(banks[0], "decline")
    assert take_wakes() == 0
    joint.take(banks[1], "sign")
    assert take_wakes() == 1
    seq = Case.objects.get(pk=parent.pk).seq
    joint.take(banks[2], "sign")
    assert take_wakes() == 0
    assert Case.objects.get(pk=parent.pk).seq == seq


def test_where_everybody_declines_nobody_waits_for_ever(joint: Joint) -> None:
    parent = joint.parent()
    banks = [joint.child(parent, "offer") for _ in range(2)]
    joint.take(parent, "ask_all")
    for bank in banks:
        joint.take(bank, "decline")
    assert take_wakes() == 1
    assert Case.objects.get(pk=parent.pk).state == "failed"


def test_where_somebody_leads_no_child_decides(joint: Joint) -> None:
    parent = joint.parent()
    child = joint.child(parent)
    joint.take(parent, "lead_decides")
    joint.take(child, "sign")
    assert take_wakes() == 0
    assert joint.take(parent, "declare").state == "made"


def test_only_children_of_the_kind_that_is_awaited_are_waited_for(joint: Joint) -> None:
    parent = joint.parent()
    signature, _opinion = joint.child(parent), joint.child(parent, "opinion")
    joint.take(parent, "send_for_signature")
    joint.take(signature, "sign")
    assert take_wakes() == 1


def test_a_case_that_follows_wakes_nobody(joint: Joint) -> None:
    parent = joint.parent()
    follower = joint.child(parent, relation="follows")
    joint.take(parent, "send_for_signature")
    joint.take(follower, "sign")
    assert not Wake.objects.exists()
    assert take_wakes() == 0


def test_a_child_that_closed_before_anybody_waited_is_heard_later(joint: Joint) -> None:
    parent = joint.parent()
    joint.take(joint.child(parent), "sign")
    assert take_wakes() == 0
    assert not Wake.objects.filter(taken_at=None).exists()
    joint.take(parent, "send_for_signature", NOW + dt.timedelta(hours=2))
    assert take_wakes() == 1
    assert Case.objects.get(pk=parent.pk).state == "made"


def test_a_suspended_parent_hears_of_it_when_it_goes_on(joint: Joint) -> None:
    parent = joint.parent()
    child = joint.child(parent)
    joint.take(parent, "send_for_signature")
    joint.take(parent, "pause", NOW + dt.timedelta(hours=2))
    joint.take(child, "sign")
    assert take_wakes() == 0
    joint.take(parent, "go_on", NOW + dt.timedelta(hours=3))
    assert take_wakes() == 1


def test_a_withdrawn_parent_sleeps_on(joint: Joint) -> None:
    parent = joint.parent()
    child = joint.child(parent)
    joint.take(parent, "send_for_signature")
    joint.take(parent, "withdraw")
    joint.take(child, "sign")
    assert take_wakes() == 0
    assert not Wake.objects.filter(taken_at=None).exists()


def test_one_parent_that_cannot_be_woken_keeps_no_other_asleep(
    joint: Joint, monkeypatch: pytest.MonkeyPatch
) -> None:
    parents = [joint.parent() for _ in range(3)]
    for parent in parents:
        child = joint.child(parent)
        joint.take(parent, "send_for_signature")
        joint.take(child, "sign")
    real: Callable[..., object] = perform

    def failing(case_id: int, *args: object, **more: object) -> object:
        if case_id == parents[0].pk:
            raise CaseGone
        return real(case_id, *args, **more)

    monkeypatch.setattr(waking, "perform", failing)
    assert take_wakes() == 2
    assert Wake.objects.filter(taken_at=None).get().parent_id == parents[0].pk


@pytest.mark.parametrize(
    ("relation", "of_parent"), [("partner", True), ("", True), ("part", False)]
)
def test_a_child_has_a_parent_and_one_of_two_relations(
    joint: Joint, relation: str, of_parent: bool
) -> None:
    parent = joint.parent()
    if not of_parent:
        parent.pk = None
    with pytest.raises(ValueError, match="child"):
        joint.child(parent, relation=relation)


def test_the_flows_of_these_tests_are_nobody_elses(db: None) -> None:
    """Neither the registry nor the migrations know them."""
    assert not {f.CODE for f in TEST_FLOWS} & {f.CODE for f in registry.flows()}
    assert not set(TEST_FLOWS) & set(apps.get_models())
    call_command("makemigrations", "cases", "flows", check=True, dry_run=True, verbosity=0)
