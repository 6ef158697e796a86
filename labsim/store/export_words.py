"""What does an export say about itself? A README, and the dictionary of every column as CSV and Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from labsim import __version__
from labsim.store.export_blocks import csv_text
from labsim.store.export_tables import TableSpec

README, DICTIONARY, DICTIONARY_MD = "README.txt", "dictionary.csv", "dictionary.md"
_HEAD = ("table", "name", "type", "unit", "label", "meaning", "source", "kind")


def dictionary_rows(specs: Mapping[str, TableSpec]) -> Iterable[tuple[str, ...]]:
    """A row for each column of each table."""
    for spec in specs.values():
        for f in spec.fields:
            yield spec.name, f.name, f.type, f.unit, f.label, f.meaning, f.source, f.kind


def dictionary_csv(specs: Mapping[str, TableSpec]) -> str:
    """The dictionary as CSV."""
    rows = [_HEAD, *dictionary_rows(specs)]
    return "".join(",".join(csv_text(cell) if cell else "" for cell in row) + "\r\n" for row in rows)


def dictionary_markdown(specs: Mapping[str, TableSpec]) -> str:
    """The dictionary to be read."""
    lines = ["# Tables of this export", "", "| table | a row is | columns |", "|---|---|---|"]
    lines += [f"| [{s.name}](#{s.name}) | {_cell(s.meaning)} | {len(s.fields)} |" for s in specs.values()]
    for spec in specs.values():
        lines += ["", f"## {spec.name}", "", spec.meaning, "", "| name | label | unit | meaning | source |",
                  "|---|---|---|---|---|"]  # fmt: skip
        lines += [
            f"| `{f.name}` | {_cell(f.label)} | {_cell(f.unit)} | {_cell(f.meaning)} | {_cell(f.source)} |"
            for f in spec.fields
        ]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


_LOADING = {
    "csv": (
        'pandas   pd.read_csv("quarters.csv", parse_dates=["date"])',
        'R        read.csv("quarters.csv", na.strings = "")',
        "DuckDB   SELECT * FROM 'quarters.csv';",
        "Excel    Data > From Text/CSV, encoding UTF-8; or open wide.csv, which --wide adds.",
    ),
    "json": (
        'pandas   pd.read_json("quarters.json", precise_float=True)',
        'R        jsonlite::fromJSON("quarters.json")',
        "DuckDB   SELECT * FROM read_json('quarters.json');",
        "Excel    Data > From File > From JSON.",
    ),
    "parquet": (
        'pandas   pd.read_parquet("quarters.parquet").astype({"date": "datetime64[s]"})',
        'R        arrow::read_parquet("quarters.parquet")',
        "DuckDB   SELECT * FROM 'quarters.parquet';",
        "Excel    Data > From File > From Parquet; or export with --format xlsx.",
    ),
    "xlsx": (
        'pandas   pd.read_excel("labsim.xlsx", sheet_name="quarters")',
        'R        readxl::read_excel("labsim.xlsx", "quarters")',
        "DuckDB   SELECT * FROM read_xlsx('labsim.xlsx', sheet = 'quarters');",
        "Excel    open labsim.xlsx; a sheet for each table.",
    ),
}
_RULES = {
    "csv": (
        "Numbers have as many digits as it takes to read exactly the same number again; pandas before\n"
        '  version 3 does so with float_precision="round_trip".',
        "A text that begins with = + - @ or another sign of formulas has an apostrophe in front, so that no\n"
        "  spreadsheet computes it. To read it back, take one apostrophe away from each text that begins with one.",
        "Missing is an empty cell; files are UTF-8 with lines ended by CR LF (RFC 4180).",
    ),
    "json": ("Numbers read as exactly the same numbers again. Missing is null.",),
    "parquet": ("Numbers are the bits of the game. Missing is null. Columns carry unit, label and meaning.",),
    "xlsx": ("Numbers have all their digits; Excel shows 15 of them. Missing is an empty cell.",),
}


def readme(specs: Mapping[str, TableSpec], form: str, rows: Mapping[str, int], notes: Sequence[str]) -> str:
    """The README of an export."""
    wide = max(len(name) for name in specs)
    lines = [f"Run histories exported by labsim {__version__}: {rows.get('runs', 0):,} games, as {form}.", ""]
    lines += ["Tables"]
    lines += [f"  {s.name:<{wide}}  {rows.get(s.name, 0):>10,} rows  {s.meaning}" for s in specs.values()]
    lines += [
        "",
        "The same run, branch, quarter and lab are the same in every table: join on them. run says which game a",
    ]
    lines += ["row is of. dictionary.csv and dictionary.md tell name, unit, meaning and source of every column."]
    lines += ["", "Loading", *(f"  {line}" for line in _LOADING[form])]
    lines += ["", "Rules", *(f"  {line}" for line in _RULES[form])]
    lines += ["  quarter is like 2023Q1, date is its first day (ISO 8601). Stocks are those at the end of the quarter,"]
    lines += ["  flows those during it. A lab that has ended keeps its rows; status says since when. No cell is NaN."]
    if notes:
        lines += ["", "Notes", *(f"  {note}" for note in notes)]
    return "\n".join(lines) + "\n"
