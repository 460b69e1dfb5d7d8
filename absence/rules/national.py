"""National rates to hold a school against. No Django in this module.

The figures lie beside this module in `data/`, with their source and licence in its README.
"""

import csv
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from registers.rules.pupils import year_groups

FOLDER = Path(__file__).resolve().parents[1] / "data"
FIRST_OF_SECONDARY = year_groups.order_of("7")
PRIMARY, SECONDARY, ALL = "primary", "secondary", "all"
PHASE_NAMES = {PRIMARY: "primary", SECONDARY: "secondary", ALL: "all schools"}


@dataclass(frozen=True, slots=True)
class National:
    """Rates of England in per cent, to one place; `when` names the period in words."""

    when: str
    absence: Decimal
    persistent: Decimal
    authorised: Decimal | None = None
    unauthorised: Decimal | None = None

    @property
    def attendance(self) -> Decimal:
        return 100 - self.absence


@cache
def by_phase() -> dict[str, National]:
    return {
        row["phase"]: National(
            row["period"],
            Decimal(row["absence"]),
            Decimal(row["persistent"]),
            Decimal(row["authorised"]),
            Decimal(row["unauthorised"]),
        )
        for row in _rows("national-by-phase.csv")
    }


@cache
def by_group() -> dict[str, National]:
    """All schools together, by characteristic and value: "FSM Y", "SEN K"."""
    return {
        row["group"]: National(row["period"], Decimal(row["absence"]), Decimal(row["persistent"]))
        for row in _rows("national-by-group.csv")
    }


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def phase_of(names: Collection[str]) -> str:
    """Primary up to year 6, secondary from year 7, all schools where a school has both."""
    phases = set(map(_phase_of_year, filter(year_groups.is_known, names)))
    return phases.pop() if len(phases) == 1 else ALL


def _phase_of_year(name: str) -> str:
    return PRIMARY if year_groups.order_of(name) < FIRST_OF_SECONDARY else SECONDARY
