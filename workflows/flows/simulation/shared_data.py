"""What the demonstration's registers say in cases that are under way, asked as a window would ask it."""

from __future__ import annotations

import datetime as dt

from matters.catalogue.pinned import definition_of
from tongban.accounts.models import User
from tongban.sharing.asking import agree
from tongban.sharing.together import answer_together
from workflows.cases.models import Case, Material, Party
from workflows.cases.shared_materials import NotYet, deciding_in, lines_for, wanted

MOST_CASES = 6


def play_shared_data(*, now: dt.datetime, today: dt.date) -> int:
    """The newest open cases whose papers a register can replace; how many look-ups were answered."""
    owed = Material.objects.filter(status=Material.Status.OWED, case__closed_at=None)
    newest = Case.objects.filter(pk__in=owed.values("case")).select_related("matter")
    found, cases = 0, 0
    for case in newest.order_by("-id").iterator():
        asked = _asked(case, now, today)
        found, cases = found + asked, cases + bool(asked)
        if cases == MOST_CASES:
            break
    return found


def _asked(case: Case, now: dt.datetime, today: dt.date) -> int:
    definition = definition_of(case.version_id)
    if not any(paper.shared for paper in definition.materials):
        return 0
    people = Party.objects.select_related("user")
    applicant = people.filter(case_id=case.pk, role=Party.Role.APPLICANT).first()
    owed = set(case.materials.filter(status=Material.Status.OWED).values_list("code", flat=True))
    if applicant is None or not isinstance(applicant.user, User) or not applicant.id_number:
        return 0
    papers = [paper for paper in definition.materials if paper.code in owed]
    try:
        office = deciding_in(case, definition)
    except NotYet:
        return 0
    found = wanted(
        case.draft_key,
        papers,
        lines_for(case.matter.slug, papers, today),
        office,
        origin_region=case.origin_region_id,
        name=applicant.name,
        id_number=applicant.id_number,
    )
    user = applicant.user
    owing = [agree(wanted=each, person=user, recorded_by=user, at=now) for each in found.values()]
    return len(answer_together(owing, by=user, now=now))
