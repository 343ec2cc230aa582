import argparse
import json
from argparse import ArgumentParser
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from matters.housing_fund.answering import answer
from matters.housing_fund.requests import SCHEMA
from matters.housing_fund.words import rule_book
from matters.rules import RuleFileWrong


class Command(BaseCommand):
    help = f"公积金贷款额度、租房提取限额和月供的试算，以公积金中心审核为准。FILE.json 的内容：\n{SCHEMA}"

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        # The schema is laid out in lines.
        kwargs["formatter_class"] = argparse.RawDescriptionHelpFormatter
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.json")
        parser.add_argument(
            "--rules", type=Path, action="append", default=[], help="更多规则文件的目录，可以多次"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints JSON: an answer for each request. A file that cannot be read is one sentence."""
        try:
            asked = json.loads(options["file"].read_text("utf-8"), parse_float=Decimal)
        except OSError as error:
            raise CommandError(f"读不到文件 {options['file']}：{error.strerror}") from None
        except ValueError as error:
            raise CommandError(f"{options['file']} 不是 JSON：{error}") from None
        try:
            book = rule_book(options["rules"])
        except RuleFileWrong as wrong:
            raise CommandError(str(wrong)) from None
        many = asked if isinstance(asked, list) else [asked]
        answers = [answer(each, book=book) for each in many]
        shown = answers if isinstance(asked, list) else answers[0]
        self.stdout.write(json.dumps(shown, ensure_ascii=False, indent=2))
