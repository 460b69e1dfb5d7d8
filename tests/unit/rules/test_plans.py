"""Planned absences by the rule: sessions of a week, kinds and codes, papers, ages."""

from dataclasses import replace
from datetime import date

import pytest

from registers.rules import planned_absence
from registers.rules.allowed_codes import PupilFacts
from registers.rules.codes import CODES, Half
from registers.rules.planned_absence import (
    AFTERNOONS,
    CODES_OF,
    EVERY_SESSION,
    KINDS,
    MORNINGS,
    NEEDS,
    Plan,
    covers,
    sessions_covered,
    slot_bit,
    slots_in_words,
    slots_of,
    what_is_wrong,
    why_no_session,
    why_not_for,
)

MONDAY = date(2026, 11, 23)
TODAY = date(2026, 11, 24)
FRIDAY = date(2026, 11, 27)
LEAVE = Plan("leave", "M", TODAY, FRIDAY, agreed_with="Ms Meiling Chen")
PART_TIME = Plan(
    "part_time",
    "C2",
    TODAY,
    date(2027, 1, 29),
    AFTERNOONS,
    agreed_with="Ms Meiling Chen",
    agreed_on=TODAY,
    review_on=date(2026, 12, 18),
)


@pytest.mark.parametrize(
    ("on", "half", "bit"),
    [
        (MONDAY, 0, 0b1),
        (MONDAY, 1, 0b10),
        (TODAY, Half.AM, 0b100),
        (FRIDAY, Half.PM, 0b10_0000_0000),
        (date(2026, 11, 28), 0, 0),
        (date(2026, 11, 29), 1, 0),
    ],
)
def test_the_bit_of_a_session(on, half, bit):
    assert slot_bit(on, half) == bit


@pytest.mark.parametrize(
    ("plan", "on", "half", "said"),
    [
        (LEAVE, TODAY, 0, True),
        (LEAVE, FRIDAY, 1, True),
        (LEAVE, MONDAY, 1, False),
        (LEAVE, date(2026, 11, 30), 0, False),
        (replace(LEAVE, until_on=date(2026, 11, 29)), date(2026, 11, 28), 0, False),
        (PART_TIME, TODAY, 0, False),
        (PART_TIME, TODAY, 1, True),
    ],
)
def test_both_days_are_within_and_only_the_ticked_sessions_count(plan, on, half, said):
    assert covers(plan, on, half) is said


def test_the_sessions_of_a_plan_are_those_it_covers():
    plan = replace(
        LEAVE, from_on=date(2026, 11, 20), until_on=date(2026, 12, 8), slots=0b1000000101
    )
    found = list(sessions_covered(plan))
    assert all(covers(plan, on, half) for on, half in found)
    assert len(found) == 9
    assert {(on.weekday(), int(half)) for on, half in found} == {(0, 0), (1, 0), (4, 1)}


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        (range(10), "every session"),
        (range(0, 10, 2), "every morning"),
        (range(1, 10, 2), "every afternoon"),
        ([0], "Monday morning"),
        ([2, 3], "all of Tuesday"),
        ([0, 8, 9], "Monday morning and all of Friday"),
        ([1, 3, 4, 5], "Monday afternoon, Tuesday afternoon and all of Wednesday"),
    ],
)
def test_sessions_of_a_week_in_words(numbers, words):
    assert slots_in_words(slots_of(numbers)) == words
    assert planned_absence.numbers_of(slots_of(numbers)) == list(numbers)


@pytest.mark.parametrize(
    ("first", "last", "slots", "words"),
    [
        (24, 24, EVERY_SESSION, "Tue 24 Nov 2026"),
        (24, 24, MORNINGS, "Tue 24 Nov 2026, morning"),
        (24, 24, 0b1000, "Tue 24 Nov 2026, afternoon"),
        (24, 25, EVERY_SESSION, "24 Nov 2026 to 25 Nov 2026"),
        (24, 25, 0b0000111100, "24 Nov 2026 to 25 Nov 2026"),
        (
            24,
            25,
            AFTERNOONS,
            "24 Nov 2026 to 25 Nov 2026, Tuesday afternoon and Wednesday afternoon",
        ),
        (16, 27, AFTERNOONS, "16 Nov 2026 to 27 Nov 2026, every afternoon"),
    ],
)
def test_the_days_of_a_plan_in_words_name_only_sessions_that_come(first, last, slots, words):
    days = (date(2026, 11, first), date(2026, 11, last))
    assert planned_absence.days_in_words(*days, slots) == words


def test_of_a_plan_for_two_days_only_their_sessions_come():
    assert planned_absence.slots_within(TODAY, date(2026, 11, 25), EVERY_SESSION) == 0b0000111100
    assert planned_absence.slots_within(FRIDAY, date(2026, 11, 30), EVERY_SESSION) == 0b1100000011
    assert planned_absence.slots_within(MONDAY, date(2027, 3, 1), AFTERNOONS) == AFTERNOONS
    assert planned_absence.slots_within(date(2026, 11, 28), date(2026, 11, 29), EVERY_SESSION) == 0


def test_every_kind_has_codes_that_are_in_force_and_no_code_says_what_nobody_can_know():
    for kind in KINDS:
        codes = planned_absence.codes_for(kind, TODAY)
        assert [code.symbol for code in codes] == list(CODES_OF[kind])
        assert not {"/", "\\", "L", "N", "O", "U", "G", "Z"} & {code.symbol for code in codes}
    assert set(CODES_OF) == set(KINDS) == set(planned_absence.ABOUT)


def test_before_the_codes_of_2024_the_new_ones_are_not_offered():
    assert "C2" not in [
        code.symbol for code in planned_absence.codes_for("part_time", date(2024, 8, 18))
    ]


def test_every_code_with_a_paper_asks_for_it_in_a_field_that_its_kinds_have():
    for kind, symbols in CODES_OF.items():
        for symbol in symbols:
            if CODES[symbol].paper:
                assert NEEDS[symbol]
            assert set(NEEDS.get(symbol, ())) <= set(planned_absence.fields_wanted(kind)), (
                kind,
                symbol,
            )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_and_code_with_its_paper_stands_and_without_it_is_told_what_is_missing(kind):
    for symbol in CODES_OF[kind]:
        whole = Plan(
            kind,
            symbol,
            TODAY,
            FRIDAY,
            note="Because",
            place="Ellerwick College",
            activity="Bricklaying",
            supervised_by="Mr Reed",
            agreed_with="Ms Meiling Chen",
            agreed_on=TODAY,
            review_on=FRIDAY,
        )
        assert what_is_wrong(whole, today=TODAY) == {}, symbol
        bare = Plan(kind, symbol, TODAY, FRIDAY)
        assert what_is_wrong(bare, today=TODAY) == NEEDS.get(symbol, {}), symbol


def test_every_code_of_another_kind_is_refused():
    for kind, symbols in CODES_OF.items():
        for symbol in set(CODES) - set(symbols):
            plan = replace(LEAVE, kind=kind, code=symbol)
            assert "code" in what_is_wrong(plan, today=TODAY), (kind, symbol)


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"until_on": MONDAY}, "until_on", "before the first"),
        ({"from_on": MONDAY, "until_on": MONDAY}, "until_on", "These days are over"),
        ({"until_on": date(2028, 12, 1)}, "until_on", "within eighteen months"),
        ({"slots": 0}, "slots", "Tick at least one"),
        ({"slots": 1 << 10}, "slots", "Tick at least one"),
        ({"slots": 0b11}, "slots", "None of the ticked sessions"),  # Monday, for Tuesday to Friday
        ({"code": "nonsense"}, "code", "Choose a code"),
        ({"kind": "holiday"}, "code", "what kind"),
        ({"agreed_on": FRIDAY}, "agreed_on", "still to come"),
        ({"review_on": MONDAY}, "review_on", "between the first and the last"),
        ({"review_on": date(2026, 11, 30)}, "review_on", "between the first and the last"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(changed, field, words):
    wrong = what_is_wrong(replace(LEAVE, **changed), today=TODAY)
    assert list(wrong) == [field]
    assert words in wrong[field]


@pytest.mark.parametrize(
    ("from_on", "until_on"),
    [(TODAY, TODAY), (MONDAY, TODAY), (date(2026, 11, 2), date(2026, 12, 18))],
)
def test_a_plan_may_begin_in_the_past_and_last_a_day(from_on, until_on):
    assert what_is_wrong(replace(LEAVE, from_on=from_on, until_on=until_on), today=TODAY) == {}


def test_a_saturday_alone_is_no_plan():
    saturday = date(2026, 11, 28)
    wrong = what_is_wrong(replace(LEAVE, from_on=saturday, until_on=saturday), today=TODAY)
    assert "slots" in wrong


BORN = date(2012, 3, 4)  # of compulsory school age from 1 April 2017 to 30 June 2028


@pytest.mark.parametrize(
    ("plan", "born_on", "words"),
    [
        (PART_TIME, BORN, None),
        (PART_TIME, None, None),
        (PART_TIME, date(2022, 3, 4), "Use X"),  # four years old
        (PART_TIME, date(2021, 12, 1), "Use X"),  # becomes five within the plan
        (PART_TIME, date(2009, 3, 4), "Use X"),  # seventeen
        (replace(PART_TIME, code="X"), BORN, "Use C2"),
        (replace(PART_TIME, code="X"), date(2021, 12, 1), "Use C2"),
        (replace(PART_TIME, code="X"), date(2022, 3, 4), None),
        (replace(PART_TIME, code="X"), date(2009, 3, 4), None),
        (replace(PART_TIME, code="X"), None, None),
        (LEAVE, date(2022, 3, 4), None),
    ],
)
def test_c2_and_x_ask_how_old_the_pupil_is(plan, born_on, words):
    refusal = why_not_for(plan, PupilFacts(born_on, date(2025, 9, 1), None))
    assert (refusal is None) if words is None else (words in refusal)


@pytest.mark.parametrize(
    ("starts_on", "leaves_on", "words"),
    [
        (date(2025, 9, 1), None, None),
        (date(2025, 9, 1), TODAY, None),
        (date(2025, 9, 1), MONDAY, "left the roll"),
        (FRIDAY, None, None),
        (date(2026, 11, 30), None, "comes on the roll"),
    ],
)
def test_a_pupil_who_is_never_on_the_roll_then_cannot_have_it(starts_on, leaves_on, words):
    refusal = why_not_for(LEAVE, PupilFacts(BORN, starts_on, leaves_on))
    assert (refusal is None) if words is None else (words in refusal)


def test_a_school_that_holds_none_of_the_sessions_says_so_unless_its_calendar_ends_before():
    held = {(FRIDAY, 0), (FRIDAY, 1)}
    assert why_no_session(LEAVE, held, date(2027, 7, 20)) is None
    assert "holds none" in why_no_session(LEAVE, set(), date(2027, 7, 20))
    assert why_no_session(LEAVE, set(), date(2026, 11, 26)) is None
    assert why_no_session(LEAVE, set(), None) is None
    friday_is_not_ticked = replace(LEAVE, slots=MORNINGS & ~slot_bit(FRIDAY, 0))
    assert why_no_session(friday_is_not_ticked, held, date(2027, 7, 20))


def test_a_long_suspension_brings_the_sixth_day_to_mind():
    plan = replace(LEAVE, code="E")
    pupil = PupilFacts(None, date(2026, 9, 1), None)
    assert not planned_absence.advice(plan, [pupil], school_days=5)
    assert "From the sixth on" in planned_absence.advice(plan, [pupil, pupil], school_days=6)[0]


def test_study_leave_below_year_11_is_said_once_and_stops_nothing():
    plan = replace(LEAVE, code="S")
    young, old = (PupilFacts(date(year, 3, 4), date(2026, 9, 1), None) for year in (2013, 2011))
    said = list(planned_absence.advice(plan, [young, young, old], school_days=1))
    assert [words for words in said if "year 11 on" in words] == said[:1]
    assert not any(
        "year 11 on" in words for words in planned_absence.advice(plan, [old], school_days=1)
    )


@pytest.mark.parametrize(
    ("place", "by", "field"),
    [
        ("Ellerwick College", "Ms Adeyemi, tutor", None),
        ("Ellerwick College", "", "Say who supervises the pupil there"),
        ("At home", "Ms Adeyemi, tutor", None),
        ("At home", "his mother", "this is an absence: use C2"),
        ("At home", "", "this is an absence: use C2"),
        ("", "Ms Adeyemi, tutor", None),
    ],
)
@pytest.mark.parametrize("code", ["K", "B"])
def test_education_elsewhere_says_where_and_who_supervises(code, place, by, field):
    plan = Plan("provision", code, TODAY, FRIDAY, activity="Maths", place=place, supervised_by=by)
    wrong = what_is_wrong(plan, today=TODAY)
    assert ("place" in wrong) is (not place)
    assert (field in wrong["supervised_by"]) if field else "supervised_by" not in wrong


@pytest.mark.parametrize(
    ("review_on", "until_on", "due"),
    [
        (None, FRIDAY, False),
        (TODAY, FRIDAY, True),
        (MONDAY, TODAY, True),
        (FRIDAY, FRIDAY, False),
        (MONDAY, MONDAY, False),
    ],
)
def test_a_review_is_due_from_its_day_while_the_plan_stands(review_on, until_on, due):
    assert planned_absence.is_review_due(review_on, until_on, TODAY) is due


def test_every_session_is_ten():
    assert len(planned_absence.numbers_of(EVERY_SESSION)) == 10
