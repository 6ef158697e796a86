"""Where does a real window stand without a monitor? On a virtual X screen, with a session bus and a window manager."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

from PySide6.QtGui import QImage

NEEDED = {
    "Xvfb": "xvfb",
    "xdotool": "xdotool",
    "dbus-daemon": "dbus",
    "at-spi-bus-launcher": "at-spi2-core",
    "matchbox-window-manager": "matchbox-window-manager",
}
"""Programs and the Debian packages that bring them; .ci/run installs these."""
_LIBEXEC = ("/usr/libexec", "/usr/lib/at-spi2-core")
SIZE = (1280, 720)
_COLOR_BYTES = 12
"""Size of one entry of the colour table of an X window dump."""
_STOP_SECONDS = 10


def missing() -> list[str]:
    """The packages whose programs are not on this machine."""
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), *_LIBEXEC))
    return [package for program, package in NEEDED.items() if shutil.which(program, path=path) is None]


class Screen:
    """A screen of its own: `env` is for the programs that shall stand on it. Use it in a `with`."""

    def __init__(self, environment: Mapping[str, str], size: tuple[int, int] = SIZE) -> None:
        """Start the screen, the bus and the window manager, around this environment."""
        self._folder = tempfile.TemporaryDirectory(
            prefix="labsim-screen-"
        )  # short: a socket's path ends at 108 letters
        self._running: list[subprocess.Popen[str]] = []
        folder = Path(self._folder.name)
        self._framebuffer = folder / "Xvfb_screen0"
        self.env = {
            **environment,
            "XDG_RUNTIME_DIR": str(folder),
            "QT_QPA_PLATFORM": "xcb",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "QT_SCALE_FACTOR": "1",
            "LC_ALL": "C.UTF-8",
        }
        try:
            self._start_all(folder, size)
        except BaseException:
            self.close()
            raise

    def _start_all(self, folder: Path, size: tuple[int, int]) -> None:
        wide, high = size
        reading, writing = os.pipe()
        self._start(["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{wide}x{high}x24", "-nolisten", "tcp",
                     "-fbdir", str(folder)], pass_fds=(writing,))  # fmt: skip
        os.close(writing)
        with os.fdopen(reading) as answer:
            number = answer.readline().strip()
        if not number:
            raise RuntimeError("Xvfb did not start: run it by hand to see why")
        self.env["DISPLAY"] = f":{number}"
        bus = self._start(["dbus-daemon", "--session", "--nofork", "--print-address"], stdout=subprocess.PIPE)
        assert bus.stdout is not None
        self.env["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
        self._start(["matchbox-window-manager", "-use_titlebar", "no"])

    def start(self, command: Sequence[str]) -> subprocess.Popen[str]:
        """Start a program on this screen; what it says on standard error is kept in its pipe."""
        return self._start(command, stderr=subprocess.PIPE)

    def picture(self, file: Path) -> Path:
        """Write what is on the screen as PNG: Xvfb keeps it in a file, as an X window dump."""
        data = self._framebuffer.read_bytes()
        header = struct.unpack(">25I", data[:100])  # XWDFileHeader of X11/XWDFile.h
        start, wide, high, row, colors = header[0], header[4], header[5], header[12], header[19]
        pixels = data[start + colors * _COLOR_BYTES :]
        if not QImage(pixels, wide, high, row, QImage.Format.Format_RGB32).save(str(file)):
            raise OSError(f"{file}: the picture cannot be written")
        return file

    def close(self) -> None:
        """End what still runs, last started first."""
        for process in reversed(self._running):
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(_STOP_SECONDS)
            for pipe in (process.stdout, process.stderr):
                if pipe is not None:
                    pipe.close()
        self._running.clear()
        self._folder.cleanup()

    def __enter__(self) -> Screen:
        """Use it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        self.close()

    def _start(self, command: Sequence[str], **how: object) -> subprocess.Popen[str]:
        quiet = {"stdin": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **how}
        process = subprocess.Popen(list(command), env=self.env, text=True, **quiet)  # type: ignore[call-overload]
        self._running.append(process)
        return process
