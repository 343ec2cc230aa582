"""What was said of a case's handling, and what became of it, for the pages."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from .clocks import SHANGHAI
from .models import Case, Rating, RatingReview
from .places import office_name
from .timekeeping import INSTANT


@dataclass(frozen=True)
class Rated:
    """A rating and its review. due_on: last day in time; state, kind: words and colour of its tag."""

    rating: Rating
    review: RatingReview | None
    office: str
    due_on: dt.date | None
    state: str
    kind: str


def rated(case: Case, now: dt.datetime) -> Rated | None:
    """None for a case that nobody has rated. One statement for one that somebody has."""
    if "rating" not in case.facts:
        return None
    rating = Rating.objects.select_related("review").get(case_id=case.pk)
    review = rating.review if hasattr(rating, "review") else None
    if review is None:
        return Rated(rating, None, "", None, "", "")
    state, kind = standing(review, now)
    due_on = (review.due_at - INSTANT).astimezone(SHANGHAI).date()
    return Rated(rating, review, office_name(review.office_id), due_on, state, kind)


def is_overdue(review: RatingReview, now: dt.datetime) -> bool:
    """Neither found unjustified nor put right by its day."""
    waits = review.stage in (RatingReview.Stage.VERIFY, RatingReview.Stage.FIX)
    return waits and now >= review.due_at


def standing(review: RatingReview, now: dt.datetime) -> tuple[str, str]:
    """(words, colour) of where a review is."""
    words = review.get_stage_display()
    if is_overdue(review, now):
        return f"{words}，已逾期", "bad"
    return words, "good" if review.stage == RatingReview.Stage.CLOSED else "warn"
