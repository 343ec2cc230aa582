"""Let every made-up office claim all that its kind is there for. Real offices claim for themselves."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

_CLAIM = """
INSERT INTO catalogue_matterclaim
    (office_id, matter_id, phone, complaint_phone, place, hours, checklist, claimed_at, withdrawn_why)
SELECT o.id, NULL, o.phone, '12345', o.address, o.hours,
       ARRAY['核对申请人或代理人身份，人证一致', '对照清单逐份核对材料，缺的一次告知']::varchar(200)[],
       now(), ''
FROM offices_office o
WHERE (o.is_demonstration OR %(all)s) AND o.valid_to IS NULL
  AND NOT EXISTS (SELECT 1 FROM catalogue_matterclaim c WHERE c.office_id = o.id)
"""


class Command(BaseCommand):
    help = "为演示机构整体认领事项（事项认领）；已有认领记录的机构不动。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--all",
            action="store_true",
            help="非演示机构也认领；只能在演示环境（DEMONSTRATION=1）用",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["all"] and not settings.DEMONSTRATION:
            raise CommandError("真实机构须自己认领：--all 只能在演示环境用。")
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, {"all": options["all"]})
            self.stdout.write(f"{cursor.rowcount} 个机构认领了本单位事项。")
