"""Pupils' photos: kept by the office, seen by whoever takes the pupil's register."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from hmac import compare_digest
from operator import itemgetter

import structlog
from django.contrib import messages
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registers.exchange.upload import UploadRefused
from registers.marks.day_sheet import on_roll
from registers.models import Job, Photo
from registers.photos import actions
from registers.photos.forms import PhotoForm, PhotosForm
from registers.photos.wording import photos_said
from registers.register.rows import photos_of
from registers.roll.addresses import page_of, pupil_of
from registers.rules.pupils.photo_files import (
    MOST_BYTES,
    PhotoRefused,
    below_each_other,
    key_of,
)
from registers.web.access import PageRequest, allowed
from registers.web.form_helpers import files_with, sent_with
from registers.web.forms import refusals_in

log = structlog.get_logger(__name__)
KEPT_TOGETHER = 10 * 60  # seconds: a morning's first minutes; what is taken away goes with them


def _jpeg(content: bytes) -> HttpResponse:
    return HttpResponse(content, content_type="image/jpeg")


@require_safe
@allowed("take_register")
def photo(request: PageRequest, pupil_id: int, digest: str) -> HttpResponse:
    """One pupil's photo, for who may see the pupil; for everybody else there is none."""
    mine = request.viewer.enrolments().filter(pupil=pupil_id)
    found = get_object_or_404(Photo, pupil=pupil_id, pupil__in=mine.values("pupil"))
    if not compare_digest(found.short_digest.encode(), digest.encode()):
        raise Http404("The photo has changed.")
    content = _read(found.file)
    if content is None:
        raise Http404("The file of the photo is not there.")
    return _jpeg(content)


@require_safe
@allowed("take_register")
def photos_of_group(request: PageRequest, group_id: int, date: date, faces: str) -> HttpResponse:
    """All photos of a register in one picture: thirty requests would keep a teacher waiting.

    `faces` names the photos and their order. Where one of them has changed since the page was made,
    there is no picture: a face never stands beside another child's name.
    """
    viewer = request.viewer
    if not viewer.may_see_group(group_id):
        raise Http404("Not one of your groups.")
    photos = photos_of(group_id, viewer.school, date)
    key = key_of(map(itemgetter(0), photos))
    if not photos or not compare_digest(key.encode(), faces.encode()):
        raise Http404("The photos have changed.")
    return _jpeg(_drawn(f"faces:{viewer.school.pk}:{faces}", map(itemgetter(1), photos)))


def _drawn(key: str, files: Iterable[str]) -> bytes:
    """The photos below each other, kept for a while."""
    drawn = cache.get(key)
    if drawn is None:
        drawn = below_each_other([*map(_read, files)])
        cache.set(key, drawn, KEPT_TOGETHER)
    return drawn


def _read(name: str) -> bytes | None:
    try:
        with default_storage.open(name) as file:
            return file.read()
    except FileNotFoundError:
        log.error("photo_file_is_missing")
        return None


# --- kept


@require_http_methods(["GET", "POST"])
@allowed("keep_pupils")
def photo_edit(request: PageRequest, pupil_id: int) -> HttpResponse:
    pupil = pupil_of(request, pupil_id)
    back = page_of(request, pupil)
    form = PhotoForm(sent_with(request), files_with(request), back=back)
    if form.is_valid():
        with refusals_in(form), _wrong_pictures_in(form):
            picture = _bytes_of(form.cleaned_data["picture"])
            actions.put_photo(pupil=pupil, picture=picture, by=request.user)
            messages.success(request, f"{pupil.full_name} has this photo now.")
            return redirect(back)
    context = {"form": form, "pupil": pupil, "photo": Photo.objects.filter(pupil=pupil).first()}
    return render(request, "registers/roll/photo.html", context)


@contextmanager
def _wrong_pictures_in(form: PhotoForm) -> Iterator[None]:
    try:
        yield
    except PhotoRefused as refusal:
        form.add_error("picture", str(refusal))


def _bytes_of(chosen) -> bytes:
    """No more of it than tells that it is too large."""
    return chosen.read(MOST_BYTES + 1)


@allowed("keep_pupils")
@require_POST
def photo_remove(request: PageRequest, pupil_id: int) -> HttpResponse:
    pupil = pupil_of(request, pupil_id)
    if actions.take_photo_away(pupil=pupil, by=request.user):
        messages.success(request, "The photo is taken away. Nothing of it is kept.")
    else:
        messages.info(request, "There was no photo any more.")
    return redirect(page_of(request, pupil))


# --- of a whole school


@require_http_methods(["GET", "POST"])
@allowed("keep_pupils")
def photos_new(request: PageRequest) -> HttpResponse:
    school = request.viewer.school
    form = PhotosForm(
        sent_with(request),
        files_with(request),
        back=reverse("registers:roll", kwargs={"urn": school.urn}),
    )
    if form.is_valid():
        with refusals_in(form), _wrong_zips_in(form):
            job = actions.start_photos(
                school=school, upload=form.cleaned_data["upload"], by=request.user
            )
            return redirect("registers:photos_done", urn=school.urn, job_id=job.pk)
    here = on_roll(school, timezone.localdate())
    context = {
        "school": school,
        "form": form,
        "on_roll": here.count(),
        "with_photo": here.filter(pupil__photo__isnull=False).count(),
    }
    return render(request, "registers/photos/photos.html", context)


@contextmanager
def _wrong_zips_in(form: PhotosForm) -> Iterator[None]:
    try:
        yield
    except UploadRefused as refused:
        for problem in refused.problems:
            form.add_error("upload", problem)


@require_safe
@allowed("keep_pupils")
def photos_done(request: PageRequest, job_id: object) -> HttpResponse:
    """How far it is, then what became of every picture."""
    school = request.viewer.school
    job = get_object_or_404(Job, pk=job_id, school=school)
    if job.kind != actions.TASK:
        return redirect("registers:job", urn=school.urn, job_id=job.pk)
    context = {"school": school, "job": job, "answer": job.answer, "said": photos_said(job)}
    return render(request, "registers/photos/photos_done.html", context)
