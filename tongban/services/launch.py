"""What `make up` runs once the environment is there: servers, data, the site; and the way back."""

import http.client
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from types import FrameType

from django.conf import settings
from django.core.management import call_command

from tongban.celery import beat_command, worker_command
from tongban.services import leftovers, processes
from tongban.services.children import Children, Ended
from tongban.services.lock import sole_run
from tongban.services.narration import phase, say
from tongban.services.phases import fill
from tongban.services.places import Places
from tongban.services.port import HOST, port_from, refuse_taken
from tongban.services.servers import own_servers, running
from tongban.services.trouble import Trouble

PARTS = WEB, WORKER, BEAT = "网站", "任务", "定时"
NEEDED_MEGABYTES = 300
SECONDS_TO_FIRST_PAGE = 60.0


class Interrupted(BaseException):
    """The person or the system asks to stop."""


def launch(places: Places) -> int:
    """Serves until it is asked to stop (0) or a part of it dies (1); else raises Trouble."""
    port = port_from(os.environ)
    _refuse_full_disk(places)
    with sole_run(places.lock, address=f"http://{HOST}:{port}"):
        if left := leftovers.end_parts(places):
            say(f"上次运行被强行中断，已先停止它留下的 {left} 个进程")
        refuse_taken(port)
        children = Children({**os.environ, processes.MARK: str(places.state)})
        servers = ExitStack()
        try:
            _on_stop_signals(_interrupt, then=children.kill)
            code = _serve(places, port, children, servers)
        except Interrupted:
            say("\n正在停止…")
            code = 0
        finally:
            _on_stop_signals(lambda: None, then=children.kill)
            children.stop()
            servers.close()
        say("已全部停止。再次启动：make up")
        return code


def _serve(places: Places, port: int, children: Children, servers: ExitStack) -> int:
    for server in own_servers(places, environ=os.environ):
        with phase(f"启动 {server.title}"):
            servers.enter_context(running(server))
        if server.process:
            children.watch(server.title, server.process)
    fill(places)
    if not settings.DEBUG:  # with DEBUG whitenoise serves the sources themselves
        call_command("collectstatic", interactive=False, verbosity=0)
    with phase("启动网站"):
        children.start(WEB, web_command(port))
        ended = _first_page(port, children)
    if not ended:
        children.start(WORKER, worker_command())
        children.start(BEAT, beat_command(places.state))
        say(f"\n川渝通办已就绪：http://{HOST}:{port}{_since_the_command()}\n按 Ctrl-C 停止。")
        ended = children.first_end()
    assert ended is not None  # noqa: S101 - it waits for as long as it takes
    where = "" if ended.title in PARTS else f"或 {places.logs} 里的记录"
    say(
        f"✗ 「{ended.title}」意外退出（{_code(ended)}），其余部分随之停止："
        f"原因见上面它最后的输出{where}，处理后再运行 make up。"
    )
    return 1


def web_command(port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", "tongban.wsgi", "--bind", f"{HOST}:{port}"),
        *("--workers", "2", "--threads", "4", "--preload", "--no-control-socket"),
        *("--graceful-timeout", "5", "--log-level", "warning"),
    ]


def _first_page(port: int, children: Children) -> Ended | None:
    """Waits until the site answers; what ended meanwhile, if anything did."""
    deadline = time.monotonic() + SECONDS_TO_FIRST_PAGE
    while (ended := children.first_end(seconds=0.05)) is None:
        status = _status_of_home(port)
        if status:
            if status >= 500:
                say(f"  注意：首页返回 {status}，原因见上面「网站」的输出")
            return None
        if time.monotonic() > deadline:
            raise Trouble(f"网站在 {SECONDS_TO_FIRST_PAGE:.0f} 秒内没有应答，请看上面它的输出。")
    return ended


def _status_of_home(port: int) -> int | None:
    connection = http.client.HTTPConnection(HOST, port, timeout=SECONDS_TO_FIRST_PAGE)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _interrupt() -> None:
    raise Interrupted


def _on_stop_signals(act: Callable[[], None], *, then: Callable[[], None]) -> None:
    """`act` on the first signal to stop, `then` on every one after it."""
    asked = False

    def handle(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            then()
        else:
            asked = True
            act()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handle)


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


def _code(ended: Ended) -> str:
    if ended.code < 0:
        return f"信号 {signal.Signals(-ended.code).name}"
    return f"退出码 {ended.code}"
