"""Is this game open elsewhere? A lock that lives as long as the process that took it.

It lies beside the user's caches, named after the file's own number, so that nothing is left beside the game and a
killed process leaves no lock. Programs of other machines on a shared folder are noticed at the next write instead.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import IO

import platformdirs

if sys.platform == "win32":  # pragma: no cover
    import msvcrt
else:
    import fcntl


def identity(path: Path) -> tuple[int, int]:
    """What tells a file from another one put in its place. Raises OSError when it is gone."""
    found = path.stat()
    return found.st_dev, found.st_ino


class Lock:
    """One program's claim to write a file."""

    def __init__(self, path: Path) -> None:
        """Try to take the lock; `is_held` says whether it worked. Raises OSError when the file is gone."""
        device, number = identity(path)
        self._stream: IO[bytes] | None = None
        self.is_held = True
        folder = platformdirs.user_cache_path("labsim") / "locks"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._stream = (folder / f"{device:x}-{number:x}.lock").open("ab")
        except OSError:
            return  # no place for locks: changes by others are still noticed at the next write
        self.is_held = _take(self._stream)
        if not self.is_held:
            self.release()

    def release(self) -> None:
        """Give the lock back; a second time does nothing."""
        self.is_held = False
        if self._stream is not None:
            self._stream.close()
            self._stream = None


def _take(stream: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":  # pragma: no cover
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def folder_is_writable(path: Path) -> bool:
    """Can a file be made beside this one, as every change of a game needs?"""
    return os.access(path.parent, os.W_OK) and os.access(path, os.W_OK)
