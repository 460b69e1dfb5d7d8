"""Pictures of every page of the demonstration school, at three sizes, and their table.

Start the demonstration (`./rollbook demo`), then:

    .venv/bin/python docs/pictures/make.py http://127.0.0.1:8000

What stands behind a link (one pupil, one letter) is found by following it; a page whose link is
not there is left out and named. Nothing is sent or changed.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
SCHOOL = "/schools/999417/"
PASSWORD = "a-slate-and-a-bell"  # noqa: S105 (everybody can read it; the school is invented)
SIZES = ((1280, 800), (820, 1180), (390, 844))
LARGEST = 20_000  # bytes of one picture, where fewer colours can do it

TEACHER, OFFICE, OFFICER = "j.wright", "f.owusu", "t.brannigan"
HEAD, ADMINISTRATOR, LEAD = "r.adeyemi-clarke", "j.ferreira", "i.lindqvist"
NOBODY = ""
WHO = {
    NOBODY: "before the sign-in",
    TEACHER: "a teacher",
    OFFICE: "the office",
    OFFICER: "the attendance officer",
    LEAD: "the safeguarding lead",
    HEAD: "the head",
    ADMINISTRATOR: "the administrator",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A page: its file, what it is, who comes for it, its address, the links that lead on to it."""

    name: str
    what: str
    who: str
    at: str
    links: tuple[str, ...] = ()


def here(name: str, what: str, who: str, at: str, *links: str) -> Shown:
    """A page of the school; `links` are patterns, each followed on the page before."""
    return Shown(name, what, who, SCHOOL + at, links)


PUPIL, OF_STEP, LETTER = r"/pupils/\d+/$", r"/pupils/\d+/#log$", r"/letters/\d+/$"
ON_ROLL, CONTACT, PANEL = r"/roll/\d+/$", r"/contacts/\d+/$", r"/panels/\d+/$"
PAGES = (
    Shown("sign-in", "Sign in", NOBODY, "/sign-in/"),
    Shown("password-forgotten", "A forgotten password", NOBODY, "/password/forgotten/"),
    Shown("password-again", "The password again, before an account is changed", LEAD, "/account/"),
    # --- the day
    Shown("home-teacher", "The first page of a teacher", TEACHER, "/"),
    here("today", "Today’s registers", TEACHER, "today/"),
    here("register", "A register", TEACHER, "today/", r"/registers/\d+/"),
    here("today-office", "Today’s registers, for the office", OFFICE, "today/"),
    here("cover", "Cover", OFFICE, "cover/"),
    Shown("home-office", "The first page of the office", OFFICE, "/"),
    here("morning", "This morning", OFFICE, "morning/"),
    here("late-desk", "The late desk", OFFICE, "late-desk/"),
    here("late-desk-search", "The late desk: a few letters of the name", OFFICE, "late-desk/?q=ch"),
    here("sign-outs", "Sign-outs", OFFICE, "sign-outs/"),
    here("sign-out", "One sign-out", OFFICE, "sign-outs/", r"/sign-outs/\d+/$"),
    here("on-site", "Who is on site", OFFICE, "on-site/"),
    here("grid", "A group’s week", OFFICE, "morning/", r"/groups/\d+/week/"),
    here("mark", "A mark, its history and amendment", OFFICER, "pupils/", PUPIL, r"/marks/\d+/"),
    here("one-code", "One code for several days", OFFICER, "pupils/", PUPIL, r"/one-code/"),
    here("planned-absences", "Planned absences", OFFICE, "planned-absences/"),
    here("planned-absence-new", "A new planned absence", OFFICE, "planned-absences/new/"),
    here(
        "planned-absence",
        "A planned absence",
        OFFICE,
        "planned-absences/",
        r"/planned-absences/\d+/",
    ),
    here("papers", "Papers that some codes need", OFFICE, "planned-absences/papers/"),
    # --- casework
    Shown("home-officer", "The first page of the officer", OFFICER, "/"),
    here("at-risk", "Pupils and how much they missed", OFFICER, "pupils/"),
    here("pupil", "A pupil’s attendance and what was done", OFFICER, "next-steps/", OF_STEP),
    here("log-new", "A new step in the log", OFFICER, "pupils/", PUPIL, r"/log/new/$"),
    here("log", "One step of the log", OFFICER, "next-steps/", OF_STEP, r"/log/\d+/$"),
    here("step-done", "A next step that is done", OFFICER, "next-steps/", r"/log/\d+/done/"),
    here("next-steps", "Next steps", OFFICER, "next-steps/"),
    here("certificate", "An attendance certificate", OFFICER, "pupils/", PUPIL, r"/certificate/$"),
    here("letters", "The queue of letters", OFFICER, "letters/"),
    here("letter", "A letter, as it will be sent", OFFICER, "letters/", LETTER),
    here("letter-new", "A letter by hand", OFFICER, "pupils/", PUPIL, r"/letters/new/$"),
    here("print-runs", "Print runs", OFFICER, "letters/print-runs/"),
    here("print-run", "A print run", OFFICER, "letters/print-runs/", r"/print-runs/\d+/$"),
    here("letter-templates", "The school’s own words", OFFICER, "letters/templates/"),
    here("letter-template", "The words of one kind", OFFICER, "letters/templates/first_concern/"),
    here("panels", "Panels", OFFICER, "panels/"),
    here("panel-new", "A new panel", OFFICER, "panels/new/"),
    here("panel", "A panel", OFFICER, "panels/", PANEL),
    here("panel-change", "A panel’s pupils and day", OFFICER, "panels/", PANEL, r"/change/$"),
    here("nights", "The nights", OFFICER, "nights/"),
    # --- the school
    Shown("home-head", "The first page of the head", HEAD, "/"),
    here("school", "The school’s attendance", HEAD, "school/"),
    Shown("home-administrator", "The first page of the administrator", ADMINISTRATOR, "/"),
    here("roll", "The admission register", ADMINISTRATOR, "roll/"),
    here("roll-new", "A new pupil", ADMINISTRATOR, "roll/new/"),
    here("roll-pupil", "A pupil in the admission register", ADMINISTRATOR, "roll/", ON_ROLL),
    here("contact", "A contact", ADMINISTRATOR, "roll/", ON_ROLL, CONTACT),
    here("contact-new", "A new contact", ADMINISTRATOR, "roll/", ON_ROLL, r"/contacts/new/"),
    here("person", "A person", ADMINISTRATOR, "roll/", ON_ROLL, CONTACT, r"/people/\d+/$"),
    here("enrolment", "A spell on the roll", ADMINISTRATOR, "roll/", ON_ROLL, r"/enr.*\d+/$"),
    here("set-up", "Set-up, step by step", ADMINISTRATOR, "set-up/"),
    here("school-details", "The school’s details", ADMINISTRATOR, "set-up/school/"),
    here("calendar", "Academic years", ADMINISTRATOR, "set-up/calendar/"),
    here(
        "calendar-year", "A year’s calendar", ADMINISTRATOR, "set-up/calendar/", r"/calendar/\d+/$"
    ),
    here("calendar-new", "A new academic year", ADMINISTRATOR, "set-up/calendar/new/"),
    here("groups", "Groups", ADMINISTRATOR, "set-up/groups/"),
    here("group", "A group", ADMINISTRATOR, "set-up/groups/", r"/groups/\d+/$"),
    here("year-groups", "Year groups", ADMINISTRATOR, "set-up/year-groups/"),
    here("year-move-up", "Moving up", ADMINISTRATOR, "set-up/year-groups/", r"/move-up/"),
    here("staff", "Staff", ADMINISTRATOR, "set-up/staff/"),
    here("invite", "An invitation", ADMINISTRATOR, "set-up/staff/invite/"),
    here("appointment", "A colleague’s role", ADMINISTRATOR, "set-up/staff/", r"/staff/\d+/$"),
    here("imports", "Imports", ADMINISTRATOR, "set-up/imports/"),
    here("import-new", "A new import", ADMINISTRATOR, "set-up/imports/new/"),
    # --- for everybody
    Shown("codes", "The codes", TEACHER, "/codes/"),
    Shown("account", "One’s own account", TEACHER, "/account/"),
    Shown("health", "Whether everything runs", NOBODY, "/health/"),
    Shown("components", "The parts of which pages are made", ADMINISTRATOR, "/components/"),
)


def sign_in(page: Page, who: str) -> None:
    page.goto("/sign-in/")
    page.get_by_label("Username").fill(who)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)


def windows(browser: Browser, base: str) -> dict[str, Page]:
    """A window for each person, signed in."""
    found = {}
    for who in dict.fromkeys(shown.who for shown in PAGES):
        page = browser.new_context(base_url=base, locale="en-GB").new_page()
        if who:
            sign_in(page, who)
        found[who] = page
    return found


def open_page(page: Page, shown: Shown) -> bool:
    """Whether the page is there: its address, then its links, one after the other."""
    answer = page.goto(shown.at)
    for pattern in shown.links:
        urls = page.eval_on_selector_all("main a[href]", "links => links.map(link => link.href)")
        url = next((url for url in urls if re.search(pattern, url)), None)
        if url is None:
            return False
        answer = page.goto(url)
    return answer is not None and answer.status in {
        200,
        503,
    }  # 503: the health page, without a worker


def reduced(picture: bytes) -> bytes:
    """The picture in a palette: as many colours as fit into `LARGEST`."""
    drawn = Image.open(io.BytesIO(picture)).convert("RGB")
    for colours in (24, 12, 8, 6):
        small = io.BytesIO()
        drawn.quantize(colours, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
        if small.tell() <= LARGEST:
            break
    return small.getvalue()


def take(page: Page, shown: Shown, folder: Path) -> None:
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        (folder / f"{shown.name}-{width}.png").write_bytes(reduced(page.screenshot()))


def table(shown: list[Shown]) -> Iterator[str]:
    yield "# Every page, in pictures\n"
    yield "Of the demonstration school, in which nobody is real, at the widths of a desk, a tablet"
    yield "and a telephone. `make.py` in this folder takes them anew.\n"
    yield f"| Page | Seen by | {' | '.join(str(width) for width, _ in SIZES)} |"
    yield f"|---|---|{'---|' * len(SIZES)}"
    for one in shown:
        links = " | ".join(f"[{width}](pages/{one.name}-{width}.png)" for width, _ in SIZES)
        yield f"| {one.what} | {WHO[one.who]} | {links} |"


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")


def main() -> None:
    asked = argparse.ArgumentParser(description="Takes a picture of every page.")
    asked.add_argument("base", help="where the demonstration is, such as http://127.0.0.1:8000")
    asked.add_argument("--only", help="the name of one page")
    asked.add_argument("--chromium", default="/usr/bin/chromium")
    args = asked.parse_args()
    folder, taken = HERE / "pages", []
    folder.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=args.chromium, args=["--no-sandbox"])
        people = windows(browser, args.base)
        for shown in PAGES:
            if args.only and shown.name != args.only:
                continue
            if not open_page(people[shown.who], shown):
                say(f"{shown.name}: not there")
                continue
            take(people[shown.who], shown, folder)
            taken.append(shown)
    if not args.only:
        (HERE / "README.md").write_text("\n".join(table(taken)) + "\n", encoding="utf-8")
    size = sum(file.stat().st_size for file in folder.glob("*.png"))
    say(f"{len(taken)} pages; {size / 1e6:.1f} MB in all")


if __name__ == "__main__":
    main()
