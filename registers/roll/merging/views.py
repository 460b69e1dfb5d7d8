"""Two pupils of the roll that are one child: choose, compare, merge, undo."""

from collections.abc import Iterator
from typing import NamedTuple

import structlog
from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from registers.models import Enrolment, Pupil, PupilMerge
from registers.policies import Refused
from registers.roll.actions.wrong_fields import WrongFields
from registers.roll.addresses import page_of, pupil_of
from registers.roll.form_parts import saved
from registers.roll.merging import actions
from registers.roll.merging.actions.merge import OF_ITS_PUPIL
from registers.roll.merging.actions.parts import OF_ITS_ENROLMENT
from registers.roll.merging.actions.rows import columns_to
from registers.roll.merging.forms import FindOtherForm, MergeForm, spell_in_words
from registers.roll.search import called
from registers.rules.pupils.who_is_who import NamedChild, WhoIsWho
from registers.web.access import PageRequest, allowed

log = structlog.get_logger(__name__)
MOST = 20
NAMES = {  # where schools call it otherwise than its table
    "registers.relationship": "Contacts",
    "registers.membership": "Groups",
    "registers.formername": "Former names",
    "registers.formerupn": "Former UPNs",
    "registers.priorattendance": "Years at other schools",
    "interventions.intervention": "Log of actions",
    "interventions.panelcase": "Panels",
}
NOT_SHOWN = {"absence.standing", "registers.leavingevidence", "registers.enrolmentyear"}


class ComparedEntry(NamedTuple):
    """One thing that is said of both."""

    label: str
    mine: str
    theirs: str

    @property
    def differs(self) -> bool:
        return self.mine != self.theirs


@require_http_methods(["GET", "POST"])
@allowed("merge_pupils")
def merge(request: PageRequest, pupil_id: int) -> HttpResponse:
    """The other is chosen first (`?other=`), then both stand side by side with the form."""
    pupil = pupil_of(request, pupil_id)
    chosen = request.GET.get("other", "")
    others = Pupil.objects.filter(school=request.viewer.school).exclude(pk=pupil.pk)
    other = others.filter(pk=int(chosen)).first() if chosen.isdecimal() else None
    if other is None:
        return _choose(request, pupil)
    both = actions.look_at_both(pupil, other)
    form = MergeForm(request.POST or None, both=both, back=page_of(request, pupil))

    def carry_out() -> HttpResponse:
        kept = form.kept
        done = actions.merge_pupils(
            pupil=kept,
            other=other if kept.pk == pupil.pk else pupil,
            upn=form.cleaned_data["upn"],
            others_stand=form.others_stand,
            looked_at=both.conflicts,
            reason=form.cleaned_data["reason"],
            by=request.user,
        )
        messages.success(request, "The two are one pupil. This can be undone until tomorrow.")
        return redirect(page_of(request, done.pupil))

    if done := saved(form, carry_out):
        return done
    log.info("two_pupils_compared", user_id=request.user.pk)
    context = {
        "pupil": pupil,
        "other": other,
        "form": form,
        "lines": _lines(both),
        "spells": [
            (
                spell_in_words(one.spell.starts_on, one.spell.leaves_on),
                len(one.parts) if one.is_new else 0,
            )
            for one in both.spells
        ],
        "differ": len(both.conflicts),
        "marks": len(both.marks.keys() | both.other_marks.keys()),
    }
    return render(request, "registers/roll/merging/merge.html", context)


def _choose(request: PageRequest, pupil: Pupil) -> HttpResponse:
    form = FindOtherForm(request.GET)
    asked = form.cleaned_data.get("q", "") if form.is_valid() else ""
    here = Pupil.objects.filter(school=request.viewer.school).exclude(pk=pupil.pk)
    found = list(here.filter(called(asked, ""))[:MOST]) if asked.strip() else _likely(pupil)
    context = {"pupil": pupil, "asked": asked, "found": found, "most": MOST}
    return render(request, "registers/roll/merging/merge_choose.html", context)


def _likely(pupil: Pupil) -> list[Pupil]:
    """Those with the same name and date of birth, then those with the same name."""
    rows = Pupil.objects.filter(school=pupil.school_id).exclude(pk=pupil.pk)
    fields = ("upn", "surname", "forename", "born_on")
    children = [NamedChild(*row) for row in rows.values_list(*fields)]
    me = NamedChild(pupil.upn, pupil.surname, pupil.forename, pupil.born_on)
    same = {one.upn for one in WhoIsWho(children).same_name_and_birth(me)}
    named = {one.upn for one in children if one.name == me.name}
    found = list(rows.filter(upn__in=list(same | named)[:MOST]))
    return sorted(found, key=lambda one: one.upn not in same)


def _lines(both: actions.SideBySide) -> list[ComparedEntry]:
    one, other = both.pupil, both.other
    sexes = dict(Pupil.SEXES)
    told = [
        ("UPN", one.upn, other.upn),
        ("Admission number", one.admission_number, other.admission_number),
        ("Forename", one.forename, other.forename),
        ("Surname", one.surname, other.surname),
        ("Preferred forename", one.preferred_name, other.preferred_name),
        ("Date of birth", _day(one), _day(other)),
        ("Sex", sexes.get(one.sex, ""), sexes.get(other.sex, "")),
        ("On the roll", _spells(both, one), _spells(both, other)),
        ("Marks", f"{len(both.marks):,}", f"{len(both.other_marks):,}"),
    ]
    return [ComparedEntry(*row) for row in told] + list(_counts(one, other))


def _day(pupil: Pupil) -> str:
    return f"{pupil.born_on.day} {pupil.born_on:%B %Y}" if pupil.born_on else ""


def _spells(both: actions.SideBySide, pupil: Pupil) -> str:
    parts = [part for one in both.spells for part in one.parts if part.pupil_id == pupil.pk]
    return "; ".join(spell_in_words(one.spell.starts_on, one.spell.leaves_on) for one in parts)


def _counts(one: Pupil, other: Pupil) -> Iterator[ComparedEntry]:
    """How many rows of each table hang on the two: one statement for each table."""
    owners = [one.pk, other.pk]
    of_pupil = OF_ITS_PUPIL - {"registers.relationship", "registers.characteristic"}
    for model, without, owner in (
        (Pupil, of_pupil, ""),
        (Enrolment, OF_ITS_ENROLMENT | NOT_SHOWN, "__pupil"),
    ):
        for column in columns_to(model, without=without):
            by = f"{column.name}{owner}"
            rows = column.model._base_manager.filter(**{f"{by}__in": owners})
            counts = dict(rows.order_by().values_list(by).annotate(n=Count("pk")))
            if counts:
                meta = column.model._meta
                label = NAMES.get(meta.label_lower, str(meta.verbose_name_plural).capitalize())
                yield ComparedEntry(label, str(counts.get(one.pk, 0)), str(counts.get(other.pk, 0)))


@allowed("merge_pupils")
@require_POST
def merge_undo(request: PageRequest, pupil_id: int, merge_id: int) -> HttpResponse:
    pupil = pupil_of(request, pupil_id)
    found = get_object_or_404(PupilMerge, pupil=pupil, pk=merge_id)
    try:
        actions.undo_merge(merge=found, by=request.user)
    except (Refused, WrongFields) as refusal:
        messages.error(request, str(refusal))
    else:
        words = "They are two pupils again, as before the merge."
        messages.success(request, words)
    return redirect(
        reverse(
            "registers:pupil_edit",
            kwargs={"urn": request.viewer.school.urn, "pupil_id": pupil.pk},
        )
    )
