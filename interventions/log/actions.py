"""The log of actions: write one down, change it, finish its next step. Who and when is kept."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path

import structlog
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from interventions.log import next_steps
from interventions.models import Intervention, InterventionDocument, InterventionKind, Letter
from interventions.rules.evidence_files import Upload
from interventions.rules.kinds import KINDS, OWN
from registers import policies
from registers.models import Enrolment, School
from registers.models.school.staff import User
from registers.rules.wording import first_so
from registers.web.documents.storage import keep_pdf

log = structlog.get_logger(__name__)
NOT_YOURS = "This is a sensitive note: only its author and the safeguarding lead can change it."
IN_THE_FUTURE = "The day lies in the future. What is still to be done is a next step."


@dataclass(frozen=True, slots=True)
class NextStep:
    """What comes next; one is not to be had without the others."""

    what: str
    on: date
    owner: User
    is_panel: bool = False


@dataclass(frozen=True, slots=True)
class WhatWasDone:
    """What somebody writes down: `own_kind` names the kind where it is the school's own."""

    kind: str
    done_on: date
    own_kind: str = ""
    with_whom: str = ""
    note: str = ""
    outcome: str = ""
    is_sensitive: bool = False
    next_step: NextStep | None = None


class ChangedMeanwhileError(policies.Conflict):
    """Somebody changed it since it was opened; the words say who and when."""


@transaction.atomic
def log_intervention(
    *,
    enrolment: Enrolment,
    what: WhatWasDone,
    by: User,
    documents: Sequence[Upload] = (),
    letter: Letter | None = None,
    at: datetime | None = None,
) -> Intervention:
    """Write down what was done. `at` is when it is written down, now by default.

    Raises Refused, in words fit to show.
    """
    school = enrolment.school
    policies.check(by, "record_intervention", school=school)
    _check(what, school, by, author=by, today=timezone.localdate(at))
    intervention = Intervention.objects.create(
        enrolment=enrolment,
        letter=letter,
        made_at=at or timezone.now(),
        made_by=by,
        **_fields(what, school),
    )
    _add_documents(intervention, documents, by, at=at)
    return intervention


@transaction.atomic
def change_intervention(
    *,
    intervention_id: int,
    what: WhatWasDone,
    by: User,
    seen: datetime | None,
    documents: Sequence[Upload] = (),
    removed: Collection[int] = (),
) -> Intervention:
    """Change what was written down; who and when is kept beside it.

    `seen` is when it had been changed last, as the person saw it. A next step that is done stays
    as it is. Raises Refused; ChangedMeanwhileError where somebody else was first.
    """
    intervention = _held_for(intervention_id, by)
    if intervention.changed_at != seen:
        raise ChangedMeanwhileError(_who_was_first(intervention))
    school = intervention.enrolment.school
    author = intervention.made_by or by
    _check(what, school, by, author=author, today=timezone.localdate())
    fields = _fields(what, school)
    if intervention.next_step_done_at:
        fields = {name: fields[name] for name in fields.keys() - NO_STEP.keys()}
    Intervention.objects.filter(pk=intervention.pk).update(
        **fields, changed_at=timezone.now(), changed_by=by
    )
    _remove_documents(intervention, removed)
    _add_documents(intervention, documents, by)
    intervention.refresh_from_db()
    return intervention


@transaction.atomic
def finish_next_step(
    *,
    intervention_id: int,
    what: WhatWasDone,
    by: User,
    documents: Sequence[Upload] = (),
    at: datetime | None = None,
) -> Intervention:
    """The next step is done: what came of it is an action by itself, perhaps with the next.

    Gives the new one, as sensitive as the one that it follows. Raises Refused.
    """
    before = _held_for(intervention_id, by)
    _check_is_open(before)
    if not what.outcome.strip():
        raise policies.Invalid("Say what came of it.")
    at = at or timezone.now()
    what = replace(what, is_sensitive=what.is_sensitive or before.is_sensitive)
    Intervention.objects.filter(pk=before.pk).update(next_step_done_at=at, next_step_done_by=by)
    return log_intervention(
        enrolment=before.enrolment, what=what, by=by, documents=documents, at=at
    )


def _check_is_open(before: Intervention) -> None:
    """Whether its next step waits to be done."""
    if before.next_step_on is None:
        raise policies.Refused("There is no next step here.")
    if before.next_step_done_at is not None:
        done_by = before.next_step_done_by
        raise policies.Refused(f"{done_by} has already marked this step as done.")


def _held_for(intervention_id: int, by: User) -> Intervention:
    """The intervention under a lock, if this person may write in it."""
    intervention = (
        Intervention.objects.select_for_update(of=("self",))
        .select_related("enrolment__school", "made_by", "changed_by", "next_step_done_by")
        .get(pk=intervention_id)
    )
    school = intervention.enrolment.school
    policies.check(by, "record_intervention", school=school)
    sees = policies.may(by, "see_sensitive", school=school)
    if not next_steps.may_read(intervention, by, sees_sensitive=sees):
        raise policies.Forbidden(NOT_YOURS)
    return intervention


def _who_was_first(intervention: Intervention) -> str:
    at = timezone.localtime(intervention.changed_at)
    return (
        f"{intervention.changed_by} changed this on {at.day} {at:%B} at {at:%H:%M}, after you had "
        "opened it. What you typed is still here: look at theirs, then save again to replace it."
    )


def _check(what: WhatWasDone, school: School, by: User, *, author: User, today: date) -> None:
    if problem := _problem(what, today):
        raise policies.Invalid(problem)
    if what.next_step:
        _check_next_step(what.next_step, what, school, author)


def _problem(what: WhatWasDone, today: date) -> str:
    """The first thing that is wrong with it; empty where nothing is."""
    has_no_name = what.kind == OWN and not what.own_kind.strip()
    return first_so(
        (what.kind not in KINDS, "Choose what kind of action this was."),
        (has_no_name, "Name your school's own kind of action."),
        (what.done_on > today, IN_THE_FUTURE),
        (not f"{what.note}{what.outcome}".strip(), "Say what was done."),
    )


def _check_next_step(step: NextStep, what: WhatWasDone, school: School, author: User) -> None:
    if not step.what.strip():
        raise policies.Invalid("Say what the next step is.")
    if step.on < what.done_on:
        raise policies.Invalid("The next step is due before the action itself.")
    if not policies.may(step.owner, "record_intervention", school=school):
        raise policies.Invalid("Choose an owner who can open the log of actions.")
    if what.is_sensitive and not _may_read_notes_of(author, step.owner, school):
        raise policies.Invalid(
            "Nobody but its author and the safeguarding lead can read a sensitive note: choose one "
            "of them as the owner of its next step."
        )


def _may_read_notes_of(author: User, person: User, school: School) -> bool:
    return person == author or policies.may(person, "see_sensitive", school=school)


def _fields(what: WhatWasDone, school: School) -> dict:
    return {
        "kind": what.kind,
        "own_kind": _own_kind(school, what.own_kind) if what.kind == OWN else None,
        "done_on": what.done_on,
        "with_whom": what.with_whom.strip()[:200],
        "note": what.note.strip(),
        "outcome": what.outcome.strip(),
        "is_sensitive": what.is_sensitive,
        **(_step_fields(what.next_step) if what.next_step else NO_STEP),
    }


NO_STEP = {
    "next_step": "",
    "next_step_on": None,
    "next_step_owner": None,
    "next_step_is_panel": False,
}


def _step_fields(step: NextStep) -> dict:
    return {
        "next_step": step.what.strip()[:300],
        "next_step_on": step.on,
        "next_step_owner": step.owner,
        "next_step_is_panel": step.is_panel,
    }


def _own_kind(school: School, name: str) -> InterventionKind:
    """The school's kind of this name, in whatever letters; a retired one comes back."""
    name = " ".join(name.split())[:60]
    kind = InterventionKind.objects.filter(school=school, name__iexact=name).first()
    if kind is None:
        return InterventionKind.objects.create(school=school, name=name)
    if kind.retired:
        InterventionKind.objects.filter(pk=kind.pk).update(retired=False)
    return kind


def _add_documents(
    intervention: Intervention, documents: Sequence[Upload], by: User, at: datetime | None = None
) -> None:
    rows = []
    for document in documents:
        name, digest = keep_pdf(document.content, folder="interventions", suffix=document.suffix)
        rows.append(
            InterventionDocument(
                intervention=intervention,
                file=name,
                name=document.name,
                digest=digest,
                added_at=at or timezone.now(),
                added_by=by,
            )
        )
    InterventionDocument.objects.bulk_create(rows)


def _remove_documents(intervention: Intervention, removed: Collection[int]) -> None:
    """Taken out for good, as data protection asks of what should not be there."""
    gone = dict(intervention.documents.filter(pk__in=removed).values_list("pk", "file"))
    if not gone:
        return
    intervention.documents.filter(pk__in=gone).delete()
    log.info("documents_removed", enrolment_id=intervention.enrolment_id, files=len(gone))
    transaction.on_commit(partial(_forget, list(gone.values())))


def _forget(names: Collection[str]) -> None:
    """The files too, but not one that another intervention still has."""
    kept = set(InterventionDocument.objects.filter(file__in=names).values_list("file", flat=True))
    for name in set(names) - kept:
        Path(default_storage.path(name)).unlink(missing_ok=True)
