"""A few demands between the demonstration's offices, one in each state, made by the verbs themselves."""

from __future__ import annotations

import datetime as dt

from tongban.accounts.actors import Actor, actor_of
from tongban.accounts.models import Posting
from tongban.offices.models import Office

from .. import demands
from ..models import Demand, Holder, Resource

GROUND = "《政务数据共享条例》（国务院令第809号）；本机构法定职责"
# (who asks, whom, what, days ago, what came of it)
STORY = (
    ("511702-civil_affairs", "500101-police", "跨省居住人员居住证状态", 2, ""),
    ("500101-civil_affairs", "511702-market-regulation", "低保对象名下市场主体登记状态", 30, ""),
    ("511702-human_resources", "500101-human-resources", "灵活就业人员参保状态", 20, "accept"),
    ("500101-health", "511702-natural-resources", "托育机构场所不动产登记状态", 25, "refuse"),
    ("511702-transport", "500101-police", "营运驾驶员准驾车型", 6, "ask"),
)


def make_demands(now: dt.datetime) -> int:
    """Once; how many. Offices without people, or not loaded, leave their demand out."""
    if Demand.objects.exists():
        return 0
    return sum(_play(*each, now=now) for each in STORY)


def _play(
    office_code: str, holder_code: str, what: str, ago: int, then: str, *, now: dt.datetime
) -> int:
    office = Office.objects.filter(code=office_code).first()
    holder = Holder.objects.filter(pk=holder_code).first()
    asker = _somebody(office.pk) if office else None
    giver = _somebody(holder.office_id) if holder and holder.office_id else None
    if office is None or holder is None or asker is None or giver is None:
        return 0
    at = now - dt.timedelta(days=ago)
    made = demands.make(
        actor=asker,
        office=office,
        holder=holder,
        title=what,
        need=f"办理跨省通办事项时核对{what}，每月约 40 件，现在靠申请人自己开证明。",
        ground=GROUND,
        fields_wanted=f"按身份证号码回答：{what}是否有效（是或否）",
        at=at,
    )
    soon = at + dt.timedelta(days=1)
    if then == "accept":
        kept = Resource.objects.filter(holder=holder).order_by("id").first()
        demands.accept(
            demand_id=made.pk, actor=giver, turn=1, resource=kept, new_name=f"{what}信息", at=soon
        )
    if then == "refuse":
        why = "数据由区县以外的部门归集，本部门没有完整数据，请向省级部门提出。"
        demands.refuse(demand_id=made.pk, actor=giver, turn=1, reason=why, at=soon)
    if then == "ask":
        why = "请说明只核对本人名下的记录，还是需要单位批量核对。"
        demands.ask_back(demand_id=made.pk, actor=giver, turn=1, question=why, at=soon)
    return 1


def _somebody(office_id: int) -> Actor | None:
    posts = Posting.objects.filter(office_id=office_id, role__in=["head", "clerk"])
    user_id = posts.order_by("role", "user_id").values_list("user_id", flat=True).first()
    return actor_of(user_id) if user_id is not None else None
