"""How does a copy open that was taken in the middle of a write? It is played again; at most its last turn is lost.

SQLite keeps a file whole for programs that honour its locks. Copying programs do not: a copy may hold pages from
before and from after a turn.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from labsim.errors import BadWorld, LabsimError, Problem
from labsim.store.connect import Damaged
from labsim.store.salvage import Salvage, salvage
from labsim.store.saves import SUFFIX, Save

SECONDS = 20.0
"""How long an opening may take for mending; `labsim salvage` takes its time."""
KEPT = "damaged"


def mended(path: Path, error: Damaged, *, write: bool) -> Save:
    """A save with all turns but perhaps the last one. Raises the error itself when more is lost.

    To be written, the mended game takes the place of the file, which is kept beside it; to be read, nothing changes.
    """
    with tempfile.TemporaryDirectory(prefix="labsim-mend-") as folder:
        good = Path(folder) / path.name
        try:
            found = salvage(path, good, SECONDS)
        except LabsimError:
            raise error from None
        if found.known - found.turns + found.missed > 1 or found.lost_notes:
            raise error
        save = Save(path)
        if write and _take_place(good, path):
            save.mended = _told(found)
            save.open(write=True)
        else:
            save.open_copy(good, _told(found))
        return save


def _told(found: Salvage) -> str:
    return f"it was not whole, as after a copy in the middle of a write; turns kept: {found.turns}, lost: one at most"


def _take_place(good: Path, path: Path) -> bool:
    """Put the mended game in place of the damaged file, which gets another name. False when the folder is locked."""
    stem = path.name.removesuffix(SUFFIX)
    kept = next(p for n in range(1, 1000) if not (p := path.with_name(f"{stem} {KEPT} {n}{SUFFIX}")).exists())
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        half.write_bytes(good.read_bytes())
        path.rename(kept)
        half.rename(path)
    except PermissionError:
        half.unlink(missing_ok=True)
        return False
    except OSError as error:
        half.unlink(missing_ok=True)
        what = f"a mended copy cannot be written ({error.strerror or error})"
        raise BadWorld(Problem(str(path), what, "check the disk")) from error
    return True
