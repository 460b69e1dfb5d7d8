"""Parents and other contacts: of a pupil, and each by themselves."""

from collections.abc import Mapping
from operator import attrgetter
from typing import Any

import structlog
from django.contrib import messages
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from registers.models import Person, Pupil, Relationship, School
from registers.roll.actions.wrong_fields import WrongFields
from registers.roll.addresses import page_of, pupil_of
from registers.roll.contacts import actions, wording
from registers.roll.contacts.forms import KnownPersonForm, NewContactForm, PersonForm, TieForm
from registers.roll.form_parts import saved
from registers.roll.search import called
from registers.rules.pupils.names import has_words, search_key, words_typed
from registers.web.access import PageRequest, allowed
from registers.web.parameters import number_of, words_of

log = structlog.get_logger(__name__)
MOST_FOUND = 20
IS_CONFIDENTIAL = attrgetter("address_confidential")


@require_http_methods(["GET", "POST"])
@allowed("keep_pupils")
def contact_new(request: PageRequest, pupil_id: int) -> HttpResponse:
    """Somebody who is at the school already, as the parent of a sibling is, or somebody new."""
    pupil, person = pupil_of(request, pupil_id), _chosen_person(request)
    back = page_of(request, pupil)
    make = KnownPersonForm if person else NewContactForm
    form = make(request.POST or None, back=back)

    def add() -> HttpResponse:
        row = actions.add_contact(
            pupil=pupil, person=person, details=form.details, tie=form.tie, by=request.user
        )
        messages.success(request, f"{row.person.name} is a contact of {pupil.forename} now.")
        return redirect(back)

    if done := saved(form, add):
        return done
    context = {
        "pupil": pupil,
        "person": person,
        "form": form,
        "lede": wording.new_contact_lede(pupil, person),
        **_whom(request, pupil, person),
    }
    return render(request, "registers/roll/contacts/contact_new.html", context)


def _chosen_person(request: PageRequest) -> Person | None:
    """Whom the address names; None where it names nobody."""
    chosen = number_of(request.GET.get("person"))
    if chosen is None:
        return None
    return get_object_or_404(Person, school=request.viewer.school, pk=chosen)


def _whom(request: PageRequest, pupil: Pupil, person: Person | None) -> dict[str, Any]:
    """Who was chosen, or who can be."""
    if person is not None:
        return {"facts": wording.person_facts(person)}
    asked = words_of(request.GET.get("q", pupil.surname), 200)
    return {"asked": asked, "found": found_people(request.viewer.school, pupil, asked)}


def found_people(school: School, pupil: Pupil, text: str) -> list[Person]:
    """Those with these plain letters in their name, or in that of a pupil whose contact they are.

    Each word in one or the other. Three statements with the pupils of those who are found.
    """
    words = words_typed(text)
    if not any(parts for _, parts in words):
        return []
    names = Person.objects.filter(school=school).order_by().values_list("pk", "name")
    keys = {pk: search_key(name) for pk, name in names}
    wanted = Q(*(_with_word(word, parts, keys) for word, parts in words))
    theirs = Relationship.objects.filter(person=OuterRef("pk"), pupil=pupil)
    people = Person.objects.filter(wanted, ~Exists(theirs), school=school)
    return list(people.prefetch_related(with_pupils()).order_by("name", "pk")[:MOST_FOUND])


def _with_word(word: str, parts: list[str], keys: Mapping[int, str]) -> Q:
    named = [pk for pk, key in keys.items() if has_words(key, parts)]
    of_pupil = Relationship.objects.filter(called(word), person=OuterRef("pk"))
    return Q(pk__in=named) | Q(Exists(of_pupil))


def with_pupils() -> Prefetch:
    rows: QuerySet[Relationship] = Relationship.objects.select_related("pupil").order_by(
        "pupil__sort_key", "pupil__upn"
    )
    return Prefetch("relationships", rows)


def relationship_of(request: PageRequest, pupil_id: int, relationship_id: int) -> Relationship:
    found = Relationship.objects.select_related("person", "pupil", "confirmed_by")
    school = request.viewer.school
    return get_object_or_404(found, pupil__school=school, pupil=pupil_id, pk=relationship_id)


@require_http_methods(["GET", "POST"])
@allowed("keep_pupils")
def contact(request: PageRequest, pupil_id: int, relationship_id: int) -> HttpResponse:
    row = relationship_of(request, pupil_id, relationship_id)
    form = TieForm(
        request.POST or None,
        initial={name: getattr(row, name) for name in actions.Tie.__slots__},
        back=page_of(request, row.pupil),
    )

    def change() -> HttpResponse:
        confirmed = actions.change_contact(
            relationship=row,
            tie=form.tie,
            confirm=form.cleaned_data["confirm"],
            by=request.user,
        )
        said = " It is noted that you confirmed it today." if confirmed else ""
        messages.success(
            request, f"What {row.person.name} is to {row.pupil.forename} is saved.{said}"
        )
        return redirect(page_of(request, row.pupil))

    if done := saved(form, change):
        return done
    context = {"form": form, "row": row, "confirmed": wording.confirmed_lede(row)}
    return render(request, "registers/roll/contacts/contact.html", context)


@allowed("keep_pupils")
@require_POST
def contact_move(request: PageRequest, pupil_id: int, relationship_id: int) -> HttpResponse:
    row = relationship_of(request, pupil_id, relationship_id)
    actions.move_contact(relationship=row, up=request.POST.get("to") != "down", by=request.user)
    return redirect(f"{page_of(request, row.pupil)}#contacts")


@allowed("keep_pupils")
@require_POST
def contact_remove(request: PageRequest, pupil_id: int, relationship_id: int) -> HttpResponse:
    row = relationship_of(request, pupil_id, relationship_id)
    reason = words_of(request.POST.get("reason"), 500)
    try:
        forgotten = actions.remove_contact(relationship=row, reason=reason, by=request.user)
    except WrongFields as wrong:
        messages.error(request, str(wrong))
        return redirect("registers:contact", request.viewer.school.urn, pupil_id, row.pk)
    said = " Nothing else named them, and their details are deleted." if forgotten else ""
    messages.success(
        request, f"{row.person.name} is no contact of {row.pupil.forename} any more.{said}"
    )
    return redirect(f"{page_of(request, row.pupil)}#contacts")


@require_http_methods(["GET", "POST"])
@allowed("see_contacts")
def person(request: PageRequest, person_id: int) -> HttpResponse:
    """How a person can be reached, the same for each of their pupils."""
    school = request.viewer.school
    row = get_object_or_404(
        Person.objects.prefetch_related(with_pupils()), school=school, pk=person_id
    )
    ties = list(row.relationships.all())
    initial = {name: getattr(row, name) for name in actions.PersonDetails.__slots__}
    form = PersonForm(request.POST or None, initial=initial, back=_back_from(request, ties))

    def change() -> HttpResponse:
        actions.change_person(
            person=row,
            details=form.details,
            reason=form.cleaned_data["reason"],
            by=request.user,
        )
        messages.success(request, "The contact’s details are saved.")
        return redirect("registers:person", urn=school.urn, person_id=row.pk)

    if done := saved(form, change):
        return done
    log.info("person_page_read", user_id=request.user.pk)
    context = {
        "person": row,
        "ties": ties,
        "form": form,
        "changes": list(row.roll_changes.all()),
        "lede": wording.person_lede(school, ties),
        "confidential": wording.names_of(filter(IS_CONFIDENTIAL, ties)),
    }
    return render(request, "registers/roll/contacts/person.html", context)


def _back_from(request: PageRequest, ties: list[Relationship]) -> str:
    """To the first pupil of somebody; to the roll, where there is none."""
    if ties:
        return page_of(request, ties[0].pupil)
    return reverse("registers:roll", args=[request.viewer.school.urn])
