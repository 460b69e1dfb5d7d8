"""Which letter fits which absence, and when attendance has clearly become better."""

from datetime import date, timedelta

import pytest

from absence.rules.academic_year import SchoolSession, SchoolYear
from absence.rules.bands import DEFAULT_BANDS, bands_from_settings
from interventions.letters.content.improvement import (
    RECENT_DAYS,
    Spans,
    is_better,
    is_going_well,
)
from interventions.models import Letter
from interventions.rules.letter_kinds import (
    GOING_WELL,
    KINDS,
    MEETING_INVITATION,
    PERSISTENT_ABSENCE,
    concern_due,
    concern_of,
    is_borne_out,
    why_not,
)
from interventions.rules.letter_states import HAS_A_PDF, NOT_SENT, CopyState
from registers.rules.tally import Tally

TWO_BANDS = bands_from_settings(
    [
        {"name": "a", "title": "Good", "edge": "0", "inclusive": True},
        {"name": "b", "title": "Near", "edge": "6%", "inclusive": True},
        {"name": "c", "title": "Persistent", "edge": "1/10", "inclusive": True},
    ]
)
ONE_BAND = bands_from_settings(
    [
        {"name": "a", "title": "Good", "edge": "0", "inclusive": True},
        {"name": "c", "title": "Persistent", "edge": "1/10", "inclusive": True},
    ]
)


def missed(number: int, of: int = 100) -> Tally:
    return Tally(of - number, number, 0)


def test_the_table_has_the_kinds_of_the_model():
    assert {key: kind.title for key, kind in KINDS.items()} == dict(Letter.KINDS)
    assert len({kind.mark for kind in KINDS.values()}) == len(KINDS)


@pytest.mark.parametrize(
    ("number", "bands", "kind"),
    [
        (0, DEFAULT_BANDS, None),
        (5, DEFAULT_BANDS, None),  # exactly on an edge that is not held
        (6, DEFAULT_BANDS, "first_concern"),
        (8, DEFAULT_BANDS, "first_concern"),
        (9, DEFAULT_BANDS, "at_risk"),
        (10, DEFAULT_BANDS, "persistent_absence"),
        (49, DEFAULT_BANDS, "persistent_absence"),
        (50, DEFAULT_BANDS, "severe_absence"),
        (5, TWO_BANDS, None),
        (6, TWO_BANDS, "at_risk"),
        (9, ONE_BAND, None),
        (10, ONE_BAND, "persistent_absence"),
    ],
)
def test_the_band_chooses_the_letter(number, bands, kind):
    assert concern_of(missed(number), bands) == kind


def test_without_a_possible_session_there_is_no_letter():
    assert concern_of(Tally(0, 0, 0), DEFAULT_BANDS) is None


@pytest.mark.parametrize(
    ("number", "had", "kind"),
    [
        (6, (), "first_concern"),
        (6, ("first_concern",), None),
        (9, ("first_concern",), "at_risk"),
        (6, ("at_risk",), None),  # no softer letter after a harsher one
        (9, ("persistent_absence",), None),
        (12, ("first_concern", "at_risk"), "persistent_absence"),
        (12, ("severe_absence",), None),
        (12, ("meeting_invitation",), None),  # they have been asked to come already
        (9, ("panel_invitation",), None),
        (50, ("persistent_absence", "panel_invitation"), "severe_absence"),
        (6, ("going_well",), "first_concern"),  # good news stands in nobody's way
    ],
)
def test_only_the_gravest_letter_and_none_softer_than_one_of_the_year(number, had, kind):
    assert concern_due(missed(number), DEFAULT_BANDS, had) == kind


@pytest.mark.parametrize(
    ("kind", "number", "may"),
    [
        ("persistent_absence", 9, False),
        ("persistent_absence", 10, True),
        ("severe_absence", 49, False),
        ("severe_absence", 50, True),
        ("first_concern", 0, False),
        ("first_concern", 1, True),
        ("at_risk", 8, False),
        ("at_risk", 9, True),
        ("at_risk", 10, False),
        ("meeting_invitation", 0, True),
        ("panel_invitation", 0, True),
    ],
)
def test_a_letter_by_hand_says_only_what_is_so(kind, number, may):
    assert (why_not(kind, missed(number), DEFAULT_BANDS) is None) is may


@pytest.mark.parametrize(
    ("before", "recent", "well"),
    [
        ((12, 60), (0, 40), True),
        ((12, 60), (2, 40), True),  # 5%, on the edge of the best band
        ((12, 60), (3, 40), False),  # in a worse band still
        ((4, 60), (1, 40), False),  # 6.7% to 2.5%: more than a third is left
        ((5, 60), (1, 40), True),  # 8.3% to 2.5%
        ((3, 60), (0, 40), False),  # was in the best band before
        ((12, 19), (0, 40), False),  # too short before
        ((12, 20), (0, 40), True),
        ((12, 60), (0, 29), False),  # too short lately
        ((12, 60), (0, 30), True),
        ((0, 60), (0, 40), False),
    ],
)
def test_going_well_is_measured(before, recent, well):
    spans = Spans(missed(*before), missed(*recent))
    assert is_going_well(spans, DEFAULT_BANDS) is well


def test_better_is_less_than_before_in_whole_numbers():
    assert is_better(Spans(missed(3, 30), missed(3, 31)))
    assert not is_better(Spans(missed(3, 30), missed(3, 30)))
    assert not is_better(Spans(missed(3, 30), missed(0, 0)))


def lately(days: list[date]) -> list[date]:
    sessions = [SchoolSession(day, half) for day in days for half in (0, 1)]
    year = SchoolYear(1, "2025/26", date(2025, 9, 1), date(2026, 7, 21), sessions)
    return year.latest_days(RECENT_DAYS, date(2026, 7, 21))


def test_the_last_weeks_are_twenty_school_days_and_need_days_before_them():
    days = [date(2025, 9, 1) + timedelta(days=n) for n in range(21)]
    assert lately(days)[0] == days[1]
    assert lately(days[:20]) == []
    assert lately([]) == []


def test_what_is_sent_has_a_pdf_and_is_sent():
    assert CopyState.SENT in HAS_A_PDF
    assert not NOT_SENT & {CopyState.SENT, CopyState.SENDING}


@pytest.mark.parametrize(
    ("kind", "absent", "borne_out"),
    [
        (PERSISTENT_ABSENCE, 2, True),
        (PERSISTENT_ABSENCE, 1, False),
        (GOING_WELL, 1, True),
        (GOING_WELL, 0, False),
        (MEETING_INVITATION, 0, True),
    ],
)
def test_no_absence_is_no_letter_but_an_invitation(kind, absent, borne_out):
    tally = Tally(attended=20 - absent, unauthorised=absent)
    assert is_borne_out(kind, tally, DEFAULT_BANDS) is borne_out
