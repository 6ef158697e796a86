"""Does `labsim export` do what its help says?"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from labsim.cli import main
from tests.store import games


@pytest.fixture(scope="module")
def game(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return games.small_game(tmp_path_factory.mktemp("games") / "small.labsim")


def test_a_game_is_exported_and_the_command_says_what_it_made(
    game: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(game), "--to", str(tmp_path / "out"), "--explain", "none"]) == 0
    said = capsys.readouterr()
    assert "1 of 1 games, 12 tables" in said.out
    assert said.err == ""
    assert (tmp_path / "out" / "README.txt").is_file()
    assert not (tmp_path / "out" / "explanations.csv").exists()


def test_an_export_that_is_there_is_kept(game: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["export", str(game), "--to", str(tmp_path), "--explain", "none"]
    assert main(command) == 0
    assert main(command) == 2
    assert "--force" in capsys.readouterr().err
    assert main([*command, "--force"]) == 0


def test_a_folder_with_bad_files_exports_the_good_ones_and_answers_no(
    game: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "good.labsim").write_bytes(game.read_bytes())
    for name in ("bad1", "bad2"):
        (folder / f"{name}.labsim").write_text("no game")
    assert main(["export", str(folder), "--to", str(tmp_path / "out"), "--explain", "none"]) == 1
    said = capsys.readouterr()
    assert "1 of 3 games" in said.out
    assert "2 of 3 files were left out" in said.err
    assert "bad1.labsim" in said.err
    assert "bad2.labsim" in said.err
    assert (tmp_path / "out" / "quarters.csv").is_file()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.labsim"], "there is no such file"),
        (["{game}", "--branch", "mian"], 'no branch "mian"'),
        (["{game}", "--format", "doc"], "'doc' is not one of"),
        (["{folder}"], "there is no game (.labsim) in this folder"),
    ],
)
def test_bad_input_is_said_with_a_remedy(
    arguments: list[str], said: str, game: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [text.format(game=game, folder=tmp_path) for text in arguments]
    assert main(["export", *given, "--to", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error


def test_exporting_csv_needs_no_library_of_other_formats(game: Path, tmp_path: Path) -> None:
    code = (
        "import sys\nfrom labsim.cli import main\n"
        f"main(['export', {str(game)!r}, '--to', {str(tmp_path / 'out')!r}])\n"
        "print(sorted({'pyarrow', 'openpyxl', 'pandas', 'PySide6', 'sqlite_utils'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_metadata_for_datasette_describes_every_table(game: Path, tmp_path: Path) -> None:
    assert main(["export", str(game), "--to", str(tmp_path), "--format", "datasette"]) == 0
    found = json.loads((tmp_path / "small.metadata.json").read_text("utf-8"))["databases"]["small"]
    assert "M$" in found["tables"]["history"]["columns"]["cash"]
    assert found["tables"]["states"]["hidden"] is True
    assert main(["export", str(game), "--to", str(tmp_path), "--format", "datasette"]) == 2
    assert main(["export", str(game), "--to", str(tmp_path), "--format", "datasette", "--force"]) == 0


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_datasette_shows_sensible_pages(game: Path, tmp_path: Path) -> None:
    pytest.importorskip("datasette")
    assert main(["export", str(game), "--to", str(tmp_path), "--format", "datasette"]) == 0
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "datasette", str(game), "-m", str(tmp_path / "small.metadata.json"),
               "-h", "127.0.0.1", "-p", str(port)]  # fmt: skip
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        front = page(port, "/small", patience=60.0)
        assert "The Token Consumption Era" in front
        assert "How do the labs stand at the end?" in front
        history = page(port, "/small/history")
        assert "History of the labs" in history
        assert "Anthropic" in history
        assert "Cash" in history
        assert "Quarters" in page(port, "/small/variables")
        standings = json.loads(page(port, "/small/standings.json?_shape=array"))
        assert len(standings) == 7
        assert {"lab", "cash", "trust"} <= set(standings[0])
        money = json.loads(page(port, "/small/where_the_money_went.json?_shape=array&lab=Meta"))
        assert len(money) > 5
        named = json.loads((tmp_path / "small.metadata.json").read_text("utf-8"))["databases"]["small"]
        for query in named["queries"]:
            assert json.loads(page(port, f"/small/{query}.json?lab=Meta&word=cash"))["rows"], query
        for table, about in named["tables"].items():
            assert page(port, f"/small/{table}"), table
            assert f'href="/small/{table}"' in front or about.get("hidden"), table
    finally:
        server.terminate()
        server.wait(30)


def page(port: int, path: str, patience: float = 20.0) -> str:
    """A page of the server, which may need some time to come up."""
    end = time.monotonic() + patience
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
                text: str = answer.read().decode("utf-8")
                return text
        except urllib.error.HTTPError:
            raise
        except urllib.error.URLError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
