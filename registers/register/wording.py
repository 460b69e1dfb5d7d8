"""What the register says in sentences."""

from registers.register.rows import RegisterRow
from registers.rules.codes import CODES

PRESENT = {"/", "\\"}


HALVES = ("morning", "afternoon")


def last_ten_words(row: RegisterRow) -> str:
    """The last ten sessions in a sentence: what is not simply present, by day."""
    said = [
        f"{day.on:%a} {HALVES[half]} {_said(symbol)}"
        for day in row.days
        for half, symbol in enumerate((day.am, day.pm))
        if symbol not in PRESENT
    ]
    return "Last ten sessions: " + ("; ".join(said) if said else "present at all")


def _said(symbol: str) -> str:
    code = CODES.get(symbol)
    return f"{symbol}, {code.meaning}" if code else "not marked"
