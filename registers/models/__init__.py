"""The nouns of the two registers."""

from registers.models.import_mapping import ImportMapping
from registers.models.imports import Import
from registers.models.job import Job
from registers.models.marks.amendment import Amendment, RegisterSeal
from registers.models.marks.code import Code
from registers.models.marks.held_mark import HeldMark
from registers.models.marks.mark import Mark, MarkComment
from registers.models.marks.paper import Paper
from registers.models.marks.register import Register
from registers.models.marks.save_receipt import SaveReceipt
from registers.models.marks.tally import WeekTally
from registers.models.office.closure import ClosedMark, Closure
from registers.models.office.cover import Cover
from registers.models.office.follow_up import FollowUp
from registers.models.office.planned_absence import PlannedAbsence
from registers.models.office.roll_call import RollCall, RollCallChild, RollCallTick
from registers.models.office.sign_out import SignOut
from registers.models.roll.characteristic import Characteristic
from registers.models.roll.contact import Person, Relationship
from registers.models.roll.enrolment import Enrolment, EnrolmentYear, LeavingEvidence
from registers.models.roll.former import FormerName, FormerUpn
from registers.models.roll.group import CutMembership, Group, Membership
from registers.models.roll.photo import Photo
from registers.models.roll.prior_attendance import PriorAttendance
from registers.models.roll.pupil import Pupil
from registers.models.roll.pupil_merge import PupilMerge
from registers.models.roll.roll_change import RollChange
from registers.models.school.academic_year import AcademicYear
from registers.models.school.appointment import Appointment
from registers.models.school.closed_day import ClosedDay
from registers.models.school.invitation import Invitation
from registers.models.school.school import School
from registers.models.school.school_week import SchoolWeek
from registers.models.school.session import Session
from registers.models.school.staff import User
from registers.models.school.term import Term

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
