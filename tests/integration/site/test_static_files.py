"""What an installation serves: each style sheet in one file, texts compressed."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages
from django.core.management import call_command
from django.http import HttpResponse
from django.test import override_settings
from django.urls import reverse

from attendance_site.pages.compression import CompressTexts
from attendance_site.pages.static_files import with_imports

FIRST_VISIT = 40_000  # bytes of style sheets, compressed


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The style sheets as `collectstatic` leaves them."""
    root = tmp_path_factory.mktemp("static")
    sheets = [(name, Path(settings.BASE_DIR) / "static" / name) for name in ("css", "vendor")]
    storage = {"BACKEND": "attendance_site.pages.static_files.OneSheetStorage"}
    with override_settings(
        STATIC_ROOT=root,
        STATICFILES_DIRS=sheets,
        STORAGES=settings.STORAGES | {"staticfiles": storage},
    ):
        call_command("collectstatic", "--noinput", verbosity=0)
        yield root


def test_a_page_loads_no_chain_of_style_sheets(installed):
    sheets = list(installed.glob("css/**/*.css"))
    assert sheets
    assert [path.name for path in sheets if "@import" in path.read_text()] == []


def test_what_was_imported_stands_in_the_order_of_the_imports(installed):
    name = storages["staticfiles"].stored_name("css/rollbook.css")
    sheet = (installed / name).read_text()
    order = [sheet.index(rule) for rule in ("@layer bootstrap", "color-scheme: light", ".site-top")]
    assert order == sorted(order)


def test_a_first_visit_s_style_sheets_are_small(installed):
    base = installed / storages["staticfiles"].stored_name("css/rollbook.css")
    largest = max(installed.glob("css/*/*.css"), key=lambda path: path.stat().st_size)
    compressed = [gzip.compress(path.read_bytes()) for path in (base, largest)]
    assert sum(map(len, compressed)) < FIRST_VISIT


def test_a_second_run_leaves_what_was_there(installed):
    before = {path.name for path in installed.glob("css/**/*.css")}
    call_command("collectstatic", "--noinput", verbosity=0)
    assert {path.name for path in installed.glob("css/**/*.css")} == before


def test_an_imported_sheet_may_not_name_a_file(tmp_path):
    (tmp_path / "css").mkdir()
    (tmp_path / "css/inner.css").write_text('a { background: url("ground.svg"); }')
    (tmp_path / "outer.css").write_text('@import "css/inner.css";\n')
    files = FileSystemStorage(tmp_path)
    paths = {name: (files, name) for name in ("css/inner.css", "outer.css")}
    with pytest.raises(ValueError, match=re.escape("css/inner.css is imported by outer.css")):
        with_imports("outer.css", paths)


@pytest.mark.parametrize(
    ("content_type", "is_compressed"),
    [
        ("text/html; charset=utf-8", True),
        ("application/json", True),
        ("text/csv; charset=utf-8", True),
        ("application/pdf", False),
        ("image/jpeg", False),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", False),
        ("", False),
    ],
)
def test_texts_go_compressed_and_nothing_else(rf, content_type, is_compressed):
    response = HttpResponse(b"A register. " * 100, content_type=content_type or None)
    if not content_type:
        del response.headers["Content-Type"]
    request = rf.get("/", headers={"accept-encoding": "gzip"})
    answer = CompressTexts(lambda _: response)(request)
    assert answer.has_header("Content-Encoding") is is_compressed


def test_a_page_goes_compressed(client, db):
    response = client.get(reverse("account_login"), headers={"accept-encoding": "gzip"})
    assert response.status_code == 200
    assert response["Content-Encoding"] == "gzip"
    assert b"</html>" in gzip.decompress(response.content)
