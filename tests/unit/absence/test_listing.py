"""The list of pupils: summed up, narrowed, put in order."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import pytest

from absence.lists.listing import (
    NEAR,
    NEAR_OR_OVER,
    NO_SESSIONS,
    PERSISTENT_ALL,
    SEVERE_ALL,
    Wanted,
    band_lines,
    in_order,
    is_near,
    summary_of,
)
from absence.rules.bands import DEFAULT_BANDS, Band, band_of
from absence.rules.wording import attendance_range, shape, titles
from registers.rules.tally import Tally
from registers.rules.wording import many

NOTHING = Tally(0, 0, 0)


@dataclass
class Pupil:
    forename: str
    surname: str
    attended: int
    missed: int
    year_group: str = "9"
    registration_group: str = "9A"
    upn: str = "A330200021001"
    earlier: Tally = NOTHING
    last_year: Tally = NOTHING
    characteristics: tuple[str, ...] = ()
    to_spare: int | None = 5
    leaves_on: date | None = None
    pupil_id: int = 0

    @property
    def tally(self) -> Tally:
        return Tally(self.attended, 0, self.missed)

    @property
    def band(self) -> Band | None:
        return band_of(self.tally, DEFAULT_BANDS)

    @property
    def earlier_band(self) -> Band | None:
        return band_of(self.earlier, DEFAULT_BANDS)

    def is_on_roll(self, on: date) -> bool:
        return True


ANNA = Pupil("Anna", "Zielińska", 91, 9, pupil_id=7)
BEN = Pupil("Ben", "Abara", 90, 10)
CARA = Pupil("Cara", "Mbeki", 50, 50, year_group="10", registration_group="10C")
DEV = Pupil("Dev", "Nair", 0, 0)
EVERYBODY = [ANNA, BEN, CARA, DEV]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), EVERYBODY),
        (Wanted(pupils={7}), [ANNA]),
        (Wanted(pupils=()), []),
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
    assert wanted.among(EVERYBODY) == found


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


UP = Pupil("Una", "Up", 95, 5, earlier=Tally(70, 0, 10))  # 12.5% then, 5% now
DOWN = Pupil("Dan", "Down", 90, 10, earlier=Tally(80, 0, 0), characteristics=("SEN K", "FSM"))
FIRM = Pupil("Fay", "Firm", 90, 10, earlier=Tally(80, 0, 10), last_year=Tally(300, 0, 80))
NEWLY = Pupil("Nia", "New", 95, 5)  # no session yet then
NEAR_ONE = Pupil("Nat", "Near", 91, 9, to_spare=-2, last_year=Tally(380, 0, 0))
MOVERS = [UP, DOWN, FIRM, NEWLY, NEAR_ONE]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(moved="worse"), [DOWN]),
        (Wanted(moved="better"), [UP]),
        (Wanted(moved="any"), [UP, DOWN, NEWLY, NEAR_ONE]),
        (Wanted(moved="into-persistent"), [DOWN]),
        (Wanted(moved="out-of-persistent"), [UP]),
        (Wanted(moved="into-severe"), []),
        (Wanted(was="90-85"), [UP, FIRM]),
        (Wanted(was="100-95", moved="any"), [DOWN]),
        (Wanted(need="SEN"), [DOWN]),
        (Wanted(need="SEN K"), [DOWN]),
        (Wanted(need="SEN E"), []),
        (Wanted(last_year="persistent"), [FIRM]),
        (Wanted(last_year="under"), [NEAR_ONE]),
        (Wanted(last_year="away"), [UP, DOWN, NEWLY]),
        (Wanted(band=NEAR), [NEAR_ONE]),
        (Wanted(band=NEAR_OR_OVER), [DOWN, FIRM, NEAR_ONE]),
    ],
)
def test_movement_last_year_and_characteristics_narrow_the_list(wanted, found):
    assert wanted.among(MOVERS) == found


def test_the_change_of_a_band_is_who_came_in_less_who_left():
    lines = {line.name: line for line in band_lines(MOVERS, DEFAULT_BANDS)}
    persistent, good = lines["90-85"], lines["100-95"]
    assert (persistent.pupils, persistent.came_in, persistent.went) == (2, 1, 1)
    assert (good.pupils, good.came_in, good.went, good.change) == (2, 2, 1, 1)
    summary = summary_of(MOVERS)
    assert (summary.earlier_persistent, summary.more_persistent, summary.near) == (2, 0, 1)


@pytest.mark.parametrize(
    ("attended", "missed", "near"),
    [(18, 1, False), (19, 1, True), (100, 8, False), (99, 9, True), (90, 10, False), (98, 9, True)],
)
def test_near_is_a_day_from_the_line_once_there_are_enough_sessions(attended, missed, near):
    assert is_near(Tally(attended, 0, missed)) is near


def test_who_has_least_to_spare_comes_first():
    assert in_order(MOVERS, "to-spare")[0] is NEAR_ONE
    assert in_order(MOVERS, "-last-year")[0] is FIRM


def test_two_bands_with_one_title_are_told_apart():
    assert list(titles(DEFAULT_BANDS).values()) == [
        "Good",
        "Watch",
        "At risk",
        "Persistent",
        "Persistent, over 15%",
        "Severe",
    ]


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
