"""What the letter about persistent absence counts and says, before it is drawn."""

import json
from datetime import date

import pytest

from interventions.letters.content.files import LetterPupil
from interventions.letters.content.rows import MOST_LINES
from interventions.letters.content.scripts import runs, without_other_scripts
from interventions.rules import wording
from registers.rules.codes import CODES
from tests.documents import samples

WEEK = samples.school_days()[:5]  # Thursday 3 to Wednesday 9 September


def say(text):
    return text.replace(wording.NBSP, " ")


def spells(absences, days=WEEK):
    """Dates as the letter says them, sessions and reason of each spell."""
    found = samples.figures(samples.marks(absences, days))["spells"]
    ends = ((date.fromisoformat(spell[end]) for end in ("first_on", "last_on")) for spell in found)
    dates = [say(wording.short_range(*pair)) for pair in ends]
    return [(when, s["sessions"], s["reason"]) for when, s in zip(dates, found, strict=True)]


def test_the_sample_letter_counts_as_its_marks_do():
    figures = samples.figures()

    assert (figures["missed"], figures["possible"]) == (24, 104)
    assert (figures["authorised"], figures["unauthorised"]) == (21, 3)
    assert figures["to_spare"] == 37 - 24  # 38 of 378 sessions would be one in ten
    assert figures["persistently_absent"]


def test_figures_can_be_frozen_as_json():
    figures = samples.figures()
    assert json.loads(json.dumps(figures)) == figures
    assert samples.context(json.loads(json.dumps(figures))) == samples.context(figures)


def test_a_weekend_does_not_break_a_spell():
    absences = dict.fromkeys(("09-04", "09-07"), "I I")
    assert spells(absences) == [("Fri 4 to Mon 7 Sep", 4, "Ill")]


@pytest.mark.parametrize(
    ("absences", "expected"),
    [
        ({"09-03": "I I", "09-04": "I I"}, [("Thu 3 to Fri 4 Sep", 4, "Ill")]),
        ({"09-03": "I I", "09-07": "I I"}, [("Thu 3 Sep", 2, "Ill"), ("Mon 7 Sep", 2, "Ill")]),
        ({"09-03": ". I", "09-04": "I ."}, [("Thu 3 to Fri 4 Sep", 2, "Ill")]),
        ({"09-03": "I .", "09-04": "I ."}, [("Thu 3 Sep", 1, "Ill"), ("Fri 4 Sep", 1, "Ill")]),
        ({"09-03": "I M"}, [("Thu 3 Sep", 1, "Ill"), ("Thu 3 Sep", 1, "Medical appointment")]),
        ({"09-03": "I I", "09-04": "Y4 Y4", "09-07": "I I"}, [("Thu 3 to Mon 7 Sep", 4, "Ill")]),
    ],
)
def test_a_spell_lasts_until_a_session_attended_or_another_reason(absences, expected):
    assert spells(absences) == expected


def test_half_term_does_not_break_a_spell():
    found = spells(dict.fromkeys(("10-23", "11-02"), "I I"), samples.school_days())
    assert found == [("Fri 23 Oct to Mon 2 Nov", 4, "Ill")]


def test_sessions_that_were_not_possible_are_in_neither_number():
    figures = samples.figures(
        samples.marks({"09-03": "I I", "09-04": "Y4 Y4", "09-07": "# #"}, WEEK)
    )
    assert (figures["missed"], figures["possible"], figures["not_counted"]) == (2, 6, 2)


def test_marks_outside_the_period_are_not_counted():
    figures = samples.figures(as_at=date(2026, 9, 15))
    assert (figures["missed"], figures["possible"]) == (4, 18)


def test_every_code_of_absence_has_words_and_no_other_has():
    absent = {code.symbol for code in CODES.values() if code.authorised or code.unauthorised}
    assert set(wording.REASONS) == absent
    assert absent >= wording.ILLNESS | wording.TOLD | wording.OPEN_REASONS


@pytest.mark.parametrize(
    ("sessions", "words"),
    [(1, "half a day"), (2, "1 day"), (3, "1½ days"), (4, "2 days"), (24, "12 days")],
)
def test_lengths_are_said_in_days(sessions, words):
    assert say(wording.days(sessions)) == words


@pytest.mark.parametrize(
    ("missed", "possible", "words"),
    [
        (24, 102, "12 of the 51 school days"),
        (13, 103, "6½ of the 51½ school days"),
        (1, 10, "half a day of the 5 school days"),
        (10, 10, "all of the 5 school days"),
        (1, 2, "half a day of 1 day of school"),
    ],
)
def test_the_first_sentence_says_both_numbers(missed, possible, words):
    assert say(wording.of_school_days(missed, possible)) == words


@pytest.mark.parametrize(
    ("absent", "median"),
    [([0] * 9, None), ([0] * 5 + [9] * 5, 0), ([2] * 6 + [30] * 5, 2), (range(1, 12), 6)],
)
def test_a_median_needs_ten_pupils(absent, median):
    assert samples.figures(year_group_absent=list(absent))["year_median"] == median


@pytest.mark.parametrize(("median", "compared"), [(23, True), (24, False), (30, False)])
def test_the_year_group_is_named_only_where_it_missed_less(median, compared):
    figures = samples.figures(year_group_absent=[median] * 20)
    assert samples.context(figures)["compared"] is compared


@pytest.mark.parametrize(
    ("possible_by_year_end", "can_leave", "to_spare"),
    [(241, True, ""), (240, False, ""), (250, True, ""), (251, True, "half a day")],
)
def test_the_way_out_is_true_on_the_line(possible_by_year_end, can_leave, to_spare):
    """24 sessions missed: of 240 they are one in ten, of 241 they are not."""
    figures = samples.figures(possible_by_year_end=possible_by_year_end)
    context = samples.context(figures)
    assert (context["can_leave"], context["to_spare"]) == (can_leave, to_spare)


@pytest.mark.parametrize("today", [samples.YEAR_ENDS, date(2027, 8, 1)])
def test_nothing_is_promised_when_the_year_is_over(today):
    assert not samples.context(samples.figures(today=today))["can_leave"]


@pytest.mark.parametrize(
    ("code", "ill", "told"),
    [("I", True, True), ("M", False, True), ("E", False, False), ("N", False, False)],
)
def test_thanks_are_for_what_a_family_can_have_told(code, ill, told):
    context = samples.context(samples.figures(samples.marks({"09-03": f"{code} {code}"}, WEEK)))
    assert (context["all_ill"], context["mostly_told"]) == (ill, told)


def test_half_of_the_days_is_not_most_of_them():
    context = samples.context(
        samples.figures(samples.marks({"09-03": "I O", "09-04": "I O"}, WEEK))
    )
    assert not context["mostly_ill"]
    assert not context["mostly_told"]


def test_rows_and_the_sum_of_earlier_spells_make_the_whole():
    figures = samples.figures(samples.sixty_spells(), as_at=date(2027, 4, 1))
    context = samples.context(figures)
    assert len(context["rows"]) <= MOST_LINES
    assert len(context["rows"]) + context["earlier"]["times"] == len(figures["spells"]) == 60
    assert {row["how_long"] for row in context["rows"]} == {"morning"}
    assert context["earlier"]["missed"] == wording.days(60 - len(context["rows"]))


def test_the_law_is_not_told_to_the_sixth_form():
    pupil = LetterPupil("Reece", "Okafor", "13", "13B", "M")
    assert samples.context()["law_applies"]
    assert not samples.context(pupil=pupil)["law_applies"]


@pytest.mark.parametrize(
    ("born_on", "year_group", "applies"),
    [
        (date(2009, 1, 5), "Year 12", False),
        (date(2009, 1, 5), "Y12", False),
        (date(2009, 1, 5), "10", False),  # whatever the school calls the group
        (date(2014, 1, 5), "Year  7", True),
        (date(2021, 10, 5), "Reception", False),  # five, and the next term has not begun
        (date(2021, 8, 31), "Reception", True),
        (date(2021, 9, 1), "R", False),
        (date(2013, 5, 1), "12", True),  # ahead of the others of that age
        (None, "Lower Sixth", False),
        (None, "Year 11", True),
    ],
)
def test_the_law_is_told_by_age_and_never_by_the_spelling_of_a_group(born_on, year_group, applies):
    pupil = LetterPupil("Reece", "Okafor", year_group, "13B", "M", born_on)
    assert samples.context(pupil=pupil)["law_applies"] is applies


@pytest.mark.parametrize(
    ("group", "words"),
    [("Year 12", "Year 12"), ("Y12", "Year 12"), ("Year  7", "Year 7"), ("Reception", "Reception")],
)
def test_a_year_group_is_said_as_parents_say_it(group, words):
    assert wording.year_words(group).replace(wording.NBSP, " ") == words


@pytest.mark.parametrize(("sex", "they"), [("F", "she"), ("M", "he"), ("", "they"), ("U", "they")])
def test_pronouns(sex, they):
    pupil = LetterPupil("Sam", "Okafor", "8", "8B", sex)
    assert samples.context(pupil=pupil)["pupil"]["they"] == they


@pytest.mark.parametrize(
    ("name", "language", "pieces"),
    [
        ("Siyuan Chen", "zh", [("Siyuan Chen", None)]),
        ("Chen (陈思远)", "zh-Hans", [("Chen (", None), ("陈思远", "zh-Hans"), (")", None)]),
        ("يوسف الحداد", "ar", [("يوسف الحداد", "ar")]),
        ("Layla ليلى", "pl", [("Layla ", None), ("ليلى", "und-Arab")]),
        ("Zoë Nuñez-Łuk", "", [("Zoë Nuñez-Łuk", None)]),
    ],
)
def test_names_in_another_script_are_marked(name, language, pieces):
    assert list(runs(name, language)) == pieces


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Ms Meiling Chen (陈美玲)", "Ms Meiling Chen"),
        ("يوسف الحداد", "يوسف الحداد"),
        ("Mr O’Neill (senior)", "Mr O’Neill (senior)"),
        ("Mrs সুমাইয়া আক্তার", "Mrs সুমাইয়া আক্তার"),  # not “Dear Mrs”
    ],
)
def test_a_greeting_is_in_our_letters_where_the_name_has_them(name, greeting):
    assert without_other_scripts(name) == greeting
