"""PostgreSQL 18 on a Unix socket of this installation; no TCP port is ever opened."""

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from tongban.services import processes
from tongban.services.account import Account
from tongban.services.places import Places
from tongban.services.trouble import Trouble

MAJOR = "18"
NAME = "tongban"
# Locales of its own: the machine may have none, or others after the next update.
INITDB = (
    *("-U", NAME, "--auth=peer", "--encoding=UTF8", "--no-sync"),
    *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
)
# Nothing of the person's own environment (LD_LIBRARY_PATH, PGDATA, odd locales) reaches a server.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
TUNING = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "timezone": "Asia/Shanghai",
    "log_timezone": "Asia/Shanghai",
    "jit": "off",
}
# For data that nobody will miss: four times as fast, and lost with the machine's next power cut.
FLEETING = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(slots=True)
class Postgres:
    """One server. `start` leaves it ready and its database made; `stop` is a fast shutdown."""

    places: Places
    account: Account
    programs: Path
    tuning: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    title = "PostgreSQL"

    def start(self) -> None:
        self.clear_leftovers()
        self._make_cluster()
        self.account.private_folder(self.places.sockets)
        settings = {
            **TUNING,
            **self.tuning,
            "unix_socket_directories": _listed(self.places.sockets),
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.places.database, *options],
                **self.account.lent(),
                cwd=self.places.database,
                env=ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._await_ready(self.process)
        self._make_database()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait(10)

    def clear_leftovers(self) -> None:
        """Ends a server that outlived its `up`, and removes the lock of one that did not.

        PostgreSQL trusts its lock file for as long as any process has the number in it, which after
        a restart of the machine may be somebody else. Here nobody is at home in the data folder.
        """
        left = processes.at_home_in(self.places.database, "postgres")
        processes.end(left, signal.SIGINT, seconds=10)
        for stale in (
            self.places.database / "postmaster.pid",
            *self.places.sockets.glob(".s.PGSQL*"),
        ):
            stale.unlink(missing_ok=True)

    @property
    def log(self) -> Path:
        self.places.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self.places.logs / "postgresql.log"

    def _make_cluster(self) -> None:
        """`initdb` beside its final place: one broken off half-way is never taken for done."""
        version = self.places.database / "PG_VERSION"
        if version.exists():
            if (found := version.read_text().strip()) != MAJOR:
                raise Trouble(
                    f"{self.places.database} 由 PostgreSQL {found} 建立，现在用的是 {MAJOR}："
                    "请先用旧版本导出数据，或用 make reset 清空重来。"
                )
            return
        draft = self.places.database.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        self.account.private_folder(draft)
        done = subprocess.run(
            [self.programs / "initdb", "-D", draft, *INITDB],
            **self.account.lent(),
            cwd=draft,
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Trouble(f"建立 PostgreSQL 数据目录失败：{_reason(done.stderr)}")
        self._let_in_whoever_runs_this(draft)
        draft.rename(self.places.database)

    def _let_in_whoever_runs_this(self, cluster: Path) -> None:
        """The kernel says who connects: no password, and nobody else gets in."""
        me = pwd.getpwuid(os.getuid()).pw_name
        (cluster / "pg_hba.conf").write_text(f"local all all peer map={NAME}\n")
        (cluster / "pg_ident.conf").write_text(f'{NAME} "{me}" {NAME}\n')

    def _await_ready(self, process: subprocess.Popen[bytes]) -> None:
        """Until the server's own lock file says so, as `pg_ctl` does it."""

        def decided() -> bool:
            return process.poll() is not None or self._is_ready(process.pid)

        if not processes.wait_until(decided, seconds=120) or process.poll() is not None:
            self.stop()
            raise Trouble(
                f"PostgreSQL 没有启动：{_reason(self.log.read_text('utf-8', 'replace'))}"
                f"（全文在 {self.log}）"
            )

    def _is_ready(self, pid: int) -> bool:
        try:
            lines = (self.places.database / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def _make_database(self) -> None:
        with psycopg.connect(
            host=str(self.places.sockets), user=NAME, dbname="postgres", autocommit=True
        ) as connection:
            known = connection.execute("select 1 from pg_database where datname = %s", [NAME])
            if known.fetchone() is None:
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(NAME)))


def _listed(folder: Path) -> str:
    """As one element of PostgreSQL's comma-separated list, whatever the folder is called."""
    return '"' + str(folder).replace('"', '""') + '"'


def _reason(text: str) -> str:
    """The line that says why, out of many that say what was done about it."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if any("No space left on device" in line for line in lines):
        return "磁盘已满，请腾出约 500 MB 空间后再运行一次"
    blamed = [line for line in lines if any(word in line for word in ("FATAL", "PANIC", "error:"))]
    return (blamed or lines or ["没有留下说明"])[-1]
