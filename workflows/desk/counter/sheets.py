"""The sheet of a visit: the questions of one matter with those of the window, as typed so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict

from matters.catalogue.definition import Definition
from matters.catalogue.doubts import doubts
from matters.catalogue.forms import MatterForm, sealed_data
from matters.catalogue.models import MatterVersion
from matters.catalogue.pinned import definition_of
from tongban.accounts.personal import mask_phone, unseal
from tongban.offices.models import Office
from workflows.cases.drafts import purpose_of
from workflows.cases.models import Draft, Upload
from workflows.cases.opening import PartyInput
from workflows.cases.registry import flow_class

from .forms import PapersForm, PeopleForm
from .matter_form import (
    Known,
    Names,
    initial_answers,
    known_answers,
    left_empty,
    shown_form,
    strict_form,
)
from .people import Person, people_of
from .situations import SituationForm
from .visits import PRESENT, Role, Visit

COLLECT = "collect"


@dataclass
class Sheet:
    """What the page shows and what comes of it. Unbound until `data` was given."""

    visit: Visit
    version: MatterVersion
    definition: Definition
    office: Office
    present: Person
    applicant: Person
    people: PeopleForm
    matter: MatterForm
    situation: SituationForm
    # Its answers and those of the matter's form that belong to it.
    situated: dict[str, str]
    papers: PapersForm
    # Sealed, as far as they are right: all, and those that somebody typed.
    answers: dict[str, Any] = field(default_factory=dict)
    typed: dict[str, Any] = field(default_factory=dict)
    scans: dict[str, list[Upload]] = field(default_factory=dict)
    # In clear, as far as they are right.
    strict: dict[str, Any] = field(default_factory=dict)

    @property
    def forms(self) -> list[forms.Form]:
        return [self.people, self.situation, self.matter, self.papers]

    @property
    def is_right(self) -> bool:
        return not self.matter.asks_again and not any(form.errors for form in self.forms)

    @property
    def doubts(self) -> list[str]:
        """Sentences about answers that deserve a second look."""
        return doubts(self.definition, self.strict)

    @property
    def is_untouched(self) -> bool:
        """Nothing was typed but what stood there: the regions, and words about a right to act."""
        regions = {field.code for field in self.definition.fields if field.kind == "region"}
        answers = [a for code, a in self.typed.items() if code not in regions]
        names = [self.people.cleaned_data.get(name) for name in ("name", "for_name", "phone")]
        return self.visit.draft is None and self.is_right and not any([*answers, *names])

    @property
    def parties(self) -> list[PartyInput]:
        """The people as they are known by now, the applicant first; names may still be missing."""
        typed = self.people.cleaned_data
        here = PartyInput(
            role=self.visit.role,
            name=name_of(typed.get("name"), self.present),
            id_number=self.visit.id_number,
            phone=phone_of(typed.get("phone"), self.visit, self.present),
            relation=typed.get("relation", ""),
            authority=typed.get("authority", ""),
            scope=tuple(typed.get("scope", ())),
            expires_on=typed.get("expires_on"),
        )
        if self.visit.is_in_person:
            return [here]
        name = name_of(typed.get("for_name"), self.applicant)
        return [PartyInput(Role.APPLICANT, name, id_number=self.visit.for_id), here]

    def forgive_what_is_missing(self) -> None:
        """For a draft: a box that is still empty is no error, what is wrong in another one is."""
        for form in self.forms:
            for name in list(form.errors):
                if name in form.fields and not _was_typed(form, name):
                    del form.errors[name]


def sheet_of(
    visit: Visit,
    version: MatterVersion,
    office: Office,
    data: Mapping[str, Any] | None = None,
    *,
    is_draft: bool = False,
) -> Sheet:
    """The sheet for the page, or with `data` as it was sent. Two statements, regions aside.

    is_draft: what is missing is no error yet; what is wrong is.
    """
    definition = definition_of(version.pk)
    present, applicant = people_of(visit.id_number, visit.applicant_id)
    kept = draft_for(visit, version)
    before = dict(kept.data) if kept else {}
    people = PeopleForm(
        data,
        visit=visit,
        present=present,
        applicant=applicant,
        phone_known=mask_phone(phone_of("", visit, present)),
        initial=_people_typed(visit),
    )
    known = known_answers(definition, _names(visit, people, present, applicant), before)
    counter = kept.answers.get("counter", {}) if kept else {}
    initial = _initial(visit, version, office, before)
    matter = shown_form(definition, known, data, initial)
    said = kept.answers.get("situation", {}) if kept else {}
    situation = SituationForm(data, definition=definition, kept=said)
    situated = situation.answers(matter)
    sheet = Sheet(
        visit=visit,
        version=version,
        definition=definition,
        office=office,
        present=present,
        applicant=applicant,
        people=people,
        matter=matter,
        situation=situation,
        situated=situated,
        scans=_scans(visit),
        papers=PapersForm(
            data,
            asked=(*situation.papers(situated, data or before), *matter.file_papers),
            collects=collects(version) and not is_draft,
            initial=counter,
        ),
    )
    if data is None:
        _put_focus(sheet)
    else:
        sheet.papers.full_clean()
        if not is_draft:
            situation.judge(situated)
        _answer(sheet, known, data, initial)
        if is_draft:
            sheet.forgive_what_is_missing()
    return sheet


def _scans(visit: Visit) -> dict[str, list[Upload]]:
    """The scans of each paper, the oldest first. One statement."""
    scans: dict[str, list[Upload]] = {}
    for scan in Upload.objects.filter(draft_key=visit.key, case=None).order_by("uploaded_at"):
        scans.setdefault(scan.material_code, []).append(scan)
    return scans


def collects(version: MatterVersion) -> bool:
    """Whether the window takes the papers in and sends them on, or only helps to apply (帮办)."""
    return COLLECT in flow_class(version.flow).STEPS


def draft_for(visit: Visit, version: MatterVersion) -> Draft | None:
    """The visit's draft, if it is for this matter."""
    draft = visit.draft
    return draft if draft is not None and draft.matter_id == version.matter_id else None


def name_of(typed: Any, person: Person) -> str:
    return str(typed or "") or (person.account.name if person.account else "")


def phone_of(typed: Any, visit: Visit, present: Person) -> str:
    """What was typed, else what the draft keeps, else the account's."""
    if typed:
        return str(typed)
    kept = _entry(visit)
    if kept.get("phone"):
        return unseal(kept["phone"], purpose_of("phone"))
    return (present.account.phone or "") if present.account else ""


def _entry(visit: Visit, *, present: bool = True) -> dict[str, Any]:
    """Somebody's entry in the draft: who is at the window, or the applicant they act for."""
    parties = visit.draft.parties if visit.draft else []
    return next((dict(kept) for kept in parties if bool(kept.get(PRESENT)) == present), {})


def _people_typed(visit: Visit) -> dict[str, Any]:
    here = _entry(visit)
    names = ("name", "relation", "authority", "scope", "expires_on")
    typed = {name: here[name] for name in names if here.get(name)}
    if not visit.is_in_person and (named := _entry(visit, present=False).get("name")):
        typed["for_name"] = named
    return typed


def _names(visit: Visit, people: PeopleForm, present: Person, applicant: Person) -> Names:
    people.is_valid()
    typed = getattr(people, "cleaned_data", {})
    here = name_of(typed.get("name"), present)
    guards = visit.role == Role.GUARDIAN
    return Names(
        applicant=here if visit.is_in_person else name_of(typed.get("for_name"), applicant),
        applicant_id=visit.applicant_id,
        guardian=here if guards else "",
        guardian_id=visit.id_number if guards else "",
        phone=phone_of(typed.get("phone"), visit, present),
    )


def _initial(
    visit: Visit, version: MatterVersion, office: Office, before: Mapping[str, Any]
) -> dict[str, Any]:
    return initial_answers(
        definition_of(version.pk),
        flow=version.flow,
        applicant_id=visit.applicant_id,
        here=office.region_id,
        kept=before,
    )


def _answer(
    sheet: Sheet,
    known: Mapping[str, Known],
    data: Mapping[str, Any],
    initial: Mapping[str, Any],
) -> None:
    """Seal the answers that are right; the others become errors of the form that is shown."""
    stands_for = left_empty(known, data)
    # A QueryDict has several values of a name, and .items() would give the last one only.
    whole = data.copy() if isinstance(data, QueryDict) else dict(data)
    for code, each in stands_for.items():
        whole[code] = each.value
    strict = strict_form(sheet.definition, whole, initial)
    for code, problems in strict.errors.items():
        # A name that stands for one not typed yet is told once, where it belongs.
        stands_for_name = code in stands_for and sheet.definition.field(code).kind == "name"
        is_told = stands_for_name and bool(sheet.people.errors)
        if code not in sheet.matter.errors and not is_told:
            sheet.matter.add_error(code, list(problems))
    sheet.strict = strict.cleaned_data
    sheet.answers = sealed_data(sheet.definition, strict.cleaned_data)
    of_visit = {code for code, each in stands_for.items() if not each.was_typed}
    sheet.typed = {code: a for code, a in sheet.answers.items() if code not in of_visit}


def _put_focus(sheet: Sheet) -> None:
    """The hands begin at the first box that has to be filled in."""
    for form in sheet.forms:
        for name, asked in form.fields.items():
            if asked.required and form[name].value() in (None, ""):
                widget = asked.widget
                while isinstance(widget, forms.MultiWidget):
                    widget = widget.widgets[0]
                widget.attrs["autofocus"] = True
                return


def _was_typed(form: forms.Form, name: str) -> bool:
    return _says_something(form[name].data)


def _says_something(value: Any) -> bool:
    if isinstance(value, list | tuple | dict):
        parts = value.values() if isinstance(value, dict) else value
        return any(_says_something(part) for part in parts)
    # A box that is not ticked comes as False.
    return value not in (None, False) and bool(str(value).strip())
