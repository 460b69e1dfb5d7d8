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
from interventions.letters.forms.writing import LetterForm
from interventions.letters.render import on_screen
from interventions.letters.wordings.own_words import OWN_WORDS, Words
from interventions.models import Letter
from interventions.rules.letter_kinds import KINDS, Kind
from registers.models import Enrolment, Pupil, Relationship
from registers.web.access import PageRequest, allowed
from registers.web.forms import refusals_in

EARLIER_SHOWN = 20


@require_http_methods(["GET", "POST"])
@allowed("decide_letter")
def letter_new(request: PageRequest, pupil_id: int) -> HttpResponse:
    """First the kind, in the address; then the rest as a form."""
    pupil = get_object_or_404(Pupil, pk=pupil_id, school=request.viewer.school)
    spells = Enrolment.objects.filter(pupil=pupil).select_related("school", "pupil")
    enrolment = spells.order_by("-starts_on").first()
    kind = KINDS.get(request.GET.get("kind", ""))
    if kind is None or enrolment is None:
        return _choose_kind(request, pupil, enrolment)
    return _write_it(request, enrolment, kind)


def _write_it(request: PageRequest, enrolment: Enrolment, kind: Kind) -> HttpResponse:
    pupil = enrolment.pupil
    form = LetterForm(
        request.POST or None,
        kind=kind,
        relationships=_relationships(pupil),
        today=timezone.localdate(),
    )
    preview = None
    if form.is_valid() and "preview" in request.POST:
        preview = _preview(enrolment, kind, form)
    elif form.is_valid() and (letter := _write(request, enrolment, kind, form)):
        urn = request.viewer.school.urn
        return redirect("interventions:letter", urn=urn, letter_id=letter.pk)
    context = {"pupil": pupil, "kind": kind, "form": form, "preview": preview}
    return render(request, "interventions/letters/writing/one.html", context)


def _choose_kind(request: PageRequest, pupil: Pupil, enrolment: Enrolment | None) -> HttpResponse:
    earlier = Letter.objects.filter(enrolment__pupil=pupil).order_by("-dated", "-pk")
    context = {
        "pupil": pupil,
        "enrolment": enrolment,
        "kinds": KINDS.values(),
        "earlier": earlier[:EARLIER_SHOWN],
    }
    return render(request, "interventions/letters/writing/kind.html", context)


def _relationships(pupil: Pupil) -> list[Relationship]:
    relationships = pupil.relationships.select_related("person", "confirmed_by")
    return list(relationships.order_by("priority", "pk"))


def _write(
    request: PageRequest, enrolment: Enrolment, kind: Kind, form: LetterForm
) -> Letter | None:
    """The letter; None, with the refusal on the form, where it may not be written."""
    with refusals_in(form):
        letter = actions.make_letter(
            enrolment=enrolment,
            kind=kind.key,
            details=form.details,
            by=request.user,
            dated=timezone.localdate(),
            recipients=form.cleaned_data["recipients"],
            channels=form.channels,
        )
        messages.success(request, "The letter is in the queue. Look at it and approve it.")
        return letter
    return None


def _preview(enrolment: Enrolment, kind: Kind, form: LetterForm) -> dict | None:
    """The letter as it would read now, to the first of its recipients; None, with the refusal on
    the form, where it would not be true."""
    today = timezone.localdate()
    as_at = today - timedelta(days=1)
    school, pupil = enrolment.school, enrolment.pupil
    try:
        figures = due.figures_for(enrolment, kind.key, as_at=as_at, today=today)
    except (NoAcademicYearError, ValueError) as refusal:
        form.add_error(None, str(refusal))
        return None
    own = document.templates_in_force(school).get(kind.key)
    context = letter_context(
        kind.key,
        figures,
        school=document.letter_school(school),
        pupil=document.letter_pupil(pupil, figures["year_group"], figures["registration_group"]),
        recipient=_first_recipient(pupil, form),
        signatory_name=school.headteacher,
        reference="",
        dated=today,
        details=form.details,
    )
    context["words"] = Words(own.subject, own.body) if own else OWN_WORDS[kind.key]
    return on_screen(kind.key, context)


def _first_recipient(pupil: Pupil, form: LetterForm) -> Recipient:
    chosen = form.cleaned_data["recipients"]
    people = [one.person for one in _relationships(pupil) if one.person_id in chosen]
    lines = actions.address_of(people[0]).splitlines()
    return Recipient(people[0].name, lines, people[0].language)
