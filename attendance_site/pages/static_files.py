"""Static files of an installation: hashed names, compressed, and each style sheet in one file."""

import re
from collections.abc import Iterator
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any

from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORT = re.compile(r'^@import "(?P<name>[^"]+)";\n', re.MULTILINE)
RELATIVE_ADDRESS = re.compile(r'url\((?!"?data:)')

Paths = dict[str, tuple[Storage, str]]


class OneSheetStorage(CompressedManifestStaticFilesStorage):
    """Puts what a style sheet imports in the place of the import: no page waits for a chain.

    Without it, as in development, browsers follow the imports themselves.
    """

    def post_process(
        self, paths: Paths, dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str | None, bool | Exception]]:
        if not dry_run:
            for name in [name for name in paths if name.endswith(".css")]:
                paths[name] = self._whole(name, paths)
        yield from super().post_process(paths, dry_run, **options)

    def _whole(self, name: str, paths: Paths) -> tuple[Storage, str]:
        Path(self.path(name)).write_text(with_imports(name, paths))
        return self, name


def with_imports(name: str, paths: Paths) -> str:
    """The sheet of that name with all that it imports, by `paths` as `collectstatic` gives them.

    Raises ValueError where an imported sheet names a file beside it: the address would be another.
    """

    def imported(match: re.Match[str]) -> str:
        inner = normpath(join(dirname(name), match["name"]))
        sheet = with_imports(inner, paths)
        if RELATIVE_ADDRESS.search(sheet):
            raise ValueError(f"{inner} is imported by {name}, so it may not name files with url().")
        return sheet

    storage, path = paths[name]
    with storage.open(path) as file:
        return IMPORT.sub(imported, file.read().decode())
