"""Forms of 备案: the reviewer's word, and why a filing is given up."""

from __future__ import annotations

from typing import Any

from django import forms

from matters.medical.filing.ending import why_it_stays
from workflows.cases.forms import ReasonForm, StepForm

from .medical_filing_facts import REFUSED, asked_in, filing_of, outlook


class ConfirmFilingForm(StepForm):
    """The papers bear it out. What the registers forbid is said here and not filed."""

    opinion = forms.CharField(
        label="审核意见",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        """Six statements."""
        cleaned: dict[str, Any] = super().clean() or {}
        situation = self.situation
        found = outlook(situation.parties, asked_in(situation.case.data), situation.today)
        if found.insured is None or found.way == REFUSED:
            raise forms.ValidationError(found.sentence, code="refused")
        return cleaned


class CancelFilingForm(ReasonForm):
    """Why it is given up; inside the lock, or with an open admission, it is not."""

    def clean(self) -> dict[str, Any]:
        """Two statements."""
        cleaned: dict[str, Any] = super().clean() or {}
        filing = filing_of(self.situation.case)
        refused = why_it_stays(filing, self.situation.today) if filing is not None else None
        if refused is not None:
            raise forms.ValidationError(refused.sentence, code=refused.code)
        return cleaned
