"""One row for each pupil: a child who left and came back is one pupil of the school for the year.

The DfE counts enrolments (rule B12), and so does `export_absence` unless it is asked otherwise; the
pages, lists, letters and standings count pupils, with the sums of all times on the roll.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from absence.figures.roll import Facts
from absence.figures.rows import AbsenceRow
from absence.rules.bands import Band, band_of
from registers.rules.tally import total


def one_for_each_pupil(
    rows: Iterable[AbsenceRow], bands: Sequence[Band], facts: Facts
) -> list[AbsenceRow]:
    """The rows of enrolments brought together, in their order: group, year group and the sessions
    to come are those of the latest time on the roll, tallies the sums of all."""
    theirs: dict[int, list[AbsenceRow]] = defaultdict(list)
    for row in rows:
        theirs[row.pupil_id].append(row)
    return [
        _together(spells, bands, facts) if len(spells) > 1 else spells[0]
        for spells in theirs.values()
    ]


def _together(rows: Sequence[AbsenceRow], bands: Sequence[Band], facts: Facts) -> AbsenceRow:
    ordered = sorted(rows, key=lambda row: row.starts_on)
    spells = tuple(spell for row in ordered for spell in row.spells)
    tally, earlier = total(row.tally for row in rows), total(row.earlier for row in rows)
    band = band_of(tally, bands)
    return replace(
        ordered[-1],
        spells=spells,
        tally=tally,
        band=band,
        earlier=earlier,
        earlier_band=band_of(earlier, bands),
        in_band_since=facts.in_band_since(
            [spell.enrolment_id for spell in spells], band.name if band else ""
        ),
    )
