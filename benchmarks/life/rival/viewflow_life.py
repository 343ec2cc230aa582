"""The same life in django-viewflow, run in an environment of its own; speaks JSON over its pipes.

    python viewflow_life.py        (DATABASE_URL as key=value words of libpq in RIVAL_DATABASE)

Reads a number of lives a line, lives them, answers with one line: seconds and CPU seconds of their
transitions and how many statements these took. Each transition is its own transaction under the row
lock that viewflow recommends for PostgreSQL, by a user read afresh whose permission is checked, as
its views do it, with the opinion's form, a due moment and a message owed; without requests and pages.
"""

import json
import os
import sys
import time
from datetime import timedelta
from types import SimpleNamespace

import django
from django import forms
from django.conf import settings

words = dict(word.split("=", 1) for word in os.environ["RIVAL_DATABASE"].split(";"))
settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": words["dbname"],
            "USER": words["user"],
            "HOST": words["host"],
            "CONN_MAX_AGE": None,
        }
    },
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "viewflow",
        "viewflow.workflow",
        "crossing",
    ],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    SECRET_KEY="a benchmark has none",
    USE_TZ=True,
)
django.setup()

from crossing.flows import Crossing  # noqa: E402
from crossing.models import Crossed, Owed  # noqa: E402
from django.contrib.auth.models import Permission, User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

STEPS = (
    ("collect", "window"),
    ("forward", "window"),
    ("accept", "township"),
    ("review", "township"),
    ("approve", "county"),
    ("conclude", "county"),
)


class Opinion(forms.ModelForm):
    class Meta:
        model = Crossed
        fields = ["opinion"]


def people():
    allowed = Permission.objects.get(codename="change_crossed")
    for name in ("citizen", "window", "township", "county"):
        User.objects.create(username=name).user_permissions.add(allowed)
    return dict(User.objects.values_list("username", "pk"))


def begin(user_id):
    user = User.objects.get(pk=user_id)
    activation = Crossing.start.activation_class.create(Crossing.start, None, None)
    activation.start(SimpleNamespace(user=user))
    activation.execute()
    return activation.process.pk


def step(process_id, name, user_id):
    user = User.objects.get(pk=user_id)
    task_node = getattr(Crossing, name)
    with Crossing.lock(process_id):
        task = Crossing.task_class.objects.get(process_id=process_id, flow_task=task_node)
        activation = task_node.activation_class(task)
        if not activation.assign.has_perm(user):
            raise PermissionError(name)
        activation.assign(user)
        if not activation.start.has_perm(user):
            raise PermissionError(name)
        activation.start(SimpleNamespace(user=user))
        form = Opinion({"opinion": "材料齐全，同意。"}, instance=activation.process)
        if not form.is_valid():
            raise ValueError(form.errors)
        process = form.save(commit=False)
        process.due_at = timezone.now() + timedelta(days=20)
        process.save()
        Owed.objects.create(process=process, step=name, context={"number": process.number})
        activation.execute()


class Counter:
    def __init__(self):
        self.statements = 0

    def __call__(self, execute, sql, params, many, context):
        self.statements += 1
        return execute(sql, params, many, context)


def lives(number, ids):
    counter = Counter()
    seconds = cpu = 0.0
    for _ in range(number):
        process_id = begin(ids["citizen"])
        with connection.execute_wrapper(counter):
            for name, who in STEPS:
                began, busy = time.perf_counter(), time.process_time()
                step(process_id, name, ids[who])
                seconds += time.perf_counter() - began
                cpu += time.process_time() - busy
    return {"seconds": seconds, "cpu": cpu, "transitions": number * len(STEPS),
            "statements": counter.statements}  # fmt: skip


def main():
    call_command("migrate", verbosity=0)
    ids = people()
    ended = lives(1, ids)
    finished = Crossed.objects.get(pk=1).status
    assert finished == "DONE", finished
    print(json.dumps({"ready": True, **ended}), flush=True)
    for line in sys.stdin:
        print(json.dumps(lives(int(line), ids)), flush=True)


if __name__ == "__main__":
    main()
