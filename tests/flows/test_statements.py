"""What a step costs: four statements, and what its own body and form need; six at most where it paused.

Every step of every flow, along ways that cases take. The actor, read afresh, is counted; BEGIN, COMMIT
and savepoints are not. What a step needs of its own stands here: one that begins to need more says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from inspect import unwrap
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.flows import clearing, fund, withdrawals
from tests.flows.filings import AT_THE_OPENING, FILINGS
from tests.flows.settings import actors_in, open_in
from tests.flows.taken import (
    OPINION,
    SUPPLEMENT,
    Taken,
    arrived,
    enquiry,
    office,
    owed,
    papers,
    person,
    reason,
    seen,
    slot,
    unserved,
)
from tests.flows.visits import VISITS
from tests.flows.ways_across import ACROSS
from tests.flows.ways_of_claims import CHANGES_OF_CLAIMS, CLAIMS
from tests.flows.ways_of_loans import LOANS
from tests.world import World, at
from tongban.accounts.actors import actor_of
from tongban.accounts.models import Posting, User
from tongban.offices.calendar import calendar_for
from tongban.offices.models import Office
from workflows.cases.models import Case
from workflows.cases.perform import perform
from workflows.cases.places import office_cards
from workflows.cases.registry import flows

# The actor, the case under its lock, its parties, and the one that writes.
ALWAYS = 4
# A case that was ever suspended has its pauses read, once for its clocks and once at its end.
AT_MOST = 6
NOT_COUNTED = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


def consent(_case: Case) -> Mapping[str, Any]:
    bank = Office.objects.get(code="510000-bank").pk
    return {"banks": [bank], "resources": ["tax"], "agreed": "on"}


def part_steps(part: Case, seat: str, *steps: tuple[str, Mapping[str, Any]]) -> None:
    """What happens in a part in between, taken by somebody of its office."""
    office_id = part.office_of(seat)
    assert office_id is not None
    who, _ = User.objects.get_or_create(username="somebody-else", name="承办", kind="staff")
    Posting.objects.get_or_create(
        user=who, office_id=office_id, role="clerk", valid_from=dt.date(2020, 1, 1)
    )
    for nth, (step, data) in enumerate(steps):
        actor, token = actor_of(who.pk), part.seq + nth
        perform(part.pk, step, actor=actor, data=data, token=token, at=part.opened_at)


def one_refused(case: Case) -> Mapping[str, Any]:
    part = Case.objects.filter(parent=case).order_by("id")[0]
    part_steps(part, "owner", ("accept", {}), ("disapprove", {"reason": "不符"}))
    return {}


def first_offer(case: Case) -> Mapping[str, Any]:
    part = Case.objects.get(parent=case)
    part_steps(part, "bank", ("offer", OFFER))
    return {"offer": str(part.pk)}


OFFER = {"amount": "500000.00", "rate": "3.85", "months": "24", "note": ""}
PHONE = {"way": "phone", "succeeded": "yes", "receiver": "林晓梅"}
POST, BACK = (
    {"way": "post", "waybill": "EMS0000000001"},
    {"way": "parcel", "waybill": "EMS0000000002"},
)
ELECTRONIC = {"way": "electronic"}
ACCEPTED = (
    Taken("collect", "collector", 4, papers),
    Taken("forward", "collector", 0, ELECTRONIC),
    Taken("accept", "township", 1),
)

WAYS: dict[str, tuple[tuple[Taken, ...], ...]] = {
    "collect_forward": (
        (
            Taken("claim", "collector", 0),
            Taken("release", "collector", 0),
            Taken("collect", "collector", 4, papers),
            Taken("start_special", "collector", 2, {"procedure": "残疾评定", "reason": "示范"}),
            reason("end_special", "collector", 1),
            Taken("forward", "collector", 5, POST),
            Taken("sign", "township", 5, arrived),
            Taken("accept", "township", 1),
            Taken("approve", "township", 0, OPINION),
            Taken("approve", "owner", 0, OPINION),
            Taken("feed_back", "owner", 5, BACK),
            Taken("sign_result", "collector", 4, arrived),
            Taken("hand_over", "collector", 0, {"receiver": "林晓梅"}),
            Taken("rate", "applicant", 1, {"level": "5"}),
        ),
        (
            *ACCEPTED,
            Taken("require_supplement", "township", 3, SUPPLEMENT),
            Taken("record_service", "township", 2, PHONE),
            Taken("extend_applicant", "head of owner", 0, {"days": "5", "reason": "短信中断"}),
            Taken("supplement", "applicant", 5, owed),
            Taken("approve", "township", 0, OPINION),
            Taken("approve", "owner", 0, OPINION),
            Taken("feed_back", "owner", 5, BACK),
            Taken("rate", "applicant", 4, {"level": "1", "comment": "跑了三趟"}),
            Taken("verify_rating", "head of owner", 2, {"justified": "yes", "finding": "属实"}),
            Taken("fix_rating", "owner", 2, {"fix": "已一次告知"}),
            Taken("call_back_rating", "owner's supervisor", 2, {"reached": "no"}),
        ),
        (
            *ACCEPTED,
            Taken("ask_colleague", "township", 1, person("collect-forward-township-head")),
            Taken("give_opinion", "head of township", 0, OPINION),
            Taken("ask_office", "township", 1, office("511702-transport")),
            Taken("drop_opinions", "head of township", 0),
            Taken("disapprove", "township", 1, {"reason": "不符"}),
            Taken("feed_back", "township", 1, ELECTRONIC),
            Taken("serve", "system", 2, unserved),
        ),
        (
            *ACCEPTED,
            Taken("ask_office", "township", 1, office("511702-transport")),
            Taken("countersign", "transport", 0, OPINION),
            Taken("recount", "system", 0),
        ),
        (
            Taken("remark", "collector", 0, {"text": "已核对"}),
            Taken("ask", "applicant", 3, {"kind": "question", "text": "到哪里了"}),
            Taken("urge", "owner's supervisor", 3, {"text": "请加快"}),
            Taken("answer", "collector", 2, enquiry),
            Taken("reassign", "head of collector", 1, person("collect-forward-collector-clerk")),
            Taken("pass_on", "collector", 1, office("500101-justice")),
        ),
        (
            Taken("collect", "collector", 4, papers),
            Taken("book_together", "collector", 5, slot),
            reason("cancel_together", "collector", 2),
            Taken("book_together", "collector", 5, slot),
            reason("miss_together", "collector", 2),
            Taken("book_together", "collector", 5, slot),
            Taken("check_together", "township", 4, seen),
        ),
        (
            Taken("collect", "collector", 4, papers),
            Taken("book_together", "collector", 5, slot),
            Taken("list_missing_together", "township", 6, SUPPLEMENT),
            Taken("supplement", "applicant", 5, owed),
            Taken("forward", "collector", 0, ELECTRONIC),
        ),
        (reason("turn_back", "collector"),),
        (reason("withdraw", "applicant"),),
    ),
    "online_approval": (
        (
            Taken("require_supplement", "owner", 3, SUPPLEMENT),
            Taken("supplement", "applicant", 5, owed),
            Taken("accept", "owner", 1),
            Taken("start_special", "owner", 2, {"procedure": "专家评审", "reason": "需评审"}),
            reason("end_special", "owner", 1),
            reason("extend", "head of owner", 1),
            Taken("approve", "owner", 0, OPINION),
            Taken("approve", "head of owner", 1, OPINION),
            Taken("deliver", "owner", 0, {"way": "counter", "receiver": "林晓梅"}),
        ),
        (Taken("deem_accepted", "system", 1), reason("disapprove", "owner", 1)),
        (reason("refuse", "owner", 1),),
        (
            Taken("require_supplement", "owner", 3, SUPPLEMENT),
            reason("withdraw", "applicant"),
        ),
        (
            Taken("require_supplement", "owner", 3, SUPPLEMENT),
            Taken("record_service", "owner", 2, PHONE),
            reason("give_up", "owner"),
        ),
    ),
    "household_move": (
        (
            Taken("accept", "move_in", 1),
            Taken("permit", "move_in", 1, {"permit_number": "ZQ12345678", "opinion": "符合"}),
            reason("object_to_move", "move_out"),
            reason("send_again", "move_in"),
            Taken(
                "register_out", "move_out", 1, {"certificate_number": "QY12345678", "contact": "张"}
            ),
            Taken("register_in", "move_in", 1, {"book": "new", "receiver": "林晓梅"}),
        ),
        (Taken("accept", "move_in", 1), reason("disapprove", "move_in", 1)),
        (reason("withdraw", "applicant"),),
    ),
    "fund_transfer": fund.WAYS,
    "fund_transfer_group": fund.GROUP_WAYS,
    "record_query": (
        (Taken("reply", "owner", 1, {"reply": "记录正常"}),),
        (reason("decline", "owner"),),
        (Taken("withdraw", "applicant", 0),),
    ),
    "window_booking": (
        (Taken("cancel", "applicant", 0),),
        (Taken("expire", "system", 0),),
        (Taken("visit", "owner", 0),),
        (Taken("miss", "owner", 0),),
    ),
    # A step of a whole that moves its parts is a step of each part besides.
    "one_thing": (
        (reason("withdraw", "applicant", 31),),
        (
            Taken("child_closed", "system", 2, one_refused),
            Taken("refile", "applicant", 18, {"part": "employment"}),
        ),
        (Taken("child_closed", "system", 2, one_refused), Taken("settle", "applicant", 2)),
        (Taken("child_closed", "system", 2, one_refused), Taken("settle_in_time", "system", 2)),
    ),
    "financing": (
        (
            Taken("send_out", "applicant", 11, consent),
            Taken("child_closed", "system", 0),
            Taken("call_back", "platform", 0, {"reached": "no"}),
        ),
        (Taken("send_out", "applicant", 11, consent), reason("choose_none", "applicant", 6)),
        (Taken("send_out", "applicant", 11, consent), reason("withdraw", "applicant", 5)),
        (
            Taken("send_out", "applicant", 11, consent),
            Taken("choose_offer", "applicant", 7, first_offer),
        ),
    ),
    "loan_offer": (
        (
            Taken("remind_handler", "system", 2),
            Taken("remind_head", "system", 2),
            Taken("call_supervisor", "system", 2),
            Taken("offer", "bank", 0, OFFER),
            Taken("be_chosen", "system", 1),
        ),
        (Taken("decline", "bank", 1, {"kind": "debt", "reason": "负债率偏高"}),),
        (Taken("be_released", "system", 1),),
        (Taken("end_with_demand", "system", 1),),
    ),
    **ACROSS,
    **CLAIMS,
    **withdrawals.WAYS,
    **LOANS,
    **clearing.WAYS,
    "medical_filing": FILINGS,
    "medical_visit": VISITS,
}
EVERY_WAY = [(flow, n) for flow, ways in WAYS.items() for n in range(len(ways))]


@pytest.mark.parametrize(("flow", "nth"), EVERY_WAY)
def test_a_step_costs_what_it_says(world: World, flow: str, nth: int) -> None:
    world.people["father"] = User.objects.create(username="father", name="周德福", password="!")
    changes = (CHANGES_OF_CLAIMS | withdrawals.CHANGES).get((flow, nth), CHANGES.get(flow, {}))
    case = open_in(world, flow, supplement="5G", **changes)
    actors = actors_in(world, flow) | {"transport": world.actor("transport_sc")}
    _warm(case)
    now = at("2026-05-11 09:00")
    for taken in WAYS[flow][nth]:
        case = Case.objects.get(pk=case.pk)
        # Long enough for a timer and a supplement's limit to run out.
        now += dt.timedelta(days=800) if taken.step in LONG_AFTER else HOUR
        now += dt.timedelta(days=1) if taken.step in NEXT_DAY else dt.timedelta(0)
        data = taken.data(case) if callable(taken.data) else taken.data
        with CaptureQueriesContext(connection) as captured:
            done = perform(
                case.pk, taken.step, actor=actors[taken.by], data=data, token=case.seq, at=now
            )
        said = [q["sql"] for q in captured if not q["sql"].startswith(NOT_COUNTED)]
        # The system has no account to read.
        beyond = len(said) - taken.own + (taken.by == "system")
        paused = bool(done.case.clocks.get("pauses"))
        assert beyond == ALWAYS or (paused and ALWAYS < beyond <= AT_MOST), (taken, said)


# Nobody takes them but `open_case` itself: they are part of what handing in costs.
WITHIN_THE_OPENING = AT_THE_OPENING | {
    ("window_booking", "book"),
    ("record_query", "reply_by_register"),
    ("fund_withdrawal", "send_to_window"),
}
# No rule that is known lets anybody take it.
NOT_YET = {("loan_collection", "deduct")}
HOUR = dt.timedelta(hours=1)
NEXT_DAY = ("visit", "miss")  # of a booking, whose day has to come
LONG_AFTER = (
    *("deem_accepted", "give_up", "expire", "remind", "lapse", "archive"),
    *("settle_in_time", "remind_handler", "remind_head", "call_supervisor"),
    "state_month",
)
CHANGES = {
    "collect_forward": {
        "special_procedures": [{"name": "残疾评定", "basis": "渝残联发", "seat": "collector"}]
    }
}


def _warm(case: Case) -> None:
    """What every process knows after its first minute: names of offices, and the calendars."""
    office_cards(Office.objects.values_list("pk", flat=True))
    for place in case.seats.values():
        calendar_for(place["region"])


def test_every_step_of_every_flow_is_counted() -> None:
    """A step that several flows share is the same body: it is counted in one of them."""
    bodies = {
        (flow.CODE, step): unwrap(getattr(flow, step)) for flow in flows() for step in flow.STEPS
    }
    counted = {bodies[flow, taken.step] for flow, ways in WAYS.items() for w in ways for taken in w}
    uncounted = {where for where, body in bodies.items() if body not in counted}
    assert uncounted == WITHIN_THE_OPENING | NOT_YET
