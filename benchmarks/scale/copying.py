"""The rows of each copy, table by table: what a copy changes of its mould's row.

`p` is the planned copy (`bench.plan`), `at` its place (`bench.placed`), `t` its mould.
"""

from __future__ import annotations

from dataclasses import dataclass

from .moulds import STAFF_AN_OFFICE

_NOW = "%(midnight)s::timestamptz, %(now)s::timestamptz"


def moved(column: str) -> str:
    return f"bench.moved({column}, p.shift, {_NOW})"


def _shifted(row: str, *columns: str) -> dict[str, str]:
    return {column: f"{row}.{column} + p.shift" for column in columns}


def _moved(row: str, *columns: str) -> dict[str, str]:
    return {column: moved(f"{row}.{column}") for column in columns}


def _office(column: str, alias: str) -> str:
    return f"LEFT JOIN bench.office {alias} ON {alias}.id = {column} AND {alias}.k = p.k"


def _member(person: str, office: str) -> str:
    """A person of the same office: the one of the mould where the copy stays, else who works there."""
    each = STAFF_AN_OFFICE
    return (
        f"CASE WHEN p.k = 0 THEN {person} WHEN {person} IS NOT NULL AND {office}.nth IS NOT NULL"
        f" THEN kept.staff + {office}.nth * {each} + {person} % {each} END"
    )


@dataclass(frozen=True)
class Copying:
    """One table: row alias `r`, what is changed, more joins, and which copies have such rows."""

    table: str
    changed: dict[str, str]
    joins: str = ""
    which: str = "true"
    order: str = ""

    @property
    def rows(self) -> str:
        """The moulds' rows of this table, each with its `mould`, kept apart: the table itself gets large."""
        return f"bench.rows_{self.table}"


_ALARMS = ", ".join(
    f"CASE WHEN r.{name} + p.shift > %(now)s THEN r.{name} + p.shift END"
    for name in ("hop_due_at", "promise_due_at", "statutory_due_at", "yellow_at", "due_at")
)

CASE = Copying(
    "cases_case",
    {
        "id": "p.id",
        "number": "p.number",
        "draft_key": "gen_random_uuid()",
        "seats": "at.seats",
        "office_ids": "at.office_ids",
        "holder_office_id": "at.holder_office_id",
        "claimed_by_id": "at.claimed_by_id",
        "origin_region_id": "at.origin_region_id",
        "matter_id": "at.matter_id",
        "version_id": "at.version_id",
        "clocks": "CASE WHEN p.is_open THEN bench.shifted(r.clocks, p.shift) ELSE r.clocks END",
        "next_alarm_at": "CASE WHEN t.has_timer THEN r.next_alarm_at + p.shift"
        f" WHEN r.next_alarm_at IS NOT NULL THEN LEAST({_ALARMS}) END",
        **_shifted(
            "r",
            "hop_due_at",
            "promise_due_at",
            "statutory_due_at",
            "yellow_at",
            "due_at",
        ),
        **{
            column: f"r.{column} + p.days"
            for column in ("handed_in_on", "received_on", "accepted_on")
        },
        **_moved("r", "entered_at", "opened_at", "concluded_at", "closed_at"),
    },
    order="ORDER BY p.id",
)

OTHERS = [
    Copying(
        "cases_party",
        {
            "user_id": "CASE WHEN r.user_id = t.user_id THEN p.user_id ELSE r.user_id END",
            "id_number_index": "md5('id' || p.user_id) || md5('x' || p.user_id)",
            "phone_index": "md5('phone' || p.user_id) || md5('x' || p.user_id)",
        },
    ),
    Copying(
        "cases_casenumber",
        {
            "number": "left(r.number, 12) || '-' || p.id || '-' || r.id",
            "happened_at": moved("r.happened_at"),
        },
        which="(p.is_open OR p.id % 5 < 2)",
    ),
    Copying(
        "cases_material",
        {"handed_in_at": moved("r.handed_in_at")},
        which="(p.is_open OR p.id % 5 < 2)",
    ),
    Copying(
        "cases_document",
        {
            "number": "p.number || '-' || r.id",
            "office_id": "o.moved",
            "issued_at": moved("r.issued_at"),
        },
        joins=_office("r.office_id", "o"),
        which="(p.is_open OR p.id % 10 < 3)",
    ),
    Copying("cases_suspension", _moved("r", "started_at", "ended_at")),
    Copying("cases_rating", {"rated_at": moved("r.rated_at"), "rated_by_id": "p.user_id"}),
]

# An envelope of its own for each copy of each paper sent; one in three of what was concluded.
_SENT = "(p.is_open OR p.id % 3 = 0)"
PARCEL = Copying(
    "cases_parcel",
    {
        "number": "r.number || '-' || p.id",
        "waybill": "CASE WHEN r.waybill = '' THEN '' ELSE left(r.waybill, 24) || p.id END",
        "sender_id": "sender.moved",
        "receiver_id": "receiver.moved",
        "sent_at": moved("r.sent_at"),
        "sent_by_id": _member("r.sent_by_id", "sender"),
    },
    joins=f"{_office('r.sender_id', 'sender')} {_office('r.receiver_id', 'receiver')}",
    which=_SENT,
)
ITEM = Copying(
    "cases_parcelitem",
    {
        "parcel_id": "mine.id",
        "material_id": "NULL",
        "signed_at": moved("r.signed_at"),
        "signed_by_id": _member("r.signed_by_id", "receiver"),
    },
    joins="JOIN bench.rows_cases_parcel sent ON sent.id = r.parcel_id AND sent.mould = p.mould"
    " JOIN cases_parcel mine ON mine.number = sent.number || '-' || p.id"
    f" {_office('sent.receiver_id', 'receiver')}",
    which=_SENT,
)

# To the person: everything of an open case, the last word of a concluded one.
NOTICE = Copying(
    "notices_notice",
    {
        "event_key": "'case:' || p.id || substr(r.event_key, 6 + length(t.id::text))",
        "recipient": "'user:' || p.user_id",
        "user_id": "p.user_id",
        "subject_key": "p.number",
        "created_at": moved("r.created_at"),
        "delivered_at": moved("r.delivered_at"),
        "read_at": f"CASE WHEN p.id % 10 > 0 THEN {moved('r.delivered_at')} END",
    },
    which="r.user_id = t.user_id AND (p.is_open OR r.id = t.last_notice)",
)

EVENT = Copying(
    "cases_event",
    {
        "case_id": "p.id",
        "actor_id": "CASE r.actor_kind WHEN 'citizen' THEN p.user_id WHEN 'staff' THEN "
        + _member("r.actor_id", "acting")
        + " END",
        "office_id": "acting.moved",
        "to_office_id": "receiving.moved",
        "matter_id": "at.matter_id",
        "at": moved("r.at"),
        "recorded_at": moved("r.at"),
    },
    joins=f"{_office('r.office_id', 'acting')} {_office('r.to_office_id', 'receiving')}",
)

# table → where its rows come from, for those that don't name their case.
ELSEWHERE = {
    "cases_case": "SELECT t.id AS mould, r.* FROM bench.mould t JOIN cases_case r ON r.id = t.id",
    "cases_parcel": "SELECT i.case_id AS mould, r.* FROM cases_parcel r JOIN (SELECT DISTINCT"
    " parcel_id, case_id FROM cases_parcelitem) i ON i.parcel_id = r.id"
    " JOIN bench.mould t ON t.id = i.case_id",
    "notices_notice": "SELECT t.id AS mould, r.* FROM bench.mould t JOIN notices_notice r"
    " ON r.subject_kind = 'case' AND r.subject_key = t.number",
}
