"""The port that the site listens on, on this machine only."""

import errno
import socket
from collections.abc import Mapping

from tongban.services.trouble import Trouble

HOST = "127.0.0.1"
DEFAULT_PORT = 8000


def port_from(environ: Mapping[str, str]) -> int:
    given = environ.get("PORT", "").strip() or str(DEFAULT_PORT)
    if not (given.isascii() and given.isdigit() and 0 < int(given) < 65536):
        raise Trouble(f"PORT={given} 不是 1 到 65535 之间的端口号：例如 PORT=8001 make up。")
    return int(given)


def refuse_taken(port: int) -> None:
    """Raises Trouble where the site could not listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as problem:
            raise Trouble(_refusal(port, problem)) from None


def _refusal(port: int, problem: OSError) -> str:
    another = port + 1 if 1024 <= port < 65535 else DEFAULT_PORT + 1
    if problem.errno == errno.EADDRINUSE:
        return f"端口 {port} 已被别的程序占用：换一个端口，例如 PORT={another} make up。"
    return f"端口 {port} 不能使用（{problem.strerror}）：换一个端口，例如 PORT={another} make up。"
