"""加签 and 会签: somebody else's opinion before the decision.

加签 asks a colleague of the office that holds the case; 会签 asks another office, which gets the seat
`assisting` (协办) and so sees the case. While one is owed, no step that decides may be taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from tongban.accounts.models import Posting, User
from tongban.offices.models import Office

from .act import Act, Situation
from .declarations import APPLICANT, HOLDER, OPEN, Guard, Seat, step
from .forms import StepForm

if TYPE_CHECKING:
    from .models import Case

    Base = Case
else:
    Base = object

ASSISTING = Seat("assisting", "协办单位")
# What a colleague, most often the head, is asked to decide about; "" for anything else.
ABOUT = {"": "其他", "extension": "延期", "special": "特别程序", "refusal": "不予受理或不予批准"}


def owed_by_me(situation: Situation) -> bool:
    return any(o["user"] == situation.actor.user_id for o in _owed(situation))


def _owed(situation: Situation) -> list[dict[str, Any]]:
    asked: list[dict[str, Any]] = situation.case.facts.get("opinions", [])
    return [one for one in asked if one["opinion"] is None]


held_by_office = Guard("held_by_office", "办件现由申请人处理", lambda s: s.case.holder != APPLICANT)
i_was_asked = Guard("i_was_asked", "没有请您出具意见", owed_by_me)
someone_was_asked = Guard("someone_was_asked", "没有待出具的意见", lambda s: bool(_owed(s)))
nobody_assists = Guard(
    "nobody_assists", "已有协办单位，请等其出具意见", lambda s: not _office_owes(s)
)
office_was_asked = Guard("office_was_asked", "没有请本单位会签", lambda s: _office_owes(s))
NO_OPINION_OWED = Guard("no_opinion_owed", "加签或会签意见尚未出具", lambda s: not _owed(s))


def _office_owes(situation: Situation) -> bool:
    return any(one["user"] is None for one in _owed(situation))


class AskColleagueForm(StepForm):
    """Who of the office is asked. One statement for the choice."""

    about = forms.ChoiceField(label="请示事项", choices=list(ABOUT.items()), required=False)
    question = forms.CharField(
        label="请其审核什么", max_length=500, error_messages={"required": "请写明需要审核的内容"}
    )

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        super().__init__(*args, situation=situation, **kwargs)
        here = Posting.objects.in_force(situation.today).filter(
            office_id=situation.case.holder_office_id or 0, role__in=("clerk", "head")
        )
        colleagues = User.objects.filter(pk__in=here.values("user_id"), is_active=True)
        self.fields["colleague"] = forms.ModelChoiceField(
            label="加签给",
            queryset=colleagues.exclude(pk=situation.actor.user_id or 0).order_by("username"),
            error_messages={"required": "请选择同事", "invalid_choice": "此人不在本单位任职"},
        )
        self.order_fields(["colleague", "about", "question"])


class AskOfficeForm(StepForm):
    """Which office is asked: any of the same city. One statement for the choice."""

    question = forms.CharField(
        label="请其会签什么", max_length=500, error_messages={"required": "请写明需要会签的内容"}
    )

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        super().__init__(*args, situation=situation, **kwargs)
        region = situation.case.region_of(situation.case.holder)
        near = Office.objects.filter(region__code__startswith=region[:4], valid_to=None)
        self.fields["office"] = forms.ModelChoiceField(
            label="会签单位",
            queryset=near.exclude(pk__in=situation.case.office_ids).order_by("region_id", "name"),
            error_messages={"required": "请选择单位", "invalid_choice": "没有这个单位"},
        )
        self.order_fields(["office", "question"])


class OpinionGivenForm(StepForm):
    agrees = forms.TypedChoiceField(
        label="意见",
        choices=[("yes", "同意"), ("no", "不同意")],
        coerce=lambda v: v == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择同意或不同意"},
    )
    opinion = forms.CharField(
        label="理由",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写明理由"},
    )


class OpinionSteps(Base):
    """Mixed into every flow. Opinions stand in `facts`: who was asked what, and the answer."""

    @step("加签", source=OPEN, by=HOLDER, form=AskColleagueForm, guards=(held_by_office,),
          done="已请同事加签", is_aside=True)  # fmt: skip
    def ask_colleague(self, act: Act) -> None:
        colleague: User = act.data["colleague"]
        _ask(self, act, user=colleague.pk, name=colleague.name)

    @step("出具加签意见", source=OPEN, by=HOLDER, form=OpinionGivenForm, guards=(i_was_asked,),
          done="已出具加签意见", is_aside=True)  # fmt: skip
    def give_opinion(self, act: Act) -> None:
        _answer(self, act, act.actor.user_id)

    @step("请求会签", source=OPEN, by=HOLDER, form=AskOfficeForm,
          guards=(held_by_office, nobody_assists), done="已请协办单位会签", is_aside=True)  # fmt: skip
    def ask_office(self, act: Act) -> None:
        """The office gets the seat 协办, and with it the case to see."""
        office: Office = act.data["office"]
        self.seats = {
            **self.seats,
            ASSISTING.code: {"office": office.pk, "region": office.region_id},
        }
        self.office_ids = sorted({*self.office_ids, office.pk})
        _ask(self, act, user=None, name=office.name)

    @step("会签", source=OPEN, by=ASSISTING.code, form=OpinionGivenForm,
          guards=(office_was_asked,), done="协办单位已会签", is_aside=True)  # fmt: skip
    def countersign(self, act: Act) -> None:
        _answer(self, act, None)

    @step("撤销加签或会签", source=OPEN, by=HOLDER, head_only=True, guards=(someone_was_asked,),
          done="已撤销加签或会签", is_aside=True)  # fmt: skip
    def drop_opinions(self, act: Act) -> None:
        """Nobody waits for somebody on leave: the head takes the question back."""
        kept = [one for one in self.facts["opinions"] if one["opinion"] is not None]
        act.note(dropped=[one["name"] for one in self.facts["opinions"] if one not in kept])
        self.facts = {**self.facts, "opinions": kept}


def _ask(case: OpinionSteps, act: Act, *, user: int | None, name: str) -> None:
    asked = {"user": user, "name": name, "question": act.data["question"], "opinion": None}
    if about := act.data.get("about"):
        asked["about"] = about
    case.facts = {**case.facts, "opinions": [*case.facts.get("opinions", []), asked]}
    act.note(asked=name, question=act.data["question"])


def _answer(case: OpinionSteps, act: Act, user: int | None) -> None:
    """Fill in the first question that waits for this person (or, for None, the office)."""
    given = {"opinion": act.data["opinion"], "agrees": act.data["agrees"]}
    opinions = [dict(one) for one in case.facts["opinions"]]
    waiting = next(o for o in opinions if o["opinion"] is None and o["user"] == user)
    waiting.update(given)
    case.facts = {**case.facts, "opinions": opinions}
    act.note(**given)
