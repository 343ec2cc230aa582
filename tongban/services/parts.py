"""The long-running parts of the site besides its servers: what each is called and started with."""

import os
import socket
import sys
from pathlib import Path

from django.conf import settings

from tongban.notices.sms.demonstration.place import environment
from tongban.services.places import Places
from tongban.services.port import HOST
from tongban.services.processes import MARK

PARTS = WEB, WORKER, BEAT, MAIL, SMS, BANK, HOSPITAL, CENTRE = (
    *("网站", "任务", "定时", "邮件", "短信"),
    *("银行", "医院", "公积金"),
)


def web_command(port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", "tongban.wsgi", "--bind", f"{HOST}:{port}"),
        # Loaded once and then forked: on two cores the first page comes a second earlier.
        *("--workers", "2", "--threads", "4", "--preload", "--no-control-socket"),
        *("--graceful-timeout", "5", "--log-level", "warning"),
    ]


def mail_command(port: int) -> list[str]:
    return [sys.executable, "manage.py", "mail_server", "--skip-checks", "--port", str(port)]


def sms_command(port: int, state: Path) -> list[str]:
    """The demonstration's SMS gateway; what it has taken it keeps in a file of its own."""
    command = [sys.executable, "manage.py", "demonstration_sms", "--skip-checks"]
    return [*command, "--port", str(port), "--file", str(state / "sms.jsonl")]


def bank_command(port: int) -> list[str]:
    """The demonstration bank: it knows the site by its API and nothing else."""
    site = f"http://{HOST}:{port}"
    return [sys.executable, "manage.py", "demonstration_bank", "--skip-checks", "--site", site]


def centre_command(port: int) -> list[str]:
    """The demonstration's housing-fund centre: the 转出地 or 转入地 of transfers, by the API."""
    site = f"http://{HOST}:{port}"
    return [sys.executable, "manage.py", "demonstration_centre", "--skip-checks", "--site", site]


def hospital_command(port: int, state: Path) -> list[str]:
    """The demonstration hospitals; what they have settled they keep in a file of their own."""
    site, books = f"http://{HOST}:{port}", str(state / "hospital-books.jsonl")
    command = [sys.executable, "manage.py", "demonstration_hospital", "--skip-checks"]
    return [*command, "--site", site, "--books", books]


def mail_port() -> int | None:
    """A free port for the demonstration's mail server; none where a real one is named."""
    if settings.EMAIL_HOST or not settings.DEMONSTRATION:
        return None
    return _free_port()


def sms_port() -> int | None:
    """A free port for the demonstration's SMS gateway; none where real ones are named."""
    if settings.SMS_GATEWAYS or not settings.DEMONSTRATION:
        return None
    return _free_port()


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def announce(places: Places, mail: int | None, sms: int | None) -> None:
    """Sets what every child inherits: the mark by which an orphan is known, who takes mail and SMS."""
    os.environ[MARK] = str(places.state)
    # Celery warns of root at length; here root has no other choice and the site is its own.
    os.environ["PYTHONWARNINGS"] = "ignore::Warning:celery.platforms"
    if mail:
        os.environ["EMAIL_URL"] = f"smtp://{HOST}:{mail}"
    if sms:
        os.environ.update(environment(f"http://{HOST}:{sms}"))
