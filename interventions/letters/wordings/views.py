"""A school's own words for its letters: written, seen at once, taken up again."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from interventions.letters import document
from interventions.letters.content import invented
from interventions.letters.forms import WordsForm
from interventions.letters.render import draw, filled
from interventions.letters.views.letters import as_pdf
from interventions.letters.wordings import actions
from interventions.letters.wordings.merge_fields import fields_of
from interventions.letters.wordings.own_words import OWN_WORDS, Words
from interventions.models import Letter, LetterCopy, LetterTemplate
from interventions.rules.letter_kinds import KINDS, Kind
from registers import policies
from registers.models import School
from registers.web.access import PageRequest, allowed
from registers.web.parameters import number_of

MOST_PUPILS = 40  # to choose from for a preview


def _kind(key: str) -> Kind:
    if key not in KINDS:
        raise Http404("There is no such kind of letter.")
    return KINDS[key]


@require_safe
@allowed("write_letter_templates")
def letter_templates(request: PageRequest) -> HttpResponse:
    own = {}
    rows = LetterTemplate.objects.filter(school=request.viewer.school).select_related("made_by")
    for template in rows.order_by("kind", "version"):
        own[template.kind] = template
    rows = [(kind, own.get(kind.key)) for kind in KINDS.values()]
    return render(request, "interventions/letters/templates.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@allowed("write_letter_templates")
def letter_template(request: PageRequest, kind: str) -> HttpResponse:
    """The words in force, to be changed; without a script the preview is a button of the form."""
    school, of_kind = request.viewer.school, _kind(kind)
    versions = _versions(school, kind)
    newest = versions[0] if versions else None
    in_force = Words(newest.subject, newest.body) if newest else OWN_WORDS[kind]
    form = WordsForm(
        request.POST or None,
        kind=kind,
        initial={"subject": in_force.subject, "body": in_force.body},
    )
    preview = None
    if not form.is_bound:
        preview = _filled(request, kind, in_force)
    elif form.is_valid():
        if "preview" in request.POST:
            preview = _filled(request, kind, form.words)
        else:
            return _save(request, of_kind, form)
    context = {
        "form": form,
        "kind": of_kind,
        "versions": versions,
        "newest": newest,
        "fields": fields_of(kind),
        "preview": preview,
        "pupils": _pupils(request, kind),
        "chosen": request.POST.get("pupil", ""),
    }
    return render(request, "interventions/letters/template.html", context)


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


def _versions(school: School, kind: str) -> list[LetterTemplate]:
    own = LetterTemplate.objects.filter(school=school, kind=kind)
    return list(own.select_related("made_by").order_by("-version"))


# --- the preview


def _pupils(request: PageRequest, kind: str) -> list[tuple[int, str]]:
    """Letters of this kind whose pupil can be chosen, by whoever may see letters."""
    if not request.viewer.may("see_letters"):
        return []
    letters = Letter.objects.filter(enrolment__school=request.viewer.school, kind=kind)
    rows = letters.select_related("enrolment__pupil").order_by("-dated", "-pk")[:MOST_PUPILS]
    return sorted(
        ((one.pk, f"{one.enrolment.pupil}, {one.dated:%-d %B %Y}") for one in rows),
        key=lambda pair: pair[1],
    )


def _context(request: PageRequest, kind: str, words: Words) -> dict:
    """What the preview shows: the chosen letter's pupil, else an invented one."""
    chosen = number_of(request.POST.get("pupil"))
    copy = None
    if chosen is not None and request.viewer.may("see_letters"):
        copy = LetterCopy.objects.filter(
            letter=chosen, letter__kind=kind, letter__enrolment__school=request.viewer.school
        ).first()
    if copy is not None:
        context = document.context_of(copy)
    else:
        context = invented.context(kind, document.letter_school(request.viewer.school))
    return context | {"words": words}


def _filled(request: PageRequest, kind: str, words: Words) -> dict:
    context = _context(request, kind, words)
    return {**context, **filled(kind, context)}


@allowed("write_letter_templates")
@require_POST
def words_preview(request: PageRequest, kind: str) -> HttpResponse:
    """The part of the page that follows what is typed: the letter, or what is wrong with it."""
    _kind(kind)
    form = WordsForm(request.POST, kind=kind)
    preview = _filled(request, kind, form.words) if form.is_valid() else None
    context = {"form": form, "preview": preview, "is_live": True}
    return render(request, "interventions/letters/_preview.html", context)


@allowed("write_letter_templates")
@require_POST
def words_pdf(request: PageRequest, kind: str) -> HttpResponse:
    """The same as a PDF, drawn for this look alone and kept nowhere."""
    _kind(kind)
    form = WordsForm(request.POST, kind=kind)
    if not form.is_valid():
        return letter_template(request, urn=request.viewer.school.urn, kind=kind)
    pdf, _ = draw(kind, _context(request, kind, form.words))
    return as_pdf(pdf, name=f"preview-{kind}.pdf", to_keep=False)


# --- versions


@require_http_methods(["GET", "POST"])
@allowed("write_letter_templates")
def letter_version(request: PageRequest, kind: str, version: int) -> HttpResponse:
    """The words of one version, and the way to take them up again; 0 is Rollbook's own."""
    school, of_kind = request.viewer.school, _kind(kind)
    kept = None
    if version:
        kept = get_object_or_404(
            LetterTemplate.objects.select_related("made_by"),
            school=school,
            kind=kind,
            version=version,
        )
    words = Words(kept.subject, kept.body) if kept else OWN_WORDS[kind]
    if request.method == "POST":
        try:
            taken = actions.take_up_template(
                school=school, kind=kind, version=version, by=request.user
            )
        except policies.Refused as refusal:
            messages.warning(request, str(refusal))
        else:
            messages.success(
                request, f"{of_kind.title}: these words are in force, as version {taken.version}."
            )
            return redirect("interventions:letter_template", urn=school.urn, kind=kind)
    context = {
        "kind": of_kind,
        "version": version,
        "kept": kept,
        "words": words,
        "preview": _filled(request, kind, words),
    }
    return render(request, "interventions/letters/version.html", context)
