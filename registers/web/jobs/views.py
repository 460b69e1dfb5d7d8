"""Long work on its page: how far it is, what came of it, its file."""

import structlog
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from registers.models import Job
from registers.web.access import NOT_YOUR_ROLE, PageRequest, allowed
from registers.web.documents.storage import AlteredFileError, read_as_kept

log = structlog.get_logger(__name__)
TYPES = {
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


def job_of(request: PageRequest, job_id: object) -> Job:
    """The job of the page's school. Raises Http404; PermissionDenied where it is not theirs."""
    job = get_object_or_404(
        Job.objects.select_related("started_by"), pk=job_id, school=request.viewer.school
    )
    if not request.viewer.may(job.action):
        raise PermissionDenied(NOT_YOUR_ROLE)
    return job


@require_safe
@allowed("see_job")
def job(request: PageRequest, job_id: object) -> HttpResponse:
    """The page of a job, or the part of it that moves when htmx asks."""
    found = job_of(request, job_id)
    template = "registers/web/_job.html" if request.htmx else "registers/web/job.html"
    return render(request, template, {"job": found, "next": found.answer.get("url", "")})


@require_safe
@allowed("see_job")
def job_file(request: PageRequest, job_id: object) -> HttpResponse:
    """The file exactly as the worker kept it."""
    found = job_of(request, job_id)
    if not found.file:
        raise Http404("There is no file yet.")
    try:
        content = read_as_kept(str(found.file), found.digest)
    except AlteredFileError:
        log.error("job_file_is_not_what_was_made")
        raise Http404("The file in this place is not the one that was made.") from None
    log.info("job_file_read", user_id=request.user.pk, task=found.kind, school_id=found.school_id)
    kind = found.filename.rsplit(".", 1)[-1]
    how = "attachment" if "keep" in request.GET or kind != "pdf" else "inline"
    return HttpResponse(
        content,
        content_type=TYPES.get(kind, "application/octet-stream"),
        headers={"Content-Disposition": f'{how}; filename="{found.filename}"'},
    )
