"""The admission register: pupils come on the roll, and what it says of them changes.

What is written here agrees with the imports (`registers.exchange.actions`): a pupil is found by
UPN.
"""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from registers import policies
from registers.models import (
    Enrolment,
    FormerUpn,
    Group,
    Pupil,
    School,
)
from registers.models.school.staff import User
from registers.roll.actions.names import keep_former_name
from registers.roll.actions.places import enrol
from registers.roll.actions.roll_changes import amended, note_with_reason
from registers.roll.actions.upns import keep_former_upn
from registers.roll.actions.wrong_fields import WrongFields
from registers.rules import admission
from registers.rules.admission import Spell
from registers.rules.allowed_codes import day_in_words
from registers.rules.pupils.upn import normalise, why_not_upn
from registers.rules.pupils.who_is_who import NamedChild, WhoIsWho

FIRST_BIRTH = date(1990, 1, 1)
LONGEST_ALERT = 60  # characters: two lines of a register's row


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
    """A new pupil with the first time on the roll. Raises WrongFields with every reason.

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
        raise WrongFields(wrong)
    pupil = Pupil(school=school)
    _take_details(pupil, details)
    return enrol(pupil, spell, year_group, group)


@transaction.atomic
def change_pupil(
    *, pupil: Pupil, details: Details, reason: str = "", by: User, today: date | None = None
) -> list[str]:
    """Change who a pupil is; the names of the fields that changed. Raises WrongFields.

    A reason is asked for when an entry of the register changes, and not when one is filled in. A
    UPN that is changed stays as a former one, by which the pupil is still found.
    """
    policies.check(by, "keep_pupils", school=pupil.school_id)
    today = today or timezone.localdate()
    there = Pupil.objects.select_for_update().get(pk=pupil.pk)
    wrong = _wrong_details(details, there.school, there, today=today)
    if why := _born_after_entry(there, details.born_on):
        wrong.setdefault("born_on", why)
    if wrong:
        raise WrongFields(wrong)
    before = {name: getattr(there, name) for name in Details.__slots__}
    entries = _entries(there)
    _take_details(there, details)
    note_with_reason(amended(entries, _entries(there)), reason, there, by)
    keep_former_name(
        pupil=there, surname=str(before["surname"]), forename=str(before["forename"]), by=by
    )
    if before["upn"] != there.upn:
        keep_former_upn(pupil=there, upn=str(before["upn"]), reason=reason.strip(), by=by)
    return [name for name, value in before.items() if getattr(there, name) != value]


def _born_after_entry(pupil: Pupil, born_on: date | None) -> str:
    starts = pupil.enrolments.order_by("starts_on").values_list("starts_on", flat=True).first()
    if not born_on or not starts or born_on < starts:
        return ""
    return f"The date of entry, {day_in_words(starts)}, is not after this day"


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


def _wrong_details(
    details: Details, school: School, there: Pupil | None, *, today: date
) -> dict[str, str]:
    """By field what must be put right; `there` is the pupil, None for one who is new."""
    wrong = {
        "surname": "" if details.surname.strip() else "Write the surname",
        "forename": "" if details.forename.strip() else "Write the forename",
        "medical_alert": _wrong_with_alert(details.medical_alert),
        "born_on": _wrong_with_birth(details.born_on, today),
        "admission_number": _wrong_with_number(details, school, there),
        "upn": _wrong_with_upn(details.upn, school, there),
    }
    return {field: sentence for field, sentence in wrong.items() if sentence}


def _wrong_with_alert(alert: str) -> str:
    if len(in_one_line(alert)) <= LONGEST_ALERT:
        return ""
    return f"A medical alert has at most {LONGEST_ALERT} characters"


def _wrong_with_birth(born_on: date | None, today: date) -> str:
    if born_on is None or FIRST_BIRTH <= born_on <= today:
        return ""
    return "Choose a date of birth from 1990 to today"


def _wrong_with_number(details: Details, school: School, there: Pupil | None) -> str:
    other = _with_this_number(details, school, there)
    if other is None:
        return ""
    return f"{_name(other)} has this admission number: each pupil has one of their own"


def _wrong_with_upn(upn: str, school: School, there: Pupil | None) -> str:
    if why := why_not_upn(upn):
        return why
    same = Pupil.objects.filter(school=school, upn=normalise(upn))
    if other := same.exclude(pk=there.pk if there else 0).first():
        return (
            f"{_name(other)} has this UPN at this school: one of the two is mistyped, or this is "
            "the same pupil"
        )
    if there is None and (had := _who_had(upn, school)):
        return (
            f"{_name(had)}, UPN {had.upn}, had this UPN before: this is the same pupil, or it is "
            "mistyped"
        )
    return ""


def _name(pupil: Pupil) -> str:
    return f"{pupil.forename} {pupil.surname}"


def _with_this_number(details: Details, school: School, there: Pupil | None) -> Pupil | None:
    number = in_one_line(details.admission_number)
    same = Pupil.objects.filter(school=school, admission_number=number)
    return same.exclude(pk=there.pk if there else 0).first() if number else None


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
        raise WrongFields({"upn": wrong}) from None
