"""The three secrets of an installation: from the environment, or kept beside the local database.

SECRET_KEY is Django's. PERSONAL_DATA_KEYS encrypt ID numbers and phones (newest first), as a JSON
list of base64 keys or as `id:key,id:key`. A key is 32 bytes; a bare key is named after its own
hash, so that its name stays when a newer one is put before it. BLIND_INDEX_KEY (base64, 32 bytes)
finds a person by ID number or phone; it never rotates, or nobody would be found any more. The local
file lies in the state folder of the database: whoever removes or moves one removes or moves both.
"""

import base64
import binascii
import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from tongban.services.places import Places
from tongban.services.trouble import told

KEY_BYTES = 32
NAMES = ("SECRET_KEY", "PERSONAL_DATA_KEYS", "BLIND_INDEX_KEY")


@dataclass(frozen=True, slots=True)
class PersonalDataKey:
    id: str
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Keyring:
    secret_key: str = field(repr=False)
    personal_data_keys: tuple[PersonalDataKey, ...]
    blind_index_key: bytes = field(repr=False)


def keyring(environ: Mapping[str, str], places: Places) -> Keyring:
    """The keys to use. Raises ImproperlyConfigured where one is missing or malformed."""
    given = {name: environ[name] for name in NAMES if environ.get(name)}
    if len(given) < len(NAMES):
        kept = _kept(places.keys)
        if kept is None:
            _refuse_to_invent(environ, places)
            try:
                kept = _made(places.keys)
            except OSError as problem:
                raise ImproperlyConfigured(told(problem)) from None
        given = {**kept, **given}
    return Keyring(
        given["SECRET_KEY"],
        parsed(given["PERSONAL_DATA_KEYS"]),
        _blind_index_key(given["BLIND_INDEX_KEY"]),
    )


def _refuse_to_invent(environ: Mapping[str, str], places: Places) -> None:
    """New keys are for a new local database only; any other could not be read with them."""
    if environ.get("DATABASE_URL"):
        raise ImproperlyConfigured(
            "DATABASE_URL 指向您自己的数据库时，"
            "SECRET_KEY、PERSONAL_DATA_KEYS 和 BLIND_INDEX_KEY 也必须由环境变量给出。"
            "生成一组：python -m tongban.keyring（请备份：丢失后已加密的个人信息无法恢复）。"
        )
    if (places.database / "PG_VERSION").exists():
        raise ImproperlyConfigured(
            f"本机数据库还在，而密钥文件 {places.keys} 不见了："
            "请从备份恢复它，或用 make reset 清空重来。"
        )


def parsed(text: str) -> tuple[PersonalDataKey, ...]:
    """`["<base64>", …]`, `["id:<base64>", …]` or `id:<base64>,<base64>` as keys, newest first."""
    try:
        items = json.loads(text) if text.lstrip().startswith("[") else text.split(",")
        keys = tuple(_key(item.strip()) for item in items if item.strip())
    except (ValueError, AttributeError) as problem:
        raise ImproperlyConfigured(
            f"PERSONAL_DATA_KEYS 写法有误（{problem}）：应为 32 字节密钥的 base64，"
            '如 ["<base64>"] 或 2026a:<base64>,2025b:<base64>，最新的在前。'
        ) from None
    if not keys or len({key.id for key in keys}) != len(keys):
        raise ImproperlyConfigured("PERSONAL_DATA_KEYS 至少要有一个密钥，且编号不能重复。")
    return keys


def fresh() -> dict[str, str]:
    """New secrets, as environment variables."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "PERSONAL_DATA_KEYS": json.dumps([_fresh_key()]),
        "BLIND_INDEX_KEY": _fresh_key(),
    }


def _fresh_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _blind_index_key(text: str) -> bytes:
    try:
        return _key(text).key
    except ValueError as problem:
        raise ImproperlyConfigured(f"BLIND_INDEX_KEY 写法有误（{problem}）。") from None


def _key(text: str) -> PersonalDataKey:
    name, _, encoded = text.rpartition(":")
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise ValueError("不是 base64") from None
    if len(key) != KEY_BYTES:
        raise ValueError(f"密钥是 {len(key)} 字节而不是 {KEY_BYTES} 字节")
    return PersonalDataKey(name or hashlib.sha256(key).hexdigest()[:8], key)


def _kept(path: Path) -> dict[str, str] | None:
    try:
        kept: dict[str, str] = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except PermissionError:
        raise ImproperlyConfigured(
            f"无法读取 {path}：它属于另一个用户。请用启动 make up 的那个用户运行。"
        ) from None
    except ValueError:
        raise ImproperlyConfigured(f"密钥文件 {path} 已损坏，请从备份恢复它。") from None
    return kept


def _made(path: Path) -> dict[str, str]:
    """Writes fresh secrets for their owner's eyes only; of two processes at once the first wins."""
    path.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(fresh(), file)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # unlike a rename this never replaces keys that are already there
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    kept = _kept(path)
    assert kept is not None  # noqa: S101 - just written or just found
    return kept


if __name__ == "__main__":
    for name, value in fresh().items():
        print(f"{name}='{value}'")  # noqa: T201 - this is its output
