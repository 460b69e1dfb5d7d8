"""Only actions write: no other module changes rows or holds SQL that does."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.meta import source
from tests.meta.layers import APPS
from tests.meta.source import imported

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


def writers(root: Path) -> Iterator[tuple[str, ast.AST]]:
    """Every node of every module that could reach the database and is not one of those that may."""
    for path in source.modules(*APPS, "manage.py", root=root):
        if MAY_WRITE & set(path.relative_to(root).parts):
            continue
        if any(name.split(".")[0] == "django" or ".models" in name for name in imported(path)):
            for node in ast.walk(ast.parse(path.read_text())):
                yield source.name_of(path, root), node


def is_super(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "super"


def changed_rows(root: Path = source.ROOT) -> list[str]:
    return [
        f"{name}:{node.lineno} calls .{node.func.attr}()"
        for name, node in writers(root)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WRITES
        and not is_super(node.func.value)  # a queryset's own way of what an action calls
    ]


def sql_that_writes(root: Path = source.ROOT) -> list[str]:
    return [
        f"{name}:{node.lineno}"
        for name, node in writers(root)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and SQL_WRITES.search(node.value)
        and name not in SQL_IN_WORDS
    ]


def test_only_actions_change_rows():
    assert not changed_rows()


def test_only_actions_hold_sql_that_writes():
    assert not sql_that_writes()


def test_the_walk_sees_a_write_where_none_may_be(tmp_path):
    for app in APPS:
        (tmp_path / app).mkdir()
    view = tmp_path / "absence" / "views.py"
    view.write_text("from django import x\nmark.save()\nq = 'DELETE FROM registers_mark'\n")
    (tmp_path / "manage.py").write_text("")
    assert changed_rows(tmp_path) == ["absence/views.py:2 calls .save()"]
    assert sql_that_writes(tmp_path) == ["absence/views.py:3"]
