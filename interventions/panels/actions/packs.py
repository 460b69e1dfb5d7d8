"""The pack of a panel: asked for by a person, built by a worker, kept as it was built."""

from collections.abc import Collection, Sequence
from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from absence.figures.calendar import NoAcademicYearError
from interventions.models import Pack, Panel, PanelCase
from interventions.packs import render
from interventions.packs.queries import now_in_london, papers
from interventions.packs.words import CasePaper, PanelPaper
from interventions.panels.actions import panels
from registers import policies
from registers.models import Job
from registers.models.school.staff import User
from registers.rules.wording import many
from registers.web.jobs.actions import JobProblem, Outcome, Report, start_job


@transaction.atomic
def ask_for_pack(
    *, panel: Panel, cases: Collection[int], for_family: bool, as_at: date, by: User
) -> Pack:
    """A pack of these cases of the panel, as a job for a worker. Raises Refused.

    A family's copy is about one pupil: nobody gets another family's pages.
    """
    policies.check(by, "hold_panel", school=panel.school)
    chosen = list(
        panel.cases.filter(pk__in=cases, withdrawn_at__isnull=True).select_related(
            "enrolment__pupil"
        )
    )
    if not chosen:
        raise policies.Refused("Choose at least one pupil for the pack.")
    if for_family and len(chosen) != 1:
        raise policies.Refused("A copy for a family is about one pupil: choose one.")
    job = start_job(
        school=panel.school,
        kind="interventions.tasks.build_pack",
        action="hold_panel",
        title=_title(panel, chosen, for_family=for_family)[:200],
        by=by,
        asked={"panel": panel.pk, "for_family": for_family, "as_at": as_at.isoformat()},
    )
    pack = Pack.objects.create(
        panel=panel,
        job=job,
        for_family=for_family,
        as_at=as_at,
        made_at=timezone.now(),
        made_by=by,
    )
    pack.cases.set(chosen)
    return pack


def _title(panel: Panel, cases: Sequence[PanelCase], *, for_family: bool) -> str:
    day = f"{panel.on.day} {panel.on:%B %Y}"
    if for_family:
        return f"Copy for the family of {cases[0].enrolment.pupil.full_name}, panel of {day}"
    return f"Pack for the panel of {day}"


def build_pack(job: Job, report: Report) -> Outcome:
    """The worker's part: read, print each pupil's pages, put them together."""
    pack = Pack.objects.select_related("panel__school", "panel__chair").get(job=job)
    cases = list(pack.cases.order_by("at", "pk"))
    total = len(cases) + 1
    report(0, total, "Reading the marks.")
    try:
        year, files = papers(
            pack.panel.school,
            [case.enrolment_id for case in cases],
            as_at=pack.as_at,
            for_family=pack.for_family,
        )
    except NoAcademicYearError as missing:
        raise JobProblem(str(missing)) from None
    pdf, pages = render.draw_pack(
        _paper(pack.panel),
        [CasePaper(case.at, files[case.enrolment_id]) for case in cases],
        year,
        for_family=pack.for_family,
        stood_at=now_in_london(timezone.now()),
        tell=lambda done, said: report(done, total, said),
    )
    Pack.objects.filter(pk=pack.pk).update(pages=pages)
    whose = "-family" if pack.for_family else ""
    return Outcome(
        said=f"{pages} pages for {many(len(cases), 'pupil')}.",
        answer={"url": _panel_url(pack.panel)},
        file=pdf,
        filename=f"panel-pack-{pack.panel.on}{whose}.pdf",
    )


def _paper(panel: Panel) -> PanelPaper:
    return PanelPaper(
        on=panel.on,
        starts_at=panel.starts_at,
        place=panel.place,
        members=panels.members_of(panel),
        chair=str(panel.chair or ""),
    )


def _panel_url(panel: Panel) -> str:
    where = {"urn": panel.school.urn, "panel_id": panel.pk}
    return reverse("interventions:panel", kwargs=where)
