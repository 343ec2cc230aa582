"""What a run that was killed has left running over a state folder."""

import signal

from tongban.services import processes
from tongban.services.places import Places


def end_parts(places: Places) -> int:
    """Ends site, worker and beat; how many processes that were."""
    left = processes.marked(places.state)
    processes.end(left, signal.SIGTERM, seconds=5)
    return len(left)


def end_all(places: Places) -> int:
    """Ends the two servers as well, after those that use them."""
    parts = end_parts(places)
    servers = [
        *processes.at_home_in(places.database, "postgres"),
        *processes.at_home_in(places.broker, "valkey-server"),
    ]
    processes.end(servers, signal.SIGINT, seconds=10)
    return parts + len(servers)
