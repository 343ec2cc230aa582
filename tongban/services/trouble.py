"""What went wrong, said to the person who typed the command."""

import errno


class Trouble(Exception):
    """One clear sentence in Chinese with the way out of it; shown without a traceback."""


def told(problem: OSError) -> str:
    """A sentence for what the operating system refused."""
    place = problem.filename or "状态目录"
    match problem.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return f"磁盘已满，写不进 {place}：请腾出约 500 MB 空间后再运行一次。"
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return f"没有权限使用 {place}：请检查它的所有者和权限，或用 TONGBAN_VAR=目录 另选位置。"
        case _:
            return f"操作系统拒绝了 {place}：{problem.strerror or problem}。"
