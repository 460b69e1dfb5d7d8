"""Pupils' photos: one by one, or a whole school's from a zip. The files are for a view alone."""

import os
import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from registers import policies
from registers.exchange.upload import FileUpload, folder_of, forget, forget_old
from registers.models import Enrolment, FormerUpn, Job, Photo, Pupil, School
from registers.models.school.staff import User
from registers.photos.archive import Picture, keep_zip, pictures_in
from registers.rules.grouping import keyed
from registers.rules.pupils.photo_files import PhotoRefused, digest_of, made_small
from registers.web.jobs import actions as jobs_actions

log = structlog.get_logger(__name__)
TASK = "registers.tasks.bring_photos"
MOST_SHOWN = 200  # lines of each kind on the page
REPORT_EVERY = 10  # pictures
KEPT_AFTER_LEAVING = timedelta(days=30)


def put_photo(*, pupil: Pupil, picture: bytes, by: User, now: datetime | None = None) -> bool:
    """Keep this picture as the pupil's photo, in place of the one before; whether it is another.

    Raises Refused, PhotoRefused, OSError; then the photo that was there stays.
    """
    policies.check(by, "keep_pupils", school=pupil.school_id)
    small = made_small(picture)  # before the transaction: a large one takes a while
    name = f"photos/{pupil.school_id}/{secrets.token_hex(16)}.jpg"
    kept = {"file": name, "digest": digest_of(small), "added_by": by}
    _write(name, small)
    try:
        with transaction.atomic():
            Pupil.objects.select_for_update().get(pk=pupil.pk)
            before = Photo.objects.filter(pupil=pupil).first()
            if before and before.digest == kept["digest"] and _path(before.file).is_file():
                _unlink(name)
                return False
            kept["added_at"] = now or timezone.now()
            Photo.objects.update_or_create(pupil=pupil, defaults=kept)
            if before:
                transaction.on_commit(partial(_unlink, before.file))
    except BaseException:
        _unlink(name)
        raise
    log.info("photo_kept", user_id=by.pk, school_id=pupil.school_id)
    return True


def take_photo_away(*, pupil: Pupil, by: User) -> bool:
    """Whether there was one. Row and file go; nothing of it is kept. Raises Refused."""
    policies.check(by, "keep_pupils", school=pupil.school_id)
    with transaction.atomic():
        Pupil.objects.select_for_update().get(pk=pupil.pk)
        taken = _forget(Photo.objects.filter(pupil=pupil))
    log.info("photo_taken_away", user_id=by.pk, school_id=pupil.school_id)
    return bool(taken)


@transaction.atomic
def forget_photos_of_leavers(*, now: datetime | None = None) -> int:
    """Photos of pupils who are on no roll since a month: no register shows them any more."""
    day = timezone.localtime(now).date() - KEPT_AFTER_LEAVING
    here = Enrolment.objects.not_left(day).filter(pupil=OuterRef("pupil"))
    return _forget(Photo.objects.filter(~Exists(here)))


def _forget(photos: Any) -> int:
    found = dict(photos.values_list("pk", "file"))
    Photo.objects.filter(pk__in=list(found)).delete()
    for name in found.values():
        transaction.on_commit(partial(_unlink, name))
    return len(found)


def _path(name: str) -> Path:
    return Path(default_storage.path(name))


def _write(name: str, content: bytes) -> None:
    """For its owner alone, and whole before any row names it."""
    path = _path(name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        _unlink(name)
        raise


def _unlink(name: str) -> None:
    with suppress(FileNotFoundError):
        _path(name).unlink()


# --- a whole school's, from a zip


def start_photos(*, school: School, upload: FileUpload, by: User) -> Job:
    """Store the zip and have a worker read it. Raises Refused, UploadRefused."""
    policies.check(by, "keep_pupils", school=school)
    forget_old()
    name = keep_zip(upload)
    try:
        return jobs_actions.start_job(
            school=school,
            kind=TASK,
            action="keep_pupils",
            title="Photos from a zip",
            by=by,
            asked={"upload": name},
        )
    except BaseException:
        forget(name)
        raise


def bring_photos(job: Job, report: jobs_actions.Report) -> jobs_actions.Outcome:
    """Keep every picture whose name is the UPN of a pupil, and say what became of each other.

    Safe to run twice: a photo that is there already stays. The zip is not kept afterwards.
    """
    there = _by_every_upn(job.school)
    found = _Found()
    try:
        for done, total, picture in pictures_in(folder_of(job.asked["upload"])):
            if done % REPORT_EVERY == 0:
                report(done, total, "Reads the pictures.")
            found.take(picture, there, job.started_by)
    except policies.Refused as refusal:
        raise jobs_actions.JobProblem(str(refusal)) from refusal
    except FileNotFoundError as gone:
        raise jobs_actions.JobProblem("The zip is no longer kept. Choose it again.") from gone
    forget(job.asked["upload"])
    url = reverse("registers:photos_done", kwargs={"urn": job.school.urn, "job_id": job.pk})
    return jobs_actions.Outcome(found.said, found.answer | {"url": url})


def _by_every_upn(school: School) -> dict[str, Pupil]:
    """A picture may still have the UPN that the pupil had before."""
    former = FormerUpn.objects.filter(pupil__school=school, pupil__merged_into__isnull=True)
    there = {row.upn: row.pupil for row in former.select_related("pupil")}
    return there | keyed(Pupil.objects.filter(school=school), "upn")


class _Found:
    def __init__(self) -> None:
        self.new = self.same = 0
        self.unknown: list[str] = []
        self.refused: list[tuple[str, str]] = []
        self.seen: set[str] = set()

    def take(self, picture: Picture, there: dict[str, Pupil], by: User) -> None:
        pupil = there.get(picture.upn)
        if picture.problem:
            self.refused.append((picture.name, picture.problem))
        elif pupil is None:
            self.unknown.append(picture.name)
        elif picture.upn in self.seen:
            self.refused.append((picture.name, "There are two pictures of this UPN in the zip."))
        else:
            self._keep(picture, pupil, by)

    def _keep(self, picture: Picture, pupil: Pupil, by: User) -> None:
        try:
            other = put_photo(pupil=pupil, picture=picture.read(), by=by)
        except PhotoRefused as refusal:
            self.refused.append((picture.name, str(refusal)))
            return
        self.seen.add(picture.upn)
        self.new += other
        self.same += not other

    @property
    def said(self) -> str:
        return f"{self.new:,} {'photo is' if self.new == 1 else 'photos are'} kept."

    @property
    def answer(self) -> dict[str, Any]:
        return {
            "new": self.new,
            "same": self.same,
            "unknown": self.unknown[:MOST_SHOWN],
            "unknown_count": len(self.unknown),
            "refused": self.refused[:MOST_SHOWN],
            "refused_count": len(self.refused),
            "left_out": len(self.unknown) + len(self.refused),
        }
