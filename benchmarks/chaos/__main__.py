"""The command: servers, ground, parts, load, torment, drain, proof."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tongban import keyring
from tongban.services.places import CHECKOUT, Places, places_of
from tongban.services.postgres import FLEETING
from tongban.services.servers import own_servers, running
from tongban.services.valkey import Valkey

from .receivers import HOST, Hooks, MailServer, free_port


def main() -> int:
    wanted = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=__doc__)
    wanted.add_argument("--minutes", type=float, default=10.0, help="of load and kills")
    wanted.add_argument("--writers", type=int, default=4)
    wanted.add_argument("--pause", type=float, default=0.5, help="seconds between a writer's cases")
    wanted.add_argument("--seed", type=int, default=1)
    wanted.add_argument("--keep", action="store_true", help="leave the database and the logs")
    args = wanted.parse_args()
    state = Path(tempfile.mkdtemp(prefix="tongban-chaos-", dir="/tmp"))
    state.chmod(0o711)
    with ExitStack() as stack:
        if not args.keep:
            stack.callback(shutil.rmtree, state, ignore_errors=True)
        found = _run(args, state, stack)
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
    return 1 if found["misses"] else 0


def _run(args: argparse.Namespace, state: Path, stack: ExitStack) -> dict[str, Any]:
    places = places_of(CHECKOUT, uid=os.getuid(), environ={"TONGBAN_VAR": str(state)})
    url = os.environ.get("DATABASE_URL", "")
    servers = own_servers(places, environ={"DATABASE_URL": url}, tuning=FLEETING)
    for server in servers:
        stack.enter_context(running(server))
    valkey = next(each for each in servers if isinstance(each, Valkey))
    database = stack.enter_context(_database(url or places.database_url, keep=args.keep))
    mail, hooks, port = MailServer(), Hooks(secrets.token_hex(16)), free_port()
    for receiver in (mail, hooks):
        receiver.start()
        stack.callback(receiver.stop)
    os.environ |= _environment(places, database, mail, port)

    import django

    django.setup()
    from .house import tormented

    return tormented(args, state, valkey, port, mail, hooks) | {"machine": _machine()}


def _environment(places: Places, database: str, mail: MailServer, port: int) -> dict[str, str]:
    return {
        **keyring.fresh(),
        "DATABASE_URL": database,
        "REDIS_URL": places.redis_url,
        "REDIS_KEY_PREFIX": "chaos:",
        "TONGBAN_VAR": str(places.state),
        "DJANGO_SETTINGS_MODULE": "tongban.settings",
        # With both, a webhook may go to this machine over plain HTTP.
        "DEBUG": "1",
        "DEMONSTRATION": "1",
        "EMAIL_URL": f"smtp://{HOST}:{mail.port}",
        "SITE_URL": f"http://{HOST}:{port}",
        # The pace of a real mail server is not what is looked at here.
        "NOTICES_A_MINUTE": json.dumps({"email": 60000, "webhook": 60000}),
        "PYTHONWARNINGS": "ignore::Warning:celery.platforms",
    }


@contextlib.contextmanager
def _database(url: str, *, keep: bool) -> Iterator[str]:
    """A fresh database beside the one that the address names."""
    name = f"chaos_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlsplit(url)._replace(path=f"/{name}").geturl()
        finally:
            if not keep:
                drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
                connection.execute(drop.format(sql.Identifier(name)))


def _machine() -> dict[str, Any]:
    import django
    from django.db import connection

    return {
        "cpus": os.cpu_count(),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "django": django.__version__,
        "celery": version("celery"),
        "kombu": version("kombu"),
        "postgresql": connection.pg_version,  # type: ignore[attr-defined]
    }


if __name__ == "__main__":
    sys.exit(main())
