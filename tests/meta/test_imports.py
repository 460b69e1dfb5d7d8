"""Imports run one way: between apps, between the packages of an app, and never in a circle."""

from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.meta.layers import APPS, LAYERS, PLAIN, PLAIN_ALONE
from tests.meta.source import ROOT, dotted, imported, modules, name_of


def of_ours(path: Path) -> bool:
    return "migrations" not in path.parts


@pytest.mark.parametrize("app", APPS)
def test_imports_between_apps_run_one_way(app):
    above = set(APPS[APPS.index(app) + 1 :])
    assert not [
        f"{name_of(path)} imports {name}"
        for path in modules(app)
        for name in imported(path)
        if name.split(".")[0] in above
    ]


def runs_up(app: str, layers: tuple[str, ...], root: Path = ROOT) -> Iterator[str]:
    """Each import of a module from a package of its own app that stands above its own."""
    for path in filter(of_ours, modules(app, root=root)):
        own = path.relative_to(root / app).parts[0].removesuffix(".py")
        for name in imported(path):
            package = name.split(".")[1] if name.startswith(f"{app}.") else own
            if own in layers and layers.index(package) > layers.index(own):
                yield f"{name_of(path, root)} imports {name}"


@pytest.mark.parametrize("app", APPS)
def test_imports_between_the_packages_of_an_app_run_down_only(app):
    assert not list(runs_up(app, LAYERS[app]))


def test_an_import_that_runs_up_is_seen(tmp_path):
    marks = tmp_path / "registers" / "marks"
    marks.mkdir(parents=True)
    (marks / "write.py").write_text("from registers import office\nfrom registers.rules import x")
    (up,) = runs_up("registers", ("rules", "marks", "office"), tmp_path)
    assert up == "registers/marks/write.py imports registers.office"


@pytest.mark.parametrize("app", APPS)
def test_every_package_of_an_app_has_its_place_in_the_order(app):
    stand = {
        path.stem
        for path in (ROOT / app).iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or list(path.glob("**/*.py"))
    }
    assert stand - {"migrations"} == set(LAYERS[app])


def test_no_modules_import_each_other_in_a_circle():
    paths = {dotted(path): path for path in modules(*APPS) if of_ours(path)}

    def asked(path: Path) -> set[str]:
        names = {name if name in paths else name.rpartition(".")[0] for name in imported(path)}
        return (names & set(paths)) - {dotted(path)}

    TopologicalSorter({name: asked(path) for name, path in paths.items()}).prepare()


def is_asked_from_outside(name: str) -> bool:
    return any(part.endswith("views") for part in name.split("."))


def test_views_are_asked_by_views_and_addresses_alone():
    assert not [
        f"{name_of(path)} imports {name}"
        for path in modules(*APPS)
        for name in imported(path)
        if name.split(".")[0] in APPS and is_asked_from_outside(name)
        if not is_asked_from_outside(dotted(path)) and "urls" not in dotted(path)
    ]


def test_template_tags_are_asked_by_template_tags_alone():
    assert not [
        f"{name_of(path)} imports {name}"
        for path in modules(*APPS)
        for name in imported(path)
        if name.split(".")[1:2] == ["templatetags"] and "templatetags" not in path.parts
        if name.split(".")[0] in APPS
    ]


def test_the_project_does_not_import_its_tests_or_benchmarks():
    assert not [
        name_of(path)
        for path in modules(*APPS)
        for name in imported(path)
        if name.split(".")[0] in {"tests", "benchmarks"}
    ]


def plain_places() -> list[str]:
    """Every `rules` folder and `rules.py`, and what `layers.py` names beside them."""
    rules = [path for app in APPS for path in sorted((ROOT / app).rglob("rules*"))]
    named = [name_of(path) for path in rules if path.is_dir() or path.name == "rules.py"]
    return [*named, *PLAIN, *PLAIN_ALONE]


@pytest.mark.parametrize("place", plain_places())
def test_rules_and_arithmetic_know_no_django(place):
    assert not [
        f"{name_of(path)} imports {name}"
        for path in modules(place)
        for name in imported(path)
        if name.split(".")[0] == "django" or ".models" in name
    ]
