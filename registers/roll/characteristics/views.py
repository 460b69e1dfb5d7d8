"""Add, change and take away what is true of a pupil for a time."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from registers.models import (
    Characteristic,
    Pupil,
)
from registers.roll.actions import characteristics as actions
from registers.roll.addresses import page_of, pupil_of
from registers.roll.characteristics.forms import CharacteristicForm, title_of
from registers.roll.form_parts import saved
from registers.web.access import PageRequest, allowed


@require_http_methods(["GET", "POST"])
@allowed("keep_pupils")
def characteristic_new(request: PageRequest, pupil_id: int) -> HttpResponse:
    return _characteristic(request, pupil_of(request, pupil_id), None)


@require_http_methods(["GET", "POST"])
@allowed("keep_pupils")
def characteristic(request: PageRequest, pupil_id: int, characteristic_id: int) -> HttpResponse:
    pupil = pupil_of(request, pupil_id)
    row = get_object_or_404(Characteristic, pupil=pupil, pk=characteristic_id)
    return _characteristic(request, pupil, row)


def _characteristic(request: PageRequest, pupil: Pupil, row: Characteristic | None) -> HttpResponse:
    form = CharacteristicForm(request.POST or None, row=row, back=page_of(request, pupil))

    def write() -> HttpResponse:
        actions.write_characteristic(
            pupil=pupil, characteristic=row, **form.written, by=request.user
        )
        messages.success(
            request, f"{title_of(form.written['kind'], form.written['value'])} is saved."
        )
        return redirect(page_of(request, pupil))

    if done := saved(form, write):
        return done
    context = {"form": form, "pupil": pupil, "characteristic": row}
    return render(request, "registers/roll/characteristics/characteristic.html", context)


@allowed("keep_pupils")
@require_POST
def characteristic_remove(
    request: PageRequest, pupil_id: int, characteristic_id: int
) -> HttpResponse:
    pupil = pupil_of(request, pupil_id)
    row = get_object_or_404(Characteristic, pupil=pupil, pk=characteristic_id)
    title = title_of(row.kind, row.value)
    actions.remove_characteristic(characteristic=row, by=request.user)
    messages.success(request, f"{title} is taken away, as if it had never been there.")
    return redirect(page_of(request, pupil))
