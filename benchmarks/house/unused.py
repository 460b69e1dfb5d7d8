"""`python -m benchmarks.house.unused`: what nothing uses, which `./rollbook check` asks.

Python by vulture: names in templates, keywords of calls and words that are strings count as uses
too, and what tests alone call is unused; `allowed_unused.py` lists the rest with its reasons.
Templates, static files and names of addresses are unused where no other file has them as words.
Exit code 1 when something is unused.
"""

import ast
import keyword
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from vulture import Vulture

from benchmarks.house.files import files
from benchmarks.house.python_code import APPS, app_modules

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = Path(__file__).with_name("allowed_unused.py")
ASK = (*APPS, "benchmarks", "docs", "manage.py")
BY_DECORATORS = ["@register.*", "@shared_task*", "@*.connect"]
BY_DJANGO = ["Meta", "Command", "*Config", "clean_*"]
IN_TEMPLATES = re.compile(r"{[{%].*?[%}]}", re.DOTALL)
WORD = re.compile(r"\b[A-Za-z_]\w*\b")
URL_NAME = re.compile(r"""\bname=["']([\w-]+)["']""")
BY_OTHERS = (
    *(f"templates/{page}.html" for page in (403, 404, 500)),  # looked for by Django
    *(f"templates/{folder}/" for folder in ("account", "mfa", "bootstrap5")),  # and by others' apps
    "templates/interventions/letters/blocks/",  # by the fields of a letter's text
    "templates/interventions/packs/",  # by the kinds of a pack's parts
    "static/documents/fonts-licence.md",
)
ADDRESSES_IN_SCRIPTS = {  # asked for relative to the page's own, or from outside
    "components", "health", "mark_cell", "register_marks", "register_worker", "roll_call_ticks",
    "letter_drop", "letter_hold",  # by the name of what is done
}  # fmt: skip
WRITTEN = (".py", ".html", ".js", ".css", ".txt", ".svg", ".md")


def unused_python() -> Iterator[str]:
    vulture = Vulture(ignore_names=BY_DJANGO, ignore_decorators=BY_DECORATORS)
    vulture.scavenge([str(ROOT / path) for path in ASK], exclude=["*/migrations/*"])
    words = sorted(words_of_templates() | words_of_python())
    vulture.scan("\n".join(f"_.{word}" for word in words))
    vulture.scan(ALLOWED.read_text())
    for item in vulture.get_unused_code():
        path = Path(item.filename).relative_to(ROOT)
        if path.parts[0] in APPS and path.name != "settings.py":
            yield f"{path}:{item.first_lineno} {item.typ} {item.name}"


def words_of_templates() -> set[str]:
    texts = ((ROOT / path).read_text() for path in files(ROOT, "templates"))
    tags = (tag for text in texts for tag in IN_TEMPLATES.findall(text))
    return {word for tag in tags for word in WORD.findall(tag)} - set(keyword.kwlist)


def words_of_python() -> set[str]:
    """Keywords of calls and strings that are a word: fields of forms and models, annotations."""
    nodes = [node for module in app_modules(ROOT) for node in ast.walk(module.tree)]
    keywords = {node.arg for node in nodes if isinstance(node, ast.keyword) and node.arg}
    strings = {
        node.value for node in nodes if isinstance(node, ast.Constant) and type(node.value) is str
    }
    return keywords | {word for word in strings if word.isidentifier()} - set(keyword.kwlist)


def unused_files() -> Iterator[str]:
    """Templates and static files whose name is written in no other file."""
    texts = {
        path: (ROOT / path).read_text()
        for path in files(ROOT, *APPS, "templates", "static")
        if path.suffix in WRITTEN
    }
    for path in files(ROOT, "templates", "static"):
        if not str(path).startswith(BY_OTHERS) and not is_named(path, texts):
            yield f"{path} is named nowhere"


def is_named(path: Path, texts: dict[Path, str]) -> bool:
    """Templates by their path, or by folder and name apart; static files by their name alone."""
    others = [text for other, text in texts.items() if other != path]
    if path.parts[0] == "static":
        return any(path.name in text for text in others)
    name, folder = (
        path.relative_to("templates").as_posix(),
        f"{path.relative_to('templates').parent}/",
    )
    apart = re.compile(rf"""["']{path.stem}(?:\.html)?["']""")
    return any(name in text or (folder in text and apart.search(text)) for text in others)


def unused_addresses() -> Iterator[str]:
    """Names of addresses that no view, template or script asks for."""
    named = {
        name
        for module in app_modules(ROOT)
        if "urls" in str(module.path)
        for name in URL_NAME.findall(module.text)
    }
    everything = "\n".join(
        (ROOT / path).read_text()
        for path in files(ROOT, *APPS, "templates", "static")
        if path.suffix in (".py", ".html", ".js") and "urls" not in str(path)
    )
    for name in sorted(named - ADDRESSES_IN_SCRIPTS):
        if not re.search(rf"""[:"']{re.escape(name)}["']""", everything):
            yield f"the address {name} is asked for nowhere"


def main() -> int:
    unused: Iterable[str] = [*unused_python(), *unused_files(), *unused_addresses()]
    for line in unused:
        print(line)
    return bool(unused)


if __name__ == "__main__":
    sys.exit(main())
