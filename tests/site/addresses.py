"""Every address of the site with an example of it, and who may open it.

A test enumerates the resolver: an address without an entry here is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from tests.site.stage import OWNER, WINDOW, Stage
from workflows.exchange.hospital.api import MESSAGES

CITIZENS = frozenset({"citizen", "daughter", "aunt", "neighbour", "former_agent", "outsider"})
STAFF = frozenset(
    {
        *WINDOW, *OWNER, "clerk_elsewhere", "police_cq", "desk_sc", "former_clerk",
        "supervisor_cq", "supervisor_sc", "operator",
    }
)  # fmt: skip
EVERYBODY = CITIZENS | STAFF
SUPERVISORS = frozenset({"supervisor_cq", "supervisor_sc"})
# Who sees the case between the provinces, and the one within 重庆.
CROSSING = frozenset({"citizen", "daughter", "aunt", *WINDOW, *OWNER}) | SUPERVISORS
LOCAL = frozenset({"citizen", *WINDOW, "supervisor_cq"})
AT_DESK = CROSSING & STAFF
PARTIES = CROSSING & CITIZENS
HEADS = frozenset({"head_cq", "head_sc"})
VIEWERS = SUPERVISORS | {"operator"}
OPERATORS = frozenset({"operator"})
# Desks that take in applications: in the small world every office is one.
WINDOWS = frozenset({*WINDOW, *OWNER, "clerk_elsewhere", "police_cq", "desk_sc"})

HOLDER = frozenset({"citizen"})
# The two sides of a demand for data, and those who look on.
TRADING = frozenset({*OWNER, "police_cq"}) | VIEWERS


@dataclass(frozen=True)
class Address:
    """`of`: the example; `may`: who finds it (visitors too, if `is_public`)."""

    of: Callable[[Stage], str]
    may: frozenset[str]
    is_public: bool = False
    post_only: bool = False


def _(
    of: str, may: frozenset[str], *, is_public: bool = False, post_only: bool = False
) -> list[Address]:
    return [Address(lambda stage: of.format(s=stage), may, is_public, post_only)]


def _of_case(path: str, crossing: frozenset[str], local: frozenset[str]) -> list[Address]:
    """The same page of the case between the provinces and of the one within 重庆."""
    return [
        *_(path.replace("NUMBER", "{s.crossing.number}"), crossing),
        *_(path.replace("NUMBER", "{s.local.number}"), local),
    ]


def _of_version(page: str, **more: bool) -> list[Address]:
    return _("/operator/versions/{s.crossing.version_id}/" + page, OPERATORS, **more)


def _apply(page: str, **more: bool) -> list[Address]:
    return _("/apply/{s.draft}/" + page, frozenset({"citizen"}), **more)


def _visit(page: str, **more: bool) -> list[Address]:
    return _("/desk/counter/{s.visit}/" + page, frozenset(WINDOW), **more)


ADDRESSES: dict[str, list[Address]] = {
    "display/": _("/display/", EVERYBODY, is_public=True, post_only=True),
    "style/": _("/style/", frozenset()),  # in a demonstration only
    "demonstration/": _("/demonstration/", frozenset()),
    "demonstration/messages/": _("/demonstration/messages/", frozenset()),
    "sign-in/": _("/sign-in/", EVERYBODY, is_public=True),
    "sign-out/": _("/sign-out/", EVERYBODY, is_public=True, post_only=True),
    "inbox/": _("/inbox/", EVERYBODY),
    "inbox/settings/": _("/inbox/settings/", EVERYBODY),
    "inbox/<int:notice_id>/": _("/inbox/{s.notice}/", frozenset({"citizen"})),
    "certificates/": _("/certificates/", EVERYBODY),
    "certificates/kinds/": _("/certificates/kinds/", EVERYBODY, is_public=True),
    "certificates/fetch/": _("/certificates/fetch/", CITIZENS),
    "certificates/<uuid:key>/": _("/certificates/{s.certificate}/", HOLDER),
    "certificates/<uuid:key>/refresh/": _(
        "/certificates/{s.certificate}/refresh/", HOLDER, post_only=True
    ),
    "certificates/<uuid:key>/number/": _(
        "/certificates/{s.certificate}/number/", HOLDER, post_only=True
    ),
    "certificates/<uuid:key>/show/": _("/certificates/{s.certificate}/show/", HOLDER),
    "verify/": _("/verify/", EVERYBODY, is_public=True),
    "verify/<str:token>/": _("/verify/ABCDEFGHJKLMNPQRSTUV/", EVERYBODY, is_public=True),
    "sharing/": _("/sharing/", STAFF),
    "sharing/holders/": _("/sharing/holders/", STAFF),
    "sharing/connectors/": _("/sharing/connectors/", OPERATORS),
    "sharing/resources/<slug:code>/": _("/sharing/resources/510000-disability-card/", STAFF),
    "sharing/demands/": _("/sharing/demands/", STAFF),
    "sharing/demands/new/": _("/sharing/demands/new/", WINDOWS),
    "sharing/demands/<int:key>/": _("/sharing/demands/{s.demand}/", TRADING),
    "sharing/demands/<int:key>/<slug:act>/": _(
        "/sharing/demands/{s.demand}/refuse/", TRADING, post_only=True
    ),
    "files/<uuid:key>/": [
        *_("/files/{s.file}/", CROSSING),
        *_("/files/{s.draft_file}/", frozenset({"citizen"})),
    ],
    "documents/<slug:number>/": _("/documents/{s.document}/", CROSSING),
    "cases/<slug:number>/": _of_case("/cases/NUMBER/", CROSSING, LOCAL),
    "": _("/", EVERYBODY, is_public=True),
    "province/": _("/province/", EVERYBODY, is_public=True, post_only=True),
    "place/": _("/place/", EVERYBODY, is_public=True),
    "matters/": _("/matters/", EVERYBODY, is_public=True),
    "matters/suggest/": _("/matters/suggest/?q=残疾人", EVERYBODY, is_public=True),
    "matters/<slug:slug>/windows/": _("/matters/{s.slug}/windows/", EVERYBODY, is_public=True),
    "matters/<slug:slug>/": _("/matters/{s.slug}/", EVERYBODY, is_public=True),
    "matters/<slug:slug>/check/": _("/matters/{s.asking}/check/", EVERYBODY, is_public=True),
    "matters/<slug:slug>/check/remind/": _(
        "/matters/{s.asking}/check/remind/", EVERYBODY, post_only=True
    ),
    "matters/<slug:slug>/apply/": _("/matters/{s.slug}/apply/", CITIZENS),
    "apply/<uuid:key>/": _apply(""),
    "apply/<uuid:key>/delete/": _apply("delete/"),
    "apply/<uuid:key>/situation/": _apply("situation/"),
    "apply/<uuid:key>/who/": _apply("who/"),
    "apply/<uuid:key>/me/": _apply("me/"),
    "apply/<uuid:key>/person/": _apply("person/"),
    "apply/<uuid:key>/others/": _apply("others/"),
    "apply/<uuid:key>/others/<int:place>/remove/": _apply("others/0/remove/", post_only=True),
    "apply/<uuid:key>/where/": _apply("where/"),
    "apply/<uuid:key>/window/": _apply("window/"),
    "apply/<uuid:key>/form/": _apply("form/"),
    "apply/<uuid:key>/papers/": _apply("papers/"),
    "apply/<uuid:key>/shared/": _apply("shared/"),
    "apply/<uuid:key>/papers/<slug:code>/": _apply("papers/identity/"),
    "apply/<uuid:key>/papers/<slug:code>/way/": _apply("papers/identity/way/", post_only=True),
    "apply/<uuid:key>/papers/<slug:code>/<uuid:file>/remove/": _apply(
        "papers/identity/{s.draft_file}/remove/", post_only=True
    ),
    "apply/<uuid:key>/certificate/<slug:code>/": _apply("certificate/disability_card/"),
    "apply/<uuid:key>/check/": _apply("check/"),
    "my/": _("/my/", EVERYBODY),
    "my/<slug:number>/": _of_case("/my/NUMBER/", CROSSING, LOCAL),
    "my/<slug:number>/go-on/": _("/my/{s.crossing.number}/go-on/", CROSSING, post_only=True),
    "my/<slug:number>/receipt/": _of_case("/my/NUMBER/receipt/", CROSSING, LOCAL),
    "my/<slug:number>/clock/<slug:clock>/": _("/my/{s.crossing.number}/clock/promise/", CROSSING),
    "my/<slug:number>/<slug:step>/": _of_case("/my/NUMBER/ask/", CROSSING, LOCAL),
    "medical/": _("/medical/", EVERYBODY, is_public=True),
    "medical/going/": _("/medical/going/?pool=500000&type=resident", EVERYBODY, is_public=True),
    "medical/hospitals/": _("/medical/hospitals/?place=511700", EVERYBODY, is_public=True),
    "medical/mine/": _("/medical/mine/", EVERYBODY),
    "medical/settlements/<slug:setl_id>/": _("/medical/settlements/{s.settlement}/", HOLDER),
    "housing-fund/loan/": _("/housing-fund/loan/", EVERYBODY, is_public=True),
    "housing-fund/repayment/": _("/housing-fund/repayment/", EVERYBODY, is_public=True),
    "housing-fund/employer/": _("/housing-fund/employer/", EVERYBODY),
    "housing-fund/rent/": _("/housing-fund/rent/?city=500000", EVERYBODY, is_public=True),
    "progress/": _("/progress/", EVERYBODY, is_public=True),
    # Only where text messages go out: the test's site has no gateway.
    "progress/code/<uuid:key>/": _("/progress/code/{s.draft}/", frozenset()),
    "progress/qr/<slug:number>.svg": _(
        "/progress/qr/{s.crossing.number}.svg", EVERYBODY, is_public=True
    ),
    "desk/": _("/desk/", STAFF),
    "desk/search/": _("/desk/search/", STAFF),
    "desk/next/": _("/desk/next/", STAFF),
    "desk/batch/": _("/desk/batch/", STAFF, post_only=True),
    "desk/batch/<uuid:key>/": _("/desk/batch/{s.bulk}/", frozenset({"clerk_cq"})),
    "desk/batch/<uuid:key>/on/": _(
        "/desk/batch/{s.bulk}/on/", frozenset({"clerk_cq"}), post_only=True
    ),
    "desk/calls/": _("/desk/calls/", WINDOWS),
    "desk/calls/<case_number:number>/": _(
        "/desk/calls/{s.crossing.number}/", AT_DESK, post_only=True
    ),
    "desk/extensions/": _("/desk/extensions/", HEADS | VIEWERS),
    "desk/extensions/<uuid:key>/": _(
        "/desk/extensions/{s.extension}/", frozenset({"operator", "head_sc", "supervisor_sc"})
    ),
    "desk/counter/": _("/desk/counter/", WINDOWS),
    "desk/counter/window/": _("/desk/counter/window/", WINDOWS, post_only=True),
    "desk/counter/turn-away/": _("/desk/counter/turn-away/", WINDOWS),
    "desk/counter/turned-away/": _("/desk/counter/turned-away/", WINDOWS),
    "desk/counter/turned-away/<int:entry>/": _(
        "/desk/counter/turned-away/{s.turned_away}/", frozenset(WINDOW)
    ),
    "desk/counter/<uuid:key>/": _visit(""),
    "desk/counter/<uuid:key>/choose/": _visit("choose/", post_only=True),
    "desk/counter/<uuid:key>/for/": _visit("for/"),
    "desk/counter/<uuid:key>/again/": _visit("again/", post_only=True),
    "desk/counter/<uuid:key>/throw-away/": _visit("throw-away/", post_only=True),
    "desk/counter/<uuid:key>/done/": _(
        "/desk/counter/{s.crossing.draft_key}/done/", frozenset(WINDOW | OWNER)
    ),
    "desk/clearing/": _("/desk/clearing/", SUPERVISORS),
    "desk/clearing/trace/": _("/desk/clearing/trace/?setl_id=S1", SUPERVISORS),
    "desk/clearing/<case_number:number>/": _("/desk/clearing/{s.clearing}/", SUPERVISORS),
    "desk/clearing/<case_number:number>/lines/": _(
        "/desk/clearing/{s.clearing}/lines/?pool=500000&late=on", SUPERVISORS
    ),
    "desk/clearing/<case_number:number>/lines.csv": _(
        "/desk/clearing/{s.clearing}/lines.csv", SUPERVISORS
    ),
    "desk/clearing/<case_number:number>/lines/<int:key>/": _(
        "/desk/clearing/{s.clearing}/lines/{s.clearing_line}/", SUPERVISORS
    ),
    "desk/digest/": _("/desk/digest/", STAFF),
    "desk/joint/": _("/desk/joint/", STAFF),
    "desk/joint/hours/": _("/desk/joint/hours/", HEADS),
    "desk/joint/hours/<int:key>/end/": _(
        "/desk/joint/hours/{s.joint_hours}/end/", frozenset({"head_sc"}), post_only=True
    ),
    "desk/joint/<uuid:key>/": _("/desk/joint/{s.joint}/", AT_DESK),
    "desk/loans/": _("/desk/loans/", SUPERVISORS),
    "desk/matters/": _("/desk/matters/", STAFF),
    "desk/matters/unclaimed/": _("/desk/matters/unclaimed/", STAFF),
    "desk/matters/pauses/": _("/desk/matters/pauses/", HEADS | OPERATORS),
    "desk/matters/pauses/<int:key>/end/": _(
        "/desk/matters/pauses/{s.pause}/end/", frozenset({"head_cq", "operator"}), post_only=True
    ),
    "desk/office/": _("/desk/office/", HEADS),
    "desk/office/people/<int:user_id>/": _("/desk/office/people/0/", HEADS),
    "desk/away/": _("/desk/away/", STAFF),
    "desk/phrases/": _("/desk/phrases/", STAFF),
    "desk/phrases/<int:key>/drop/": _(
        "/desk/phrases/{s.phrase}/drop/", frozenset({"clerk_cq"}), post_only=True
    ),
    "desk/parcels/": _("/desk/parcels/", STAFF),
    "desk/parcels/send/": _("/desk/parcels/send/", STAFF, post_only=True),
    "desk/parcels/road/": _("/desk/parcels/road/", STAFF),
    "desk/parcels/coming/": _("/desk/parcels/coming/", STAFF),
    "desk/parcels/done/": _("/desk/parcels/done/", STAFF),
    "desk/parcels/<slug:number>/": _("/desk/parcels/{s.parcel}/", frozenset(WINDOW | OWNER)),
    "desk/parcels/<slug:number>/sign/": _("/desk/parcels/{s.parcel}/sign/", frozenset(OWNER)),
    "desk/substitutes/": _("/desk/substitutes/", HEADS),
    "desk/substitutes/<int:key>/end/": _(
        "/desk/substitutes/{s.substitution}/end/", frozenset({"head_cq"}), post_only=True
    ),
    "desk/<case_number:number>/": _of_case("/desk/NUMBER/", AT_DESK, LOCAL & STAFF),
    # Only where the next step is another system's: this matter has none.
    "desk/<case_number:number>/sheet/": _("/desk/{s.crossing.number}/sheet/", frozenset()),
    "desk/<case_number:number>/shared/<uuid:key>/": _(
        "/desk/{s.crossing.number}/shared/{s.look_up}/", frozenset(OWNER)
    ),
    "desk/<case_number:number>/registers/<slug:code>/": _(
        "/desk/{s.crossing.number}/registers/{s.askable}/", frozenset(WINDOW | OWNER)
    ),
    # Only where a certificate stands in for a paper: in this case none does.
    "desk/<case_number:number>/certificates/": _(
        "/desk/{s.crossing.number}/certificates/", frozenset(), post_only=True
    ),
    "desk/<case_number:number>/look/<str:what>/": _(
        "/desk/{s.crossing.number}/look/party.{s.party}.id_number/", AT_DESK
    ),
    "desk/<case_number:number>/<slug:step>/": _of_case(
        "/desk/NUMBER/remark/", AT_DESK, LOCAL & STAFF
    ),
    # Nobody's session opens the API: a system comes with its key (tests/exchange).
    "api/": _("/api/", frozenset()),
    "api/cases": _("/api/cases?office=511702-civil_affairs", frozenset()),
    "api/cases/<number>": _("/api/cases/{s.crossing.number}", frozenset()),
    "api/cases/<number>/steps/<step>": _(
        "/api/cases/{s.crossing.number}/steps/accept", frozenset(), post_only=True
    ),
    "api/housing-fund/quote": _("/api/housing-fund/quote", frozenset(), post_only=True),
    "api/medical/settle": _("/api/medical/settle", frozenset(), post_only=True),
    **{
        f"api/medical/{message.infno}": _(
            f"/api/medical/{message.infno}", frozenset(), post_only=True
        )
        for message in MESSAGES
    },
    "api/docs": _("/api/docs", EVERYBODY, is_public=True),
    "api/openapi.json": _("/api/openapi.json", EVERYBODY, is_public=True),
    # From this machine, as here; tests/running says what anybody else is told.
    "healthz": _("/healthz", EVERYBODY, is_public=True),
    "healthz/web": _("/healthz/web", EVERYBODY, is_public=True),
    "metrics": _("/metrics", EVERYBODY, is_public=True),
    "operator/": _("/operator/", OPERATORS),
    "operator/running/": _("/operator/running/", OPERATORS),
    "operator/matters/": _("/operator/matters/", OPERATORS),
    "operator/matters/<slug:slug>/": _("/operator/matters/{s.slug}/", OPERATORS),
    "operator/versions/<int:version_id>/": _of_version(""),
    "operator/versions/<int:version_id>/draft/": _of_version("draft/", post_only=True),
    "operator/versions/<int:version_id>/publish/": _of_version("publish/", post_only=True),
    "operator/versions/<int:version_id>/rebase/": _of_version("rebase/", post_only=True),
    "operator/versions/<int:version_id>/discard/": _of_version("discard/", post_only=True),
    "operator/versions/<int:version_id>/difference/<int:other_id>/": _of_version(
        "difference/{s.crossing.version_id}/"
    ),
    "operator/versions/<int:version_id>/move/<int:other_id>/": _of_version(
        "move/{s.next_version}/"
    ),
    "operator/notices/": _("/operator/notices/", OPERATORS),
    "operator/notices/decide/": _("/operator/notices/decide/", OPERATORS, post_only=True),
    "operator/notices/outages/": _("/operator/notices/outages/", OPERATORS),
    "operator/notices/outages/<int:outage_id>/end/": _(
        "/operator/notices/outages/1/end/", OPERATORS, post_only=True
    ),
    "operator/notices/replays/": _("/operator/notices/replays/", OPERATORS),
    "operator/calendar/": _("/operator/calendar/", OPERATORS),
    "operator/calendar/import/": _("/operator/calendar/import/", OPERATORS),
    "operator/calendar/<int:number>/": _("/operator/calendar/1/", OPERATORS),
    "operator/calendar/differences/": _("/operator/calendar/differences/", OPERATORS),
    "operator/movings/": _("/operator/movings/", OPERATORS),
    "operator/movings/<int:moving_id>/": _("/operator/movings/{s.moving}/", OPERATORS),
    "operator/versions/<int:version_id>/play/": _of_version("play/"),
    "operator/versions/<int:version_id>/rights/": _of_version("rights/"),
    "operator/texts/": _("/operator/texts/", OPERATORS),
    "operator/texts/<slug:kind>/<slug:template>/": [
        *_("/operator/texts/message/accepted/", OPERATORS),
        *_("/operator/texts/sms/accepted/", OPERATORS),
    ],
    "throughput/": _("/throughput/", VIEWERS),
    "throughput/tables/<slug:code>/": _("/throughput/tables/offices/", VIEWERS),
    "throughput/cases/": _("/throughput/cases/", VIEWERS),
    "throughput/late/": _("/throughput/late/", VIEWERS),
    "throughput/bulletins/": _("/throughput/bulletins/", VIEWERS),
    "throughput/bulletins/<int:report_id>/": _(
        "/throughput/bulletins/{s.report}/", frozenset({"supervisor_sc", "operator"})
    ),
    "throughput/ratings/": _("/throughput/ratings/", VIEWERS | WINDOWS | HEADS),
    "throughput/definitions/": _("/throughput/definitions/", VIEWERS),
    "throughput/wall/": _("/throughput/wall/", VIEWERS),
    **{
        f"throughput/{page}/": _(f"/throughput/{page}/", VIEWERS)
        for page in ("matrix", "time", "ranking", "others", "flags", "published")
    },
    "throughput/urge/<slug:number>/": _of_case(
        "/throughput/urge/NUMBER/", SUPERVISORS, frozenset({"supervisor_cq"})
    ),
}


def patterns(of: list[URLPattern | URLResolver] | None = None, before: str = "") -> Iterator[str]:
    """Every pattern of the site as it is written in the urls.py files."""
    for pattern in get_resolver().url_patterns if of is None else of:
        here = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern.url_patterns, here)
        else:
            yield here
