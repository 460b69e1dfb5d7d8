import json
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from absence.rules.bands import DEFAULT_BANDS, Band, band_of, bands_from_settings
from absence.rules.measures import absences_left
from registers.rules.tally import PERSISTENT, SEVERE, Tally, rate, total
from tests.unit.worked_examples import Example, as_numbers, examples, name

counts = st.integers(0, 400)
tallies = st.builds(Tally, counts, counts, counts, counts, counts)
shares = st.fractions(0, 1, max_denominator=60)


def as_rate(cell: str) -> Decimal | None:
    return Decimal(cell) if cell else None


# --- the two lines


@pytest.mark.parametrize(
    "example", examples("persistent-and-severe-absence", "On and beside the line"), ids=name
)
def test_the_lines_are_where_the_page_says(example: Example):
    tally = Tally(*as_numbers(example, "Attended", "Authorised", "Unauthorised"))
    assert tally.persistently_absent is (example["Persistently absent"] == "yes")
    assert tally.severely_absent is (example["Severely absent"] == "yes")
    assert tally.absence_rate == as_rate(example["Absence rate"])


@given(tallies, shares)
def test_missed_at_least_is_the_exact_share(tally, share):
    exact = tally.possible > 0 and Fraction(tally.absent, tally.possible) >= share
    assert tally.missed_at_least(share) is exact


@given(st.integers(1, 2000), st.sampled_from([(PERSISTENT, 10), (SEVERE, 2)]))
def test_one_session_decides_on_the_line(tenths, line):
    share, times = line
    on = Tally(tenths * (times - 1), tenths, 0)
    assert on.missed_at_least(share)
    assert not Tally(on.attended + 1, on.absent - 1, 0).missed_at_least(share)


@given(tallies)
def test_possible_is_attended_and_absent_and_nothing_else(tally):
    assert tally.possible == tally.attended + tally.absent
    assert tally.absent == tally.authorised + tally.unauthorised
    assert not tally.severely_absent or tally.persistently_absent


def test_late_and_unmarked_sessions_change_no_other_number():
    plain, more = Tally(90, 6, 4), Tally(90, 6, 4, late=30, unmarked=50)
    assert (more.possible, more.absent, more.absence_rate) == (100, 10, plain.absence_rate)


@pytest.mark.parametrize(
    "example", examples("persistent-and-severe-absence", "A group's rate"), ids=name
)
def test_a_groups_rate_comes_from_its_sums(example: Example):
    attended, absent, others_attended, others_absent = as_numbers(
        example, "Attended", "Absent", "Others attended", "Others absent"
    )
    both = total([Tally(attended, absent, 0), Tally(others_attended, 0, others_absent)])
    assert both.absence_rate == as_rate(example["Absence rate of both"])


@given(st.lists(tallies, max_size=5))
def test_a_total_adds_every_number(parts):
    whole = total(parts)
    for field in ("attended", "authorised", "unauthorised", "late", "unmarked", "absent"):
        assert getattr(whole, field) == sum(getattr(part, field) for part in parts)


# --- sessions to spare


@pytest.mark.parametrize(
    "example", examples("persistent-and-severe-absence", "Sessions to spare"), ids=name
)
def test_sessions_to_spare_are_as_the_page_says(example: Example):
    attended, absent, by_year_end, spare = as_numbers(
        example, "Attended", "Absent", "Possible by year end", "To spare"
    )
    now = Tally(attended, absent, 0)
    assert absences_left(PERSISTENT, now=now, possible_by_year_end=by_year_end) == spare


@given(
    st.integers(1, 400), st.integers(0, 400), st.sampled_from([PERSISTENT, SEVERE, Fraction(1, 20)])
)
def test_sessions_to_spare_by_missing_them_one_by_one(by_year_end, absent, share):
    assume(absent <= by_year_end)

    def stays_under(missed: int) -> bool:
        return not Tally(by_year_end - missed, missed, 0).missed_at_least(share)

    most = max((missed for missed in range(by_year_end + 1) if stays_under(missed)), default=-1)
    now = Tally(0, absent, 0)
    assert absences_left(share, now=now, possible_by_year_end=by_year_end) == most - absent


# --- rates


@pytest.mark.parametrize("example", examples("bands-and-rounding", "Rounding"), ids=name)
def test_rates_are_rounded_as_the_page_says(example: Example):
    assert rate(*as_numbers(example, "Part", "Possible")) == as_rate(example["Rate"])


@given(tallies)
def test_a_rate_is_the_nearest_tenth_and_a_half_goes_up(tally):
    assume(tally.possible)
    exact = Fraction(tally.absent * 100, tally.possible)
    shown = tally.absence_rate
    assert -Fraction(1, 20) <= exact - Fraction(shown) < Fraction(1, 20)
    assert str(shown) == f"{shown:.1f}"
    assert tally.attendance_rate + shown in (Decimal("100.0"), Decimal("100.1"))


# --- bands


@pytest.mark.parametrize("example", examples("bands-and-rounding", "Which band"), ids=name)
def test_tallies_fall_into_bands_as_the_page_says(example: Example):
    tally = Tally(*as_numbers(example, "Attended", "Absent"), 0)
    band = band_of(tally, DEFAULT_BANDS)
    assert (band.name if band else "") == example["Band"]
    assert tally.attendance_rate == as_rate(example["Attendance rate"])
    assert tally.absence_rate == as_rate(example["Absence rate"])


def test_the_default_bands_are_those_of_the_page():
    rows = examples("bands-and-rounding", "The bands that come with Rollbook")
    edge, holds = "Begins at a share missed of", "Holds that share itself"
    settings = [
        {"name": r["Band"], "title": r["Title"], "edge": r[edge], "inclusive": r[holds] == "yes"}
        for r in rows
    ]
    assert bands_from_settings(settings) == DEFAULT_BANDS


@st.composite
def own_bands(draw):
    """Any bands that a school may set: edges that rise, the first at none, the lines inclusive."""
    edges = sorted(draw(st.sets(shares.filter(bool), max_size=7)))
    must = (PERSISTENT, SEVERE, Fraction(1))
    inclusive = [edge in must or draw(st.booleans()) for edge in edges]
    later = [Band(str(n), "T", *row) for n, row in enumerate(zip(edges, inclusive, strict=True))]
    return (Band("first", "T", Fraction(0), True), *later)


def holds(bands: tuple[Band, ...], at: int, share: Fraction) -> bool:
    """Over this band's edge and not yet over the next one's."""

    def begun(band: Band) -> bool:
        return share >= band.edge if band.inclusive else share > band.edge

    return begun(bands[at]) and not any(begun(band) for band in bands[at + 1 :])


@given(own_bands(), st.data())
def test_every_tally_falls_into_exactly_one_band(bands, data):
    on_an_edge = st.sampled_from([band.edge for band in bands])
    share = data.draw(shares | on_an_edge)
    tally = Tally(3 * (share.denominator - share.numerator), 3 * share.numerator, 0)
    found = [band for at, band in enumerate(bands) if holds(bands, at, share)]
    assert found == [band_of(tally, bands)]


def settings_of(bands: tuple[Band, ...]) -> list[dict[str, str | bool]]:
    """As a school's settings hold them: the edge as a fraction in words, such as "1/10"."""
    return [
        {
            "name": band.name,
            "title": band.title,
            "edge": f"{band.edge.numerator}/{band.edge.denominator}",
            "inclusive": band.inclusive,
        }
        for band in bands
    ]


@given(own_bands())
def test_bands_survive_the_settings(bands):
    assert bands_from_settings(json.loads(json.dumps(settings_of(bands)))) == bands


@given(tallies)
def test_the_default_bands_agree_with_the_lines(tally):
    band = band_of(tally, DEFAULT_BANDS)
    if band is None:
        assert tally.possible == 0
    else:
        assert tally.severely_absent is (band.title == "Severe")
        assert tally.persistently_absent is (band.title in ("Persistent", "Severe"))


def test_no_settings_mean_the_default_bands():
    assert bands_from_settings([]) == DEFAULT_BANDS


FIRST = {"name": "All", "title": "Good", "edge": "0", "inclusive": True}


@pytest.mark.parametrize(
    ("own", "why"),
    [
        ("100-95", "must be a list"),
        (None, "must be a list"),
        (["100-95"], "Band 1 must have a name, a title, an edge and inclusive"),
        ([FIRST | {"colour": "red"}], "Band 1 must have"),
        ([FIRST | {"name": " "}], "Band 1 has no name"),
        ([FIRST | {"title": 5}], "Band 1 has no title"),
        ([FIRST | {"name": "x" * 41}], "over 40 letters"),
        ([FIRST | {"inclusive": "yes"}], "inclusive must be true or false"),
        ([FIRST | {"edge": 0.1}], "such as “1/10” or “10%”"),
        ([FIRST | {"edge": "a tenth"}], "share from 0 to 1"),
        ([FIRST | {"edge": "1/0"}], "share from 0 to 1"),
        ([FIRST | {"edge": "101%"}], "share from 0 to 1"),
        ([FIRST | {"edge": "-1/10"}], "share from 0 to 1"),
        ([FIRST | {"edge": "5%"}], "must begin at 0 and hold it"),
        ([FIRST | {"inclusive": False}], "must begin at 0 and hold it"),
        ([FIRST, FIRST], "Two bands are called “All”"),
        ([FIRST, FIRST | {"name": "More"}], "“More” must begin after “All”"),
        (
            [FIRST, FIRST | {"name": "B", "edge": "8%"}, FIRST | {"name": "C", "edge": "5%"}],
            "“C” must begin after “B”",
        ),
        ([FIRST, FIRST | {"name": "PA", "edge": "10%", "inclusive": False}], "exactly a tenth"),
        ([FIRST, FIRST | {"name": "SA", "edge": "1/2", "inclusive": False}], "exactly half"),
        ([FIRST, FIRST | {"name": "None", "edge": "1", "inclusive": False}], "is empty"),
    ],
)
def test_wrong_bands_are_refused_in_words(own, why):
    with pytest.raises(ValueError, match=why):
        bands_from_settings(own)


def test_a_band_may_hold_full_attendance_alone():
    bands = bands_from_settings([FIRST, FIRST | {"name": "Some", "inclusive": False}])
    assert band_of(Tally(10, 0, 0), bands).name == "All"
    assert band_of(Tally(399, 1, 0), bands).name == "Some"
