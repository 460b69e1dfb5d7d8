"""Bring the code table into line with `registers.rules.codes`."""

from registers.models import Code
from registers.rules.codes import CODES

FIELDS = [
    "meaning",
    "category",
    "attended",
    "authorised",
    "unauthorised",
    "late",
    "in_force_from",
    "in_force_until",
]


def bring_codes_into_line(*, using: str = "default") -> None:
    """Insert or update every code; none is ever taken out, since marks may hold it."""
    rows = [
        Code(
            symbol=code.symbol,
            meaning=code.meaning,
            category=code.category.value,
            attended=code.attended,
            authorised=code.authorised,
            unauthorised=code.unauthorised,
            late=int(code.late),
            in_force_from=code.in_force_from,
            in_force_until=code.in_force_until,
        )
        for code in CODES.values()
    ]
    Code.objects.using(using).bulk_create(
        rows, update_conflicts=True, unique_fields=["symbol"], update_fields=FIELDS
    )
