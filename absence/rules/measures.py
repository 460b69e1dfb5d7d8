"""How far a pupil is from a line: sessions to spare, to miss and to attend. No Django here.

All counts are sessions, not days, and compared in whole numbers (`registers.rules.tally`).
"""

from fractions import Fraction

from registers.rules.tally import Tally


def absences_left(share: Fraction, *, now: Tally, possible_by_year_end: int) -> int:
    """Sessions to spare: how many more can be missed and still end the year under the line.

    Below zero, the pupil ends the year on or over the line, so many sessions too far, whatever
    happens. It may be more than the sessions that are left; a year with none has nothing to spare.
    """
    if possible_by_year_end <= 0:
        return 0
    line = -(-possible_by_year_end * share.numerator // share.denominator)
    return line - 1 - now.absent


def missed_until_over(share: Fraction, now: Tally) -> int:
    """How many sessions, missed one after the other from now on, lead to the line; 0 if it is
    crossed already. One that misses everything is over any line after one session."""
    if now.missed_at_least(share):
        return 0
    short = now.possible * share.numerator - now.absent * share.denominator
    return max(1, -(-short // (share.denominator - share.numerator)))


def attended_until_under(share: Fraction, now: Tally) -> int:
    """How many sessions, attended one after the other from now on, lead back under the line; 0 if
    it is not crossed."""
    if not now.missed_at_least(share):
        return 0
    over = now.absent * share.denominator - now.possible * share.numerator
    return over // share.numerator + 1
