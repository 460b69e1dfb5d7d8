"""A mark with its whole history, changing it, and one code over a range of days."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from registers.actions.amend import StaleMarksError, amend_marks
from registers.actions.code_range import amend_range, lines_in_range
from registers.actions.writing import Change, MarkKey, MarkNow
from registers.asked import day_of
from registers.clock import Window, register_window
from registers.code_range import Line, State, Which
from registers.codes import CODES, Code, Half
from registers.day_sheet import with_group
from registers.forms.marks import AmendMarkForm, CodeRangeForm
from registers.held_marks import HeldLine, arrival_in_words, of_session
from registers.models import (
    Amendment,
    Enrolment,
    Mark,
    MarkComment,
    Paper,
    Register,
    Session,
    User,
)
from registers.policies import NotAllowed
from registers.rules import paper_needed
from registers.sources import SOURCES
from registers.views.access import allowed
from registers.views.grid import Cell

log = structlog.get_logger(__name__)
Day = date  # within the page, `date` is its own
AROUND = timedelta(days=70)  # longer than the summer holiday


@dataclass(frozen=True)
class HalfDayNear:
    """A session before or after, for the links."""

    date: date
    half: int


@dataclass
class MarkPage:
    """One half day of one pupil; each part is read when the page first asks for it."""

    enrolment: Enrolment
    date: date
    half: int
    window: Window

    @property
    def key(self) -> MarkKey:
        return MarkKey(self.enrolment.pk, self.date, self.half)

    @property
    def name(self) -> str:
        return f"{self.enrolment.pupil.forename} {self.enrolment.pupil.surname}"

    @cached_property
    def of_day(self) -> dict[int, Mark]:
        found = Mark.objects.filter(enrolment=self.enrolment, date=self.date)
        return {mark.half: mark for mark in found.select_related("made_by")}

    @property
    def mark(self) -> Mark | None:
        return self.of_day.get(self.half)

    @property
    def other(self) -> Mark | None:
        return self.of_day.get(1 - self.half)

    @cached_property
    def comment(self) -> str:
        found = MarkComment.objects.filter(pk=self.key).first()
        return found.text if found else ""

    @cached_property
    def amendments(self) -> list[Amendment]:
        found = Amendment.objects.filter(enrolment=self.enrolment, date=self.date, half=self.half)
        return list(found.order_by("sequence"))

    @cached_property
    def held_marks(self) -> list[HeldLine]:
        """Those that wait for the office, or that it left out."""
        found = of_session(self.enrolment.pk, self.date, self.half)
        return [HeldLine(one, self.window) for one in found]

    @property
    def arrival(self) -> str:
        """How the mark that stands came from a device, where it had waited there."""
        return arrival_in_words(self.mark) if self.mark and self.mark.arrived_at else ""

    @cached_property
    def register(self) -> Register | None:
        """That of the pupil's registration group on the day."""
        if not self.enrolment.group_id:
            return None
        found = Register.objects.filter(
            group=self.enrolment.group_id, session__date=self.date, session__half=self.half
        )
        return found.select_related("taken_by", "entered_by").first()

    @cached_property
    def sessions(self) -> list[tuple[Day, int]]:
        """Those that the school held around this one, in order."""
        around = (self.date - AROUND, self.date + AROUND)
        found = Session.objects.filter(
            school=self.enrolment.school_id, is_open=True, date__range=around
        )
        return list(found.order_by("date", "half").values_list("date", "half"))

    @property
    def held(self) -> bool:
        return (self.date, self.half) in self.sessions

    @property
    def previous(self) -> HalfDayNear | None:
        before = [row for row in self.sessions if row < (self.date, self.half)]
        return HalfDayNear(*before[-1]) if before else None

    @property
    def following(self) -> HalfDayNear | None:
        after = [row for row in self.sessions if row > (self.date, self.half)]
        return HalfDayNear(*after[0]) if after and after[0][0] <= timezone.localdate() else None

    @property
    def code(self) -> Code | None:
        return CODES[self.mark.code_id] if self.mark else None

    @property
    def other_code(self) -> Code | None:
        return CODES[self.other.code_id] if self.other else None

    @property
    def source(self) -> str:
        return SOURCES[Mark.Source(self.mark.source)] if self.mark else ""

    @property
    def came_in_at(self) -> datetime | None:
        if self.mark is None or self.mark.minutes_late is None:
            return None
        return self.window.opens_at + timedelta(minutes=self.mark.minutes_late)

    @cached_property
    def paper(self) -> Paper | None:
        """What the mark's code needs, where it needs something and is on the list for it."""
        if self.mark is None or not paper_needed(self.mark.code_id):
            return None
        theirs = Paper.objects.filter(enrolment=self.enrolment, code=self.mark.code_id)
        return theirs.of_day(self.date).first()

    @property
    def is_new(self) -> bool:
        return self.mark is None


def _mark_page(request: HttpRequest, enrolment_id: int, on: date, half: int) -> MarkPage:
    """Raises Http404 for a pupil whom this person may not see, or who is not of this school."""
    theirs = request.place.enrolments().filter(pk=enrolment_id).select_related("pupil")
    enrolment = with_group(theirs, on).first()
    if enrolment is None:
        raise Http404("There is no such pupil among those you may see.")
    window = register_window(request.place.school, on, half)
    return MarkPage(enrolment, on, int(half), window)


def back_to(request: HttpRequest) -> str:
    """The page one came from, when it is one of ours; else empty."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours and wanted.startswith("/") else ""


@require_http_methods(["GET", "POST"])
@allowed("see_mark")
def mark(request: HttpRequest, enrolment_id: int, date: date, half: Half) -> HttpResponse:
    """The mark as it stands and everything that was ever changed about it."""
    page = _mark_page(request, enrolment_id, date, half)
    now = timezone.localtime()
    may_change = request.place.may("amend_mark")
    form = None
    if request.method == "POST" and not may_change:
        return _show_mark(request, page, None, status=403)
    is_sent = request.method == "POST"  # then the action itself says whether there is a session
    if may_change and page.window.has_opened(now) and (is_sent or page.held):
        form = _amend_form(page, request.POST or None, back_to(request))
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            _amend(request, page, form, now)
        except StaleMarksError as stale:
            fresh = _mark_page(request, enrolment_id, date, half)
            return _show_stale(request, fresh, stale)
        except NotAllowed as refusal:
            form.add_error("code", str(refusal))
        else:
            return redirect(back_to(request) or request.path)
    return _show_mark(request, page, form)


def _amend_form(page: MarkPage, posted: QueryDict | None, next_url: str) -> AmendMarkForm:
    mark = page.mark
    initial = {
        "code": mark.code_id if mark else "",
        "minutes_late": mark.minutes_late if mark else None,
        "comment": page.comment,
        "seen": mark.version if mark else 0,
        "next": next_url,
    }
    return AmendMarkForm(posted, initial=initial, on=page.date, half=page.half, is_new=page.is_new)


def _amend(request: HttpRequest, page: MarkPage, form: AmendMarkForm, now: datetime) -> None:
    said = form.cleaned_data
    change = Change(
        page.key,
        said["code"],
        said["seen"],
        said["minutes_late"],
        comment=said["comment"] if said["comment"] != page.comment else None,
        reason=said["reason"],
        paper=said["paper"] or None,
    )
    written = amend_marks(school=request.place.school, changes=[change], by=request.user, now=now)
    name = page.name
    if not written.saved:
        kept = {
            "the comment": change.comment is not None,
            "the paper": change.key in written.papers,
        }
        words = " and ".join(what for what, is_kept in kept.items() if is_kept)
        words = f"kept {words}" if words else "it was so already"
        messages.success(request, f"{name}: {words}.")
        return
    code = CODES[said["code"]]
    needs = paper_to_complete(code.symbol) if False in written.papers.values() else ""
    messages.success(request, f"{name}: {code.symbol}, {code.meaning}.{needs}")


def paper_to_complete(symbol: str) -> str:
    """A sentence for behind what was saved."""
    return f" {symbol} needs a paper: {paper_needed(symbol)}. It is on the list of papers."


def _show_stale(request: HttpRequest, page: MarkPage, stale: StaleMarksError) -> HttpResponse:
    """The form with everything that was typed, on the mark as somebody else has made it."""
    again = request.POST.copy()
    again["seen"] = str(page.mark.version if page.mark else 0)
    form = _amend_form(page, again, back_to(request))
    form.is_valid()
    form.add_error(None, stale_words(stale.marks.get(page.key)))
    return _show_mark(request, page, form)


def stale_words(mark: MarkNow | None) -> str:
    """Who changed it, to what and when; what was typed is still there."""
    if mark is None:
        return "This mark is not there any more. Look at it again."
    person = User.objects.filter(pk=mark.made_by_id).first()
    at = timezone.localtime(mark.made_at)
    return (
        f"{person or 'Somebody'} changed this mark to {mark.code} at {at:%H:%M}, after you opened "
        "the page. What you typed is still here: send it again if it should replace that."
    )


def _show_mark(
    request: HttpRequest, page: MarkPage, form: AmendMarkForm | None, status: int = 200
) -> HttpResponse:
    log.info(
        "mark_page_read",
        user_id=request.user.pk,
        enrolment_id=page.enrolment.pk,
        date=str(page.date),
        half=page.half,
    )
    now = timezone.localtime()
    shown = {
        "page": page,
        "form": form,
        "next": back_to(request),
        "has_opened": page.window.has_opened(now),
        "has_ended": page.window.has_ended(now),
        "may_change": request.place.may("amend_mark"),
    }
    return render(request, "registers/office/mark.html", shown, status=status)


@allowed("amend_mark")
@require_POST
def mark_cell(request: HttpRequest, enrolment_id: int, date: date, half: Half) -> HttpResponse:
    """Change one mark from the grid, without leaving it: the new cell, or a sentence."""
    page = _mark_page(request, enrolment_id, date, half)
    form = AmendMarkForm(request.POST, on=date, half=half, is_new=page.is_new)
    if not form.is_valid():
        return JsonResponse({"wrong": {name: errors[0] for name, errors in form.errors.items()}})
    try:
        _amend_quietly(request, page, form)
    except StaleMarksError as stale:
        del page.of_day
        words = stale_words(stale.marks.get(page.key))
        return JsonResponse({"stale": words, **_cell(request, page)})
    except NotAllowed as refusal:
        return JsonResponse({"wrong": {"code": str(refusal)}})
    del page.of_day
    return JsonResponse(_cell(request, page))


def _amend_quietly(request: HttpRequest, page: MarkPage, form: AmendMarkForm) -> None:
    said = form.cleaned_data
    change = Change(
        page.key,
        said["code"],
        said["seen"],
        said["minutes_late"],
        reason=said["reason"],
        paper=said["paper"] or None,
    )
    amend_marks(
        school=request.place.school, changes=[change], by=request.user, now=timezone.localtime()
    )


def _cell(request: HttpRequest, page: MarkPage) -> dict:
    """What the grid puts in place of the cell."""
    cell = Cell(
        enrolment_id=page.enrolment.pk,
        name=page.name,
        date=page.date,
        half=Half(page.half),
        symbol=page.mark.code_id if page.mark else "",
        seen=page.mark.version if page.mark else 0,
        minutes=page.mark.minutes_late if page.mark else None,
        is_due=True,
        is_future=False,
        is_planned=False,
        is_amended=any(one.code_before for one in page.amendments),
        may_change=True,
    )
    shown = {"cell": cell, "urn": request.place.school.urn}
    html = render_to_string("registers/office/_grid_cell.html", shown).strip()
    return {"cell": html, "said": f"{cell.name}: {cell.symbol or 'not marked'}"}


# --- one code over a range of days


@require_http_methods(["GET", "POST"])
@allowed("amend_mark")
def code_range(request: HttpRequest, pupil_id: int) -> HttpResponse:
    """Choose, look at what would change, then write it: the two steps of one page."""
    school, now = request.place.school, timezone.localtime()
    spells = list(
        request.place.enrolments().filter(pupil=pupil_id).select_related("pupil").order_by("pk")
    )
    if not spells:
        raise Http404("There is no such pupil at this school.")
    initial = _from_address(request.GET, now.date())
    form = CodeRangeForm(request.POST or None, today=now.date(), initial=initial)
    shown = {"form": form, "spells": spells, "pupil": spells[0].pupil, "next": back_to(request)}
    if request.method == "POST" and form.is_valid():
        lines = lines_in_range(
            school=school,
            spells=spells,
            symbol=form.cleaned_data["code"],
            first=form.first,
            last=form.last,
            which=Which(form.cleaned_data["which"]),
            now=now,
        )
        if "write" in request.POST:
            done = _write_range(request, form, lines, now)
            if done is not None:
                return done
            shown["has_moved"] = True
        shown |= _preview(lines, form)
    return render(request, "registers/office/code_range.html", shown)


def _from_address(query: QueryDict, today: date) -> dict:
    """A range that another page has begun: `?from=2026-11-16&code=I`."""
    first_on = day_of(query.get("from")) or today
    return {"first_on": first_on, "last_on": today, "code": query.get("code", "")}


def _as_seen(lines: list[tuple[int, Line]]) -> str:
    """What a preview showed, so that exactly this is written: spell, session, version, code."""
    return ";".join(
        f"{spell}.{line.session.date}.{line.session.half}.{line.seen}.{line.after}"
        for spell, line in lines
        if line.state is State.CHANGES
    )


def _preview(lines: list[tuple[int, Line]], form: CodeRangeForm) -> dict:
    found = [line for _, line in lines]
    by_state = {state.value: [one for one in found if one.state is state] for state in State}
    return {
        "lines": found,
        "changes": by_state["changes"],
        "refused": by_state["refused"],
        "kept": by_state["kept"],
        "same": by_state["same"],
        "as_seen": _as_seen(lines),
        "code": CODES[form.cleaned_data["code"]],
        "paper": paper_needed(form.cleaned_data["code"]),
        "chosen": form.cleaned_data,
    }


def _write_range(
    request: HttpRequest, form: CodeRangeForm, lines: list[tuple[int, Line]], now: datetime
) -> HttpResponse | None:
    """None where the marks are no longer as the preview showed them: it is shown again."""
    if request.POST.get("as_seen") != _as_seen(lines):
        return None
    try:
        written = amend_range(
            school=request.place.school,
            lines=lines,
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=now,
            paper=form.cleaned_data["paper"],
        )
    except StaleMarksError:
        return None
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return None
    number = len(written.saved)
    symbol = form.cleaned_data["code"]
    words = "1 mark" if number == 1 else f"{number} marks"
    needs = paper_to_complete(symbol) if False in written.papers.values() else ""
    messages.success(request, f"{words} changed to {symbol}, {CODES[symbol].meaning}.{needs}")
    return redirect(back_to(request) or request.path)
