"""The admission register: pupils come on the roll, and what it says of them changes.

What is written here agrees with the imports (`registers.exchange.actions`): a pupil is found by
UPN.
"""

from dataclasses import dataclass
from datetime import date
from itertools import starmap
from operator import attrgetter
from typing import Self

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
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
from registers.roll.actions.wrong_fields import WrongFields, refuse
from registers.rules import admission
from registers.rules.admission import Spell
from registers.rules.allowed_codes import day_in_words
from registers.rules.pupils.upn import normalise, why_not_upn
from registers.rules.pupils.who_is_who import NamedChild, WhoIsWho
from registers.rules.wording import first_so

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

    @classmethod
    def of(cls, pupil: Pupil) -> Self:
        """As they stand."""
        return cls(*attrgetter(*cls.__slots__)(pupil))

    def differing(self, other: Self) -> list[str]:
        """The names of the fields that are not the same in both."""
        return [name for name in self.__slots__ if getattr(self, name) != getattr(other, name)]


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
    today, pupil = today or timezone.localdate(), Pupil(school=school)
    wrong = _wrong_details(details, pupil, today=today)
    wrong |= admission.what_is_wrong(spell, born_on=details.born_on, others=[], today=today)
    if not another_child:
        wrong["another_child"] = _same_name_and_birth(details, school)
    refuse(wrong)
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
    pupil = Pupil.objects.select_for_update().get(pk=pupil.pk)
    refuse(_wrong_details(details, pupil, today=today or timezone.localdate()))
    before, entries = Details.of(pupil), _entries(pupil)
    _take_details(pupil, details)
    note_with_reason(amended(entries, _entries(pupil)), reason, pupil, by)
    keep_former_name(pupil=pupil, surname=before.surname, forename=before.forename, by=by)
    if before.upn != pupil.upn:
        keep_former_upn(pupil=pupil, upn=before.upn, reason=reason.strip(), by=by)
    return before.differing(Details.of(pupil))


def _entries(pupil: Pupil) -> dict[str, object]:
    """What the register says of a pupil, as its history names it."""
    return {
        "UPN": pupil.upn,
        "forename": pupil.forename,
        "surname": pupil.surname,
        "preferred forename": pupil.preferred_name,
        "date of birth": pupil.born_on,
        "sex": pupil.get_sex_display(),
        "medical alert": pupil.medical_alert,
        "admission number": pupil.admission_number,
    }


def _wrong_details(details: Details, pupil: Pupil, *, today: date) -> dict[str, str]:
    """By field what must be put right, nothing where it is right; `pupil` may be a new one."""
    return {
        "surname": first_so((not details.surname.strip(), "Write the surname")),
        "forename": first_so((not details.forename.strip(), "Write the forename")),
        "medical_alert": _wrong_with_alert(details.medical_alert),
        "born_on": _wrong_with_birth(details.born_on, today)
        or _born_after_entry(pupil, details.born_on),
        "admission_number": _wrong_with_number(details, pupil),
        "upn": _wrong_with_upn(details.upn, pupil),
    }


def _born_after_entry(pupil: Pupil, born_on: date | None) -> str:
    begun = Enrolment.objects.filter(pupil=pupil.pk, starts_on__lte=born_on or date.min)
    first = begun.order_by("starts_on").first()
    if first is None:
        return ""
    return f"The date of entry, {day_in_words(first.starts_on)}, is not after this day"


def _wrong_with_alert(alert: str) -> str:
    if len(in_one_line(alert)) <= LONGEST_ALERT:
        return ""
    return f"A medical alert has at most {LONGEST_ALERT} characters"


def _wrong_with_birth(born_on: date | None, today: date) -> str:
    if born_on is None or FIRST_BIRTH <= born_on <= today:
        return ""
    return "Choose a date of birth from 1990 to today"


def _wrong_with_number(details: Details, pupil: Pupil) -> str:
    number = in_one_line(details.admission_number)
    same = _others(pupil).exclude(admission_number="").filter(admission_number=number).first()
    if same is None:
        return ""
    return f"{same.full_name} has this admission number: each pupil has one of their own"


def _others(pupil: Pupil) -> QuerySet[Pupil]:
    """The other pupils of the school."""
    return Pupil.objects.filter(school=pupil.school_id).exclude(pk=pupil.pk)


def _wrong_with_upn(upn: str, pupil: Pupil) -> str:
    return why_not_upn(upn) or _is_anothers(upn, pupil) or _was_anothers(upn, pupil)


def _is_anothers(upn: str, pupil: Pupil) -> str:
    other = _others(pupil).filter(upn=normalise(upn)).first()
    if other is None:
        return ""
    return (
        f"{other.full_name} has this UPN at this school: one of the two is mistyped, or this is "
        "the same pupil"
    )


def _was_anothers(upn: str, pupil: Pupil) -> str:
    """Of a pupil who is on the register already nobody asks it."""
    had = FormerUpn.objects.filter(upn=normalise(upn), pupil__school=pupil.school_id)
    row = had.filter(pupil__merged_into__isnull=True).select_related("pupil").first()
    if row is None or pupil.pk:
        return ""
    return (
        f"{row.pupil.full_name}, UPN {row.pupil.upn}, had this UPN before: this is the same pupil, "
        "or it is mistyped"
    )


def _same_name_and_birth(details: Details, school: School) -> str:
    """Who has this name and date of birth, and what to do then; empty where nobody has."""
    born = Pupil.objects.filter(school=school, born_on=details.born_on, born_on__isnull=False)
    rows = born.values_list("upn", "surname", "forename", "born_on")
    wanted = NamedChild("", details.surname, details.forename, details.born_on)
    same = WhoIsWho(starmap(NamedChild, rows)).same_name_and_birth(wanted)
    if not same:
        return ""
    child = same[0]
    return (
        f"{child.forename} {child.surname}, UPN {child.upn}, has this name and date of birth: "
        "if this is another child, say so here"
    )


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
