import argparse
import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from matters.medical.entries import FIELDS, answers
from matters.medical.rules import RuleFileWrong, rule_book

EXAMPLE = """
一项的例子：
  [{"region": "重庆", "insured_type": "职工", "person_class": "退休", "hospital_level": "二级",
    "visit": "住院", "on": "2023-05-01", "admission_no": 1, "filing": "home",
    "medfee_sumamt": "10000", "fulamt_ownpay_amt": "0", "overlmt_selfpay": "0", "preselfpay_amt": "0",
    "ytd": {"hifp_pay": "0"}}]

答复与输入一一对应：
  算得出的   {"index", "ok": true, 各项金额（国家接口字段名，文字，精确到分）, "base", "ratio",
             "setldetail", "explanation", "rules", "doubts", "ytd"（结算后的累计）, "supplements"}
  缺规则的   {"index", "ok": false, "missing": [{"key", "pool", "on", "text"}], "doubts", "safe_act"}
  不成立的   {"index", "ok": false, "refused": {"code", "text"}}
规则文件的写法见 docs/medical.md。
"""


class Command(BaseCommand):
    help = "按规则文件试算医保结算：读入 JSON 列表，写出每一项的各方金额、说明和所用规则。不写账，不用数据库。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        lines = "\n".join(f"  {name:18} {text}" for name, text in FIELDS.items())
        parser.epilog = f"每一项的字段：\n{lines}\n{EXAMPLE}".replace("%", "%%")
        parser.add_argument("file", metavar="FILE.json", help="结算项目的 JSON 列表；- 为标准输入")
        parser.add_argument(
            "--rules", action="append", default=[], metavar="DIR", help="另加的规则目录，可写多次"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        entries = _entries(options["file"])
        try:
            book = rule_book([Path(each) for each in options["rules"]])
            found = list(answers(entries, book=book))
        except RuleFileWrong as wrong:
            raise CommandError(str(wrong)) from None
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))


def _entries(name: str) -> list[Any]:
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text("utf-8-sig")
        # Amounts never pass through binary fractions.
        read = json.loads(text, parse_float=Decimal)
    except OSError:
        raise CommandError(f"打不开文件 {name}。") from None
    except (ValueError, ArithmeticError, RecursionError):
        raise CommandError(f"{name} 不是有效的 JSON。") from None
    if isinstance(read, dict):
        read = [read]
    if not isinstance(read, list):
        raise CommandError(f"{name} 应为结算项目的列表。")
    return read
