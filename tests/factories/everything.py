"""A school that has one of everything an address can name, and every address of the site."""

from hashlib import sha256
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from registers.models import User
from registers.rules.pupils.photo_files import key_of
from tests import factories
from tests.factories.classes import ClassOfPupils, make_class

SECRET = "a-secret-of-an-invitation"
UPLOAD = "0d5c3f0e-6f0a-4a58-9a0c-5d1f0e5a8a11"


def addresses(resolver: Any = None, namespace: str = "") -> list[tuple[str, URLPattern]]:
    """Every named address of the site with its pattern."""
    found = []
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            found += addresses(entry, inner)
        else:
            found.append((f"{namespace}{entry.name}", entry))
    return found


def path_of(name: str, entry: URLPattern, school: dict[str, Any]) -> str:
    """The address for what the school has; raises KeyError where it has no such thing."""
    words = [*entry.pattern.converters, *entry.pattern.regex.groupindex]
    return reverse(name, kwargs={word: school[word] for word in words})


def make_everything(room: ClassOfPupils | None = None) -> dict[str, Any]:
    """The words of all addresses for a school that has one of everything; a class if none is given.

    What is about one pupil is about the first of the class.
    """
    room = room or make_class(2)
    school, enrolment = room.school, room.enrolments[0]
    copy = factories.LetterCopyFactory(letter__enrolment=enrolment, letter__academic_year=room.year)
    relationship = factories.RelationshipFactory(pupil=enrolment.pupil)
    case = factories.PanelCaseFactory(panel__school=school, enrolment=enrolment)
    document = factories.InterventionDocumentFactory(intervention__enrolment=enrolment)
    factories.HeldMarkFactory(
        enrolment=enrolment, group=room.group, date=room.sessions[0].date, made_by=room.teacher
    )
    colleague = factories.AppointmentFactory(school=school)
    photo = factories.PhotoFactory(pupil=enrolment.pupil)
    invitation = factories.InvitationFactory(
        school=school, digest=sha256(SECRET.encode()).hexdigest()
    )
    return {
        "school": school,
        "group": room.group,
        "urn": school.urn,
        "letter_id": copy.letter_id,
        "copy_id": copy.pk,
        "kind": "first_concern",
        "run_id": factories.PrintRunFactory(school=school).pk,
        "version": factories.LetterTemplateFactory(school=school).version,
        "job_id": factories.JobFactory(school=school).pk,
        "group_id": room.group.pk,
        "year_id": room.year.pk,
        "date": room.sessions[0].date,
        "digest": photo.short_digest,
        "faces": key_of([photo.digest]),
        "half": "am",
        "pupil_id": enrolment.pupil_id,
        "enrolment_id": enrolment.pk,
        "merge_id": factories.PupilMergeFactory(pupil=enrolment.pupil).pk,
        "person_id": relationship.person_id,
        "relationship_id": relationship.pk,
        "characteristic_id": factories.CharacteristicFactory(pupil=enrolment.pupil).pk,
        "planned_id": factories.PlannedAbsenceFactory(enrolment=enrolment).pk,
        "closure_id": factories.ClosureFactory(school=school).pk,
        "cover_id": factories.CoverFactory(group=room.group).pk,
        "call_id": factories.RollCallChildFactory(
            enrolment=enrolment, roll_call__school=school
        ).roll_call_id,
        "sign_out_id": factories.SignOutFactory(enrolment=enrolment).pk,
        "template": "pupils",
        "upload_id": factories.JobFactory(
            school=school,
            kind="registers.tasks.check_import",
            asked={"upload": UPLOAD},
            state="done",
            answer={"stage": "checked"},
        ).asked["upload"],
        "mapping_id": factories.ImportMappingFactory(school=school).pk,
        "import_id": factories.ImportFactory(school=school).pk,
        "appointment_id": colleague.pk,
        "user_id": colleague.user_id,
        "invitation_id": invitation.pk,
        "secret": SECRET,
        "panel_id": case.panel_id,
        "case_id": case.pk,
        "pack_id": factories.PackFactory(panel=case.panel).pk,
        "intervention_id": document.intervention_id,
        "document_id": document.pk,
        "uidb36": "1",
        "key": "a-key-that-is-over",
    }


def member(school: dict[str, Any], *roles: str) -> User:
    """Somebody of these roles at the school; a teacher of its group."""
    person = factories.UserFactory()
    for role in roles:
        appointment = factories.AppointmentFactory(school=school["school"], role=role, user=person)
        appointment.groups.add(school["group"])
    return person
