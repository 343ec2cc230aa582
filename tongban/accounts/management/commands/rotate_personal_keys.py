from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from tongban.accounts.personal import rotation
from tongban.accounts.personal.keys import newest_key

LISTED = 20


class Command(BaseCommand):
    help = (
        "Re-encrypts ID numbers, phones and the like under the newest key, with the site running; "
        "an interrupted run starts again where it stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--batch", type=int, default=rotation.BATCH, help="rows at a time")
        parser.add_argument(
            "--check", action="store_true", help="only count what lies under which key"
        )

    def handle(self, *_args: Any, batch: int, check: bool, **_options: Any) -> None:
        if check:
            self._print_counts()
            return
        if batch < 1:
            raise CommandError("--batch 至少为 1。")
        with tqdm(total=rotation.stale_rows(), unit=" 行", desc="重新加密") as bar:
            outcome = rotation.rotate(batch=batch, on_progress=bar.update)
        self.stdout.write(f"已用密钥 {newest_key()[0]} 重新加密 {outcome.rotated} 行。")
        if outcome.unreadable:
            raise CommandError(_complaint(outcome.unreadable))
        self.stdout.write("运行 --check 确认旧密钥下已没有数据后，再把它移除。")

    def _print_counts(self) -> None:
        for column, counts in rotation.values_by_key().items():
            shown = "，".join(f"密钥 {key_id}：{count}" for key_id, count in counts.items())
            self.stdout.write(f"{column}  {shown or '无'}")


def _complaint(unreadable: set[str]) -> str:
    listed = "\n".join(sorted(unreadable)[:LISTED])
    return f"有 {len(unreadable)} 处无法解密（缺少密钥或已损坏），请先不要移除旧密钥：\n{listed}"
