"""The papers of a case: what is there, what is missing, what is on the road, what was issued."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tongban.templatetags.formats import zh_short
from workflows.cases.models import Case, Document, Material, ParcelItem, Service, Upload
from workflows.cases.shared_answers import SharedAnswer, askable_codes, shared_answers

from .certificates import CertificateShown, certificates_shown

FORMS = {"original": "原件", "copy": "复印件", "electronic": "电子件"}
KINDS = {
    Material.Status.OWED: "warn",
    Material.Status.HANDED_IN: "info",
    Material.Status.RECEIVED: "good",
    Material.Status.MISSING: "bad",
    Material.Status.SHARED: "good",
}


@dataclass(frozen=True)
class File:
    """A file that can be opened at its address; a picture can be shown on the page."""

    name: str
    href: str
    is_picture: bool


@dataclass(frozen=True)
class Paper:
    name: str
    form: str
    copies: int
    is_required: bool
    is_supplement: bool
    status: str
    kind: str
    note: str
    road: str
    files: Sequence[File]
    answer: SharedAnswer | None = None
    code: str = ""
    is_askable: bool = False
    certificate: CertificateShown | None = None


@dataclass(frozen=True)
class Papers:
    """others: files that belong to no paper of the list; results: what travels besides papers."""

    papers: Sequence[Paper]
    others: Sequence[File]
    results: Sequence[tuple[str, str]]

    @property
    def has_pictures(self) -> bool:
        """Pictures want the width of the page: an ID card must be legible beside the form."""
        files = [*self.others, *(file for paper in self.papers for file in paper.files)]
        return any(file.is_picture for file in files)


@dataclass(frozen=True)
class Issued:
    """A document and how it reached the person. attempts: one sentence each."""

    name: str
    number: str
    href: str
    issued_at: dt.datetime
    status: str
    kind: str
    attempts: Sequence[str]


def papers_of(case: Case) -> Papers:
    """Three statements: papers, files, what went by parcel; two more where data can be shared, one
    where a certificate stands in.
    """
    materials = list(Material.objects.filter(case_id=case.pk).order_by("id"))
    files: dict[str, list[File]] = {}
    for upload in Upload.objects.filter(case_id=case.pk).order_by("uploaded_at", "id"):
        files.setdefault(upload.material_code, []).append(_file(upload))
    items = ParcelItem.objects.filter(case_id=case.pk).select_related("parcel").order_by("id")
    roads: dict[int, str] = {}
    results: list[tuple[str, str]] = []
    for item in items:
        if item.material_id is None:
            results.append((item.name, _road(item)))
        else:
            roads[item.material_id] = _road(item)
    answers = shared_answers(case)
    askable = askable_codes(case, _open_codes(materials, answers))
    certificates = certificates_shown(case, materials)
    papers = [
        replace(
            _paper(m, roads.get(m.pk, ""), files.pop(m.code, []), answers.get(m.code)),
            certificate=certificates.get(m.code),
            is_askable=m.code in askable,
        )
        for m in materials
    ]
    return Papers(papers, [file for rest in files.values() for file in rest], results)


def issued_in(case: Case) -> list[Issued]:
    """The documents, the newest first. Two statements, one where there are none."""
    documents = Document.objects.filter(case_id=case.pk).prefetch_related("services")
    waiting = set(case.facts.get("unserved", []))
    return [_issued(d, d.pk in waiting) for d in documents.order_by("-id")]


def _file(upload: Upload) -> File:
    return File(upload.name, f"/files/{upload.pk}/", upload.content_type.startswith("image/"))


def _open_codes(materials: list[Material], answers: dict[str, SharedAnswer]) -> list[str]:
    """Papers that are owed, and that no register is being asked for."""
    owed = [m.code for m in materials if m.status == Material.Status.OWED]
    return [code for code in owed if code not in answers or not answers[code].stands]


def _paper(
    material: Material, road: str, files: Sequence[File], answer: SharedAnswer | None
) -> Paper:
    status = Material.Status(material.status)
    return Paper(
        name=material.name,
        form=FORMS.get(material.form, ""),
        copies=material.copies,
        is_required=material.is_required,
        is_supplement=material.asked_by_supplement,
        status=str(status.label),
        kind=KINDS[status],
        note=material.note,
        road=road,
        files=files,
        answer=answer,
        code=material.code,
    )


def _road(item: ParcelItem) -> str:
    waybill = f"运单 {item.parcel.waybill}" if item.parcel.waybill else item.parcel.number
    if item.signed_at is None:
        return f"{zh_short(item.parcel.sent_at)} 寄出，在途，{waybill}"
    if item.arrived:
        return f"{zh_short(item.signed_at)} 签收，{waybill}"
    return f"{zh_short(item.signed_at)} 登记未收到：{item.note or '未写明'}，{waybill}"


def _issued(document: Document, is_waiting: bool) -> Issued:
    services: Iterable[Service] = document.services.all()
    done = next((s for s in services if s.succeeded), None)
    if done is not None:
        status, kind = f"{zh_short(done.at)} 送达", "good"
    else:
        status, kind = ("待送达", "warn") if is_waiting else ("当场交付", "")
    return Issued(
        name=document.get_kind_display(),
        number=document.number,
        href=f"/documents/{document.number}/",
        issued_at=document.issued_at,
        status=status,
        kind=kind,
        attempts=[_attempt(s) for s in services],
    )


def _attempt(service: Service) -> str:
    outcome = "送达" if service.succeeded else "未送达"
    receiver = f"，{service.receiver}" if service.receiver else ""
    note = f"（{service.note}）" if service.note else ""
    return f"{zh_short(service.at)} {service.get_way_display()}：{outcome}{receiver}{note}"
