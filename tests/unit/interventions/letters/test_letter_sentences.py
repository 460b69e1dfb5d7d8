"""Sentences of letters that depend on a pupil's state: one case for each state."""

import pytest

from interventions.letters.sentences import SENTENCES

SCHOOL = {"telephone": "01632 960417", "email": "office@example.org"}
PUPIL = {"forename": "Siyuan", "they": "he"}
OF_THE_YEAR = {"compared": True, "year": "Year 10"}
MISSED = {"any_missed": True, "missed_of": "12 of 52 days", "period": "since 3 September"}
YEAR_END = {"year_end": "20 July"}


def said(name: str, **context) -> str:
    usual = {"pupil": PUPIL, "recipient": {"language": ""}, "school": SCHOOL}
    return SENTENCES[name](usual | context)


@pytest.mark.parametrize(
    ("context", "words"),
    [
        ({}, ""),
        (OF_THE_YEAR | {"median": "2 days"}, "Half of the pupils in Year 10 have missed 2 days."),
        (OF_THE_YEAR, "At least half of the pupils in Year 10 have missed no days at all."),
    ],
)
def test_what_others_missed(context, words):
    assert said("comparison", **context) == words


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ((), ""),
        (("missed_at_most_a_day",), ""),
        (("missed_at_most_a_day", "all_ill"), "It was for illness; if you let us know, thank you."),
        (
            ("missed_at_most_a_day", "mostly_told"),
            "We have a reason for it; if you gave it, thank you.",
        ),
        (
            ("all_ill", "mostly_ill", "mostly_told"),
            "These days were for illness; where you let us know, thank you.",
        ),
        (
            ("mostly_ill", "mostly_told"),
            "Most of these days were for illness; where you let us know, thank you.",
        ),
        (
            ("mostly_told",),
            "We have a reason for most of these days; where you gave it, thank you.",
        ),
    ],
)
def test_thanks(states, words):
    assert said("thanks", **dict.fromkeys(states, True)) == words


REACHED = [
    ({"telephone": "1", "email": "a@b"}, "A call or an e-mail", "call 1</strong> or write to a@b"),
    ({"telephone": "1", "email": ""}, "A call is", "call 1</strong>"),
    ({"telephone": "", "email": "a@b"}, "An e-mail is", "write to a@b</strong>"),
    ({"telephone": "", "email": ""}, "seems late.", "ask at the school office</strong>"),
]


@pytest.mark.parametrize(("school", "enough", "how"), REACHED)
def test_how_a_school_can_be_reached(school, enough, how):
    assert said("how_to_reply", school=school) == f"<strong>Please {how}"
    asked = said("ask_reasons", school=school, open_days="5 October")
    assert asked.startswith("<strong>Tell us the reason</strong> for 5 October, even if it seems")
    assert enough in asked


@pytest.mark.parametrize(
    ("context", "words"),
    [
        ({}, ""),
        ({"open_days": "5 October"}, " for 5 October, even"),
        (
            {"open_days": "5 October", "more_open_days": True},
            " for the days without one, the latest of them 5 October, even",
        ),
    ],
)
def test_reasons_are_asked_for_where_there_are_none(context, words):
    assert words in said("ask_reasons", **context)
    assert bool(said("ask_reasons", **context)) is bool(context)


@pytest.mark.parametrize(
    ("telephone", "words"),
    [
        ("", ""),
        ("1", "<strong>When Siyuan cannot come, call us that morning</strong> on 1."),
    ],
)
def test_a_call_that_morning(telephone, words):
    assert said("call_that_morning", school={"telephone": telephone}) == words


@pytest.mark.parametrize(
    ("school", "meeting", "words"),
    [
        (SCHOOL, {"day": ""}, ""),
        (
            SCHOOL,
            {"day": "Thursday", "reply_by": "Tuesday"},
            "<strong>Please tell us by Tuesday if you can come,</strong> or which day suits you "
            "better: 01632 960417 or office@example.org.",
        ),
        (
            {"telephone": "1"},
            {"day": "Thursday", "reply_by": ""},
            "<strong>Please tell us if you can come,</strong> or which day suits you better: 1.",
        ),
        (
            {"email": "a@b"},
            {"day": "Thursday"},
            "<strong>Please tell us if you can come,</strong> or which day suits you better: a@b.",
        ),
        (
            {},
            {"day": "Thursday"},
            "<strong>Please tell us if you can come,</strong> or which day suits you better.",
        ),
    ],
)
def test_the_reply_to_an_invitation(school, meeting, words):
    assert said("meeting.reply", school=school, meeting=meeting) == words


NO_REASON = " of these we had no reason that the school could accept."


@pytest.mark.parametrize(
    ("context", "after"),
    [
        ({}, ""),
        ({"unauthorised": "1 day"}, f" For 1 day{NO_REASON}"),
        (
            {"all_unauthorised": True, "unauthorised": "12 days"},
            " For these we had no reason that the school could accept.",
        ),
        (
            OF_THE_YEAR | {"median": "2 days"},
            " Half of the pupils in Year 10 have missed 2 days.",
        ),
        (OF_THE_YEAR, ""),
    ],
)
def test_the_summary(context, after):
    begin = "<strong>Siyuan has missed 12 of 52 days since 3 September.</strong>"
    assert said("summary", **MISSED, **context) == begin + after
    assert said("summary", **context) == ""


@pytest.mark.parametrize(
    ("context", "begin", "end"),
    [
        (
            {"can_leave": True, "is_in": True, "to_spare": "6 days"},
            "There is time to turn this round.",
            "if Siyuan misses no more than 6 days more by 20 July, he will end the year out of",
        ),
        (
            {"can_leave": True, "is_in": True},
            "There is still time to turn this round.",
            "if Siyuan misses no more school by 20 July, he will end the year out of",
        ),
        (
            {"can_leave": True, "to_spare": "6 days"},
            "There is time.",
            "if Siyuan misses no more than 6 days more by 20 July, he will end the year clear of",
        ),
        (
            {"can_leave": True},
            "There is time, and little to spare.",
            "if Siyuan misses no more school by 20 July, he will end the year clear of",
        ),
        ({}, "Every day from now on counts.", "Siyuan will end the year in"),
    ],
)
def test_the_way_out(context, begin, end):
    words = said("way_out", **YEAR_END, **context)
    assert words.startswith(f"<strong>{begin}</strong>")
    assert f"{end} persistent absence." in words


def test_once_the_year_is_over_there_is_no_way_out():
    assert said("way_out", year_is_over=True) == ""


def test_a_name_in_another_script_is_marked_and_what_is_typed_is_escaped():
    words = said("summary", **MISSED, pupil={"forename": "思远 & Co"}, recipient={"language": "zh"})
    assert '<bdi lang="zh">思远</bdi> &amp; Co' in words
