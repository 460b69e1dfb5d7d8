"""A pupil or an enrolment of the viewer’s school, and the address of the page."""

from django.shortcuts import get_object_or_404
from django.urls import reverse

from registers.models import Enrolment, Pupil
from registers.web.access import PageRequest


def pupil_of(request: PageRequest, pupil_id: int) -> Pupil:
    return get_object_or_404(Pupil, school=request.viewer.school, pk=pupil_id)


def enrolment_of(request: PageRequest, pupil_id: int, enrolment_id: int) -> Enrolment:
    found = Enrolment.objects.select_related("pupil")
    school = request.viewer.school
    return get_object_or_404(found, school=school, pupil=pupil_id, pk=enrolment_id)


def page_of(request: PageRequest, pupil: Pupil) -> str:
    kwargs = {"urn": request.viewer.school.urn, "pupil_id": pupil.pk}
    return reverse("registers:pupil_edit", kwargs=kwargs)
