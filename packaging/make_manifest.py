"""Write assets/manifest.json: what `labsim selftest` compares an installation with. Run it before a build.

python packaging/make_manifest.py
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from labsim.play.fingerprint import MANIFEST  # noqa: E402
from labsim.play.manifest import current_manifest  # noqa: E402


def main() -> None:
    """Make the manifest anew, one name a line, so that changes are easy to read."""
    text = json.dumps(current_manifest(), indent=1, sort_keys=True, allow_nan=False)
    (ROOT / "assets" / MANIFEST).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
