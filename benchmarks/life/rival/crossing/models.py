"""What a project adds to viewflow to do what the life does: a due moment, and a message owed a step."""

from django.db import models
from viewflow.workflow.models import Process


class Crossed(Process):
    """The process with its columns; viewflow keeps the rest, and a row a task as the history."""

    number = models.CharField(max_length=32)
    opinion = models.CharField(max_length=1000)
    due_at = models.DateTimeField(null=True, db_index=True)


class Owed(models.Model):
    """A message owed."""

    process = models.ForeignKey(Crossed, models.PROTECT)
    step = models.CharField(max_length=40)
    context = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.step
