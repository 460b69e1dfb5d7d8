"""A letter by hand: which kind, to whom, with what; then it goes to the queue."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from absence.figures.calendar import NoAcademicYearError
from interventions.letters import document, due
from interventions.letters.actions import letters as actions
from interventions.letters.content.files import Recipient
from interventions.letters.content.gather import letter_context
from interventions.letters.forms import LetterForm
from interventions.letters.render import filled
from interventions.letters.wordings.own_words import OWN_WORDS, Words
from interventions.models import Letter
from interventions.rules.letter_kinds import KINDS, Kind
from registers import policies
from registers.models import Enrolment, Pupil, Relationship
from registers.web.access import PageRequest, allowed


@require_http_methods(["GET", "POST"])
@allowed("decide_letter")
def letter_new(request: PageRequest, pupil_id: int) -> HttpResponse:
    """First the kind, in the address; then the rest as a form."""
    school = request.viewer.school
    pupil = get_object_or_404(Pupil, pk=pupil_id, school=school)
    enrolment = (
        Enrolment.objects.filter(pupil=pupil)
        .select_related("school", "pupil")
        .order_by("-starts_on")
        .first()
    )
    kind = KINDS.get(request.GET.get("kind", ""))
    context = {"pupil": pupil, "enrolment": enrolment, "kinds": KINDS.values(), "kind": kind}
    if kind is None or enrolment is None:
        context["earlier"] = Letter.objects.filter(enrolment__pupil=pupil).order_by(
            "-dated", "-pk"
        )[:20]
        return render(request, "interventions/letters/letter_new.html", context)
    form = LetterForm(
        request.POST or None,
        kind=kind,
        relationships=_relationships(pupil),
        today=timezone.localdate(),
    )
    context["form"] = form
    if form.is_valid():
        if "preview" in request.POST:
            context |= _preview(enrolment, kind, form)
        else:
            made = _write(request, enrolment, kind, form)
            if made is not None:
                return redirect("interventions:letter", urn=school.urn, letter_id=made.pk)
    return render(request, "interventions/letters/letter_new.html", context)


def _relationships(pupil: Pupil) -> list[Relationship]:
    found = pupil.relationships.select_related("person", "confirmed_by")
    return list(found.order_by("priority", "pk"))


def _write(
    request: PageRequest, enrolment: Enrolment, kind: Kind, form: LetterForm
) -> Letter | None:
    """The letter; None, with the refusal on the form, where it may not be written."""
    try:
        made = actions.make_letter(
            enrolment=enrolment,
            kind=kind.key,
            details=form.details,
            by=request.user,
            dated=timezone.localdate(),
            recipients=form.cleaned_data["recipients"],
            channels=form.channels,
        )
    except policies.Refused as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.success(request, "The letter is in the queue. Look at it and approve it.")
    return made


def _preview(enrolment: Enrolment, kind: Kind, form: LetterForm) -> dict:
    """The letter as it would read now, to the first of its recipients."""
    today = timezone.localdate()
    as_at = today - timedelta(days=1)
    school = enrolment.school
    try:
        found = due.figures_for(enrolment, kind.key, as_at=as_at, today=today)
    except (NoAcademicYearError, ValueError) as refusal:
        form.add_error(None, str(refusal))
        return {}
    person = next(
        one.person
        for one in _relationships(enrolment.pupil)
        if one.person_id in form.cleaned_data["recipients"]
    )
    own = document.templates_in_force(school).get(kind.key)
    context = letter_context(
        kind.key,
        found,
        school=document.letter_school(school),
        pupil=document.letter_pupil(
            enrolment.pupil, found["year_group"], found["registration_group"]
        ),
        recipient=Recipient(person.name, actions.address_of(person).splitlines(), person.language),
        signatory_name=school.headteacher,
        signatory_role="Headteacher",
        reference="",
        dated=today,
        details=form.details,
    )
    context["words"] = Words(own.subject, own.body) if own else OWN_WORDS[kind.key]
    return {"preview": {**context, **filled(kind.key, context)}}
