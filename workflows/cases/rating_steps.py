"""差评 → 核实 → 整改 → 回访: what follows a bad rating, on every flow.

`rate` opens it (`open_review`); the three steps never change the case's state and work on closed cases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from django import forms

from matters.catalogue.definition import Limit
from tongban.accounts.models import Posting
from tongban.offices.calendar import calendar_for
from tongban.offices.codes import province_of

from .act import Act, Situation
from .clocks import Due, Reading, due
from .declarations import CLOSED, OPEN, OWNER, SUPERVISOR, Guard, step
from .forms import StepForm
from .kinds import APPLICATION
from .models import Rating, RatingReview
from .places import office_name
from .telling_offices import tell_staff

if TYPE_CHECKING:
    import datetime as dt

    from .models import Case

    Base = Case
else:
    Base = object

# By when it must be verified and, if justified, put right; a house rule of both provinces, not a law.
FIX_WITHIN: Final = "15G"
# Whoever cannot be reached is called again; after so many times it is closed.
MOST_CALLS: Final = 3
FACT: Final = "review"
RATING_STEPS: Final = ("verify_rating", "fix_rating", "call_back_rating")
Stage = RatingReview.Stage


def _stands_at(stage: str) -> Any:
    return lambda s: s.case.facts.get(FACT) == stage


def _answers_for_it(situation: Situation) -> bool:
    """Its own head, or the supervisor of the province that decided: nobody looks into another's."""
    case, actor = situation.case, situation.actor
    owner = case.office_of(case.OWNER_SEAT)
    return owner in actor.heads or case.owner_province in actor.supervises


to_be_verified = Guard("to_be_verified", "没有待核实的差评", _stands_at(Stage.VERIFY))
to_be_fixed = Guard("to_be_fixed", "没有待整改的差评", _stands_at(Stage.FIX))
to_be_called = Guard("to_be_called", "没有待回访的差评", _stands_at(Stage.CALL))
answers_for_it = Guard("answers_for_it", "由办理地督办人员核实", _answers_for_it)


class VerifyRatingForm(StepForm):
    justified = forms.TypedChoiceField(
        label="差评反映的问题是否属实",
        choices=[("yes", "属实"), ("no", "不属实")],
        coerce=lambda v: v == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择是否属实"},
    )
    finding = forms.CharField(
        label="核实情况",
        max_length=1000,
        help_text="评价人看得到",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明核实情况"},
    )


class FixRatingForm(StepForm):
    fix = forms.CharField(
        label="做了哪些整改",
        max_length=1000,
        help_text="评价人看得到",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明整改情况"},
    )


class CallBackRatingForm(StepForm):
    """Reached or not; whoever was reached says whether they are content now."""

    reached = forms.TypedChoiceField(
        label="是否联系上评价人",
        choices=[("yes", "联系上了"), ("no", "没有联系上")],
        coerce=lambda v: v == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择是否联系上"},
    )
    satisfied = forms.TypedChoiceField(
        label="评价人对处理是否满意",
        choices=[("yes", "满意"), ("no", "不满意")],
        coerce=lambda v: v == "yes",
        required=False,
        empty_value=None,
        help_text="联系上的必填",
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label="评价人怎么说",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("reached") and cleaned.get("satisfied") is None:
            self.add_error("satisfied", "请选择评价人是否满意")
        if cleaned.get("reached") is False:
            # Nobody spoke: what was ticked besides is nobody's word.
            cleaned["satisfied"] = None
        return cleaned


class RatingSteps(Base):
    """Mixed into every flow."""

    if TYPE_CHECKING:
        OWNER_SEAT: ClassVar[str]

    @step("核实差评", done="已核实评价", source=(OPEN, CLOSED), by=(OWNER, SUPERVISOR), head_only=True,
          form=VerifyRatingForm, guards=(to_be_verified, answers_for_it), is_aside=True,
          while_suspended=True)  # fmt: skip
    def verify_rating(self, act: Act) -> None:
        """Two statements. What is not justified has nothing to put right: the person is called back."""
        review = RatingReview.objects.get(case_id=self.pk)
        review.is_justified, review.finding = act.data["justified"], act.data["finding"]
        review.verified_at, review.verified_by_id = act.at, act.actor.user_id
        # Without an office there is nobody to put it right; what was found is told all the same.
        review.stage = Stage.FIX if review.is_justified and review.office_id else Stage.CALL
        review.save(
            update_fields=["is_justified", "finding", "verified_at", "verified_by", "stage"]
        )
        _now_at(self, review)
        act.note(review=review.pk, justified=review.is_justified, finding=review.finding)
        found = "属实，将予以整改" if review.is_justified else "未发现所反映的问题"
        act.tell("case_step", message=f"您的评价已核实：{found}。{review.finding}")

    @step("整改差评", done="已按评价整改", source=(OPEN, CLOSED), by=OWNER, form=FixRatingForm, guards=(to_be_fixed,),
          is_aside=True, while_suspended=True)  # fmt: skip
    def fix_rating(self, act: Act) -> None:
        """Two statements."""
        review = RatingReview.objects.get(case_id=self.pk)
        review.fix, review.stage = act.data["fix"], Stage.CALL
        review.fixed_at, review.fixed_by_id = act.at, act.actor.user_id
        review.save(update_fields=["fix", "stage", "fixed_at", "fixed_by"])
        _now_at(self, review)
        act.note(review=review.pk, fix=review.fix, in_time=act.at < review.due_at)
        act.tell("case_step", message=f"您评价中反映的问题已整改：{review.fix}")

    @step("回访差评", done="已回访评价人", source=(OPEN, CLOSED), by=(OWNER, SUPERVISOR), form=CallBackRatingForm,
          guards=(to_be_called,), is_aside=True, while_suspended=True)  # fmt: skip
    def call_back_rating(self, act: Act) -> None:
        """Two statements. Whoever isn't reached is called again, three times at most."""
        review = RatingReview.objects.get(case_id=self.pk)
        review.calls += 1
        review.is_reached, review.is_satisfied = act.data["reached"], act.data["satisfied"]
        review.words = act.data["words"]
        review.called_at, review.called_by_id = act.at, act.actor.user_id
        over = review.is_reached or review.calls >= MOST_CALLS
        review.stage = Stage.CLOSED if over else Stage.CALL
        review.save(
            update_fields=[
                "calls", "is_reached", "is_satisfied", "words", "called_at", "called_by", "stage",
            ]
        )  # fmt: skip
        _now_at(self, review)
        act.note(
            review=review.pk,
            reached=review.is_reached,
            satisfied=review.is_satisfied,
            words=review.words,
        )


def open_review(act: Act, rating: Rating) -> None:
    """Owe a look into a bad rating to the office that decided the case, and tell its head. Three statements."""
    case = act.case
    office_id = case.office_of(case.OWNER_SEAT)
    moments = fix_due(case.region_of(case.OWNER_SEAT), act.at)
    review = RatingReview(
        rating_id=rating.pk,
        case_id=case.pk,
        level=rating.level,
        office_id=office_id,
        origin_province=case.origin_province,
        owner_province=case.owner_province,
        mode=case.mode,
        matter_id=case.matter_id,
        is_counted=case.KIND == APPLICATION and case.parent_id is None,
        opened_at=act.at,
        due_at=moments.due_at,
    )
    act.write(review)
    _now_at(case, review)
    heads = _heads(act, office_id) if office_id else _supervisors(act, case.owner_province)
    context = {
        "number": case.number,
        "matter": case.matter.name,
        "office": office_name(office_id),
        "level": rating.get_level_display(),
        "due_text": f"{moments.due_on:%Y年%m月%d日}",
        "url": f"/desk/{case.number}/",
    }
    tell_staff(act, heads, "bad_rating", context)


def fix_due(region: str, at: dt.datetime) -> Due:
    """By when a bad rating given now has to be verified and put right, by that place's calendar. No SQL."""
    reading = Reading(
        started_at=at,
        limits=(Limit.parse(FIX_WITHIN),),
        pauses=(),
        calendar=calendar_for(region),
    )
    found = due(reading)
    if found is None:
        raise LookupError(f"no calendar for {region}")
    return found


def _now_at(case: Case, review: RatingReview) -> None:
    case.facts = {**case.facts, FACT: str(review.stage)}


def _heads(act: Act, office_id: int) -> set[int]:
    posted = Posting.objects.in_force(act.today).filter(
        office_id=office_id, role=Posting.Role.HEAD, user__is_active=True
    )
    return set(posted.values_list("user_id", flat=True))


def _supervisors(act: Act, province: str) -> set[int]:
    return supervisors_of({province}, act.today).get(province, set())


def supervisors_of(provinces: set[str], on: dt.date) -> dict[str, set[int]]:
    """Who watches over a province that day, by user id. One statement."""
    posted = Posting.objects.in_force(on).filter(
        role=Posting.Role.SUPERVISOR,
        office__kind="supervision",
        office__region__level="province",
        office__region__in=provinces,
        user__is_active=True,
    )
    found: dict[str, set[int]] = {}
    for region, user_id in posted.values_list("office__region_id", "user_id"):
        found.setdefault(province_of(region), set()).add(user_id)
    return found
