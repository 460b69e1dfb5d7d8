"""The pages of the demonstration school of which pictures are taken, and who opens them."""

from dataclasses import dataclass

SCHOOL = "/schools/999417/"

TEACHER, OFFICE, OFFICER = "j.wright", "f.owusu", "t.brannigan"
HEAD, ADMINISTRATOR, LEAD = "r.adeyemi-clarke", "j.ferreira", "i.lindqvist"
NOBODY = ""
WHO = {
    NOBODY: "everybody",
    TEACHER: "a teacher",
    OFFICE: "the office",
    OFFICER: "the attendance officer",
    LEAD: "the safeguarding lead",
    HEAD: "the head",
    ADMINISTRATOR: "the administrator",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A page: its file, what it is, who comes for it, its address, the links that lead on to it.

    `kept` is the width at which its picture is kept in the repository; most are not kept.
    """

    name: str
    what: str
    who: str
    at: str
    links: tuple[str, ...] = ()
    kept: int = 0


def here(name: str, what: str, who: str, at: str, *links: str, kept: int = 0) -> Shown:
    """A page of the school; `links` are patterns, each followed on the page before."""
    return Shown(name, what, who, SCHOOL + at, links, kept)


PUPIL, OF_STEP, LETTER = r"/pupils/\d+/$", r"/pupils/\d+/#log$", r"/letters/\d+/$"
ON_ROLL, CONTACT, PANEL = r"/roll/\d+/$", r"/contacts/\d+/$", r"/panels/\d+/$"
PAGES = (
    Shown("sign-in", "Sign in", NOBODY, "/sign-in/"),
    Shown("password-forgotten", "A forgotten password", NOBODY, "/password/forgotten/"),
    Shown("password-again", "The password again, before an account is changed", LEAD, "/account/"),
    # --- the day
    Shown("home-teacher", "The first page of a teacher", TEACHER, "/"),
    here("today", "Today’s registers", TEACHER, "today/"),
    here("register", "A register", TEACHER, "today/", r"/registers/\d+/", kept=390),
    here("today-office", "Today’s registers, for the office", OFFICE, "today/"),
    here("cover", "Cover", OFFICE, "cover/"),
    Shown("home-office", "The first page of the office", OFFICE, "/"),
    here("morning", "This morning", OFFICE, "morning/"),
    here("late-desk", "The late desk", OFFICE, "late-desk/"),
    here(
        "late-desk-search",
        "The late desk: a few letters of the name",
        OFFICE,
        "late-desk/?q=ch",
        kept=390,
    ),
    here("sign-outs", "Sign-outs", OFFICE, "sign-outs/"),
    here("sign-out", "One sign-out", OFFICE, "sign-outs/", r"/sign-outs/\d+/$"),
    here("on-site", "Who is on site", OFFICE, "on-site/"),
    here("roll-call", "Roll call", OFFICE, "roll-call/"),
    here("closures", "Closures", OFFICE, "closures/"),
    here("closure-new", "A new closure", OFFICE, "closures/new/", kept=820),
    here("held-marks", "Marks that came in late", OFFICER, "held-marks/"),
    here(
        "grid",
        "A group’s week",
        OFFICER,
        "pupils/",
        PUPIL,
        r"/marks/\d+/",
        r"/groups/\d+/week/",
        kept=820,
    ),
    here(
        "mark",
        "A mark, its history and amendment",
        OFFICER,
        "pupils/",
        PUPIL,
        r"/marks/\d+/",
        kept=1280,
    ),
    here("one-code", "One code for several days", OFFICER, "pupils/", PUPIL, r"/one-code/"),
    here("planned-absences", "Planned absences", OFFICE, "planned-absences/", kept=820),
    here("planned-absence-new", "A new planned absence", OFFICE, "planned-absences/new/"),
    here(
        "planned-absence",
        "A planned absence",
        OFFICE,
        "planned-absences/",
        r"/planned-absences/\d+/",
    ),
    here("papers", "Papers that some codes need", OFFICE, "planned-absences/papers/", kept=1280),
    # --- casework
    Shown("home-officer", "The first page of the officer", OFFICER, "/", kept=1280),
    here("at-risk", "Pupils and how much they missed", OFFICER, "pupils/"),
    here(
        "pupil",
        "A pupil’s attendance and what was done",
        OFFICER,
        "next-steps/",
        OF_STEP,
        kept=390,
    ),
    here("log-new", "A new step in the log", OFFICER, "pupils/", PUPIL, r"/log/new/$"),
    here("log", "One step of the log", OFFICER, "next-steps/", OF_STEP, r"/log/\d+/$"),
    here("step-done", "A next step that is done", OFFICER, "next-steps/", r"/log/\d+/done/"),
    here("next-steps", "Next steps", OFFICER, "next-steps/", kept=1280),
    here("certificate", "An attendance certificate", OFFICER, "pupils/", PUPIL, r"/certificate/$"),
    here("letters", "The queue of letters", OFFICER, "letters/"),
    here("letter", "A letter, as it will be sent", OFFICER, "letters/", LETTER),
    here("letters-many", "Letters for several pupils", OFFICER, "letters/new/"),
    here("crossed-before", "Crossed before Rollbook", OFFICER, "letters/crossed-before/"),
    here("letter-new", "A letter by hand", OFFICER, "pupils/", PUPIL, r"/letters/new/$"),
    here("print-runs", "Print runs", OFFICER, "letters/print-runs/"),
    here("print-run", "A print run", OFFICER, "letters/print-runs/", r"/print-runs/\d+/$"),
    here("letter-templates", "The school’s own words", OFFICER, "letters/templates/"),
    here(
        "letter-template",
        "The words of one kind",
        OFFICER,
        "letters/templates/first_concern/",
        kept=1280,
    ),
    here("panels", "Panels", OFFICER, "panels/"),
    here("panel-new", "A new panel", OFFICER, "panels/new/"),
    here("panel", "A panel", OFFICER, "panels/", PANEL),
    here("panel-change", "A panel’s pupils and day", OFFICER, "panels/", PANEL, r"/change/$"),
    here("nights", "The nights", OFFICER, "nights/", kept=820),
    # --- the school
    Shown("home-head", "The first page of the head", HEAD, "/"),
    here("school", "The school’s attendance", HEAD, "school/", kept=390),
    Shown("home-administrator", "The first page of the administrator", ADMINISTRATOR, "/"),
    here("roll", "The admission register", ADMINISTRATOR, "roll/"),
    here("photos", "Photos of the pupils", ADMINISTRATOR, "set-up/photos/"),
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
        "calendar-year",
        "A year’s calendar",
        ADMINISTRATOR,
        "set-up/calendar/",
        r"/calendar/\d+/$",
        kept=1280,
    ),
    here("calendar-new", "A new academic year", ADMINISTRATOR, "set-up/calendar/new/"),
    here("times", "Register times", ADMINISTRATOR, "set-up/times/"),
    here("groups", "Groups", ADMINISTRATOR, "set-up/groups/"),
    here("group", "A group", ADMINISTRATOR, "set-up/groups/", r"/groups/\d+/$"),
    here("year-groups", "Year groups", ADMINISTRATOR, "set-up/year-groups/"),
    here("year-move-up", "Moving up", ADMINISTRATOR, "set-up/year-groups/", r"/move-up/"),
    here("staff", "Staff", ADMINISTRATOR, "set-up/staff/"),
    here("links", "Links for colleagues", ADMINISTRATOR, "set-up/staff/links/"),
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
