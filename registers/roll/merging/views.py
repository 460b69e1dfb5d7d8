"""Two pupils of the roll that are one child: choose, compare, merge, undo."""

from collections import Counter
from collections.abc import Iterator
from itertools import chain, starmap
from typing import NamedTuple

import structlog
from django.contrib import messages
from django.db.models import Count, Model, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from registers.models import Enrolment, Pupil, PupilMerge
from registers.roll.actions.roll_changes import in_words
from registers.roll.addresses import page_of, pupil_of
from registers.roll.form_parts import saved
from registers.roll.merging import actions
from registers.roll.merging.actions.merge import OF_ITS_PUPIL
from registers.roll.merging.actions.parts import OF_ITS_ENROLMENT
from registers.roll.merging.actions.rows import ForeignKeyColumn, columns_to
from registers.roll.merging.forms import MergeForm, spell_in_words
from registers.roll.search import called
from registers.rules.pupils.who_is_who import NamedChild, WhoIsWho
from registers.web.access import PageRequest, allowed
from registers.web.advice_messages import refusals_as_messages
from registers.web.parameters import numbers_of, words_of

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
SHOWN = {"registers.relationship", "registers.characteristic"}
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
    other = others(pupil).filter(pk__in=numbers_of(request.GET.getlist("other"))).first()
    return _choose(request, pupil) if other is None else _compare(request, pupil, other)


def others(pupil: Pupil) -> QuerySet[Pupil]:
    """Everybody else of the school."""
    return Pupil.objects.filter(school=pupil.school_id).exclude(pk=pupil.pk)


def _compare(request: PageRequest, pupil: Pupil, other: Pupil) -> HttpResponse:
    both = actions.look_at_both(pupil, other)
    form = MergeForm(request.POST or None, both=both, back=page_of(request, pupil))

    def carry_out() -> HttpResponse:
        kept, gone = form.who_stands
        done = actions.merge_pupils(
            pupil=kept,
            other=gone,
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
        "spells": [(spell_in_words(one.spell), one.joins) for one in both.spells],
        "differ": len(both.conflicts),
        "marks": len(both.marks.keys() | both.other_marks.keys()),
    }
    return render(request, "registers/roll/merging/merge.html", context)


def _choose(request: PageRequest, pupil: Pupil) -> HttpResponse:
    asked = words_of(request.GET.get("q"), 200)
    found = list(others(pupil).filter(called(asked, ""))[:MOST]) if asked else _likely(pupil)
    context = {"pupil": pupil, "asked": asked, "found": found, "most": MOST}
    return render(request, "registers/roll/merging/merge_choose.html", context)


def _likely(pupil: Pupil) -> list[Pupil]:
    """Those with the same name and date of birth, then those with the same name."""
    rows = others(pupil)
    fields = ("upn", "surname", "forename", "born_on")
    children = list(starmap(NamedChild, rows.values_list(*fields)))
    me = NamedChild(pupil.upn, pupil.surname, pupil.forename, pupil.born_on)
    same = {child.upn for child in WhoIsWho(children).same_name_and_birth(me)}
    named = {child.upn for child in children if child.name == me.name}
    found = rows.filter(upn__in=list(same | named)[:MOST])
    return sorted(found, key=lambda other: other.upn not in same)


def _lines(both: actions.SideBySide) -> list[ComparedEntry]:
    mine, theirs = _entries(both, both.pupil), _entries(both, both.other)
    marks = ComparedEntry("Marks", f"{len(both.marks):,}", f"{len(both.other_marks):,}")
    told = [ComparedEntry(label, mine[label], theirs[label]) for label in mine]
    return [*told, marks, *_counts(both.pupil, both.other)]


def _entries(both: actions.SideBySide, pupil: Pupil) -> dict[str, str]:
    """What the register says of one of the two."""
    return {
        "UPN": pupil.upn,
        "Admission number": pupil.admission_number,
        "Forename": pupil.forename,
        "Surname": pupil.surname,
        "Preferred forename": pupil.preferred_name,
        "Date of birth": in_words(pupil.born_on),
        "Sex": pupil.get_sex_display(),
        "On the roll": _spells(both, pupil),
    }


def _spells(both: actions.SideBySide, pupil: Pupil) -> str:
    parts = chain.from_iterable(joined.parts for joined in both.spells)
    return "; ".join(spell_in_words(own.spell) for own in parts if own.pupil_id == pupil.pk)


def _counts(one: Pupil, other: Pupil) -> Iterator[ComparedEntry]:
    """How many rows of each table hang on the two: one statement for each table."""
    for column, owner in _columns():
        rows = column.model._base_manager.filter(**{f"{owner}__in": [one.pk, other.pk]})
        counts = Counter(dict(rows.order_by().values_list(owner).annotate(n=Count("pk"))))
        if counts:
            yield ComparedEntry(_label(column.model), str(counts[one.pk]), str(counts[other.pk]))


def _columns() -> Iterator[tuple[ForeignKeyColumn, str]]:
    """The tables that are shown, each with the way to its pupil."""
    for column in columns_to(Pupil, without=OF_ITS_PUPIL - SHOWN):
        yield column, column.name
    for column in columns_to(Enrolment, without=OF_ITS_ENROLMENT | NOT_SHOWN):
        yield column, f"{column.name}__pupil"


def _label(model: type[Model]) -> str:
    meta = model._meta
    return NAMES.get(meta.label_lower, str(meta.verbose_name_plural).capitalize())


@allowed("merge_pupils")
@require_POST
def merge_undo(request: PageRequest, pupil_id: int, merge_id: int) -> HttpResponse:
    pupil = pupil_of(request, pupil_id)
    merge_made = get_object_or_404(PupilMerge, pupil=pupil, pk=merge_id)
    with refusals_as_messages(request, messages.ERROR):
        actions.undo_merge(merge=merge_made, by=request.user)
        messages.success(request, "They are two pupils again, as before the merge.")
    return redirect(page_of(request, pupil))
