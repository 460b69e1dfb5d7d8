"""The nouns of the two registers."""

from registers.models.imports import Import, ImportMapping, Paper
from registers.models.job import Job
from registers.models.marks.amendment import Amendment, RegisterSeal
from registers.models.marks.code import Code
from registers.models.marks.mark import Mark, MarkComment
from registers.models.marks.register import HeldMark, Register, SaveReceipt
from registers.models.marks.tally import WeekTally
from registers.models.office.closure import ClosedMark, Closure
from registers.models.office.day import FollowUp, SignOut
from registers.models.office.plan import Cover, PlannedAbsence
from registers.models.office.roll_call import RollCall, RollCallChild, RollCallTick
from registers.models.roll.contact import Person, Relationship
from registers.models.roll.group import CutMembership, Group, Membership
from registers.models.roll.identity import FormerName, FormerUpn, PriorAttendance, PupilMerge
from registers.models.roll.pupil import (
    Characteristic,
    Enrolment,
    EnrolmentYear,
    LeavingEvidence,
    Photo,
    Pupil,
)
from registers.models.roll.roll_change import RollChange
from registers.models.school.calendar import AcademicYear, SchoolWeek, Session, Term
from registers.models.school.closed_day import ClosedDay
from registers.models.school.invitation import Invitation
from registers.models.school.school import School
from registers.models.school.staff import Appointment, User

__all__ = [
    "AcademicYear",
    "Amendment",
    "Appointment",
    "Characteristic",
    "ClosedDay",
    "ClosedMark",
    "Closure",
    "Code",
    "Cover",
    "CutMembership",
    "Enrolment",
    "EnrolmentYear",
    "FollowUp",
    "FormerName",
    "FormerUpn",
    "Group",
    "HeldMark",
    "Import",
    "ImportMapping",
    "Invitation",
    "Job",
    "LeavingEvidence",
    "Mark",
    "MarkComment",
    "Membership",
    "Paper",
    "Person",
    "Photo",
    "PlannedAbsence",
    "PriorAttendance",
    "Pupil",
    "PupilMerge",
    "Register",
    "RegisterSeal",
    "Relationship",
    "RollCall",
    "RollCallChild",
    "RollCallTick",
    "RollChange",
    "SaveReceipt",
    "School",
    "SchoolWeek",
    "Session",
    "SignOut",
    "Term",
    "User",
    "WeekTally",
]
