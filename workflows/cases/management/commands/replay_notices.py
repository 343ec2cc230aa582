import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from tongban.notices.models import Channel
from tongban.notices.outbox import owe
from workflows.cases.clocks import midnight
from workflows.cases.replaying import missing_between


class Command(BaseCommand):
    help = "Find what the ledger says was owed between two days and has no row, and owe it again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("since", type=dt.date.fromisoformat, help="第一天，如 2026-11-20")
        parser.add_argument("until", type=dt.date.fromisoformat, help="最后一天，含当天")
        parser.add_argument(
            "--channel",
            action="append",
            choices=[c.value for c in Channel if c != Channel.WEBHOOK],
            help="补哪些渠道，可以写多次；不写只补站内消息",
        )
        parser.add_argument("--dry-run", action="store_true", help="只列出缺什么，不写入")

    def handle(self, *args: Any, **options: Any) -> None:
        since, until = midnight(options["since"]), midnight(options["until"] + dt.timedelta(days=1))
        channels = frozenset(options["channel"] or [Channel.INBOX.value])
        count = 0
        for batch in missing_between(since, until, channels=channels):
            for each in batch.missing:
                owed = each.owed
                self.stdout.write(f"{each.number}#{each.event.seq} {owed.template} {owed.channel}")
            if not options["dry_run"]:
                owe([each.owed for each in batch.missing], timezone.now())
            count += len(batch.missing)
        self.stdout.write(f"缺 {count} 条" + ("" if options["dry_run"] else "，已补"))
