"""What one school asks for: its totals of the year and its list of those at risk."""

from datetime import timedelta

from django.db import connection

from absence.figures.school import tallies_between
from benchmarks.timing import Row, by_turns, ms, must_equal
from benchmarks.trust import FLAGS, SCHOOL, SYMBOLS, YEARS, Trust
from registers.models import Mark, School

FIRST, LAST = YEARS[1][0], YEARS[1][-1] + timedelta(days=2)  # the Sunday: whole weeks
LOOPED = 150  # pupils of the loop that is measured; the other pupils are scaled up
WAYS = [[s for s, flags in zip(SYMBOLS, FLAGS, strict=True) if flags[way]] for way in range(3)]

AT_RISK = """
    SELECT pupil.surname, pupil.forename, total.attended, total.authorised, total.unauthorised
      FROM registers_enrolment enrolment
      JOIN registers_pupil pupil ON pupil.id = enrolment.pupil_id
      JOIN registers_enrolmentyear year ON year.enrolment_id = enrolment.id
       AND year.year_group IN ('7', '8', '9', '10')
      JOIN registers_academicyear named ON named.id = year.academic_year_id
       AND named.name = '2025/26'
      JOIN ({totals}) total ON total.enrolment_id = enrolment.id
     WHERE enrolment.school_id = 1 AND enrolment.leaves_on IS NULL AND pupil.sex = 'F'
       AND EXISTS (SELECT 1 FROM registers_characteristic known
                    WHERE known.pupil_id = pupil.id AND known.kind = 'FSM' AND known.value = 'Y')
       AND 10 * (total.authorised + total.unauthorised)
           >= total.attended + total.authorised + total.unauthorised
       AND total.attended + total.authorised + total.unauthorised > 0
     ORDER BY total.authorised + total.unauthorised DESC, enrolment.id LIMIT 50"""
SUMS = (
    "enrolment_id, SUM(attended) AS attended, SUM(authorised) AS authorised,"
    " SUM(unauthorised) AS unauthorised"
)
OF_THE_SCHOOL = "enrolment_id IN (SELECT id FROM registers_enrolment WHERE school_id = 1)"
FROM_TALLIES = f"""
    SELECT {SUMS} FROM registers_weektally
     WHERE {OF_THE_SCHOOL} AND monday BETWEEN %s AND %s GROUP BY enrolment_id"""
FROM_MARKS = f"""
    SELECT {SUMS} FROM registers_mark JOIN registers_code ON symbol = code
     WHERE {OF_THE_SCHOOL} AND date BETWEEN %s AND %s GROUP BY enrolment_id"""


def totals(trust: Trust, *, at_least: float, where: str) -> Row:
    """The school's figures from the weekly totals against a loop over its pupils."""
    school, pupils = School.objects.get(pk=1), min(SCHOOL, trust.pupils)
    oracle = trust.totals(1)[:pupils].tolist()
    given = tallies_between(school, FIRST, LAST)
    found = [[t.attended, t.authorised, t.unauthorised, t.late] for _, t in sorted(given.items())]
    must_equal("the school's totals from tallies", found, oracle)
    must_equal("counts per pupil", _loop(), [counts[:3] for counts in oracle[:LOOPED]])
    loop, quick = by_turns(_loop, lambda: tallies_between(school, FIRST, LAST), repeats=7)
    loop *= pupils / LOOPED
    return Row(
        f"school totals, faster than three ORM counts per pupil, {where}",
        loop / quick,
        at_least=at_least,
        shown=f"{ms(loop, quick)} (loop over {LOOPED} pupils, scaled)",
    )


def _loop() -> list[list[int]]:
    return [
        [
            Mark.objects.filter(
                enrolment_id=pk, date__range=(FIRST, LAST), code_id__in=symbols
            ).count()
            for symbols in WAYS
        ]
        for pk in range(1, LOOPED + 1)
    ]


def at_risk() -> Row:
    """The fifty most absent of a school, with five filters."""
    marks, tallies = (lambda: _at_risk(FROM_MARKS)), (lambda: _at_risk(FROM_TALLIES))
    answer = tallies()
    must_equal("the at-risk list", answer, marks())
    must_equal("somebody is at risk", bool(answer), True)
    slow, quick = by_turns(marks, tallies, repeats=15)
    return Row(
        "at-risk list, faster than from marks", slow / quick, at_least=7, shown=ms(slow, quick)
    )


def _at_risk(totals_from: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(AT_RISK.format(totals=totals_from), [str(FIRST), str(LAST)])
        return cursor.fetchall()
