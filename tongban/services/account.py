"""Whom the servers run as. PostgreSQL refuses root, which lends it an account without rights."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from tongban.services.trouble import Trouble

# `initdb` asks for the account's name, so an unused number will not do; both of these exist on
# Debian without creating anything. PostgreSQL's own account is taken where there is one.
CANDIDATES = ("postgres", "nobody")


class Lent(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    uid: int
    gid: int
    name: str

    @property
    def is_lent(self) -> bool:
        """Whether it is another than who runs this."""
        return self.uid != os.getuid()

    def lent(self) -> Lent:
        """What `subprocess` needs to start a process under this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.is_lent else {}

    def private_folder(self, folder: Path) -> Path:
        """The folder, made if need be, that only this account (and root) may enter."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
        if found.st_uid not in {self.uid, os.getuid()} or folder.is_symlink():
            raise Trouble(f"{folder} 属于另一个用户：请删除它，或用 TONGBAN_VAR=目录 另选位置。")
        if self.is_lent:
            os.chown(folder, self.uid, self.gid)
        folder.chmod(0o700)
        return folder


def account_for(database: Path) -> Account:
    """Oneself; for root the owner of the database, else the first account that is there."""
    if os.getuid() != 0:
        return _named(pwd.getpwuid(os.getuid())) if _has_name(os.getuid()) else _nameless()
    if database.exists() and (owner := database.stat().st_uid) != 0 and _has_name(owner):
        return _named(pwd.getpwuid(owner))
    for name in CANDIDATES:
        try:
            return _named(pwd.getpwnam(name))
        except KeyError:
            continue
    raise Trouble(
        "PostgreSQL 不能以 root 运行，而系统里没有 nobody 用户：请改用普通用户运行 make up。"
    )


def _named(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _nameless() -> Account:
    raise Trouble(
        f"用户编号 {os.getuid()} 在系统里没有名字，PostgreSQL 因此拒绝启动："
        "请用有名字的用户运行，或用 DATABASE_URL 指向现成的数据库。"
    )
