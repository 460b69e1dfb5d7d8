"""The school as a folder of CSV files, the same bytes each time."""

import csv
from pathlib import Path

from registers.demo.rows import FILES
from registers.demo.school import DemoSchool


def write_folder(school: DemoSchool, folder: Path) -> None:
    """Write the files of an import, over any of the same names."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in FILES.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows(school))
