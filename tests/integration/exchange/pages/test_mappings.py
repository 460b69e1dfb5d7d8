"""Answers about a system's files are kept under a name, and serve the next time."""

import pytest

from registers.exchange.pages.actions import mappings
from registers.models import ImportMapping
from registers.policies import Refused
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator():
    return factories.AppointmentFactory(role="administrator")


def keep(administrator, name="SIMS", **answers):
    return mappings.keep_mapping(
        school=administrator.school, name=name, answers=answers, by=administrator.user
    )


def test_what_was_kept_is_there_under_its_name(administrator):
    keep(administrator, "SIMS  pupil list ", order="dmy")
    assert mappings.names_of(administrator.school) == ["SIMS pupil list"]
    assert mappings.answers_of(administrator.school, "SIMS pupil list") == {"order": "dmy"}
    assert mappings.answers_of(administrator.school, "") == {}


def test_a_name_that_is_kept_again_has_the_newer_answers(administrator):
    keep(administrator, order="dmy")
    keep(administrator, order="mdy")
    assert mappings.answers_of(administrator.school, "SIMS") == {"order": "mdy"}


def test_the_one_used_last_comes_first(administrator):
    keep(administrator, "One")
    keep(administrator, "Two")
    mappings.answers_of(administrator.school, "One")
    assert mappings.names_of(administrator.school) == ["One", "Two"]


def test_an_answer_about_a_child_is_not_kept(administrator):
    kept = keep(administrator, **{"same-pupil:A820200012345": "same", "order": "dmy"})
    assert kept.answers == {"order": "dmy"}


def test_another_schools_are_not_there(administrator):
    other = factories.ImportMappingFactory(name="SIMS")
    assert mappings.names_of(administrator.school) == []
    with pytest.raises(ImportMapping.DoesNotExist):
        mappings.answers_of(administrator.school, "SIMS")
    with pytest.raises(Refused):
        mappings.delete_mapping(mapping=other, by=administrator.user)


def test_only_who_brings_files_in_keeps_and_deletes(administrator):
    mapping = keep(administrator)
    officer = factories.AppointmentFactory(school=administrator.school).user
    with pytest.raises(Refused):
        mappings.keep_mapping(school=mapping.school, name="x", answers={}, by=officer)
    with pytest.raises(Refused):
        mappings.delete_mapping(mapping=mapping, by=officer)
    mappings.delete_mapping(mapping=mapping, by=administrator.user)
    assert not ImportMapping.objects.exists()
