"""The demonstration's mail server, and the settings that lead to it."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default as email_policy
from pathlib import Path

import pytest
from django.core.mail import EmailMessage, get_connection

from tongban.management.commands import mail_server as command
from tongban.notices.smtp_settings import BadEmailUrl, SmtpSettings, smtp_settings

from .conftest import PATIENCE, closed_port


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    port = closed_port()
    process = subprocess.Popen(  # noqa: S603
        [
            sys.executable,
            "manage.py",
            "mail_server",
            "--port",
            str(port),
            "--folder",
            str(tmp_path),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process, port
        finally:
            process.kill()


def test_a_message_sent_to_it_lies_in_the_folder_until_it_is_told_to_stop(
    server: tuple[subprocess.Popen[str], int], tmp_path: Path
) -> None:
    process, port = server
    assert process.stdout is not None
    assert str(port) in process.stdout.readline()

    backend = get_connection(
        "django.core.mail.backends.smtp.EmailBackend", host="127.0.0.1", port=port
    )
    EmailMessage(
        "已受理",
        "您好！\n.\n第二段",
        "a@tongban.example",
        ["zhang@example.com"],
        connection=backend,
    ).send()

    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0
    [file] = tmp_path.iterdir()
    assert file.suffix == ".eml"
    message = message_from_bytes(file.read_bytes(), policy=email_policy)
    assert message["X-Envelope-To"] == "zhang@example.com"
    assert message["Subject"] == "已受理"
    assert message.get_content().splitlines() == ["您好！", ".", "第二段"]


def test_a_port_that_is_taken_is_said_in_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        # A process of its own: the browser tests leave an event loop running in this one.
        command = [sys.executable, "manage.py", "mail_server"]
        command += ["--port", str(port), "--folder", str(tmp_path)]
        refused = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert refused.returncode == 1
    assert f"Port {port}" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_it_listens_on_this_machine_only() -> None:
    assert command.HOST == "127.0.0.1"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, SmtpSettings()),
        ({"EMAIL_URL": "smtp://mail.example"}, SmtpSettings("mail.example", 25)),
        (
            {"EMAIL_URL": "smtp+tls://a%40b:p%2Fw@mail.example"},
            SmtpSettings("mail.example", 587, "a@b", "p/w", starttls=True),
        ),
        (
            {"EMAIL_URL": "smtps://u:p@mail.example:4650"},
            SmtpSettings("mail.example", 4650, "u", "p", tls=True),
        ),
        (
            {"EMAIL_HOST": "mail.example", "EMAIL_USE_TLS": "1", "EMAIL_HOST_USER": "u"},
            SmtpSettings("mail.example", 587, "u", starttls=True),
        ),
        (
            {"EMAIL_HOST": "mail.example", "EMAIL_USE_SSL": "1"},
            SmtpSettings("mail.example", 465, tls=True),
        ),
        (
            {"EMAIL_HOST": "mail.example", "EMAIL_PORT": "2525"},
            SmtpSettings("mail.example", 2525),
        ),
    ],
)
def test_the_mail_server_is_named_in_the_environment(
    environ: dict[str, str], expected: SmtpSettings
) -> None:
    assert smtp_settings(environ) == expected


@pytest.mark.parametrize("url", ["http://mail.example", "smtp://", "mail.example:25"])
def test_an_address_that_makes_no_sense_is_refused_without_repeating_a_password(url: str) -> None:
    with pytest.raises(BadEmailUrl, match="must look like"):
        smtp_settings({"EMAIL_URL": url})
