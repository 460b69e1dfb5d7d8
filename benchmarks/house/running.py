"""Figures that need a program run in the tree: mypy without its exceptions, and a night."""

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

NIGHT = Path(__file__).with_name("night.py")
SWITCHED_OFF = re.compile(r"disable_error_code = \[[^]]*\]")


def mypy_errors(tree: Path) -> int:
    """What mypy finds when the project's settings switch off none of its codes."""
    strict = tree / ".mypy_cache" / "house.toml"
    strict.parent.mkdir(exist_ok=True)
    strict.write_text(SWITCHED_OFF.sub("", (tree / "pyproject.toml").read_text()))
    command = [sys.executable, "-m", "mypy", "--config-file", str(strict)]
    report = subprocess.run(command, cwd=tree, capture_output=True, text=True).stdout
    return report.count(": error: ")


def night_figures(tree: Path) -> dict[str, float]:
    """The statements of a night, all and by step, but for those of drawing PDFs."""
    command = [sys.executable, str(NIGHT)]
    run = subprocess.run(command, cwd=tree, stdout=subprocess.PIPE, text=True, check=True)
    night = json.loads(run.stdout)
    steps: Counter[str] = Counter()
    for step, _, number in night["statements"]:
        steps[step] += number
    return {
        "night_statements": steps.total() - steps["drawing of PDFs"],
        "night_check": steps["check"],
        "night_standings": steps["standings"],
        "night_letters": steps["letters"],
        "night_seconds": round(night["seconds"], 1),
    }
