"""The goals of the figures, what is allowed above them for now, and which places are over them."""

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.house import files, python_code

GOALS = {  # at most
    "folder_fullest": 15,
    "loose_modules": 0,
    "lines_longest": 60,
    "complexity_mean": 2.5,
    "complexity_over_12": 0,
    "template_logic": 12,
    "template_long_lines": 0,
    "shared_class_names": 0,
    "long_style_sheets": 0,
    "pictures_mb": 3,
}
MOST_COMPLEX = 12


def for_now(root: Path) -> dict[str, float]:
    """The limits of `[tool.rollbook.house]` in pyproject.toml, which only ever go down."""
    settings = tomllib.loads((root / "pyproject.toml").read_text())
    return settings["tool"].get("rollbook", {}).get("house", {})


def over(figures: Mapping[str, float], limits: Mapping[str, float]) -> dict[str, float]:
    """The figures that are over their limit, with the limit."""
    return {name: limit for name, limit in limits.items() if figures[name] > limit}


def places_over_goals(root: Path) -> dict[str, list[str]]:
    """For figures that are counted by place: each place that is over the goal, worst first."""
    modules = python_code.app_modules(root)
    return {
        "folder_fullest": _above(
            GOALS["folder_fullest"], files.files_per_folder(root, *files.WITH_FOLDERS)
        ),
        "loose_modules": python_code.loose_modules(modules),
        "lines_longest": _above(GOALS["lines_longest"], python_code.lengths(modules)),
        "complexity_over_12": _above(MOST_COMPLEX, python_code.complexities(modules)),
        "template_long_lines": _above(0, files.long_lines_by_template(root)),
        "template_logic": _above(GOALS["template_logic"], files.logic_by_template(root)),
        "shared_class_names": [
            f"{name}: {', '.join(places)}"
            for name, places in python_code.shared_class_names(modules).items()
        ],
    }


def _above(goal: float, numbers: Mapping[str, float]) -> list[str]:
    rank: Callable[[str], float] = numbers.__getitem__
    worst_first = sorted(numbers, key=rank, reverse=True)
    return [f"{numbers[name]:g} {name}" for name in worst_first if numbers[name] > goal]
