"""The nouns of the two registers."""

from registers.models.amendment import Amendment, RegisterSeal
from registers.models.calendar import AcademicYear, SchoolWeek, Session, Term
from registers.models.closed_day import ClosedDay
from registers.models.closure import ClosedMark, Closure
from registers.models.code import Code
from registers.models.contact import Person, Relationship
from registers.models.day import FollowUp, SignOut
from registers.models.group import CutMembership, Group, Membership
from registers.models.identity import FormerName, FormerUpn, PriorAttendance, PupilMerge
from registers.models.imports import Import, ImportMapping, Paper
from registers.models.invitation import Invitation
from registers.models.job import Job
from registers.models.mark import Mark, MarkComment
from registers.models.plan import Cover, PlannedAbsence
from registers.models.pupil import (
    Characteristic,
    Enrolment,
    EnrolmentYear,
    LeavingEvidence,
    Photo,
    Pupil,
)
from registers.models.register import HeldMark, Register, SaveReceipt
from registers.models.roll_call import RollCall, RollCallChild, RollCallTick
from registers.models.roll_change import RollChange
from registers.models.school import School
from registers.models.staff import Appointment, User
from registers.models.tally import WeekTally

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
