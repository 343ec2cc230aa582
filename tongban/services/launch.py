"""What `make up` runs once the environment is there: servers, data, the site; and the way back."""

import http.client
import os
import shutil
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from types import FrameType
from typing import NoReturn

from django.conf import settings
from django.core.management import call_command

from tongban.celery import beat_command, worker_command
from tongban.services import leftovers
from tongban.services.children import Children, Ended
from tongban.services.lock import sole_run
from tongban.services.narration import phase, say
from tongban.services.parts import (
    BANK,
    BEAT,
    CENTRE,
    HOSPITAL,
    MAIL,
    PARTS,
    SMS,
    WEB,
    WORKER,
    announce,
    bank_command,
    centre_command,
    hospital_command,
    mail_command,
    mail_port,
    sms_command,
    sms_port,
    web_command,
)
from tongban.services.phases import fill
from tongban.services.places import Places
from tongban.services.port import HOST, port_from, refuse_taken
from tongban.services.servers import own_servers, running
from tongban.services.trouble import Trouble

NEEDED_MEGABYTES = 300
SECONDS_TO_FIRST_PAGE = 60.0


class Interrupted(BaseException):
    """The person or the system asks to stop."""


class PartEnded(Exception):
    """A part has ended that should not."""

    def __init__(self, ended: Ended) -> None:
        super().__init__(ended)
        self.ended = ended


class StopSignals:
    """The first one interrupts whatever runs; one that comes while it stops hurries the stop."""

    def __init__(self, hurry: Callable[[], None]) -> None:
        self.stopping = False
        self._hurry = hurry
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._handle)

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        if self.stopping:
            self._hurry()
        else:
            self.stopping = True
            raise Interrupted


def launch(places: Places) -> int:
    """Serves until it is asked to stop (0) or a part of it ends (1); else raises Trouble."""
    port = port_from(os.environ)
    _refuse_full_disk(places)
    with sole_run(places.lock, address=f"http://{HOST}:{port}"):
        if left := leftovers.end_parts(places):
            say(f"上次运行被强行中断，已先停止它留下的 {left} 个进程")
        refuse_taken(port)
        mail, sms = mail_port(), sms_port()
        announce(places, mail, sms)
        children = Children()
        signals = StopSignals(children.kill)
        servers = ExitStack()
        try:
            _fill(places, children, servers)
            _serve(places, port, (mail, sms), children)
        except Interrupted:
            say("\n正在停止…")
            code = 0
        except PartEnded as end:
            say(_blame(end.ended, places))
            code = 1
        finally:
            signals.stopping = True
            children.stop()
            leftovers.end_parts(places)  # what a command that was interrupted has started
            servers.close()
        say("已全部停止。再次启动：make up")
        return code


def _fill(places: Places, children: Children, servers: ExitStack) -> None:
    """Brings up the servers and what lies in them."""
    for server in own_servers(places, environ=os.environ):
        with phase(f"启动 {server.title}"):
            servers.enter_context(running(server))
        if server.process:
            children.watch(server.title, server.process)
    fill(places)
    if not settings.DEBUG:  # with DEBUG whitenoise serves the sources themselves
        call_command("collectstatic", interactive=False, verbosity=0)


def _serve(
    places: Places, port: int, taking: tuple[int | None, int | None], children: Children
) -> NoReturn:
    """Opens the site and stays until one of its parts ends. taking: ports for mail and SMS."""
    mail, sms = taking
    with phase("启动网站"):
        children.start(WEB, web_command(port))
        _await_first_page(port, children)
    children.start(WORKER, worker_command())
    children.start(BEAT, beat_command())
    if mail:
        children.start(MAIL, mail_command(mail))
    if sms:
        children.start(SMS, sms_command(sms, places.state))
    if settings.DEMONSTRATION:
        children.start(BANK, bank_command(port))
        children.start(HOSPITAL, hospital_command(port, places.state))
        children.start(CENTRE, centre_command(port))
    say(f"\n川渝通办已就绪：http://{HOST}:{port}{_since_the_command()}\n按 Ctrl-C 停止。")
    while (ended := children.first_end()) is None:
        continue
    raise PartEnded(ended)


def _await_first_page(port: int, children: Children) -> None:
    deadline = time.monotonic() + SECONDS_TO_FIRST_PAGE
    while not (status := _status_of_home(port)):
        if ended := children.first_end(seconds=0.05):
            raise PartEnded(ended)
        if time.monotonic() > deadline:
            raise Trouble(f"网站在 {SECONDS_TO_FIRST_PAGE:.0f} 秒内没有应答，请看上面它的输出。")
    if status >= 500:
        say(f"  注意：首页返回 {status}，原因见上面「{WEB}」的输出")


def _status_of_home(port: int) -> int | None:
    connection = http.client.HTTPConnection(HOST, port, timeout=SECONDS_TO_FIRST_PAGE)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _refuse_full_disk(places: Places) -> None:
    places.state.mkdir(mode=0o711, parents=True, exist_ok=True)
    free = shutil.disk_usage(places.state).free // 2**20
    if free < NEEDED_MEGABYTES:
        raise Trouble(
            f"{places.state} 所在磁盘只剩 {free} MB，至少要 {NEEDED_MEGABYTES} MB："
            "请腾出空间，或用 TONGBAN_VAR=目录 另选位置。"
        )
    places.logs.mkdir(mode=0o700, exist_ok=True)


def _since_the_command() -> str:
    """The seconds since `make up` was typed, where the bootstrap has noted the moment."""
    started = os.environ.get("TONGBAN_STARTED_AT")
    return f"（共用 {time.time() - float(started):.1f} 秒）" if started else ""


def _blame(ended: Ended, places: Places) -> str:
    how = f"信号 {signal.Signals(-ended.code).name}" if ended.code < 0 else f"退出码 {ended.code}"
    where = "上面它最后的输出" if ended.title in PARTS else f"{places.logs} 里它的记录"
    return (
        f"✗ 「{ended.title}」意外退出（{how}），其余部分随之停止："
        f"原因见{where}，处理后再运行 make up。"
    )
