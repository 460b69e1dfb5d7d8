"""People can survey it: folders of few files, nothing loose, one class for one name.

The limits are those of `benchmarks/house/limits.py`; what `pyproject.toml` allows above them for
now only goes down.
"""

import pytest

from benchmarks.house import files, limits, python_code
from tests.meta.source import ROOT

LIMITS = limits.GOALS | limits.for_now(ROOT)


@pytest.mark.parametrize("folder", files.WITH_FOLDERS)
def test_no_folder_holds_more_files_than_one_can_survey(folder):
    most = LIMITS["folder_fullest"]
    number = files.files_per_folder(ROOT, folder)
    assert not {name: files for name, files in number.items() if files > most}


def test_nothing_is_loose_at_the_top_of_an_app():
    loose = python_code.loose_modules(python_code.app_modules(ROOT))
    assert len(loose) <= LIMITS["loose_modules"], loose


def test_no_two_public_classes_have_one_name():
    shared = python_code.shared_class_names(python_code.app_modules(ROOT))
    assert len(shared) <= LIMITS["shared_class_names"], shared
