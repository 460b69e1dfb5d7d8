"""A school's own words for its letters: written, seen at once, taken up again."""

from operator import itemgetter

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from interventions.letters.render import on_screen
from interventions.letters.wordings import actions, preview
from interventions.letters.wordings.forms import WordsForm
from interventions.letters.wordings.merge_fields import fields_of
from interventions.letters.wordings.own_words import Words
from interventions.letters.wordings.versions import (
    ROLLBOOKS_OWN,
    in_force_words,
    newest_by_kind,
    version_lede,
    version_lines,
    versions_of,
    words_of_template,
)
from interventions.models import Letter, LetterTemplate
from interventions.rules.letter_kinds import KINDS, Kind
from registers.web.access import PageRequest, allowed
from registers.web.advice_messages import refusals_as_messages
from registers.web.parameters import number_of

MOST_PUPILS = 40  # to choose from for a preview


def _kind(key: str) -> Kind:
    if key not in KINDS:
        raise Http404("There is no such kind of letter.")
    return KINDS[key]


@require_safe
@allowed("write_letter_templates")
def letter_templates(request: PageRequest) -> HttpResponse:
    newest = newest_by_kind(request.viewer.school)
    rows = [(kind, newest.get(kind.key)) for kind in KINDS.values()]
    return render(request, "interventions/letters/wordings/templates.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@allowed("write_letter_templates")
def letter_template(request: PageRequest, kind: str) -> HttpResponse:
    """The words in force, to be changed; without a script the preview is a button of the form."""
    school, of_kind = request.viewer.school, _kind(kind)
    versions = list(versions_of(school, kind))
    in_force = words_of_template(kind, versions[0] if versions else None)
    form = WordsForm(
        request.POST or None,
        kind=kind,
        initial={"subject": in_force.subject, "body": in_force.body},
    )
    is_preview = "preview" in request.POST
    if form.is_valid() and not is_preview:
        return _save(request, of_kind, form)
    shown = form.words if form.is_valid() else in_force
    context = {
        "form": form,
        "kind": of_kind,
        "in_force": in_force_words(versions),
        "versions": version_lines(school, kind, versions),
        "fields": fields_of(kind),
        "preview": None if form.errors else _filled(request, kind, shown),
        "pupils": _pupils(request, kind),
        "chosen": number_of(request.POST.get("pupil")),
    }
    return render(request, "interventions/letters/wordings/template.html", context)


def _save(request: PageRequest, kind: Kind, form: WordsForm) -> HttpResponse:
    school = request.viewer.school
    saved = actions.save_template(
        school=school,
        kind=kind.key,
        subject=form.words.subject,
        body=form.words.body,
        by=request.user,
    )
    messages.success(
        request,
        f"{kind.title}: version {saved.version} of your words is in force. "
        "Letters that were drawn before keep theirs.",
    )
    return redirect("interventions:letter_template", urn=school.urn, kind=kind.key)


# --- the preview


def _pupils(request: PageRequest, kind: str) -> list[tuple[int, str]]:
    """Letters of this kind whose pupil can be chosen, by whoever may see letters."""
    if not request.viewer.may("see_letters"):
        return []
    letters = Letter.objects.filter(enrolment__school=request.viewer.school, kind=kind)
    rows = letters.select_related("enrolment__pupil").order_by("-dated", "-pk")[:MOST_PUPILS]
    named = [(row.pk, f"{row.enrolment.pupil}, {row.dated:%-d %B %Y}") for row in rows]
    return sorted(named, key=itemgetter(1))


def _context(request: PageRequest, kind: str, words: Words) -> dict:
    """What the preview shows: the chosen letter's pupil, else an invented one."""
    letter_id = _letter_chosen(request)
    return preview.context_of(request.viewer.school, kind, words, letter_id)


def _letter_chosen(request: PageRequest) -> int | None:
    chosen = number_of(request.POST.get("pupil"))
    return chosen if request.viewer.may("see_letters") else None


def _filled(request: PageRequest, kind: str, words: Words) -> dict:
    return on_screen(kind, _context(request, kind, words))


@allowed("write_letter_templates")
@require_POST
def words_preview(request: PageRequest, kind: str) -> HttpResponse:
    """The part of the page that follows what is typed: the letter, or what is wrong with it."""
    _kind(kind)
    form = WordsForm(request.POST, kind=kind)
    shown = _filled(request, kind, form.words) if form.is_valid() else None
    context = {"form": form, "preview": shown, "is_live": True}
    return render(request, "interventions/letters/wordings/_preview.html", context)


@allowed("write_letter_templates")
@require_POST
def words_pdf(request: PageRequest, kind: str) -> HttpResponse:
    """The same as a PDF, which a worker draws."""
    of_kind, urn = _kind(kind), request.viewer.school.urn
    form = WordsForm(request.POST, kind=kind)
    if not form.is_valid():
        return letter_template(request, urn=urn, kind=kind)
    job = actions.ask_for_preview(
        school=request.viewer.school,
        kind=of_kind,
        words=form.words,
        letter_id=_letter_chosen(request),
        by=request.user,
    )
    return redirect("registers:job", urn=urn, job_id=job.pk)


# --- versions


@require_http_methods(["GET", "POST"])
@allowed("write_letter_templates")
def letter_version(request: PageRequest, kind: str, version: int) -> HttpResponse:
    """The words of one version, and the way to take them up again; 0 is Rollbook's own."""
    of_kind = _kind(kind)
    template = _version(request, kind, version) if version else None
    if request.method == "POST" and _take_up(request, of_kind, version):
        urn = request.viewer.school.urn
        return redirect("interventions:letter_template", urn=urn, kind=kind)
    words = words_of_template(kind, template)
    heading = f"Version {version}" if version else ROLLBOOKS_OWN
    context = {
        "kind": of_kind,
        "title": f"{of_kind.title}, {heading.replace('Version', 'version')}",
        "heading": heading,
        "lede": version_lede(template),
        "words": words,
        "preview": _filled(request, kind, words),
    }
    return render(request, "interventions/letters/wordings/version.html", context)


def _version(request: PageRequest, kind: str, version: int) -> LetterTemplate:
    return get_object_or_404(versions_of(request.viewer.school, kind), version=version)


def _take_up(request: PageRequest, kind: Kind, version: int) -> bool:
    """Whether these words are in force now."""
    school = request.viewer.school
    with refusals_as_messages(request):
        taken = actions.take_up_template(
            school=school, kind=kind.key, version=version, by=request.user
        )
        number = taken.version
        messages.success(request, f"{kind.title}: these words are in force, as version {number}.")
        return True
    return False
