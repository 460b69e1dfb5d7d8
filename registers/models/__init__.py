"""The nouns of the two registers."""

from registers.models.amendment import Amendment, RegisterSeal
from registers.models.calendar import AcademicYear, SchoolWeek, Session, Term
from registers.models.code import Code
from registers.models.contact import Person, Relationship
from registers.models.group import Group, Membership
from registers.models.imports import Import, Paper
from registers.models.mark import Mark, MarkComment
from registers.models.pupil import Characteristic, Enrolment, EnrolmentYear, Pupil
from registers.models.register import Register, SaveReceipt
from registers.models.school import School
from registers.models.staff import Appointment, User
from registers.models.tally import WeekTally

__all__ = [
    "AcademicYear",
    "Amendment",
    "Appointment",
    "Characteristic",
    "Code",
    "Enrolment",
    "EnrolmentYear",
    "Group",
    "Import",
    "Mark",
    "MarkComment",
    "Membership",
    "Paper",
    "Person",
    "Pupil",
    "Register",
    "RegisterSeal",
    "Relationship",
    "SaveReceipt",
    "School",
    "SchoolWeek",
    "Session",
    "Term",
    "User",
    "WeekTally",
]
