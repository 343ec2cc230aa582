"""沿线意见: what one place on the way says to a 超限运输; a part of the permit, never a case of its own."""

from __future__ import annotations

from workflows.cases.act import Act
from workflows.cases.declarations import Seat, State, step
from workflows.cases.flow import Flow
from workflows.cases.forms import ReasonForm

from .review_forms import DecisionForm


class RouteConsent(Flow):
    CODE = "route_consent"
    LABEL = "超限运输沿线意见"
    SEATS = (Seat("along", "沿线交通运输主管部门"),)
    OWNER_SEAT = "along"
    ONLY_AS_PART = True
    INITIAL = "asked"
    STATES = (
        State("asked", "待答复起运地", "along"),
        State("agreed", "同意通行", "", counts_as="concluded", closes=True),
        State("objected", "不同意通行", "", counts_as="concluded", closes=True),
    )

    class Meta:
        proxy = True
        default_permissions = ()

    def opened(self, act: Act) -> None:
        self.received_on = act.today

    @step("同意通行", source="asked", target="agreed", by="along", form=DecisionForm, decides=True,
          tone="primary", done="沿线同意通行")  # fmt: skip
    def agree(self, act: Act) -> None:
        """The parent is owed a look. One statement."""
        act.outcome = "done"
        self.facts = {**self.facts, "in_short": act.data["opinion"]}
        act.note(opinion=act.data["opinion"])

    @step("不同意通行", source="asked", target="objected", by="along", form=ReasonForm, decides=True,
          tone="warning", done="沿线不同意通行")  # fmt: skip
    def object_to_route(self, act: Act) -> None:
        """One statement."""
        act.outcome = "disapproved"
        self.facts = {**self.facts, "in_short": act.data["reason"]}
        act.note(reason=act.data["reason"])
