from datetime import date

import pytest

from registers.exchange.marks.codes import CodeWords, retired_after
from registers.rules.codes import CODES

NOBODY_ASKED = CodeWords({})


@pytest.mark.parametrize("symbol", sorted(CODES))
def test_a_national_code_is_itself(symbol):
    assert NOBODY_ASKED.read(symbol) == symbol
    assert NOBODY_ASKED.read(f"{symbol} - Words of a system") == symbol


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("i", "i"),  # the check reads it as I, with a warning
        ("I - Illness", "I"),
        ("I: Illness (not medical appointment)", "I"),
        ("Y4 – School closed", "Y4"),
        ("Illness (I)", "I"),
        ("Present", "/"),
        ("Late", "L"),
        ("Arrived after the register ended", "U"),
        ("illness", "I"),
        ("-", "-"),
        ("", "-"),
        ("—", "-"),
        ("Missing", "-"),
        ("I02", None),
        ("La", None),
        ("QQ", None),
        ("Ask Mrs Jones", None),
        ("I am not sure", None),
    ],
)
def test_what_a_text_means(text, code):
    assert NOBODY_ASKED.read(text) == code


@pytest.mark.parametrize(
    ("text", "suggested"), [("I02", "I"), ("La", "L"), ("C1a", "C1"), ("H1", None), ("QQ", None)]
)
def test_a_private_code_is_a_question_once(text, suggested):
    question = NOBODY_ASKED.question(text, "marks.csv", count=12)
    assert question.suggested == suggested
    assert "(12 times)" in question.words
    for answer in ("M", "-"):
        assert CodeWords({question.id: answer}).read(f" {text} ") == answer


def test_every_choice_is_a_code_in_use_or_no_mark():
    choices = [value for value, _ in NOBODY_ASKED.question("QQ", "marks.csv").choices]
    assert choices[-1] == "-"
    assert {CODES[value].in_force_until for value in choices[:-1]} == {None}


LAST, AFTER = date(2024, 8, 18), date(2024, 8, 19)


@pytest.mark.parametrize(
    ("symbol", "suggested"), [("H", "C"), ("J", "J1"), ("F", "C"), ("Y", None)]
)
def test_a_retired_code_is_asked_for_after_its_last_day_and_stands_before(symbol, suggested):
    question = NOBODY_ASKED.question_after(symbol, "marks.csv", count=3)
    assert question.suggested == suggested
    answered = CodeWords({question.id: "G"})
    last = CODES[symbol].in_force_until
    assert answered.read(symbol, last) == symbol
    assert answered.read(symbol, AFTER) == "G"
    assert NOBODY_ASKED.read(symbol, AFTER) == symbol


def test_only_retired_codes_after_their_last_day_are_found():
    marks = [("H", LAST), ("j", AFTER), ("Y", LAST), ("I", AFTER), ("QQ", AFTER), ("J1", LAST)]
    assert retired_after(marks) == {"J": 1}
    assert NOBODY_ASKED.question_after("I", "marks.csv") is None
