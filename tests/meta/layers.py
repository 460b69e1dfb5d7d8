"""The order of the apps, and of the packages inside each: each may import those before it.

What leads in from outside (`management`, `tasks`, `templatetags`, `urls`, `apps`) stands last.
"""

APPS = ("registers", "absence", "interventions", "attendance_site")
LAYERS = {
    "registers": (
        "rules", "models", "policies", "web", "code_list", "marks", "setup", "roll", "exchange",
        "register", "photos", "amendments", "office", "planned_absence", "closures", "demo",
        "management", "tasks", "templatetags", "urls", "apps",
    ),
    "absence": (
        "rules", "models", "charts", "figures", "standings", "lists", "school_page", "management",
        "templatetags", "urls", "apps",
    ),
    "interventions": (
        "rules", "models", "log", "letters", "packs", "panels", "pupil", "night",
        "certificates", "demo", "management", "tasks", "templatetags", "urls", "apps",
    ),
    "attendance_site": (
        "embedded", "environment", "env", "running", "logging", "settings", "celery", "wsgi",
        "checks", "operations", "tasks", "accounts", "pages", "find", "management",
        "templatetags", "urls", "apps",
    ),
}  # fmt: skip
PLAIN = (  # beside every folder called `rules`: folders of modules that know no Django
    "registers/exchange/layout",
    "registers/exchange/map",
    "registers/exchange/marks",
    "registers/exchange/problems",
    "registers/exchange/proposal",
    "registers/exchange/read",
    "registers/exchange/templates",
    "registers/demo/people",
    "registers/demo/year",
    "absence/charts",
    "interventions/letters/content",
)
PLAIN_ALONE = (  # the same, single modules that belong to what stands beside them
    "registers/marks/changes.py",
    "registers/marks/seals.py",
    "absence/lists/listing.py",
    "absence/school_page/figures.py",
    "interventions/panels/running_order.py",
    "interventions/packs/files.py",
    "interventions/packs/changes.py",
    "interventions/packs/code_table.py",
    "interventions/packs/dates.py",
    "interventions/packs/marks_grid.py",
    "interventions/packs/sentences.py",
    "interventions/packs/steps_and_weeks.py",
    "interventions/packs/pictures.py",
    "interventions/packs/words.py",
    "interventions/letters/wordings/merge_fields.py",
    "interventions/letters/wordings/own_words.py",
)
