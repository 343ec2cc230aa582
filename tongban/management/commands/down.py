"""Stops what `make up` runs, from another terminal; also what a killed one has left."""

import os
import shutil
import signal
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tongban.services import processes
from tongban.services.leftovers import end_all
from tongban.services.lock import holder
from tongban.services.narration import say
from tongban.services.places import Places, local_places
from tongban.services.trouble import Trouble, told


class Command(BaseCommand):
    help = "停止 make up 启动的一切（make stop）；加 --delete 则清空本机数据（make reset）"
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--delete", action="store_true", help="同时删除本机数据库、密钥和上传文件"
        )
        parser.add_argument("--yes", action="store_true", help="不再询问")

    def handle(self, *, delete: bool, yes: bool, **_: Any) -> None:
        places = local_places()
        try:
            if delete and not (yes or _agreed(places)):
                say("没有删除任何东西。")
                return
            stop(places)
            if delete:
                shutil.rmtree(places.state)
                shutil.rmtree(places.sockets, ignore_errors=True)
                say(f"已删除 {places.state}。")
        except (Trouble, OSError) as problem:
            self.stderr.write(f"✗ {told(problem) if isinstance(problem, OSError) else problem}")
            sys.exit(1)


def stop(places: Places) -> None:
    """Asks the running `up`, which knows the order; then looks for what nobody looks after."""
    running = holder(places.lock)
    if running:
        os.kill(running.pid, signal.SIGTERM)
        if not processes.wait_until(lambda: holder(places.lock) is None, seconds=60):
            raise Trouble(
                f"进程 {running.pid} 一分钟内没有停下：请用 kill -9 {running.pid} 后再试。"
            )
    left = end_all(places)
    if running:
        say(f"已停止 {running.address}。")
    else:
        say(f"已停止上次留下的 {left} 个进程。" if left else "没有正在运行的本站。")


def _agreed(places: Places) -> bool:
    say(f"将删除本机的数据库、密钥和上传文件（{places.state}），不能恢复。")
    try:
        return input("确定请输入 yes：").strip().lower() == "yes"
    except EOFError:
        return False
