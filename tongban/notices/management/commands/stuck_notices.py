"""Show the notices that need a person, and write down what that person decides."""

from argparse import ArgumentTypeError
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_datetime
from django.utils.timezone import localtime, make_aware

from tongban.notices.decisions import (
    NotWaitingForAPerson,
    confirm,
    needing_a_person,
    retry,
    skip,
)
from tongban.notices.models import Notice


def instant(text: str) -> datetime:
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise ArgumentTypeError(f"not a moment like 2026-11-21T09:30: {text}")
    return moment if moment.tzinfo else make_aware(moment)


class Command(BaseCommand):
    help = (
        "List the notices that failed or whose fate is unsure (handed over, no answer came). Look "
        "an unsure one up in the mail server's log by its Message-ID before sending it again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        decision = parser.add_mutually_exclusive_group()
        decision.add_argument("--retry", type=int, metavar="ID", help="send it again")
        decision.add_argument(
            "--skip", type=int, metavar="ID", help="never send it; needs --reason"
        )
        decision.add_argument("--confirm", type=int, metavar="ID", help="it arrived; needs --at")
        parser.add_argument("--reason", default="", help="why it is skipped")
        parser.add_argument("--at", type=instant, help="when it arrived, like 2026-11-21T09:30")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            decided = decide(options)
        except (NotWaitingForAPerson, ValueError) as error:
            raise CommandError(str(error)) from error
        if decided is not None:
            self.stdout.write(f"notice {decided}: done")
            return
        for notice in needing_a_person()[:200]:
            self.stdout.write(line_about(notice))


def decide(options: dict[str, Any]) -> int | None:
    """Carry out the decision in the options; the notice's id, None when there is none."""
    if (chosen := options["retry"]) is not None:
        retry(chosen)
    elif (chosen := options["skip"]) is not None:
        skip(chosen, options["reason"])
    elif (chosen := options["confirm"]) is not None:
        if options["at"] is None:
            raise ValueError("To confirm a notice takes the moment of its arrival (--at).")
        confirm(chosen, delivered_at=options["at"])
    return None if chosen is None else int(chosen)


def line_about(notice: Notice) -> str:
    since = localtime(notice.created_at).strftime("%Y-%m-%d %H:%M")
    about = f"{notice.subject_kind}:{notice.subject_key}"
    return f"{notice.pk}  {notice.state}  {since}  {notice.template}  {about}  {notice.last_error}"
