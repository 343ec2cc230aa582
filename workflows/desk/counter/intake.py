"""Keeping a sheet as a draft, and handing it in: the case, and at a collecting window 收件 at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from matters.catalogue.pinned import definition_of
from tongban.accounts.actors import Actor
from tongban.accounts.models import User
from workflows.cases.drafts import application_of, changing, sealed_party, typed_again
from workflows.cases.flow import Flow
from workflows.cases.happening import moved_by
from workflows.cases.models import Document, Draft, Material
from workflows.cases.opening import PartyInput, open_case
from workflows.cases.perform import Done, InvalidData, NotAllowed, Stale, perform

from .sheets import COLLECT, Sheet
from .visits import PRESENT, Role, Visit

SECTION = "窗口代填"


def saved(sheet: Sheet, *, by: User) -> Draft:
    """Keep what is right of the sheet as the visit's draft. Raises Draft.DoesNotExist if it became a
    case meanwhile."""
    visit, version = sheet.visit, sheet.version
    draft, _ = Draft.objects.get_or_create(
        pk=visit.key,
        defaults={
            "user": by,
            "office": sheet.office,
            "matter": version.matter,
            "version": version,
            "origin_region_id": sheet.office.region_id,
        },
    )
    with changing(draft, by=by, section=SECTION) as fresh:
        fresh.matter, fresh.version = version.matter, version
        fresh.data = sheet.typed
        *others, here = [sealed_party(party) for party in sheet.parties]
        fresh.parties = [*others, here | {PRESENT: True}]
        remark = sheet.papers.cleaned_data.get("remark", "")
        fresh.answers |= {
            "window": sheet.office.pk,
            "situation": sheet.situated,
            "present": visit.indexes[-1],
            "counter": {"papers": sheet.papers.ticked, "remark": remark},
        }
    return fresh


def turned_to(draft: Draft, visit: Visit, *, by: User) -> None:
    """Let the draft be for the applicant that the visit names now.

    The region that came from the former applicant's number goes; who is at the window stays.
    """
    definition = definition_of(draft.version_id)
    with changing(draft, by=by, section=SECTION) as fresh:
        here = next(kept for kept in fresh.parties if kept.get(PRESENT)) | {"role": visit.role}
        applicant = sealed_party(PartyInput(Role.APPLICANT, "", id_number=visit.for_id))
        fresh.parties = [here] if visit.is_in_person else [applicant, here]
        regions = {field.code for field in definition.fields if field.kind == "region"}
        fresh.data = {code: a for code, a in fresh.data.items() if code not in regions}


def saved_by_other(sheet: Sheet, *, user: User, seen: str) -> str:
    """Who else has saved the draft since the page was shown; '' if nobody."""
    draft = sheet.visit.draft
    if draft is None or draft.saved_at.isoformat() == seen:
        return ""
    last = draft.answers.get("filled_by", {}).get(SECTION, {})
    return "" if last.get("user") == user.pk else str(last.get("name", ""))


def handed_in(sheet: Sheet, draft: Draft, *, actor: Actor) -> tuple[Done, str]:
    """Open the case, take its papers in, and forget the draft; (the case, why 收件 was not done or '').

    Handed in twice it is one case. Raises InvalidData, NotInForce, NoRegion.
    """
    papers = sheet.papers.cleaned_data["papers"]
    application = application_of(
        draft,
        version=sheet.version,
        definition=sheet.definition,
        channel="window",
        office_id=sheet.office.pk,
        handed_in=frozenset(papers),
    )
    # The draft keeps what was typed; the case gets what the empty boxes stood for as well.
    whole = typed_again(sheet.definition, sheet.answers)
    done = open_case(replace(application, data=whole), actor=actor)
    problem = _collected(done.case, papers, sheet.papers.cleaned_data["remark"], actor)
    Draft.objects.filter(pk=draft.pk).delete()
    return done, problem


def _collected(case: Flow, papers: Iterable[str], remark: str, actor: Actor) -> str:
    """Take the step 收件 where the case has one and waits for it; why it was not taken, or ''."""
    step = case.STEPS.get(COLLECT)
    if step is None or case.state not in step.source:
        return ""
    rows = Material.objects.filter(case_id=case.pk, code__in=list(papers))
    data: dict[str, Any] = {
        "identity_checked": "on",
        "papers": list(rows.values_list("pk", flat=True)),
        "remark": remark,
    }
    try:
        perform(case.pk, COLLECT, actor=actor, data=data, token=case.seq)
    except Stale as stale:
        # The same sheet, sent twice at once: the other one has taken it in.
        taken_in = Document.objects.filter(case_id=case.pk, kind=Document.Kind.RECEIPT)
        return "" if taken_in.exists() else moved_by(stale.last)
    except NotAllowed as refused:
        return str(refused)
    except InvalidData as wrong:
        return "；".join(str(text) for texts in wrong.form.errors.values() for text in texts)
    return ""
