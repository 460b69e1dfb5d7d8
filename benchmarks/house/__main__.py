"""`python -m benchmarks.house`: the table of before and now; with `--check`, what is over its goal.

--check       exit code 1 when a figure is over its limit, which `./rollbook check` asks
--over        every place that is over its goal: functions, folders, templates, names
--tree PATH   measures another tree, such as a worktree of an older commit
--night       runs a night as well: half a minute
--types       lets mypy look with none of its codes switched off: a minute
--json        prints the figures alone; `before.json` holds those of --tree --night --types
"""

import argparse
import json
import sys
from pathlib import Path

from benchmarks.house import files, limits, python_code, running

ROOT = Path(__file__).resolve().parents[2]
BEFORE = Path(__file__).with_name("before.json")
LABELS = {
    "folder_fullest": "files in the fullest folder of apps, templates, static and tests",
    "folder_90th": "the same, 90th percentile of the folders",
    "app_folder_fullest": "files in the fullest folder of the apps",
    "app_folder_90th": "the same, 90th percentile of the folders",
    "loose_modules": "loose modules at the top of an app",
    "functions": "functions",
    "lines_median": "lines of a function, median",
    "lines_90th": "the same, 90th percentile",
    "lines_longest": "the same, longest",
    "complexity_mean": "cyclomatic complexity, mean",
    "complexity_share_over_10": "functions over 10, per cent",
    "complexity_over_12": "functions over 12",
    "complexity_most": "the most complex function",
    "template_logic": "logic tags per 100 lines of template",
    "template_long_lines": f"template lines over {files.LONG_LINE} characters, outside data",
    "shared_class_names": "public class names that stand in two or more modules",
    "typed_share": "functions with all their types, per cent",
    "mypy_errors": "errors of mypy with nothing switched off",
    "long_files": f"Python files over {python_code.LONG_FILE} lines",
    "long_style_sheets": f"style sheets over {files.LONG_STYLE_SHEET} lines",
    "variables_saying_nothing": "uses of variables called found, there, said or held",
    "assertions_on_prose": "assertions that look for prose or HTML in a text",
    "pictures_mb": "docs/pictures, MB",
    "night_statements": "SQL statements of a night",
    "night_check": "of them, the check of the weekly totals",
    "night_standings": "of them, standings",
    "night_letters": "of them, letters",
    "night_seconds": "seconds of that night",
}


def measured(tree: Path, *, night: bool, types: bool) -> dict[str, float]:
    figures = files.figures(tree) | python_code.figures(tree)
    if types:
        figures["mypy_errors"] = running.mypy_errors(tree)
    if night:
        figures |= running.night_figures(tree)
    return figures


def table(before: dict[str, float], now: dict[str, float]) -> str:
    lines = ["| what | before | now | goal |", "|---|--:|--:|--:|"]
    for name in (name for name in LABELS if name in now):
        goal = f"≤ {limits.GOALS[name]}" if name in limits.GOALS else ""
        lines.append(f"| {LABELS[name]} | {before[name]:g} | {now[name]:g} | {goal} |")
    return "\n".join(lines)


def check(figures: dict[str, float]) -> int:
    """Print what is over its limit and, of each, the worst places; whether all is within."""
    for_now = limits.for_now(ROOT)
    over = limits.over(figures, limits.GOALS | for_now)
    places = limits.places_over_goals(ROOT) if over else {}
    for name, limit in over.items():
        print(f"{LABELS[name]}: {figures[name]:g}, at most {limit:g}")
        print("".join(f"    {place}\n" for place in places.get(name, [])[:10]), end="")
    for name, limit in for_now.items():
        if figures[name] < limit:
            print(f"{LABELS[name]}: {figures[name]:g}; pyproject.toml still allows {limit:g}")
    return bool(over)


def print_places_over_goals() -> None:
    for name, places in limits.places_over_goals(ROOT).items():
        print(f"{LABELS[name]}: {len(places)} over the goal")
        print("".join(f"    {place}\n" for place in places), end="")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tree", type=Path, default=ROOT)
    for flag in ("check", "over", "night", "types", "json"):
        parser.add_argument(f"--{flag}", action="store_true")
    options = parser.parse_args()
    if options.over:
        print_places_over_goals()
        return 0
    figures = measured(options.tree, night=options.night, types=options.types)
    if options.check:
        return check(figures)
    if options.json:
        print(json.dumps(figures, indent=2))
    else:
        print(table(json.loads(BEFORE.read_text())["figures"], figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
