"""The CSV files of a OneRoster folder, row by row, and what their cells hold."""

from collections.abc import Iterator
from pathlib import Path

from registers.exchange.problems.errors import UnreadableFile
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.read.text import read_text
from registers.rules.pupils.upn import normalise, why_not_upn

Record = dict[str, str]  # a row by its headings in small letters


def numbers_of(user: Record) -> tuple[str, str]:
    """The UPN, from the identifier or the ids of other systems, and any other number."""
    given = [user.get("identifier", "").strip()]
    given += [one.strip("{} ").rpartition(":")[2] for one in listed(user.get("userids", "")) if one]
    upns = [normalise(one) for one in given if one and why_not_upn(one) is None]
    number = given[0] if given[0] and why_not_upn(given[0]) else ""
    return (upns[0] if upns else ""), number[:20]


def is_registration(taught: Record) -> bool:
    return taught.get("classtype", "").lower() == "homeroom"


def listed(text: str) -> list[str]:
    return [part for part in (one.strip() for one in text.split(",")) if part]


def digits_of(text: str) -> str:
    return text.replace("/", "").strip()


def file_named(folder: Path, name: str) -> Path | None:
    """A file of the folder or of one below it, in whatever capitals; the nearest one."""
    found = [
        path
        for path in (*folder.glob("*.csv"), *folder.glob("*/*.csv"))
        if path.name.lower() == name.lower()
    ]
    return found[0] if found else None


def read_csv(path: Path, source: str) -> Iterator[tuple[int, Record]]:
    (table,) = read_text(path, source)
    headings = [name.strip().lower() for name in table.columns]
    if "sourcedid" not in headings:
        raise UnreadableFile(source, ProblemKind.COLUMN_MISSING, line=1, columns="sourcedId")
    for line, cells in table.rows():
        yield line, dict(zip(headings, (cell.strip() for cell in cells), strict=True))
