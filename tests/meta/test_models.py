"""Every model can be made in a test, and keeps its promises in the database."""

import pytest
from django.apps import apps
from django.db import models

from tests import factories

OURS = [
    model
    for label in ("registers", "absence", "interventions")
    for model in apps.get_app_config(label).get_models()
]
# Only actions may make these, so tests make them through the actions.
MADE_BY_ACTIONS = {
    "Code",
    "Mark",
    "MarkComment",
    "WeekTally",
    "Amendment",
    "RegisterSeal",
    "CheckedEnrolment",
    "SaveReceipt",
}


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_every_model_has_a_factory(model, db):
    if model.__name__ in MADE_BY_ACTIONS:
        return
    made = getattr(factories, f"{model.__name__}Factory")()
    assert model.objects.filter(pk=made.pk).exists()
    assert str(made)


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_nothing_a_register_needs_is_deleted_with_something_else(model):
    cascades = [
        field.name
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is models.CASCADE
    ]
    assert not cascades


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_no_uniqueness_is_lost_on_sqlite(model):
    """SQLite makes no constraint with `include`, without a word."""
    assert not [
        constraint.name
        for constraint in model._meta.constraints
        if getattr(constraint, "include", None)
    ]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_a_time_and_its_person_go_together(model):
    null = {field.name: field.null for field in model._meta.concrete_fields}
    pairs = {
        (f"{stem}_at", f"{stem}_by")
        for stem in (name[:-3] for name in null if name.endswith("_at"))
        if null[f"{stem}_at"] or null.get(f"{stem}_by", False)
        if f"{stem}_by" in null
    }
    constrained = " ".join(constraint.name for constraint in model._meta.constraints)
    free = {
        ("opened_at", "opened_by"),
        ("made_at", "made_by"),
        ("started_at", "started_by"),
        ("proposed_at", "proposed_by"),
        ("confirmed_at", "confirmed_by"),
        ("invited_at", "invited_by"),
    }  # the clock may act
    assert not [at for at, by in pairs - free if f"{at}_and_by_go_together" not in constrained]
