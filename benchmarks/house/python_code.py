"""Figures of the Python of the four apps: functions, complexity, types, names, length of files.

Migrations are left out everywhere. A function is any `def`, methods and closures too, each counted
by itself. Complexity is radon's, which counts comprehensions, `and` and `or` beside branches; its
mean is the one that `radon cc --average` prints, over functions, methods and classes, for that is
how the code bases we compare ourselves with were measured.
"""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import mean, median

from radon.complexity import cc_visit_ast
from radon.visitors import Function

APPS = ("registers", "absence", "interventions", "attendance_site")
AT_AN_APPS_TOP = {"__init__.py", "apps.py", "urls.py", "tasks.py", "access.py", "policies.py"} | {
    "settings.py",
    "env.py",
    "celery.py",
    "wsgi.py",
    "logging.py",
    "checks.py",
}
NAMES_FIXED_BY_DJANGO = {"Command"}
SAYING_NOTHING = {"found", "there", "said", "held"}
LONG_FILE = 350


@dataclass(frozen=True)
class Module:
    path: Path  # from the root of the tree
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def dotted(self) -> str:
        return ".".join(self.path.with_suffix("").parts)

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node


def app_modules(root: Path) -> list[Module]:
    return [
        Module(path.relative_to(root), path.read_text())
        for app in APPS
        for path in sorted((root / app).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def loose_modules(modules: Iterable[Module]) -> list[str]:
    """Modules at an app's top that are none of those that Django or the project has there."""
    return [
        str(module.path)
        for module in modules
        if len(module.path.parts) == 2 and module.path.name not in AT_AN_APPS_TOP
    ]


def complexities(modules: Iterable[Module]) -> dict[str, int]:
    """Each function's complexity, under the name of its file and line."""
    return {
        f"{module.path}:{function.lineno} {function.name}": function.complexity
        for module in modules
        for function in _with_closures(cc_visit_ast(module.tree))
    }


def mean_complexity(modules: Iterable[Module]) -> float:
    """What `radon cc --average` prints: a class counts as one more block, by its methods' mean."""
    blocks = [block for module in modules for block in cc_visit_ast(module.tree)]
    return mean(block.complexity for block in blocks)


def _with_closures(blocks: Iterable) -> Iterator[Function]:
    for block in blocks:
        if isinstance(block, Function):
            yield block
            yield from _with_closures(block.closures)


def lengths(modules: Iterable[Module]) -> dict[str, int]:
    """Each function's lines from `def` to its last, under the name of its file and line."""
    return {
        f"{module.path}:{node.lineno} {node.name}": node.end_lineno - node.lineno + 1
        for module in modules
        for node in module.functions()
    }


def shared_class_names(modules: Iterable[Module]) -> dict[str, list[str]]:
    """Public classes that stand in two or more modules: the name, and where."""
    places: dict[str, list[str]] = defaultdict(list)
    for module in modules:
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(str(module.path))
    return {
        name: paths
        for name, paths in sorted(places.items())
        if len(paths) > 1 and name not in NAMES_FIXED_BY_DJANGO
    }


def is_typed(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether each argument but `self` and `cls`, and what is returned, has its type."""
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return function.returns is not None and all(
        argument.annotation or argument.arg in ("self", "cls") for argument in named
    )


def variables_saying_nothing(module: Module) -> int:
    """How often a variable called `found`, `there`, `said` or `held` is set or read."""
    return sum(
        isinstance(node, ast.Name) and node.id in SAYING_NOTHING for node in ast.walk(module.tree)
    )


def figures(root: Path) -> dict[str, float]:
    modules = app_modules(root)
    functions = [function for module in modules for function in module.functions()]
    lines = sorted(lengths(modules).values())
    complexity = list(complexities(modules).values())
    return {
        "loose_modules": len(loose_modules(modules)),
        "functions": len(functions),
        "lines_median": median(lines),
        "lines_90th": lines[len(lines) * 9 // 10],
        "lines_longest": lines[-1],
        "complexity_mean": round(mean_complexity(modules), 2),
        "complexity_share_over_10": round(100 * sum(c > 10 for c in complexity) / len(lines), 1),
        "complexity_over_12": sum(c > 12 for c in complexity),
        "complexity_most": max(complexity),
        "shared_class_names": len(shared_class_names(modules)),
        "typed_share": round(100 * sum(map(is_typed, functions)) / len(functions), 1),
        "long_files": sum(len(module.text.splitlines()) > LONG_FILE for module in modules),
        "variables_saying_nothing": sum(map(variables_saying_nothing, modules)),
    }
