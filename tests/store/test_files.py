"""Files from anywhere: each that is no whole game is refused with a word on what is wrong, quickly."""

from __future__ import annotations

import io
import os
import sqlite3
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from labsim.errors import BadInput, BadWorld, LabsimError
from labsim.store import migrations, schema
from labsim.store.connect import LARGEST_FILE
from labsim.store.saves import open_save
from tests.store import games

Change = Callable[[sqlite3.Connection], object]


def refused(path: Path) -> str:
    """What is said about a file that must not open."""
    started = time.monotonic()
    with pytest.raises(LabsimError) as caught:
        open_save(path, mend=False).close()
    assert time.monotonic() - started < 5.0
    return str(caught.value)


def changed(path: Path, change: Change) -> Path:
    db = sqlite3.connect(path)
    change(db)
    db.commit()
    db.close()
    games.reseal(path)
    return path


def sql(*statements: str) -> Change:
    def run(db: sqlite3.Connection) -> None:
        for statement in statements:
            db.execute(statement)

    return run


def zipped() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("game.labsim", "nothing")
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "the file is empty"),
        (b"hello", "not a game file"),
        (b"SQLite format 3\0", "not a game file"),
        (zipped(), "zip archive"),
        (bytes(1_000_000), "not a game file"),
    ],
)
def test_what_is_no_game_is_said_to_be_none(content: bytes, word: str, tmp_path: Path) -> None:
    file = tmp_path / "x.labsim"
    file.write_bytes(content)
    assert word in refused(file)


def test_gigabytes_of_zeros_are_refused_at_once(tmp_path: Path) -> None:
    file = tmp_path / "x.labsim"
    with file.open("wb") as stream:
        stream.truncate(3 * 2**30)
    assert "not a game file" in refused(file)


def test_a_game_that_is_absurdly_large_is_refused(game_file: Path) -> None:
    with game_file.open("r+b") as stream:
        stream.truncate(LARGEST_FILE + 4096)
    assert "larger than" in refused(game_file)


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.labsim"
    db = sqlite3.connect(file)
    db.execute("CREATE TABLE places (url TEXT)")
    db.commit()
    db.close()
    assert "another program" in refused(file)


def test_a_database_that_claims_to_be_a_game_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.labsim"
    db = sqlite3.connect(file)
    db.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
    db.execute("PRAGMA user_version = 1")
    db.execute("CREATE TABLE places (url TEXT)")
    db.commit()
    db.close()
    assert "there is no game in it" in refused(file)


def test_folders_missing_files_and_pipes_are_said(tmp_path: Path) -> None:
    assert "folder" in refused(tmp_path)
    assert "no such file" in refused(tmp_path / "no.labsim")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        assert "not a regular file" in refused(tmp_path / "pipe")


def test_a_newer_file_is_refused_politely(game_file: Path) -> None:
    changed(game_file, sql("PRAGMA user_version = 99"))
    assert "a newer labsim has saved it" in refused(game_file)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (sql("CREATE TRIGGER t AFTER INSERT ON notes BEGIN DELETE FROM turns; END"), 'trigger "t"'),
        (sql("CREATE TABLE more (a TEXT)"), '"more"'),
        (sql("CREATE VIEW v AS SELECT 1"), '"v"'),
        (sql("DROP VIEW history", "CREATE VIEW history AS SELECT randomblob(100000000)"), '"history"'),
        (sql("CREATE INDEX i ON notes (text)"), 'index "i"'),
        (sql("DROP TABLE explanations"), '"explanations" is missing'),
        (sql("ALTER TABLE notes ADD COLUMN a TEXT"), '"notes"'),
        (sql('CREATE TABLE "x""; DROP TABLE turns; --" (a TEXT)'), "is not of labsim"),
        (sql("UPDATE variables SET name = 'a\"; DROP TABLE turns' WHERE name = 'cash'"), "is no name of a variable"),
        (sql("UPDATE variables SET in_table = 'turns' WHERE name = 'cash'"), "wrong table"),
        (sql("DELETE FROM variables WHERE name = 'cash'"), "is not of labsim"),
        (sql("DELETE FROM variables"), "no variables"),
        (sql("UPDATE turns SET parent = 9 WHERE id = 5"), "turn 5 follows turn 9"),
        (sql("UPDATE turns SET parent = id WHERE id = 5"), "turn 5"),
        (sql("UPDATE turns SET t = 3, quarter = '2023Q4' WHERE id = 2"), "turn 2 plays quarter 3"),
        (sql("UPDATE turns SET quarter = '1999Q1' WHERE id = 2"), "wrong quarter"),
        (sql("UPDATE turns SET engine = 7 WHERE id = 2"), "no engine"),
        (sql("UPDATE turns SET branch = 7 WHERE id = 2"), "belongs to no branch"),
        (sql("UPDATE branches SET tip = 77"), "do not exist"),
        (sql("UPDATE branches SET name = 'main'"), "two branches"),
        (sql("UPDATE branches SET name = 'a' || char(10)"), "no fit name"),
        (sql("UPDATE game SET active_branch = 9"), "no branch to play"),
        (sql("UPDATE game SET seat = 99"), "no seat 99"),
        (sql("UPDATE game SET seed = '-1'"), "seed"),
        (sql("UPDATE game SET seed = '99999999999999999999999999'"), "seed"),
        (sql("UPDATE game SET quarters = 2000000000"), "cannot be played"),
        (sql("UPDATE game SET quarters = 2"), "after its last quarter"),
        (sql("UPDATE game SET instead = '{\"Nobody\": {}}'"), "unknown labs"),
        (sql("UPDATE game SET instead = '[['"), "damaged"),
        (sql("DELETE FROM game"), "damaged"),
        (sql("UPDATE scenario_texts SET text = 'titel = 1'"), "damaged"),
        (sql("UPDATE scenario_texts SET text = text || ' '"), "not the one that was played"),
        (sql("UPDATE labs SET name = 'x' WHERE id = 0"), "labs are not those"),
        (sql("UPDATE lab_quarters SET cash = 9e999 WHERE turn = 4 AND lab = 2"), "2023Q4"),
        (sql("UPDATE lab_quarters SET cash = NULL WHERE turn = 4 AND lab = 2"), "2023Q4"),
        (sql("DELETE FROM lab_quarters WHERE turn = 4 AND lab = 2"), "6 of 7 rows for 2023Q4"),
        (sql("DELETE FROM world_quarters WHERE turn = 9"), "0 of 1 rows"),
        (sql("UPDATE lab_quarters SET turn = 99 WHERE turn = 4"), "0 of 7 rows"),
        (sql("INSERT INTO states VALUES (99, x'00')"), "turn 99, which was not played"),
        (sql("UPDATE orders SET after = 9e999 WHERE decision = 'buy_gpus'"), "not an ordinary number"),
        (sql("UPDATE orders SET decision = 'steal_gpus' WHERE decision = 'buy_gpus'"), "steal_gpus"),
        (sql("UPDATE orders SET segment = 'x' WHERE segment = 'developer'"), "no segment"),
        (sql("UPDATE draft_orders SET branch = 1"), "belong to no branch"),
        (sql("UPDATE notes SET turn = 99"), "belongs to nothing"),
        (sql("UPDATE engines SET stocks = '{\"cash\": [100000, 100000, 1]}'"), "absurdly large"),
        (sql("UPDATE engines SET stocks = '{\"cash\": [-1]}'"), "shape of"),
        (sql("UPDATE notes SET text = CAST(zeroblob(5000000) AS TEXT)"), "too big"),
    ],
)
def test_what_is_wrong_in_a_game_is_named(change: Change, word: str, game_file: Path) -> None:
    assert word in refused(changed_or_left(game_file, change))


def changed_or_left(path: Path, change: Change) -> Path:
    try:
        return changed(path, change)
    except (ValueError, KeyError, TypeError, sqlite3.Error):
        return path  # so wrong that its digests cannot be computed again


def test_a_state_that_is_wrong_is_named_when_it_is_read(game_file: Path) -> None:
    for state in (b"", b"\x00" * 50, b"x" * 5000):
        db = sqlite3.connect(game_file)
        db.execute("UPDATE states SET state = ? WHERE turn = 3", (state,))
        db.commit()
        db.close()
        save = open_save(game_file)
        with pytest.raises(BadInput, match="turn 3"):
            save.world(3)
        save.close()


def test_a_state_that_unpacks_to_gigabytes_is_refused(game_file: Path) -> None:
    import zlib

    bomb = zlib.compress(bytes(50_000_000), 9)
    db = sqlite3.connect(game_file)
    db.execute("UPDATE states SET state = ? WHERE turn = 3", (bomb,))
    db.commit()
    db.close()
    save = open_save(game_file)
    with pytest.raises(BadInput, match="wrong size"):
        save.world(3)
    save.close()


def test_a_journal_that_names_another_file_is_refused(game_file: Path, tmp_path: Path) -> None:
    victim = tmp_path / "thesis.doc"
    victim.write_text("years of work")
    name = str(victim).encode()
    ending = len(name).to_bytes(4, "big") + sum(name).to_bytes(4, "big") + bytes.fromhex("d9d505f920a163d7")
    journal = game_file.with_name(game_file.name + "-journal")
    journal.write_bytes(bytes.fromhex("d9d505f920a163d7") + bytes(1000) + name + ending)
    assert "several databases" in refused(game_file)
    assert victim.read_text() == "years of work"


def test_the_tables_of_a_file_are_those_that_follow_from_its_variables(made_game: Path) -> None:
    db = sqlite3.connect(made_game)
    found = {name: schema.plain_sql(sql) for name, sql in db.execute("SELECT name, sql FROM sqlite_master") if sql}
    db.close()
    assert found == schema.expected(schema.present_columns())


@pytest.fixture
def _fresh_schema() -> Iterator[None]:
    """A test that changes what a file looks like remembers nothing, and is not remembered."""
    remembered = [found for found in vars(schema).values() if hasattr(found, "cache_clear")]
    for cached in remembered:
        cached.cache_clear()
    yield
    for cached in remembered:
        cached.cache_clear()


@pytest.mark.usefixtures("_fresh_schema")
def test_an_older_layout_is_migrated_in_one_transaction(game_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marks = schema.Table("marks", {"id": int, "mark": str}, ("id",))

    def add_marks(db: object) -> None:
        db["marks"].create({"id": int, "mark": str}, pk="id", not_null=["mark"], strict=True)  # type: ignore[index]

    monkeypatch.setattr(schema, "FIXED", (*schema.FIXED, marks))
    monkeypatch.setattr(schema, "LAYOUT", 2)
    monkeypatch.setattr(migrations, "MIGRATIONS", (add_marks,))
    reading = open_save(game_file, write=False)
    assert len(reading.load().tree.nodes) == 10
    reading.close()
    save = open_save(game_file)
    assert save.connection.execute("PRAGMA user_version").fetchone()[0] == 2
    assert save.connection.execute("SELECT count(*) FROM marks").fetchone()[0] == 0
    save.close()


def test_a_folder_in_place_of_a_game_is_the_users_world_not_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadWorld):
        open_save(tmp_path)
