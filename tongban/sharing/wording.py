"""The words that somebody agrees to before a register is asked, and the preview that says the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tongban.accounts.personal import mask_name

if TYPE_CHECKING:
    from .asking import Wanted

SUCCESSOR = "（本件转由其他机构办理的，提供给接办机构；收件窗口只看到是否一致）"
KEPT = "结果随本件材料一并保存，作为办理依据；草稿删除或您取消时同时删除。只保存下列结果，不保存其他登记信息。"


@dataclass(frozen=True, slots=True)
class Preview:
    """One look-up as it is shown before consent: what, from whom, to whom, why, how long."""

    name: str
    about: str
    holder: str
    questions: tuple[str, ...]
    fields: tuple[str, ...]
    freshness: str
    office: str
    item: str
    ground: str
    kept: str = KEPT


def preview_of(wanted: Wanted) -> Preview:
    line = wanted.responsibility
    return Preview(
        name=line.resource.name,
        about=mask_name(wanted.person_name),
        holder=line.resource.holder.name,
        questions=tuple(q["text"] for q in line.resource.questions if q["code"] in line.questions),
        fields=tuple(f["label"] for f in line.resource.fields if f["code"] in line.fields),
        freshness=line.resource.freshness,
        office=f"{wanted.office_name}{SUCCESSOR}",
        item=line.item_name,
        ground=line.ground,
    )


def words_of(wanted: Wanted) -> str:
    """What the consent keeps: the preview, in sentences."""
    seen = preview_of(wanted)
    asked = "；".join(seen.questions)
    given = f"，并提供：{'、'.join(seen.fields)}" if seen.fields else "，只回答是或否"
    return (
        f"同意为办理“{seen.item}”，向{seen.holder}查询{seen.about}的{seen.name}：{asked}{given}。"
        f"结果只提供给{seen.office}。依据：{seen.ground}。{seen.kept}"
    )
