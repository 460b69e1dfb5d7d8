"""Small true-to-life rows for the tests. All names are invented."""

from datetime import UTC, date, datetime, time
from pathlib import Path
from uuid import uuid4

import factory
from allauth.mfa.models import Authenticator
from django.core.files.storage import default_storage
from factory.django import DjangoModelFactory
from stdnum.gb import upn as upn_arithmetic

from absence.models import Standing
from interventions.models import (
    CrossedBefore,
    Intervention,
    InterventionDocument,
    InterventionKind,
    Letter,
    LetterCopy,
    LetterTemplate,
    Night,
    Pack,
    Panel,
    PanelCase,
    PrintRun,
)
from registers import models
from registers.policies import NEEDS_SECOND_FACTOR
from registers.rules.pupils.photo_files import digest_of
from tests.factories.pictures import a_face


def make_upn(number: int) -> str:
    """A UPN with its right check letter, for the pupil with this number (to 99,999)."""
    rest = f"330{2000 + number // 1000:04d}21{number % 1000:03d}"
    return upn_arithmetic.calc_check_digit(rest) + rest


class SchoolFactory(DjangoModelFactory):
    class Meta:
        model = models.School

    urn = factory.Sequence(lambda n: f"{900001 + n}")
    laestab = factory.Sequence(lambda n: f"330{4000 + n}")
    name = factory.Sequence(lambda n: f"Ellerwick School {n}")
    headteacher = "Mrs R. Adeyemi-Clarke"
    address = "Saltergate Road\nEllerwick"
    postcode = "EW4 7QT"
    telephone = "01632 960417"
    email = "attendance@ellerwick.example"
    morning_at = time(8, 45)
    afternoon_at = time(13, 15)


class AcademicYearFactory(DjangoModelFactory):
    class Meta:
        model = models.AcademicYear

    school = factory.SubFactory(SchoolFactory)
    name = "2025/26"
    starts_on = date(2025, 9, 1)
    ends_on = date(2026, 7, 21)


class TermFactory(DjangoModelFactory):
    class Meta:
        model = models.Term

    academic_year = factory.SubFactory(AcademicYearFactory)
    name = "Autumn 1"
    starts_on = date(2025, 9, 1)
    ends_on = date(2025, 10, 24)


class SessionFactory(DjangoModelFactory):
    class Meta:
        model = models.Session

    academic_year = factory.SubFactory(AcademicYearFactory)
    school = factory.SelfAttribute("academic_year.school")
    date = date(2025, 9, 2)
    half = 0


class PupilFactory(DjangoModelFactory):
    class Meta:
        model = models.Pupil

    school = factory.SubFactory(SchoolFactory)
    upn = factory.Sequence(make_upn)
    surname = factory.Sequence(lambda n: f"Okafor-{n}")
    forename = "Siyuan"
    born_on = date(2012, 3, 4)
    sex = "F"


class CharacteristicFactory(DjangoModelFactory):
    class Meta:
        model = models.Characteristic

    pupil = factory.SubFactory(PupilFactory)
    kind = "FSM"
    value = "Y"
    from_on = date(2025, 9, 1)


class EnrolmentFactory(DjangoModelFactory):
    class Meta:
        model = models.Enrolment

    pupil = factory.SubFactory(PupilFactory)
    school = factory.SelfAttribute("pupil.school")
    starts_on = date(2025, 9, 1)


class EnrolmentYearFactory(DjangoModelFactory):
    class Meta:
        model = models.EnrolmentYear

    enrolment = factory.SubFactory(EnrolmentFactory)
    academic_year = factory.SubFactory(
        AcademicYearFactory, school=factory.SelfAttribute("..enrolment.school")
    )
    year_group = "9"


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = models.Person

    school = factory.SubFactory(SchoolFactory)
    name = factory.Sequence(lambda n: f"Ms Meiling Chen {n}")
    address = "104 Fuller's Walk\nNether Ellerwick"
    postcode = "EW4 9RJ"


class RelationshipFactory(DjangoModelFactory):
    class Meta:
        model = models.Relationship

    pupil = factory.SubFactory(PupilFactory)
    person = factory.SubFactory(PersonFactory, school=factory.SelfAttribute("..pupil.school"))
    kind = "mother"
    has_responsibility = factory.LazyAttribute(lambda row: row.kind in ("mother", "father"))
    lives_with = factory.SelfAttribute("has_responsibility")
    may_be_written_to = factory.SelfAttribute("has_responsibility")


class RollChangeFactory(DjangoModelFactory):
    class Meta:
        model = models.RollChange

    pupil = factory.SubFactory(PupilFactory)
    what = "surname"
    before, after = "Chen", "Chen-Okafor"
    reason = "The mother showed the deed"
    by = factory.SubFactory("tests.factories.UserFactory")
    by_name = "Tom Brannigan"
    by_position = "Attendance Officer"


class FormerNameFactory(DjangoModelFactory):
    class Meta:
        model = models.FormerName

    pupil = factory.SubFactory(PupilFactory)
    surname = factory.Sequence(lambda n: f"Before-{n}")
    forename = "Siyuan"
    until_on = date(2026, 1, 5)


class FormerUpnFactory(DjangoModelFactory):
    class Meta:
        model = models.FormerUpn

    pupil = factory.SubFactory(PupilFactory)
    upn = factory.Sequence(lambda n: make_upn(50_000 + n))
    reason = "The permanent UPN is known."


class PriorAttendanceFactory(DjangoModelFactory):
    class Meta:
        model = models.PriorAttendance

    pupil = factory.SubFactory(PupilFactory)
    academic_year = "2024/25"
    laestab = "3302001"
    school_name = "Saltergate Primary School"
    possible, attended, authorised, unauthorised = 380, 350, 20, 10
    source = "3302001_CTF_3304001_001.xml"
    read_at = datetime(2025, 9, 1, 8, tzinfo=UTC)


class PupilMergeFactory(DjangoModelFactory):
    class Meta:
        model = models.PupilMerge

    school = factory.SelfAttribute("pupil.school")
    pupil = factory.SubFactory(PupilFactory)
    other = factory.SubFactory(PupilFactory, school=factory.SelfAttribute("..pupil.school"))
    reason = "One child, on roll twice."
    merged_at = factory.LazyFunction(lambda: datetime.now(UTC))
    merged_by = factory.SubFactory("tests.factories.UserFactory")


class GroupFactory(DjangoModelFactory):
    class Meta:
        model = models.Group

    school = factory.SubFactory(SchoolFactory)
    kind = "registration"
    name = factory.Sequence(lambda n: f"9{n}")


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = models.Membership

    enrolment = factory.SubFactory(EnrolmentFactory)
    group = factory.SubFactory(GroupFactory, school=factory.SelfAttribute("..enrolment.school"))
    from_on = factory.SelfAttribute("enrolment.starts_on")


class CutMembershipFactory(DjangoModelFactory):
    class Meta:
        model = models.CutMembership

    enrolment = factory.SubFactory(EnrolmentFactory)
    group = factory.SubFactory(GroupFactory, school=factory.SelfAttribute("..enrolment.school"))


class LeavingEvidenceFactory(DjangoModelFactory):
    class Meta:
        model = models.LeavingEvidence

    enrolment = factory.SubFactory(EnrolmentFactory)
    text = "Nether Ellerwick Academy"
    by = factory.SubFactory("tests.factories.UserFactory")


class RegisterFactory(DjangoModelFactory):
    class Meta:
        model = models.Register

    group = factory.SubFactory(GroupFactory)
    session = factory.SubFactory(
        SessionFactory,
        academic_year=factory.SubFactory(
            AcademicYearFactory, school=factory.SelfAttribute("...group.school")
        ),
    )


class UserFactory(DjangoModelFactory):
    class Meta:
        model = models.User

    username = factory.Sequence(lambda n: f"user{n}")
    name = factory.Sequence(lambda n: f"Tom Brannigan {n}")


class AppointmentFactory(DjangoModelFactory):
    class Meta:
        model = models.Appointment
        skip_postgeneration_save = True

    user = factory.SubFactory(UserFactory)
    school = factory.SubFactory(SchoolFactory)
    role = models.Appointment.Role.ATTENDANCE_OFFICER
    position = "Attendance Officer"

    @factory.post_generation
    def second_factor(self, create, extracted, **kwargs):
        """Whoever needs a second factor has one, unless a test says `second_factor=False`."""
        if create and extracted is not False and self.role in NEEDS_SECOND_FACTOR:
            Authenticator.objects.get_or_create(
                user=self.user, type=Authenticator.Type.TOTP, defaults={"data": {"secret": "none"}}
            )


class SchoolWeekFactory(DjangoModelFactory):
    class Meta:
        model = models.SchoolWeek

    school = factory.SubFactory(SchoolFactory)
    monday = date(2025, 9, 1)
    number = 1


class ImportFactory(DjangoModelFactory):
    class Meta:
        model = models.Import

    school = factory.SubFactory(SchoolFactory)
    folder = "autumn"
    started_at = datetime(2025, 9, 1, 7, 0, tzinfo=UTC)


class ImportMappingFactory(DjangoModelFactory):
    class Meta:
        model = models.ImportMapping

    school = factory.SubFactory(SchoolFactory)
    name = factory.Sequence(lambda n: f"Pupil list {n}")
    made_at = datetime(2025, 9, 1, 7, 0, tzinfo=UTC)
    used_at = datetime(2025, 9, 1, 7, 0, tzinfo=UTC)


class PhotoFactory(DjangoModelFactory):
    class Meta:
        model = models.Photo
        skip_postgeneration_save = True

    pupil = factory.SubFactory(PupilFactory)
    file = factory.LazyAttribute(lambda photo: f"photos/{photo.pupil.upn}.jpg")
    digest = factory.LazyAttribute(lambda photo: digest_of(a_face(photo.pupil.upn)))
    added_at = datetime(2025, 9, 1, 9, tzinfo=UTC)
    added_by = factory.SubFactory("tests.factories.UserFactory")

    @factory.post_generation
    def _file(self, create, extracted, **kwargs):
        path = Path(default_storage.path(self.file))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(a_face(self.pupil.upn))


class RollCallFactory(DjangoModelFactory):
    class Meta:
        model = models.RollCall

    school = factory.SubFactory(SchoolFactory)
    started_at = datetime(2025, 9, 9, 9, 0, tzinfo=UTC)
    started_by = factory.SubFactory(UserFactory)


class RollCallChildFactory(DjangoModelFactory):
    class Meta:
        model = models.RollCallChild

    roll_call = factory.SubFactory(RollCallFactory)
    enrolment = factory.SubFactory(EnrolmentFactory)
    where = "here"


class RollCallTickFactory(DjangoModelFactory):
    class Meta:
        model = models.RollCallTick

    roll_call = factory.SubFactory(RollCallFactory)
    enrolment = factory.SubFactory(EnrolmentFactory)
    key = factory.LazyFunction(uuid4)
    is_found = True
    made_at = datetime(2025, 9, 9, 9, 0, tzinfo=UTC)
    made_by = factory.SubFactory(UserFactory)


class HeldMarkFactory(DjangoModelFactory):
    class Meta:
        model = models.HeldMark

    save_key = factory.LazyFunction(uuid4)
    enrolment = factory.SubFactory(EnrolmentFactory)
    group = factory.LazyAttribute(lambda held: GroupFactory(school=held.enrolment.school))
    date = date(2025, 9, 1)
    half = 0
    code_id = "N"
    made_at = datetime(2025, 9, 1, 7, 52, tzinfo=UTC)
    made_by = factory.SubFactory("tests.factories.UserFactory")
    arrived_at = datetime(2025, 9, 1, 9, 25, tzinfo=UTC)
    why = models.HeldMark.Why.ENDED


class PaperFactory(DjangoModelFactory):
    class Meta:
        model = models.Paper

    enrolment = factory.SubFactory(EnrolmentFactory)
    academic_year = factory.SubFactory(
        AcademicYearFactory, school=factory.SelfAttribute("..enrolment.school")
    )
    code_id = "C2"
    first_on = date(2025, 9, 2)
    last_on = date(2025, 9, 30)
    sessions = 12


class StandingFactory(DjangoModelFactory):
    class Meta:
        model = Standing

    enrolment = factory.SubFactory(EnrolmentFactory)
    academic_year = factory.SubFactory(
        AcademicYearFactory, school=factory.SelfAttribute("..enrolment.school")
    )
    on = date(2025, 11, 21)
    band = "90-85"
    persistently_absent = True
    severely_absent = False
    attended, authorised, unauthorised = 90, 8, 4
    known_at = datetime(2025, 11, 22, 2, 0, tzinfo=UTC)


class LetterFactory(DjangoModelFactory):
    class Meta:
        model = Letter

    enrolment = factory.SubFactory(EnrolmentFactory)
    academic_year = factory.SubFactory(
        AcademicYearFactory, school=factory.SelfAttribute("..enrolment.school")
    )
    kind = "persistent_absence"
    as_at = date(2025, 11, 21)
    dated = date(2025, 11, 22)
    proposed_at = datetime(2025, 11, 22, 2, 0, tzinfo=UTC)


class CrossedBeforeFactory(DjangoModelFactory):
    class Meta:
        model = CrossedBefore

    enrolment = factory.SubFactory(EnrolmentFactory)
    academic_year = factory.SubFactory(
        AcademicYearFactory, school=factory.SelfAttribute("..enrolment.school")
    )
    kind = "persistent_absence"
    as_at = date(2025, 11, 21)
    missed, possible = 12, 104
    listed_at = datetime(2025, 11, 22, 2, 0, tzinfo=UTC)


class LetterCopyFactory(DjangoModelFactory):
    class Meta:
        model = LetterCopy

    letter = factory.SubFactory(LetterFactory)
    person = factory.SubFactory(
        PersonFactory, school=factory.SelfAttribute("..letter.enrolment.school")
    )
    recipient = factory.SelfAttribute("person.name")
    address = factory.SelfAttribute("person.address")


class NightFactory(DjangoModelFactory):
    class Meta:
        model = Night

    school = factory.SubFactory(SchoolFactory)
    as_at = date(2025, 11, 21)
    started_at = datetime(2025, 11, 22, 2, 0, tzinfo=UTC)


class ClosedDayFactory(DjangoModelFactory):
    class Meta:
        model = models.ClosedDay

    academic_year = factory.SubFactory(AcademicYearFactory)
    date = date(2025, 10, 27)
    kind = "holiday"


class PlannedAbsenceFactory(DjangoModelFactory):
    class Meta:
        model = models.PlannedAbsence

    enrolment = factory.SubFactory(EnrolmentFactory)
    kind = "leave"
    code_id = "C"
    from_on = date(2025, 9, 8)
    until_on = date(2025, 9, 9)
    note = "A grandparent's funeral"
    made_at = datetime(2025, 9, 5, 10, 0, tzinfo=UTC)
    made_by = factory.SubFactory(UserFactory)


class ClosureFactory(DjangoModelFactory):
    class Meta:
        model = models.Closure

    school = factory.SubFactory(SchoolFactory)
    kind = "snow"
    code_id = "Y4"
    for_whom = "The whole school"
    from_on = date(2025, 9, 2)
    from_half = 0
    until_on = date(2025, 9, 2)
    until_half = 1
    changing = ["N"]
    made_at = datetime(2025, 9, 2, 7, 0, tzinfo=UTC)
    made_by = factory.SubFactory(UserFactory)


class ClosedMarkFactory(DjangoModelFactory):
    class Meta:
        model = models.ClosedMark

    closure = factory.SubFactory(ClosureFactory)
    enrolment = factory.SubFactory(EnrolmentFactory)
    date = date(2025, 9, 2)
    half = 0
    version = 2
    code_before = "N"


class CoverFactory(DjangoModelFactory):
    class Meta:
        model = models.Cover

    group = factory.SubFactory(GroupFactory)
    date = date(2025, 9, 2)
    user = factory.SubFactory(UserFactory)
    given_at = datetime(2025, 9, 2, 7, 50, tzinfo=UTC)
    given_by = factory.SubFactory(UserFactory)


class FollowUpFactory(DjangoModelFactory):
    class Meta:
        model = models.FollowUp

    enrolment = factory.SubFactory(EnrolmentFactory)
    date = date(2025, 9, 2)
    channel = "call"
    outcome = "no_answer"
    made_at = datetime(2025, 9, 2, 9, 40, tzinfo=UTC)
    made_by = factory.SubFactory(UserFactory)


class SignOutFactory(DjangoModelFactory):
    class Meta:
        model = models.SignOut

    enrolment = factory.SubFactory(EnrolmentFactory)
    date = date(2025, 9, 2)
    left_at = datetime(2025, 9, 2, 10, 30, tzinfo=UTC)
    left_by = factory.SubFactory(UserFactory)
    reason = "Dentist"


class InvitationFactory(DjangoModelFactory):
    class Meta:
        model = models.Invitation

    school = factory.SubFactory(SchoolFactory)
    email = factory.Sequence(lambda n: f"colleague{n}@ellerwick.example")
    name = "Jo Ferreira"
    role = "office"
    digest = factory.Sequence(lambda n: f"{n:064x}")
    invited_at = datetime(2025, 9, 1, 9, 0, tzinfo=UTC)
    expires_at = datetime(2099, 9, 8, 9, 0, tzinfo=UTC)


class JobFactory(DjangoModelFactory):
    class Meta:
        model = models.Job

    school = factory.SubFactory(SchoolFactory)
    kind = "registers.tasks.none"
    action = "see_pupils"
    title = "Panel pack"
    started_at = datetime(2025, 9, 2, 9, 0, tzinfo=UTC)
    started_by = factory.SubFactory(UserFactory)


class InterventionKindFactory(DjangoModelFactory):
    class Meta:
        model = InterventionKind

    school = factory.SubFactory(SchoolFactory)
    name = factory.Sequence(lambda n: f"Breakfast club {n}")


class InterventionFactory(DjangoModelFactory):
    class Meta:
        model = Intervention

    enrolment = factory.SubFactory(EnrolmentFactory)
    kind = "conversation"
    done_on = date(2025, 9, 10)
    with_whom = "Ms Meiling Chen"
    note = "Talked about the mornings."
    made_at = datetime(2025, 9, 10, 15, 0, tzinfo=UTC)
    made_by = factory.SubFactory(UserFactory)


class InterventionDocumentFactory(DjangoModelFactory):
    class Meta:
        model = InterventionDocument

    intervention = factory.SubFactory(InterventionFactory)
    file = "interventions/2025/none.pdf"
    name = "Notes.pdf"
    digest = "0" * 64
    added_at = datetime(2025, 9, 10, 15, 5, tzinfo=UTC)
    added_by = factory.SubFactory(UserFactory)


class LetterTemplateFactory(DjangoModelFactory):
    class Meta:
        model = LetterTemplate

    school = factory.SubFactory(SchoolFactory)
    kind = "first_concern"
    version = 1
    subject = "Attendance"
    body = "<p>Dear parent</p>"
    made_at = datetime(2025, 9, 1, 9, 0, tzinfo=UTC)


class PrintRunFactory(DjangoModelFactory):
    class Meta:
        model = PrintRun

    school = factory.SubFactory(SchoolFactory)
    made_at = datetime(2025, 9, 12, 9, 0, tzinfo=UTC)
    made_by = factory.SubFactory(UserFactory)


class PanelFactory(DjangoModelFactory):
    class Meta:
        model = Panel

    school = factory.SubFactory(SchoolFactory)
    on = date(2025, 9, 26)
    place = "Room 4"
    made_at = datetime(2025, 9, 12, 9, 0, tzinfo=UTC)
    made_by = factory.SubFactory(UserFactory)


class PanelCaseFactory(DjangoModelFactory):
    class Meta:
        model = PanelCase

    panel = factory.SubFactory(PanelFactory)
    enrolment = factory.SubFactory(
        EnrolmentFactory, pupil__school=factory.SelfAttribute("...panel.school")
    )
    at = time(9, 0)


class PackFactory(DjangoModelFactory):
    class Meta:
        model = Pack

    panel = factory.SubFactory(PanelFactory)
    job = factory.SubFactory(
        JobFactory,
        school=factory.SelfAttribute("..panel.school"),
        action="hold_panel",
    )
    as_at = date(2025, 9, 12)
    made_at = datetime(2025, 9, 12, 9, 0, tzinfo=UTC)
    made_by = factory.SubFactory(UserFactory)
