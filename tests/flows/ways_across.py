"""The ways of the flows that are the work of two or more places, and what each step costs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from tests.flows.taken import OPINION, SUPPLEMENT, Taken, arrived, reason
from tests.world import ZHOU_ID
from tongban.accounts.actors import actor_of
from tongban.accounts.models import Posting, User
from tongban.offices.models import Office
from workflows.cases.models import Case
from workflows.cases.perform import perform

RECORD = {"months": "100", "balance": "1234.50", "funds": "to_settle"}
BY_OFFICER = {"way": "officer", "waybill": "JY-1", "sheets": "30"}
BY_CLOUD = {"way": "cloud", "number": "YD-0001", "pages": "120"}
TAKEN_IN = {"identity_checked": "on", "originals_seen": "on", "fee_paid": "on"}
HANDED_OUT = {"way": "counter", "receiver": "林晓梅", "old_one": "returned"}
LONG_AGO = dt.date(2020, 1, 1)


BOTH_SIDES = {"joined_here": "on", "stopped_there": "on"}
COVER_SHEET = {
    "certificate": "PZ-0001",
    "insured_type": "employee",
    "insured_from": "2015-03-01",
    "ended_on": "2026-05-01",
    "months": "134",
    "total": "345.60",
    "money": "transfer",
}
NEW_COVER = {
    "psn_no": "50000000001",
    "insured_type": "employee",
    "person_class": "active",
    "begins_on": "2026-05-01",
}


def account_money(case: Case) -> Mapping[str, Any]:
    keys = {"letter_number": case.facts["letter"], "id_number": ZHOU_ID}
    return {**keys, "amount": "345.60", "voucher": "DZ0001"}


def money_under_another_letter(case: Case) -> Mapping[str, Any]:
    return {**account_money(case), "letter_number": "LXH-0000"}


def along(_case: Case) -> Mapping[str, Any]:
    places = ("500101-transport", "511703-transport")
    offices = Office.objects.filter(code__in=places).values_list("pk", flat=True)
    return {"route": "G65", "offices": list(offices)}


def all_agree(case: Case) -> Mapping[str, Any]:
    """Everybody along the route has answered before the parent is woken."""
    for child in Case.objects.filter(parent_id=case.pk).order_by("id"):
        clerk = User.objects.create(username=f"road-{child.pk}", name="路政", kind="staff")
        Posting.objects.create(
            user=clerk, office_id=child.holder_office_id or 0, role="clerk", valid_from=LONG_AGO
        )
        said = {"opinion": "同意"}
        perform(child.pk, "agree", actor=actor_of(clerk.pk), data=said, token=child.seq,
                at=case.entered_at)  # fmt: skip
    return {}


ACROSS: dict[str, tuple[tuple[Taken, ...], ...]] = {
    "relation_transfer": (
        (
            Taken("accept", "receiving", 1),
            Taken("send_letter", "receiving", 1, OPINION),
            Taken("object_to_transfer", "sending", 0, {"code": "arrears", "reason": "请补缴"}),
            reason("send_letter_again", "receiving"),
            Taken("send_sheet", "sending", 0, RECORD),
            Taken("join_up", "receiving", 1, {"months_here": "12"}),
            Taken("record_funds", "receiving", 0, {"amount": "1234.50", "voucher": "QS202606"}),
        ),
        (Taken("accept", "receiving", 1), reason("disapprove", "receiving", 1)),
        (reason("withdraw", "applicant"),),
    ),
    "medical_transfer": (
        (
            Taken("accept", "receiving", 2, BOTH_SIDES),
            Taken("object_to_transfer", "sending", 0, {"code": "arrears", "reason": "请补缴"}),
            reason("send_letter_again", "receiving"),
            Taken("send_sheet", "sending", 2, COVER_SHEET),
            reason("return_sheet", "receiving"),
            Taken("send_sheet", "sending", 2, COVER_SHEET),
            Taken("join_up", "receiving", 4, NEW_COVER),
            Taken("send_money", "sending", 0, {"amount": "345.60", "voucher": "LS0001"}),
            Taken("money_arrives", "receiving", 3, account_money),
            Taken("conclude", "receiving", 1),
        ),
        (
            Taken("accept", "receiving", 2, BOTH_SIDES),
            Taken("send_sheet", "sending", 2, COVER_SHEET),
            Taken("join_up", "receiving", 4, NEW_COVER),
            Taken("send_money", "sending", 0, {"amount": "345.60", "voucher": "LS0001"}),
            Taken("money_arrives", "receiving", 0, money_under_another_letter),
            reason("match_by_hand", "receiving", 3),
        ),
        (reason("refuse", "receiving", 1),),
        (reason("withdraw", "applicant"),),
    ),
    "archive_transfer": (
        (
            Taken("accept", "receiving", 2),
            Taken("send_archive", "keeping", 4, BY_OFFICER),
            Taken("sign", "receiving", 4, arrived),
            Taken("require_missing", "receiving", 0, SUPPLEMENT),
            Taken("send_archive", "keeping", 3, BY_OFFICER),
            Taken("sign", "receiving", 4, arrived),
            Taken("send_back", "receiving", 4, {**BY_OFFICER, "waybill": "JY-2", "reason": "错"}),
            Taken("sign_result", "keeping", 4, arrived),
            Taken("send_archive", "keeping", 3, BY_OFFICER),
            Taken("sign", "receiving", 4, arrived),
            Taken("confirm_receipt", "receiving", 1),
        ),
        (
            Taken("accept", "receiving", 2),
            reason("object_to_transfer", "keeping"),
            reason("send_letter_again", "receiving"),
            reason("object_to_transfer", "keeping"),
            reason("disapprove", "receiving", 1),
        ),
        (reason("refuse", "receiving", 1),),
        (reason("withdraw", "applicant"),),
    ),
    "local_issue": (
        (
            Taken("accept", "issuing", 1, {"found": "no", "question": "请查户籍底册"}),
            Taken("answer_lookup", "keeping", 0, {"found": "yes", "record": "底册第三卷"}),
            Taken("ask_keeper", "issuing", 0, {"question": "请再查出生日期"}),
            Taken("answer_lookup", "keeping", 0, {"found": "yes", "record": "底册第三卷"}),
            Taken("issue_proof", "issuing", 2, {"number": "HJ-0001", "receiver": "林晓梅"}),
        ),
        (
            Taken("accept", "issuing", 1, {"found": "yes", "record": "人口库"}),
            reason("disapprove", "issuing", 1),
        ),
        (reason("withdraw", "applicant"),),
    ),
    "collect_and_make": (
        (
            Taken("accept", "making", 1, TAKEN_IN),
            Taken("approve", "owner", 0, OPINION),
            Taken("finish_making", "making", 1, {"batch": "ZZ-0001"}),
            Taken("hand_out", "making", 0, HANDED_OUT),
        ),
        (Taken("accept", "making", 1, TAKEN_IN), reason("disapprove", "owner", 1)),
        (reason("withdraw", "applicant"),),
    ),
    "issue_elsewhere": (
        (
            Taken("accept", "owner", 1),
            Taken("approve", "owner", 0, OPINION),
            reason("report_error", "issuing"),
            reason("correct", "owner"),
            Taken("print_licence", "issuing", 2, {"confirmed": "on", "number": "FB-0001"}),
            Taken("hand_out", "issuing", 0, {"way": "counter", "receiver": "林晓梅"}),
        ),
        (Taken("accept", "owner", 1), reason("disapprove", "owner", 1)),
    ),
    "enterprise_move": (
        (
            Taken("accept", "move_in", 1),
            Taken("push", "move_in", 0, OPINION),
            reason("object_to_move", "move_out"),
            reason("push_again", "move_in"),
            Taken("confirm_move", "move_out", 0, {"clear": "on"}),
            Taken("send_archive", "move_out", 0, BY_CLOUD),
            Taken("register_in", "move_in", 1, {"way": "counter", "receiver": "林晓梅"}),
            reason("close_out", "move_out"),
        ),
        (Taken("accept", "move_in", 1), reason("disapprove", "move_in", 1)),
        (reason("withdraw", "applicant"),),
    ),
    "route_permit": (
        (
            Taken("accept", "owner", 1),
            Taken("consult", "owner", 17, along),
            Taken("child_closed", "system", 1, all_agree),
            Taken("permit", "owner", 2, {"number": "CX-0001", **OPINION}),
        ),
        (Taken("accept", "owner", 1), reason("disapprove", "owner", 1)),
        (reason("withdraw", "applicant"),),
    ),
    "route_consent": (
        (Taken("agree", "along", 1, OPINION),),
        (reason("object_to_route", "along", 1),),
    ),
    # It is certified as it opens; what follows is in doubt, or next year's.
    "qualification": (
        (
            reason("doubt", "owner"),
            Taken("confirm", "owner", 1, {"way": "visit"}),
            Taken("remind", "system", 0),
            Taken("lapse", "system", 0),
        ),
        (reason("doubt", "owner"), reason("deny", "owner")),
        (reason("doubt", "owner"), reason("withdraw", "applicant")),
        (reason("doubt", "owner"), Taken("by_oneself", "system", 1), Taken("renew", "system", 0)),
        (reason("doubt", "owner"), Taken("at_window", "system", 1)),
    ),
    "notarisation": (
        (
            Taken("accept", "owner", 1),
            Taken("certify", "owner", 1, OPINION),
            Taken("deliver", "owner", 0, {"way": "counter", "receiver": "林晓梅"}),
        ),
        (Taken("accept", "owner", 1), reason("disapprove", "owner", 1)),
        (Taken("accept", "owner", 1), reason("terminate", "owner", 1)),
    ),
}
