"""Is a missing screen told, and never passed over where it must not be?"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desktop import screen
from tests.desktop.conftest import need_screen


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine with none of the programs."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(screen, "_LIBEXEC", ())


@pytest.mark.usefixtures("bare")
def test_without_a_virtual_screen_a_developer_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"apt-get install xvfb xdotool dbus at-spi2-core matchbox"):
        need_screen()


@pytest.mark.usefixtures("bare")
def test_without_a_virtual_screen_continuous_integration_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no virtual screen"):
        need_screen()


def test_continuous_integration_installs_what_the_screen_needs(root: Path) -> None:
    installed = (root / ".ci" / "run").read_text("utf-8").split()
    assert set(screen.NEEDED.values()) <= set(installed)
