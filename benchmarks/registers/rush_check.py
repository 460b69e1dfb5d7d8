"""After the rush: what people were told is what stands, mark by mark and version by version."""

from collections import Counter, defaultdict
from datetime import date

from django.core.management import call_command
from django.db import connection

from benchmarks.registers.rush_schools import HALF, Schools
from benchmarks.timing import must_equal
from registers.models import (
    Amendment,
    HeldMark,
    Mark,
    Register,
    SaveReceipt,
    School,
    WeekTally,
)
from registers.rules.codes import CODES


def must_be_right(schools: Schools, said: dict) -> None:
    """Raises WrongAnswerError, or CommandError for a seal that does not verify."""
    must_equal(f"nothing went wrong, not {said['wrong'][:5]}", said["wrong"], [])
    _one_mark_each(schools)
    _as_they_were_told(schools.today, said)
    _every_register_taken(schools)
    must_equal("one receipt for each key", SaveReceipt.objects.count(), said["counts"]["keys"])
    must_equal("marks held", HeldMark.objects.count(), 0)
    _totals_add_up()
    urn = School.objects.order_by("urn")[0].urn
    call_command("verify_registers", school=urn)


def _one_mark_each(schools: Schools) -> None:
    """No mark is lost: the key of a mark makes a second one impossible."""
    marks = Mark.objects.filter(date=schools.today, half=HALF)
    must_equal("a mark for each pupil", marks.count(), schools.enrolments)
    must_equal("all marks", Mark.objects.count(), schools.enrolments)


def _as_they_were_told(on: date, said: dict) -> None:
    """Each version that a teacher was told of has the code that they sent, and all others are
    those of the late desk."""
    versions = _versions(on)
    told = {(pk, version): code for pk, version, code in said["saved"]}
    must_equal("every save told once", len(told), len({(pk, v) for pk, v, _ in said["saved"]}))
    must_equal("what teachers were told", {key: versions.get(key) for key in told}, told)
    others = Counter(pk for pk, version in versions if (pk, version) not in told)
    must_equal("what offices were told", others, Counter(said["signed_in"]))
    late = {code for key, code in versions.items() if key not in told}
    must_equal("the late desk's code", late <= {"L"}, True)


def _versions(on: date) -> dict[tuple[int, int], str]:
    """The code of every version of every mark: from what stands and from the amendments. A
    version without one changed the minutes alone."""
    amendments: dict[int, dict[int, tuple[str, str]]] = defaultdict(dict)
    rows = Amendment.objects.filter(date=on, half=HALF)
    for row in rows.values_list("enrolment_id", "version", "code_before", "code_after"):
        amendments[row[0]][row[1]] = row[2:]
    found = {}
    marks = Mark.objects.filter(date=on, half=HALF)
    for pk, version, code in marks.values_list("enrolment_id", "version", "code_id"):
        chain = amendments[pk]
        must_equal(
            "amendments of versions that there are", chain.keys() <= {*range(2, version + 1)}, True
        )
        codes = [chain[min(chain)][0] if chain else code]
        for n in range(2, version + 1):
            before, after = chain.get(n, (codes[-1], codes[-1]))
            must_equal("what an amendment says stood before", before, codes[-1])
            codes.append(after)
        must_equal("the mark that stands is the last amendment's", codes[-1], code)
        found |= {(pk, n): one for n, one in enumerate(codes, start=1)}
    return found


def _every_register_taken(schools: Schools) -> None:
    taken = dict(Register.objects.values_list("group_id", "taken_by_id"))
    teachers = {group: person.pk for group, person in schools.teachers.items()}
    must_equal("who took the registers", taken, teachers)


def _totals_add_up() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT enrolment_id, code FROM registers_mark")
        codes = {pk: CODES[code] for pk, code in cursor.fetchall()}
    fields = ("attended", "authorised", "unauthorised", "late")
    found = {pk: tuple(of) for pk, *of in WeekTally.objects.values_list("enrolment_id", *fields)}
    right = {pk: tuple(int(getattr(code, one)) for one in fields) for pk, code in codes.items()}
    must_equal("the weekly totals", found, right)
