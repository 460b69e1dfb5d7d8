"""The shape of the house: imports run one way, and only actions write."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ["registers", "absence", "interventions", "attendance_site"]  # each may see those before
NO_DJANGO = [
    "registers/rules/codes.py",
    "registers/rules/calendar.py",
    "registers/rules/allowed_codes.py",
    "registers/rules/pupils/upn.py",
    "registers/marks/seals.py",
    "registers/rules/clock.py",
    "registers/rules/planned_absence.py",
    "registers/rules/admission.py",
    "registers/rules/pupils/names.py",
    "registers/rules/pupils/year_groups.py",
    "registers/rules/pupils/languages.py",
    "registers/exchange/layout",
    "registers/exchange/problems",
    "registers/exchange/map",
    "registers/exchange/marks",
    "registers/exchange/proposal",
    "registers/exchange/read",
    "registers/exchange/templates",
    "absence/rules/measures.py",
    "absence/charts/svg.py",
    "absence/charts/pupil_year.py",
    "absence/rules/windows.py",
    "absence/lists/listing.py",
    "absence/school_page/figures.py",
    "absence/rules/national.py",
    "absence/rules/wording.py",
    "interventions/rules/effects.py",
    "interventions/rules/kinds.py",
    "interventions/rules/evidence_files.py",
    "interventions/figures/year_grid.py",
    "interventions/rules/letter_states.py",
    "interventions/panels/running_order.py",
    "interventions/packs/files.py",
    "interventions/packs/gather.py",
    "interventions/packs/pictures.py",
    "interventions/packs/words.py",
    "interventions/letters/content/files.py",
    "interventions/letters/content/figures.py",
    "interventions/letters/content/gather.py",
    "interventions/rules/letter_kinds.py",
    "interventions/letters/content/improvement.py",
    "interventions/letters/wordings/merge_fields.py",
    "interventions/letters/wordings/own_words.py",
    "interventions/letters/content/invented.py",
]
MAY_WRITE = {"actions", "actions.py", "migrations"}
WRITES = {
    "save",
    "create",
    "acreate",
    "update",
    "delete",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "copy_expert",
}
SQL_WRITES = re.compile(r"\b(INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|TRUNCATE\s+\w+)\b")
SQL_IN_WORDS = {"registers/marks/guards.py"}  # triggers, which are what refuses


def modules(*folders: str) -> Iterator[Path]:
    for folder in folders:
        path = ROOT / folder
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path]


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("floor", FLOORS)
def test_imports_run_one_way(floor):
    above = set(FLOORS[FLOORS.index(floor) + 1 :])
    backwards = [
        f"{name_of(path)} imports {name}"
        for path in modules(floor)
        for name in imported(path)
        if name.split(".")[0] in above
    ]
    assert not backwards


def test_the_project_does_not_import_its_tests_or_benchmarks():
    assert not [
        name_of(path)
        for path in modules(*FLOORS)
        for name in imported(path)
        if name.split(".")[0] in {"tests", "benchmarks"}
    ]


@pytest.mark.parametrize("place", NO_DJANGO)
def test_rules_and_arithmetic_know_no_django(place):
    assert not [
        f"{name_of(path)} imports {name}"
        for path in modules(place)
        for name in imported(path)
        if name.split(".")[0] == "django" or ".models" in name
    ]


def writers() -> Iterator[tuple[Path, ast.AST]]:
    """Every node of every module that could reach the database and is not one of those that may."""
    for path in modules(*FLOORS, "manage.py"):
        if MAY_WRITE & set(path.relative_to(ROOT).parts):
            continue
        if any(name.split(".")[0] == "django" or ".models" in name for name in imported(path)):
            for node in ast.walk(ast.parse(path.read_text())):
                yield path, node


def is_super(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "super"


def test_only_actions_and_imports_change_rows():
    found = [
        f"{name_of(path)}:{node.lineno} calls .{node.func.attr}()"
        for path, node in writers()
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WRITES
        and not is_super(node.func.value)  # a queryset's own way of what an action calls
    ]
    assert not found


def test_only_actions_and_imports_hold_sql_that_writes():
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path, node in writers()
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and SQL_WRITES.search(node.value)
        and name_of(path) not in SQL_IN_WORDS
    ]
    assert not found


def test_the_walk_sees_a_write_where_none_may_be(tmp_path, monkeypatch):
    """The two tests above can fail: a view that saves is found."""
    for floor in FLOORS:
        (tmp_path / floor).mkdir()
    view = tmp_path / "absence" / "views.py"
    view.write_text("from django import x\nmark.save()\nq = 'DELETE FROM registers_mark'\n")
    (tmp_path / "manage.py").write_text("")
    monkeypatch.setattr("tests.meta.test_house.ROOT", tmp_path)
    with pytest.raises(AssertionError, match=r"views\.py:2"):
        test_only_actions_and_imports_change_rows()
    with pytest.raises(AssertionError, match=r"views\.py:3"):
        test_only_actions_and_imports_hold_sql_that_writes()
