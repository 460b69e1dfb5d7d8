"""The list of pupils: summed up, narrowed, put in order."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import pytest

from absence.listing import (
    NO_SESSIONS,
    PERSISTENT_ALL,
    SEVERE_ALL,
    Wanted,
    band_lines,
    in_order,
    summary_of,
)
from absence.measures import DEFAULT_BANDS, Band, Tally, band_of
from absence.wording import attendance_range, many, shape


@dataclass
class Pupil:
    forename: str
    surname: str
    attended: int
    missed: int
    year_group: str = "9"
    registration_group: str = "9A"
    upn: str = "A330200021001"

    @property
    def tally(self) -> Tally:
        return Tally(self.attended, 0, self.missed)

    @property
    def band(self) -> Band | None:
        return band_of(self.tally, DEFAULT_BANDS)

    def is_on_roll(self, on: date) -> bool:
        return True


ANNA = Pupil("Anna", "Zielińska", 91, 9)
BEN = Pupil("Ben", "Abara", 90, 10)
CARA = Pupil("Cara", "Mbeki", 50, 50, year_group="10", registration_group="10C")
DEV = Pupil("Dev", "Nair", 0, 0)
EVERYBODY = [ANNA, BEN, CARA, DEV]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), EVERYBODY),
        (Wanted(text="zieli ANN"), [ANNA]),
        (Wanted(text="anna abara"), []),
        (Wanted(band=PERSISTENT_ALL), [BEN, CARA]),
        (Wanted(band=SEVERE_ALL), [CARA]),
        (Wanted(band=NO_SESSIONS), [DEV]),
        (Wanted(band="<92-90"), [ANNA]),
        (Wanted(year_group="10"), [CARA]),
        (Wanted(year_group="9", band=PERSISTENT_ALL), [BEN]),
        (Wanted(group="10C"), [CARA]),
    ],
)
def test_a_row_must_be_all_that_is_asked(wanted, found):
    assert [row for row in EVERYBODY if wanted.holds(row)] == found


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("name", [BEN, CARA, DEV, ANNA]),
        ("-name", [ANNA, DEV, CARA, BEN]),
        ("-missed", [CARA, BEN, ANNA, DEV]),
        ("attendance", [DEV, CARA, BEN, ANNA]),
        ("-late", [BEN, CARA, DEV, ANNA]),  # all the same: by name
    ],
)
def test_the_order_is_by_name_where_it_says_nothing_else(order, found):
    assert in_order(EVERYBODY, order) == found


def test_the_sentence_and_the_bands_are_the_same_count():
    summary, lines = summary_of(EVERYBODY), band_lines(EVERYBODY, DEFAULT_BANDS)
    assert (summary.pupils, summary.persistent, summary.severe) == (4, 2, 1)
    assert sum(line.pupils for line in lines) + summary.without_sessions == summary.pupils
    assert sum(line.pupils for line in lines if line.is_over_the_line) == summary.persistent


def test_bands_are_said_with_the_side_on_which_their_edges_lie():
    said = [attendance_range(DEFAULT_BANDS, index) for index in range(len(DEFAULT_BANDS))]
    assert said == [
        "100 to 95%",
        "under 95 to 92%",
        "under 92, over 90%",
        "90 to 85%",
        "under 85, over 50%",
        "50% or less",
    ]


def test_the_squares_fill_up_to_severe_absence_whatever_the_bands():
    assert [shape(DEFAULT_BANDS, index) for index in range(6)] == [1, 2, 3, 4, 5, 6]
    two = (
        Band("well", "Well", Fraction(0), inclusive=True),
        Band("over", "Over", Fraction(1, 10), inclusive=True),
    )
    assert [shape(two, index) for index in range(2)] == [1, 4]


def test_one_pupil_is_not_pupils():
    assert many(1, "pupil") == "1 pupil"
    assert many(1035, "pupil") == "1,035 pupils"
    assert many(0, "letter waits", "letters wait") == "0 letters wait"
