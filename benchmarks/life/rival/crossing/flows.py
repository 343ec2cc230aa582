"""The six steps of the life as a viewflow flow: a view a step, each with its permission."""

from crossing.models import Crossed
from django.views.generic import View as DjangoView
from viewflow import this
from viewflow.workflow import flow, lock

CAN = "crossing.change_crossed"
view = DjangoView.as_view()


class Crossing(flow.Flow):
    process_class = Crossed
    lock_impl = lock.SelectForUpdateLock(nowait=False)

    start = flow.Start(view).Permission(CAN).Next(this.collect)
    collect = flow.View(view).Permission(CAN).Next(this.forward)
    forward = flow.View(view).Permission(CAN).Next(this.accept)
    accept = flow.View(view).Permission(CAN).Next(this.review)
    review = flow.View(view).Permission(CAN).Next(this.approve)
    approve = flow.View(view).Permission(CAN).Next(this.conclude)
    conclude = flow.View(view).Permission(CAN).Next(this.end)
    end = flow.End()
