"""The walls of the house, read from the imports: floors go down only, Qt in the ui, sqlite in the store."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "labsim"
LINES = 400
QT = {"PySide6", "shiboken6", "pyqtgraph"}
SQLITE = {"sqlite3", "sqlite_utils"}
FLOORS = {
    "variables": 0,
    "errors": 0,
    "resources": 0,
    "formats": 0,
    "model": 1,
    "first_state": 2,
    "scenario": 2,
    "tables": 2,
    "play": 3,
    "store": 4,
    "course": 4,
    "cli": 5,
    "ui": 5,
    "api": 5,
    "text": 5,
    "__main__": 5,
}
VERBS = {
    "compute",
    "training",
    "alignment",
    "serving",
    "market",
    "society",
    "accounts",
    "capital",
    "regulation",
    "people",
    "events",
}
MODEL_MAY_IMPORT = {"labsim.variables", "labsim.errors", "labsim.model"}

FILES = sorted(PACKAGE.rglob("*.py"))


def module_name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(source: str, module: str, is_package: bool) -> Iterator[str]:
    """Every module that a file imports, at its top or inside a function, as an absolute dotted name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                own = module.split(".")
                own = own[: len(own) - node.level + is_package]
                base = ".".join([*own, *([base] if base else [])])
            yield from (f"{base}.{alias.name}" if base.split(".")[0] == "labsim" else base for alias in node.names)


def imports(file: Path) -> set[str]:
    found = imports_of(file.read_text("utf-8"), module_name(file), file.name == "__init__.py")
    return {known(name) for name in found}


def known(name: str) -> str:
    """`labsim.errors.Problem` is an import of `labsim.errors`: cut what is no module of ours."""
    while name.startswith("labsim.") and not _is_module(name):
        name = name.rpartition(".")[0]
    return name


def _is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or path.is_dir()


def room(module: str) -> str:
    """The part of a module name that stands for its floor; `scenario_rules` belongs to `scenario`."""
    parts = module.split(".")
    name = parts[1] if len(parts) > 1 else ""
    return "scenario" if name.startswith("scenario") else name


def complaints_about_floors(module: str, imported: set[str]) -> list[str]:
    if module == "labsim":
        return [f"labsim/__init__.py imports {name}" for name in imported if name.startswith("labsim.")]
    here = FLOORS[room(module)]
    wrong = []
    for name in sorted(name for name in imported if name.startswith("labsim.")):
        there = FLOORS.get(room(name), 99)
        if there > here or (room(name) == "text" and room(module) not in {"cli", "ui", "text", "api"}):
            wrong.append(f"{module} (floor {here}) imports {name} (floor {there})")
    return wrong


def top_levels(file: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(file)}


def inside(file: Path, folder: str) -> bool:
    return file.is_relative_to(PACKAGE / folder)


def test_the_walls_notice_what_they_are_for() -> None:
    source = (
        "from labsim.ui import app\nfrom . import laws\nfrom ..store.saves import open_save\nimport PySide6.QtGui\n"
    )
    found = set(imports_of(source, "labsim.model.market", is_package=False))
    assert found == {"labsim.ui.app", "labsim.model.laws", "labsim.store.saves.open_save", "PySide6.QtGui"}
    assert complaints_about_floors("labsim.model.market", {"labsim.ui.app", "labsim.errors"}) == [
        "labsim.model.market (floor 1) imports labsim.ui.app (floor 5)"
    ]
    assert complaints_about_floors("labsim.play.turn", {"labsim.text"})
    assert not complaints_about_floors("labsim.ui.app", {"labsim.text", "labsim.store", "labsim.scenario_rules"})


def test_every_room_has_a_floor() -> None:
    rooms = {room(module_name(file)) for file in FILES} - {""}
    assert sorted(rooms - set(FLOORS)) == []


def test_imports_go_down_only() -> None:
    wrong = [line for file in FILES for line in complaints_about_floors(module_name(file), imports(file))]
    assert wrong == []


def test_qt_is_only_in_the_ui() -> None:
    assert [str(file) for file in FILES if top_levels(file) & QT and not inside(file, "ui")] == []


def test_sqlite_is_only_in_the_store() -> None:
    assert [str(file) for file in FILES if top_levels(file) & SQLITE and not inside(file, "store")] == []


def test_the_model_imports_numpy_and_floor_0_only() -> None:
    wrong = []
    for file in FILES:
        if not inside(file, "model"):
            continue
        for name in imports(file):
            own = name in MODEL_MAY_IMPORT or name.startswith("labsim.model.") or name.split(".")[0] == "numpy"
            if not own and name.split(".")[0] not in sys.stdlib_module_names:
                wrong.append(f"{module_name(file)} imports {name}")
    assert wrong == []


def test_the_model_draws_nothing_and_reads_no_clock() -> None:
    forbidden = {"random", "time", "datetime", "secrets", "os", "pathlib", "io", "socket", "subprocess"}
    wrong = {module_name(file): top_levels(file) & forbidden for file in FILES if inside(file, "model")}
    assert {name: found for name, found in wrong.items() if found} == {}


def test_no_verb_imports_a_sibling_verb() -> None:
    wrong = []
    for file in FILES:
        module = module_name(file).split(".")
        if module[:2] == ["labsim", "model"] and len(module) > 2 and module[2] in VERBS:
            siblings = {f"labsim.model.{verb}" for verb in VERBS - {module[2]}}
            wrong += [f"{'.'.join(module)} imports {name}" for name in imports(file) if known_verb(name) in siblings]
    assert wrong == []


def known_verb(name: str) -> str:
    return ".".join(name.split(".")[:3])


def test_every_verb_is_a_room_with_one_public_function_of_its_name() -> None:
    for verb in sorted(VERBS):
        tree = ast.parse((PACKAGE / "model" / f"{verb}.py").read_text("utf-8"))
        assert [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == verb] == [verb]


def inexact(source: str) -> list[str]:
    """Where the bits of a run could depend on its neighbours: powers, matrix products, sums over labs or by math."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
            found.append(f"line {node.lineno}: @")
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and not _is_constant(node):
            found.append(f"line {node.lineno}: **")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in INEXACT:
            found.append(f"line {node.lineno}: {node.func.attr}")
        elif isinstance(node, ast.Import) and {alias.name for alias in node.names} & {"math", "cmath"}:
            found.append(f"line {node.lineno}: math")
    return found


def needed_by(*modules: str) -> set[str]:
    """These modules of the model and of the policies, and all that they import of the model."""
    by_name = {module_name(file): file for file in FILES}
    found, waiting = set(), list(modules)
    while waiting:
        name = waiting.pop()
        if name not in found and name in by_name:
            found.add(name)
            waiting += [other for other in imports(by_name[name]) if other.startswith("labsim.model.")]
    return found


def _is_constant(node: ast.BinOp) -> bool:
    right = node.right.operand if isinstance(node.right, ast.UnaryOp) else node.right
    return isinstance(node.left, ast.Constant) and isinstance(right, ast.Constant)


INEXACT = {
    "sum",
    "mean",
    "prod",
    "cumsum",
    "std",
    "var",
    "dot",
    "matmul",
    "einsum",
    "tensordot",
    "power",
    "float_power",
}


def test_no_formula_of_the_model_depends_on_what_runs_beside_it() -> None:
    bad = "import math\nx = 2.0**-54\ny = a @ b\nz = a**b\nw = np.sum(a) + a.mean() + math.exp(1)\n"
    assert inexact(bad) == ["line 1: math", "line 3: @", "line 4: **", "line 5: sum", "line 5: mean"]
    files = [file for file in FILES if module_name(file) in needed_by("labsim.model.step", "labsim.play.policies")]
    assert {"labsim.model.laws", "labsim.model.market", "labsim.play.policies"} <= {module_name(f) for f in files}
    assert {module_name(file): found for file in files if (found := inexact(file.read_text("utf-8")))} == {}


def test_only_the_dice_draw_random_numbers() -> None:
    drawing = {
        module_name(file)
        for file in FILES
        if inside(file, "model")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "random"
    }
    assert drawing == {"labsim.model.dice"}


def test_nothing_below_the_faces_prints() -> None:
    printing = {
        module_name(file)
        for file in FILES
        if FLOORS.get(room(module_name(file)), 0) < 5
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    }
    assert printing == set()


@pytest.mark.parametrize("folder", ["labsim", "tests"])
def test_no_file_is_longer_than_the_hard_limit(folder: str) -> None:
    lengths = {str(file): len(file.read_text("utf-8").splitlines()) for file in (ROOT / folder).rglob("*.py")}
    assert {name: lines for name, lines in lengths.items() if lines > LINES} == {}


def test_every_module_begins_with_what_it_answers() -> None:
    texts = {str(file): file.read_text("utf-8") for file in FILES}
    assert [name for name, text in texts.items() if text.strip() and not ast.get_docstring(ast.parse(text))] == []


def test_the_package_itself_imports_nothing_but_what_opens_its_door_later() -> None:
    assert imports(PACKAGE / "__init__.py") == {"importlib"}
