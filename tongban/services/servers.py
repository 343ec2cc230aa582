"""The servers that this installation needs of its own: those that the environment does not name."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from tongban.services.account import account_for
from tongban.services.binaries import binaries
from tongban.services.places import Places
from tongban.services.postgres import Postgres
from tongban.services.valkey import Valkey


def own_servers(
    places: Places, *, environ: Mapping[str, str], tuning: Mapping[str, str] | None = None
) -> list[Postgres | Valkey]:
    """Not started yet. `tuning` are settings of PostgreSQL beyond its usual ones."""
    if environ.get("DATABASE_URL") and environ.get("REDIS_URL"):
        return []
    account = account_for(places.database)
    programs = binaries(places, account)
    servers: list[Postgres | Valkey] = []
    if not environ.get("DATABASE_URL"):
        servers.append(Postgres(places, account, programs.postgres, tuning or {}))
    if not environ.get("REDIS_URL"):
        servers.append(Valkey(places, account, programs.valkey))
    return servers


@contextmanager
def running(server: Postgres | Valkey) -> Iterator[Postgres | Valkey]:
    """Started, and stopped at the end however it comes: also when a signal broke into the start."""
    with ExitStack() as stack:
        stack.callback(server.clear_leftovers)
        stack.callback(server.stop)
        server.start()
        yield server
