"""The admission register: pupils, their times on the roll, year groups, groups, characteristics.

What is written here agrees with the imports (`registers.exchange.actions`): a pupil is
found by UPN, an enrolment by its date of entry, a change of group closes the membership on
the day before. Marks that a corrected date of entry or leaving leaves outside are kept and count
nowhere (`registers.models.on_roll`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from registers import policies
from registers.models import (
    AcademicYear,
    Characteristic,
    Enrolment,
    EnrolmentYear,
    FormerUpn,
    Group,
    Mark,
    Membership,
    Pupil,
    School,
)
from registers.models.school.staff import User
from registers.roll.actions import dates, leaving
from registers.roll.actions.names import keep_former_name
from registers.roll.actions.roll_changes import Entries, amended, in_words, note_changes
from registers.roll.actions.upns import keep_former_upn
from registers.rules import admission
from registers.rules.admission import Spell
from registers.rules.allowed_codes import day_in_words
from registers.rules.corrected_dates import Moves
from registers.rules.leaving import GroundEvidence
from registers.rules.pupils import year_groups
from registers.rules.pupils.upn import normalise, why_not_upn
from registers.rules.pupils.who_is_who import NamedChild, WhoIsWho

DAY = timedelta(days=1)
FIRST_BIRTH = date(1990, 1, 1)
LONGEST_ALERT = 60  # characters: two lines of a register's row


class WrongRow(policies.Invalid):
    """What must be put right: a sentence for each field; "" is for the whole."""

    def __init__(self, fields: Mapping[str, str]):
        self.fields = dict(fields)
        super().__init__(next(iter(self.fields.values())))


@dataclass(frozen=True, slots=True)
class Details:
    """Who a pupil is, as the admission register writes it."""

    upn: str
    surname: str
    forename: str
    born_on: date | None = None
    sex: str = ""
    language: str = ""
    preferred_name: str = ""
    medical_alert: str = ""
    admission_number: str = ""


@transaction.atomic
def admit_pupil(
    *,
    school: School,
    details: Details,
    spell: Spell,
    year_group: str = "",
    group: Group | None = None,
    another_child: bool = False,
    by: User,
    today: date | None = None,
) -> Enrolment:
    """A new pupil with the first time on the roll. Raises WrongRow with every reason.

    Where somebody has this name and date of birth already, a person must say that this is
    `another_child`.
    """
    policies.check(by, "keep_pupils", school=school)
    today = today or timezone.localdate()
    wrong = _wrong_details(details, school, None, today=today)
    wrong |= admission.what_is_wrong(spell, born_on=details.born_on, others=[], today=today)
    if not another_child and (same := _same_name_and_birth(details, school)):
        wrong.setdefault("another_child", f"{same}: if this is another child, say so here")
    if wrong:
        raise WrongRow(wrong)
    pupil = Pupil(school=school)
    _take_details(pupil, details)
    return _enrol(pupil, spell, year_group, group)


@transaction.atomic
def change_pupil(
    *, pupil: Pupil, details: Details, reason: str = "", by: User, today: date | None = None
) -> list[str]:
    """Change who a pupil is; the names of the fields that changed. Raises WrongRow.

    A reason is asked for when an entry of the register changes, and not when one is filled in. A
    UPN that is changed stays as a former one, by which the pupil is still found.
    """
    policies.check(by, "keep_pupils", school=pupil.school_id)
    today = today or timezone.localdate()
    there = Pupil.objects.select_for_update().get(pk=pupil.pk)
    wrong = _wrong_details(details, there.school, there, today=today)
    starts = there.enrolments.order_by("starts_on").values_list("starts_on", flat=True).first()
    if details.born_on and starts and details.born_on >= starts and "born_on" not in wrong:
        wrong["born_on"] = f"The date of entry, {day_in_words(starts)}, is not after this day"
    if wrong:
        raise WrongRow(wrong)
    before = {name: getattr(there, name) for name in Details.__slots__}
    entries = _entries(there)
    _take_details(there, details)
    _note(amended(entries, _entries(there)), reason, there, by)
    keep_former_name(
        pupil=there, surname=str(before["surname"]), forename=str(before["forename"]), by=by
    )
    if before["upn"] != there.upn:
        keep_former_upn(pupil=there, upn=str(before["upn"]), reason=reason.strip(), by=by)
    return [name for name, value in before.items() if getattr(there, name) != value]


@transaction.atomic
def enrol_again(
    *,
    pupil: Pupil,
    spell: Spell,
    year_group: str = "",
    group: Group | None = None,
    by: User,
    today: date | None = None,
) -> Enrolment:
    """Another time on the roll, for a pupil who comes back. Raises WrongRow."""
    policies.check(by, "keep_pupils", school=pupil.school_id)
    _check_spell(pupil, spell, None, today=today or timezone.localdate())
    return _enrol(pupil, spell, year_group, group)


@transaction.atomic
def change_enrolment(
    *,
    enrolment: Enrolment,
    spell: Spell,
    evidence: GroundEvidence | None = None,
    reason: str = "",
    seen: str = "",
    by: User,
    today: date | None = None,
) -> Moves:
    """Correct a time on the roll; weekly totals, memberships and papers follow. What moved.

    `evidence` is what the school holds for a ground that is new or whose day moves; without it that
    which is kept already. `seen` is the token of the Moves that the person has looked at. A reason
    is asked for when an entry that stood there changes, or marks fall away.
    Raises WrongRow, and LookAgain where sessions fall away or open that the person has not seen.
    """
    policies.check(by, "keep_pupils", school=enrolment.school_id)
    there = Enrolment.objects.select_for_update().select_related("pupil").get(pk=enrolment.pk)
    today = today or timezone.localdate()
    _check_spell(there.pupil, spell, there, today=today)
    old, entries = dates.spell_of(there), _days(there)
    judged = leaving.is_judged(old, spell)
    if judged:
        evidence = evidence or leaving.kept_evidence(there)
        if wrong := leaving.wrong_with_ground(there, spell, evidence, today=today):
            raise WrongRow(wrong)
    found = dates.look(there, spell, today=today)
    there.starts_on, there.leaves_on = spell.starts_on, spell.leaves_on
    there.leaving_ground, there.kind = spell.leaving_ground, spell.kind
    _note(_corrections(entries, _days(there), found), reason, there.pupil, by)
    if found.must_be_seen and seen != found.token:
        raise dates.LookAgain(found)
    there.save(update_fields=["starts_on", "leaves_on", "leaving_ground", "kind"])
    if judged and evidence:
        leaving.keep_evidence(there, evidence, by)
    dates.fit({there.pk: (old, spell)})
    return found


@transaction.atomic
def place_pupil(
    *,
    enrolment: Enrolment,
    academic_year: AcademicYear | None = None,
    year_group: str = "",
    group: Group | None = None,
    from_on: date | None = None,
    by: User,
    today: date | None = None,
) -> None:
    """The year group in an academic year, and the registration group from a day. Raises WrongRow.

    Both are optional: an empty year group takes the year's row away, no group changes nothing.
    A register that was taken keeps the pupils who were in it: a group changes after the last mark,
    or from today.
    """
    policies.check(by, "keep_pupils", school=enrolment.school_id)
    there = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    if academic_year is not None:
        _put_in_year(there, academic_year, year_group)
    if group is not None:
        first = from_on or there.starts_on
        if first < there.starts_on:
            day = day_in_words(there.starts_on)
            raise WrongRow({"from_on": f"The pupil comes on the roll on {day}, after this day"})
        if there.leaves_on and first > there.leaves_on:
            day = day_in_words(there.leaves_on)
            raise WrongRow({"from_on": f"The pupil leaves the roll on {day}, before this day"})
        if first < (today or timezone.localdate()):
            _refuse_to_leave_taken_registers(there, group, first)
        _put_in_group(there, group, first)


@transaction.atomic
def write_characteristic(
    *,
    pupil: Pupil,
    characteristic: Characteristic | None,
    kind: str,
    value: str,
    from_on: date,
    until_on: date | None,
    by: User,
) -> Characteristic:
    """Add one, or change the one given. Of a kind there is one value at a time: WrongRow else."""
    policies.check(by, "keep_pupils", school=pupil.school_id)
    Pupil.objects.select_for_update().get(pk=pupil.pk)
    if until_on and until_on < from_on:
        raise WrongRow({"until_on": f"The first day, {day_in_words(from_on)}, is after this day"})
    others = Characteristic.objects.filter(pupil=pupil, kind=kind)
    if characteristic is not None:
        others = others.exclude(pk=characteristic.pk)
    for other in others:
        if admission.overlap(Spell(from_on, until_on), Spell(other.from_on, other.until_on)):
            until = f"until {day_in_words(other.until_on)}" if other.until_on else "without an end"
            said = f"{kind} {other.value} stands from {day_in_words(other.from_on)} {until} already"
            raise WrongRow({"from_on": f"{said}: end that first, or choose other days"})
    row = characteristic or Characteristic(pupil=pupil)
    row.kind, row.value, row.from_on, row.until_on = kind, value, from_on, until_on
    row.save()
    return row


@transaction.atomic
def remove_characteristic(*, characteristic: Characteristic, by: User) -> None:
    """For what was never true; what is over is ended."""
    policies.check(by, "keep_pupils", school=characteristic.pupil.school_id)
    characteristic.delete()


def _entries(pupil: Pupil) -> dict[str, object]:
    """What the register says of a pupil, as its history names it."""
    return {
        "UPN": pupil.upn,
        "forename": pupil.forename,
        "surname": pupil.surname,
        "preferred forename": pupil.preferred_name,
        "date of birth": pupil.born_on,
        "sex": dict(Pupil.SEXES).get(pupil.sex, ""),
        "medical alert": pupil.medical_alert,
        "admission number": pupil.admission_number,
    }


def _days(enrolment: Enrolment) -> dict[str, object]:
    return {
        "date of entry": enrolment.starts_on,
        "last day on the roll": enrolment.leaves_on,
        "ground for taking the name off": enrolment.leaving_ground,
        "registered here as": dict(Enrolment.KINDS)[enrolment.kind],
    }


def _note(changes: dict[str, tuple[str, str]], reason: str, pupil: Pupil, by: User) -> None:
    if changes and not reason.strip():
        verb = "is" if len(changes) == 1 else "are"
        raise WrongRow({"reason": f"Say why the {' and the '.join(changes)} {verb} changing"})
    note_changes(changes=changes, reason=reason, by=by, school_id=pupil.school_id, pupil=pupil)


def _wrong_details(
    details: Details, school: School, there: Pupil | None, *, today: date
) -> dict[str, str]:
    wrong: dict[str, str] = {}
    for field in ("surname", "forename"):
        if not getattr(details, field).strip():
            wrong[field] = f"Write the {field}"
    if len(in_one_line(details.medical_alert)) > LONGEST_ALERT:
        wrong["medical_alert"] = f"A medical alert has at most {LONGEST_ALERT} characters"
    if details.born_on and not FIRST_BIRTH <= details.born_on <= today:
        wrong["born_on"] = "Choose a date of birth from 1990 to today"
    if other := _with_this_number(details, school, there):
        said = f"{other.forename} {other.surname} has this admission number"
        wrong["admission_number"] = f"{said}: each pupil has one of their own"
    if why := why_not_upn(details.upn):
        return wrong | {"upn": why}
    same = Pupil.objects.filter(school=school, upn=normalise(details.upn))
    if there is not None:
        same = same.exclude(pk=there.pk)
    if other := same.first():
        said = f"{other.forename} {other.surname} has this UPN at this school"
        wrong["upn"] = f"{said}: one of the two is mistyped, or this is the same pupil"
    elif there is None and (had := _who_had(details.upn, school)):
        said = f"{had.forename} {had.surname}, UPN {had.upn}, had this UPN before"
        wrong["upn"] = f"{said}: this is the same pupil, or it is mistyped"
    return wrong


def _with_this_number(details: Details, school: School, there: Pupil | None) -> Pupil | None:
    number = in_one_line(details.admission_number)
    same = Pupil.objects.filter(school=school, admission_number=number)
    return same.exclude(pk=there.pk if there else None).first() if number else None


def _who_had(upn: str, school: School) -> Pupil | None:
    had = FormerUpn.objects.filter(upn=normalise(upn), pupil__school=school)
    row = had.filter(pupil__merged_into__isnull=True).select_related("pupil").first()
    return row.pupil if row else None


def _same_name_and_birth(details: Details, school: School) -> str:
    """Who has this name and date of birth, in words; empty where nobody has."""
    born = Pupil.objects.filter(school=school, born_on=details.born_on)
    if details.born_on is None:
        return ""
    who = WhoIsWho(
        NamedChild(*row) for row in born.values_list("upn", "surname", "forename", "born_on")
    )
    wanted = NamedChild("", details.surname, details.forename, details.born_on)
    same = who.same_name_and_birth(wanted)
    if not same:
        return ""
    one = same[0]
    return f"{one.forename} {one.surname}, UPN {one.upn}, has this name and date of birth"


def in_one_line(text: str) -> str:
    return " ".join(text.split())


def _take_details(pupil: Pupil, details: Details) -> None:
    pupil.upn = normalise(details.upn)
    pupil.surname, pupil.forename = details.surname.strip(), details.forename.strip()
    pupil.born_on, pupil.sex, pupil.language = details.born_on, details.sex, details.language
    pupil.preferred_name = in_one_line(details.preferred_name)
    pupil.medical_alert = in_one_line(details.medical_alert)
    pupil.admission_number = in_one_line(details.admission_number)
    try:
        with transaction.atomic():
            pupil.save()
    except IntegrityError:
        wrong = "A colleague has just given this UPN or admission number to another pupil"
        raise WrongRow({"upn": wrong}) from None


def _check_spell(pupil: Pupil, spell: Spell, there: Enrolment | None, *, today: date) -> None:
    Pupil.objects.select_for_update().get(pk=pupil.pk)
    others = [
        Spell(row.starts_on, row.leaves_on)
        for row in pupil.enrolments.order_by("starts_on")
        if there is None or row.pk != there.pk
    ]
    wrong = admission.what_is_wrong(spell, born_on=pupil.born_on, others=others, today=today)
    if wrong:
        raise WrongRow(wrong)


def _corrections(before: Entries, after: Entries, found: Moves) -> dict[str, tuple[str, str]]:
    """The entries that changed. Where marks fall away, the day of leaving was “none” before, and
    the history says how many; it says it of the day of entry alike."""
    last = "last day on the roll"
    changes = amended(before, after)
    if found.falls and found.falls.marks and last not in changes and before[last] != after[last]:
        changes[last] = ("none", in_words(after[last]))
    for what in ("date of entry", last):
        if what in changes and found.in_words:
            was, becomes = changes[what]
            changes[what] = (was, "; ".join(filter(None, [becomes or "none", found.in_words])))
            break
    return changes


def _enrol(pupil: Pupil, spell: Spell, year_group: str, group: Group | None) -> Enrolment:
    enrolment = Enrolment.objects.create(
        school_id=pupil.school_id,
        pupil=pupil,
        starts_on=spell.starts_on,
        leaves_on=spell.leaves_on,
        leaving_ground=spell.leaving_ground,
        kind=spell.kind,
    )
    if year := academic_year_of(enrolment):
        _put_in_year(enrolment, year, year_group)
    if group is not None:
        _put_in_group(enrolment, group, enrolment.starts_on)
    return enrolment


def academic_year_of(enrolment: Enrolment) -> AcademicYear | None:
    """The school's first academic year that the time on the roll reaches into."""
    found = AcademicYear.objects.filter(
        school=enrolment.school_id, ends_on__gte=enrolment.starts_on
    )
    if enrolment.leaves_on:
        found = found.filter(starts_on__lte=enrolment.leaves_on)
    return found.order_by("starts_on").first()


def _put_in_year(enrolment: Enrolment, year: AcademicYear, year_group: str) -> None:
    """Raises WrongRow for what is none of the list; what stands already in other words may stay."""
    year_group = year_group.strip()
    there = EnrolmentYear.objects.filter(enrolment=enrolment, academic_year=year)
    if not year_groups.is_known(year_group) and there.filter(year_group=year_group).exists():
        return
    if year_group and not year_groups.is_known(year_group):
        raise WrongRow({"year_group": f"Choose {year_groups.EXPECTED}"})
    if year_group:
        EnrolmentYear.objects.update_or_create(
            enrolment=enrolment, academic_year=year, defaults={"year_group": year_group}
        )
    else:
        there.delete()


def _refuse_to_leave_taken_registers(enrolment: Enrolment, group: Group, first: date) -> None:
    marks = Mark.objects.on_roll().filter(enrolment=enrolment)
    last = marks.aggregate(last=Max("date"))["last"]
    if last is None or last < first:
        return
    others = Membership.objects.in_force(first, until=last).filter(
        enrolment=enrolment, group__kind="registration"
    )
    if others.exclude(group=group).exists():
        raise WrongRow(
            {
                "from_on": f"The pupil has marks up to {day_in_words(last)}, in the registers of "
                "the group of that time: choose a later day"
            }
        )


def _put_in_group(enrolment: Enrolment, group: Group, first: date) -> None:
    """One registration group at a time: what began later gives way, the one before ends."""
    there = list(
        Membership.objects.filter(enrolment=enrolment, group__kind="registration").order_by(
            "from_on"
        )
    )
    for old in there:
        covers = old.from_on < first and (old.until_on is None or old.until_on >= first)
        if covers and old.group_id == group.pk:
            old.until_on = enrolment.leaves_on
            old.save(update_fields=["until_on"])
            Membership.objects.filter(
                pk__in=[one.pk for one in there if one.from_on >= first]
            ).delete()
            return
        if old.from_on >= first:
            old.delete()
        elif covers:
            old.until_on = first - DAY
            old.save(update_fields=["until_on"])
    Membership.objects.create(
        group=group, enrolment=enrolment, from_on=first, until_on=enrolment.leaves_on
    )
