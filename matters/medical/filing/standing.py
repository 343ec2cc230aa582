"""Where somebody stands at a place on a day: home, exempt, filed, deemed filed or not filed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from matters.medical.models import Filing, Insured, VisitKind
from tongban.templatetags.formats import zh_date

from .contacts import whom_to_call
from .cover import Benefit, benefit_standing
from .exemptions import doubts_of, exemption_for
from .names import filing_words, place_name
from .places import place_of
from .readers import counts_for

if TYPE_CHECKING:
    from matters.medical.rules import Exemption, RuleBook

HOME: Final = "home"
EXEMPT: Final = "exempt"
UNFILED: Final = "unfiled"
EMERGENCY: Final = Filing.Kind.EMERGENCY.value
REFERRAL: Final = Filing.Kind.REFERRAL.value
# One filing opens these together (川医保办发〔2024〕14号); nothing published says so of pharmacies.
OPENED_BY_A_FILING: Final = frozenset(
    {VisitKind.INPATIENT, VisitKind.OUTPATIENT, VisitKind.CHRONIC}
)
# Which of several filings counts: who lives there is paid as at home, who was not referred the least.
BEST_FIRST: Final = (
    Filing.Kind.RETIRED_SETTLED,
    Filing.Kind.LONG_TERM,
    Filing.Kind.POSTED,
    Filing.Kind.REFERRAL,
    Filing.Kind.EMERGENCY,
    Filing.Kind.OTHER_TEMPORARY,
)
FILE_NOW: Final = (
    "拿不准的，现在就办理备案：自助备案多数当场生效；已经住院的，出院结算前补办都算数，"
    "已经自费结算的改走手工报销。"
)


@dataclass(frozen=True)
class Standing:
    """What the place of insurance answers about one visit.

    filing: home, exempt, retired_settled, long_term, posted, referral, emergency, other_temporary or
    unfiled: the code by which the settlement reduces benefits. `row` and `exemption`: what it rests
    on. `may_settle_directly` asks for cover and for filing; an unfiled visit may not. `doubts` are
    sentences about what is only probable or unknown; `safe_act` says what is right in any case.
    """

    filing: str
    place: str
    benefit: Benefit
    may_settle_directly: bool
    sentence: str
    row: Filing | None = None
    exemption: Exemption | None = None
    doubts: tuple[str, ...] = ()
    safe_act: str = ""


@dataclass(frozen=True)
class _Visit:
    insured: Insured
    place: str
    kind: str
    on: date
    is_emergency: bool
    open_since: date | None
    key: str


def standing(
    *,
    insured: Insured,
    destination: str,
    visit: str,
    on: date,
    is_emergency: bool = False,
    open_since: date | None = None,
    visit_key: str = "",
    book: RuleBook | None = None,
) -> Standing:
    """Where `insured` stands for a visit at `destination` (any region code) settled on `on`.

    visit: inpatient, outpatient, chronic or pharmacy. open_since: the day of admission. Who was
    admitted while a filing held settles by it after it has expired; a filing made after admission
    counts if it was made before 出院结算. visit_key: the visit, so that its own deemed filing is found.
    An `insured` that is not saved is somebody without a register: they have no filings and no freeze.
    Three statements at most, three more where somebody has to be named to call. Raises NoPlace.
    """
    asked = _Visit(insured, place_of(destination), visit, on, is_emergency, open_since, visit_key)
    benefit = benefit_standing(insured=insured, on=on)
    found = _found(asked, benefit, book)
    if not benefit.is_ok:
        return replace(found, may_settle_directly=False, sentence=benefit.sentence)
    return found


def _found(asked: _Visit, benefit: Benefit, book: RuleBook | None) -> Standing:
    counting = _counting(asked)
    if asked.place == asked.insured.pool_id:
        return _at_home(asked, benefit, counting)
    filed = next((row for row in counting if row.destination_id == asked.place), None)
    if filed is not None and filed.kind in Filing.LONG_TERM_KINDS:
        return _by_filing(asked, benefit, filed)
    exempt = exemption_for(
        book=book, insured=asked.insured, place=asked.place, visit=asked.kind, on=asked.on
    )
    if exempt is not None and exempt.applies:
        return _by_exemption(asked, benefit, exempt)
    is_deemed = filed is not None and filed.kind == EMERGENCY
    if is_deemed or (asked.is_emergency and (filed is None or filed.kind != REFERRAL)):
        return _deemed(asked, benefit, filed)
    if filed is not None:
        return _by_filing(asked, benefit, filed)
    return _unfiled(asked, benefit, exempt)


def _counting(asked: _Visit) -> list[Filing]:
    """The person's filings that count for the visit, the best first. One statement."""
    if asked.insured.pk is None:
        # Nobody known: cover as somebody typed it, who wants to know the rule before they file.
        return []
    rows = Filing.objects.filter(insured=asked.insured, valid_from__lte=asked.on)
    kept: Iterable[Filing] = [
        row
        for row in rows.select_related("destination")
        if counts_for(row, on=asked.on, open_since=asked.open_since)
        # Deemed for one visit: it says nothing of any other.
        and (row.kind != EMERGENCY or row.visit_key == asked.key)
    ]
    return sorted(kept, key=lambda row: (BEST_FIRST.index(Filing.Kind(row.kind)), -row.pk))


def _at_home(asked: _Visit, benefit: Benefit, counting: list[Filing]) -> Standing:
    away = next((row for row in counting if row.kind in Filing.LONG_TERM_KINDS), None)
    if away is None:
        words = "在参保地就医，不用备案。"
        return Standing(HOME, asked.place, benefit, may_settle_directly=True, sentence=words)
    return Standing(
        REFERRAL,
        asked.place,
        benefit,
        may_settle_directly=True,
        row=away,
        sentence=(
            f"已长期备案到{away.destination.name}；备案期内回参保地就医同样直接结算，"
            "待遇不低于异地转诊的水平。"
        ),
        doubts=("参保地可以规定比转诊更高的待遇，这里按有保证的转诊水平计算。",),
    )


def _by_filing(asked: _Visit, benefit: Benefit, filed: Filing) -> Standing:
    opened = asked.kind in OPENED_BY_A_FILING
    words = f"已备案：{filing_words(filed)}。"
    since = asked.open_since
    if since is not None and filed.valid_from > since:
        words += f"备案在{zh_date(since)}入院之后、出院结算之前办理，可以直接结算。"
    elif since is not None and not counts_for(filed, on=asked.on):
        words += f"{zh_date(since)}入院时备案有效，之后到期也照常按备案结算。"
    found = Standing(filed.kind, asked.place, benefit, opened, words, row=filed)
    if opened:
        return found
    return _with_safe_act(
        asked, replace(found, doubts=("备案开通住院、普通门诊和门诊慢特病，药店购药没有公布的规定。",))
    )  # fmt: skip


def _by_exemption(asked: _Visit, benefit: Benefit, exempt: Exemption) -> Standing:
    since = f"自{zh_date(exempt.row.valid_from)}起" if exempt.row.valid_from else ""
    words = f"到{place_name(asked.place)}就医{since}免备案，可以直接结算。"
    found = Standing(
        EXEMPT,
        asked.place,
        benefit,
        may_settle_directly=True,
        sentence=words,
        exemption=exempt,
        doubts=doubts_of(exempt),
    )
    return _with_safe_act(asked, found) if found.doubts else found


def _deemed(asked: _Visit, benefit: Benefit, filed: Filing | None) -> Standing:
    row = filed if filed is not None and filed.kind == EMERGENCY else None
    words = "急诊抢救，视同已备案，只对这一次就医有效，不用另办手续。"
    return Standing(EMERGENCY, asked.place, benefit, True, words, row=row)


def _unfiled(asked: _Visit, benefit: Benefit, unknown: Exemption | None) -> Standing:
    words = f"还没有备案到{place_name(asked.place)}，现在不能直接结算。"
    if asked.open_since is not None:
        words += "已经住院的，出院结算前办好备案就能直接结算。"
    found = Standing(
        UNFILED,
        asked.place,
        benefit,
        may_settle_directly=False,
        sentence=words,
        exemption=unknown,
        doubts=doubts_of(unknown) if unknown is not None else (),
    )
    return _with_safe_act(asked, found)


def _with_safe_act(asked: _Visit, found: Standing) -> Standing:
    call = whom_to_call(asked.insured.pool_id, asked.place, asked.on)
    return replace(found, safe_act=f"{FILE_NOW}也可以{call}。")
