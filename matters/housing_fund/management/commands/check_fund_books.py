from typing import Any

from django.core.management.base import BaseCommand, CommandError

from matters.housing_fund.ledger import differences


class Command(BaseCommand):
    help = "Names every difference in the housing fund's books: accounts, letters, the whole. Changes nothing."

    def handle(self, *_args: Any, **_options: Any) -> None:
        found = differences()
        for difference in found:
            self.stdout.write(difference.sentence)
        if found:
            raise CommandError(f"公积金账目有 {len(found)} 处不符。")
        self.stdout.write("公积金账目全部相符。")
