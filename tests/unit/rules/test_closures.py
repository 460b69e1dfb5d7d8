"""What a closure makes of each mark: a table of cases, and the words of its sessions."""

from datetime import date

import pytest

from registers.rules import closures
from registers.rules.codes import CODES, Half

DAY = date(2026, 1, 14)
AM, PM = Half.AM, Half.PM


@pytest.mark.parametrize(
    ("kind", "whole", "code"),
    [
        ("snow", True, "Y4"),
        ("snow", False, "Y3"),
        ("heat", True, "Y4"),
        ("strike", True, "Y4"),
        ("strike", False, "Y3"),
        ("building", False, "Y3"),
        ("other", True, "Y4"),
        ("transport", True, "Y1"),
        ("transport", False, "Y1"),
        ("travel", False, "Y2"),
        ("polling", True, "#"),
        ("planned", False, "#"),
    ],
)
def test_the_code_follows_from_what_happened_and_to_whom(kind, whole, code):
    assert closures.code_for(kind, whole_school=whole) == code


@pytest.mark.parametrize(
    ("now", "closure", "gives_way"),
    [
        # nobody marked yet
        ("", "Y4", True),
        ("", "Y1", True),
        # on site when the register was called: an early close leaves them present
        ("/", "Y4", False),
        ("\\", "Y4", False),
        ("L", "Y4", False),
        ("U", "Y4", False),
        ("/", "#", False),
        ("/", "Y3", False),
        # educated elsewhere
        ("V", "Y4", False),
        ("K", "#", False),
        ("B", "Y3", False),
        # no possible session already, with a reason of the pupil's own
        ("D", "Y4", False),
        ("X", "Y4", False),
        ("Y5", "Y4", False),
        ("#", "Y4", False),
        # a session that was not held cannot have been missed
        ("N", "Y4", True),
        ("O", "Y4", True),
        ("I", "Y4", True),
        ("M", "Y4", True),
        ("C2", "Y4", True),
        ("G", "Y4", True),
        ("E", "Y3", True),
        ("I", "#", True),
        # the school was open: only what has no reason yet
        ("N", "Y1", True),
        ("O", "Y2", True),
        ("I", "Y1", False),
        ("M", "Y1", False),
        ("G", "Y2", False),
    ],
)
def test_what_gives_way_to_a_closure(now, closure, gives_way):
    assert closures.gives_way(now, closure) is gives_way
    assert (closures.why_it_stands(now, closure) is None) is gives_way


@pytest.mark.parametrize("closure", ["Y4", "Y3", "Y1", "Y2", "#"])
def test_every_code_has_an_answer_for_every_closure(closure):
    by_default = closures.changing_by_default(closure)
    assert closure not in by_default
    for symbol in CODES:
        becomes = closures.becomes(symbol, closure, by_default)
        assert becomes == (closure if symbol in by_default else None)
    assert closures.becomes("", closure, []) == closure


def test_a_tick_overrules_what_stands():
    assert closures.becomes("/", "Y4", ["/"]) == "Y4"
    assert closures.becomes("I", "Y4", ["/"]) is None


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ((DAY, AM), (DAY, PM), "Wed 14 Jan 2026"),
        ((DAY, PM), (DAY, PM), "Wed 14 Jan 2026, afternoon"),
        ((DAY, AM), (DAY, AM), "Wed 14 Jan 2026, morning"),
        (
            (DAY, PM),
            (date(2026, 1, 16), AM),
            "Wed 14 Jan 2026, afternoon to Fri 16 Jan 2026, morning",
        ),
    ],
)
def test_sessions_in_words(first, last, words):
    assert closures.sessions_in_words(first, last) == words


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "flood"}, "kind"),
        ({"last": (date(2026, 1, 13), PM)}, "until_on"),
        ({"last": (date(2026, 4, 17), PM)}, "until_on"),  # 93 days
        ({"first": (DAY, PM), "last": (DAY, AM)}, "until_on"),
        ({"whole_school": False}, "years"),
        ({"first": (date(2024, 8, 18), AM), "last": (date(2024, 8, 18), AM)}, "from_on"),
    ],
)
def test_what_is_wrong_with_a_closure(changed, field):
    asked = {
        "kind": "snow",
        "whole_school": True,
        "pupils": 0,
        "first": (DAY, AM),
        "last": (DAY, PM),
    }
    assert closures.what_is_wrong(**asked) == {}
    assert list(closures.what_is_wrong(**asked | changed)) == [field]
