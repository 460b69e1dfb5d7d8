from datetime import date

import pytest

from registers.rules.advice import (
    ADVISED,
    AdviceContext,
    Odd,
    advice,
    unsupervised_at_home,
    usual_year_group,
)
from registers.rules.allowed_codes import PupilFacts, SessionFacts
from registers.rules.codes import CODES, Half

ON = date(2025, 11, 3)
BORN_FOR_9, BORN_FOR_11, BORN_FOR_12 = date(2011, 9, 1), date(2010, 8, 31), date(2009, 8, 31)


def said(code, *, born_on=BORN_FOR_9, starts_on=date(2025, 9, 1), on=ON, **around):
    pupil = PupilFacts(born_on, starts_on, None)
    session = SessionFacts(on, Half.AM, held=True)
    return [
        one.odd
        for one in advice(code, pupil=pupil, session=session, around=AdviceContext(**around))
    ]


@pytest.mark.parametrize(
    ("born_on", "on", "year"),
    [
        (date(2010, 8, 31), date(2025, 9, 1), 11),
        (date(2010, 9, 1), date(2025, 9, 1), 10),
        (date(2010, 8, 31), date(2025, 8, 31), 10),
        (date(2014, 1, 5), ON, 7),
        (date(2021, 8, 31), date(2025, 9, 1), 0),
    ],
)
def test_the_year_group_of_an_age(born_on, on, year):
    assert usual_year_group(born_on, on) == year


@pytest.mark.parametrize(
    ("code", "facts", "odd"),
    [
        ("S", {"born_on": BORN_FOR_9}, Odd.STUDY_LEAVE_EARLY),
        ("S", {"born_on": date(2010, 9, 1)}, Odd.STUDY_LEAVE_EARLY),
        ("S", {"born_on": BORN_FOR_11}, None),
        ("S", {"born_on": None}, None),
        ("Y4", {"present": 28, "closed": 1}, Odd.CLOSED_ALONE),
        ("Y4", {"present": 1, "closed": 1}, None),
        ("Y4", {"present": 0, "closed": 900}, None),
        ("Y4", {}, None),
        ("D", {"other_school": ""}, Odd.NO_OTHER_SCHOOL),
        ("D", {"other_school": "Hill School"}, None),
        ("D", {}, None),
        ("Z", {"starts_on": date(2025, 10, 6)}, Odd.LONG_ON_ROLL),
        ("Z", {"starts_on": date(2025, 10, 7)}, None),
        ("C", {"before": "G"}, Odd.GRANTED_AFTERWARDS),
        ("C", {"before": "N"}, None),
        ("C", {}, None),
        ("L", {"minutes_late": 30, "register_minutes": 30}, Odd.LATE_AFTER_END),
        ("L", {"minutes_late": 29, "register_minutes": 30}, None),
        ("L", {"minutes_late": 29, "register_minutes": 30, "has_ended": True}, None),
        ("L", {"register_minutes": 30, "has_ended": True}, Odd.LATE_AFTER_END),
        ("L", {"register_minutes": 30}, None),
        ("E", {"days_suspended": 6}, Odd.SUSPENDED_LONG),
        ("E", {"days_suspended": 5}, None),
        ("C1", {"born_on": BORN_FOR_12}, Odd.LICENCE),
        ("C1", {"born_on": BORN_FOR_11}, None),
        ("K", {"paper": "Maths at home"}, Odd.AT_HOME),
        ("B", {"paper": "online lessons, in his bedroom"}, Odd.AT_HOME),
        ("B", {"paper": "Bricklaying at Hill College, supervised by Mr Reed"}, None),
        ("K", {"paper": "at home with a tutor of the authority"}, None),
        ("K", {"paper": "lessons in a children’s home"}, None),
        ("K", {"paper": ""}, None),
    ],
)
def test_what_is_odd_on_the_edge(code, facts, odd):
    assert said(code, **facts) == ([odd] if odd else [])


@pytest.mark.parametrize("code", sorted(CODES.keys() - ADVISED))
def test_nothing_is_said_of_other_codes(code):
    facts = {"before": "G", "present": 30, "other_school": "", "days_suspended": 9, "paper": "home"}
    assert said(code, **facts, minutes_late=90, register_minutes=30) == []


def test_the_words_name_the_way_out():
    pupil, session = PupilFacts(BORN_FOR_9, date(2025, 9, 1), None), SessionFacts(ON, Half.AM, True)
    (one,) = advice("S", pupil=pupil, session=session, around=AdviceContext())
    assert "this pupil belongs in year 9" in one.words
    (late,) = advice(
        "L",
        pupil=pupil,
        session=session,
        around=AdviceContext(minutes_late=45, register_minutes=30),
    )
    assert "open for 30 minutes and the pupil came after 45" in late.words


@pytest.mark.parametrize(
    ("where", "by", "is_absence"),
    [
        ("At home", "", True),
        ("home", "mum", True),
        ("Home", "his parents", True),
        ("remote", "nobody", True),
        ("Online", "N/A", True),
        ("at home", "Ms Okoro, tutor", False),
        ("Hill College", "", False),
        ("Elm Lodge care home", "", False),
        ("Homefield House", "", False),
    ],
)
def test_at_home_without_supervision_is_absence(where, by, is_absence):
    words = unsupervised_at_home("B", where, by)
    assert (words is not None) is is_absence
    if words:
        assert "this is an absence: use C2" in words
