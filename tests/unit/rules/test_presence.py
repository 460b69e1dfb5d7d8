"""Who is on the site: never one child too few."""

from datetime import datetime

import pytest

from registers.rules.clock import LONDON
from registers.rules.presence import MarkSeenAt, TimeOut, Whereabouts, clock, presence


def at(hour, minute):
    return datetime(2026, 11, 24, hour, minute, tzinfo=LONDON)


OPENS = at(8, 45)


def where(code=None, *, minutes=None, made=None, **known):
    mark = MarkSeenAt(code, made or at(8, 50), minutes) if code else None
    return presence(now_mark=mark, opens_at=OPENS, **known)


@pytest.mark.parametrize("code", ["/", "\\", "L", "U"])
def test_present_late_and_late_after_the_end_are_on_site(code):
    assert where(code).where is Whereabouts.HERE


@pytest.mark.parametrize("code", ["I", "M", "N", "C", "V", "B", "D", "E", "Y1", "X", "#"])
def test_every_other_mark_is_not_on_site_and_says_no_reason(code):
    found = where(code)
    assert found.where is Whereabouts.AWAY
    assert found.note == ""


def test_no_mark_is_looked_for():
    assert where().where is Whereabouts.LOOK
    assert where(earlier_mark=MarkSeenAt("/", at(8, 50))).note == "No mark yet; here this morning"
    assert where(earlier_mark=MarkSeenAt("I", at(8, 50))).note == "No mark yet; away this morning"


def test_late_arrivals_say_when():
    assert where("L", minutes=17).note == "Late, in at 9.02am"
    assert where("U", minutes=65).note == "Late, in at 9.50am"


def test_an_appointment_with_an_arrival_is_on_site():
    found = where("M", minutes=89)
    assert (found.where, found.note) == (Whereabouts.HERE, "Late, in at 10.14am")


def test_signed_out_is_away_until_the_return():
    out = TimeOut(at(10, 15), None)
    assert where("/", outings=[out]).where is Whereabouts.AWAY
    assert where(outings=[out]).where is Whereabouts.AWAY
    back = TimeOut(at(10, 15), at(11, 5))
    found = where("/", outings=[back])
    assert (found.where, found.note) == (Whereabouts.HERE, "Back at 11.05am")
    assert where("M", outings=[back]).where is Whereabouts.HERE


def test_out_and_back_and_out_again_is_out():
    outings = [TimeOut(at(9, 30), at(10, 0)), TimeOut(at(11, 0), None)]
    assert where("/", outings=outings).where is Whereabouts.AWAY


def test_a_child_marked_present_after_signing_out_counts_as_in():
    """The register saw the child: the list must not leave them out."""
    found = where("\\", made=at(13, 20), outings=[TimeOut(at(10, 15), None)])
    assert found.where is Whereabouts.HERE
    assert "marked present since" in found.note


@pytest.mark.parametrize(
    ("hour", "minute", "words"),
    [(0, 5, "12.05am"), (9, 5, "9.05am"), (12, 0, "12.00pm"), (13, 20, "1.20pm")],
)
def test_times_are_written_as_schools_write_them(hour, minute, words):
    assert clock(at(hour, minute)) == words
