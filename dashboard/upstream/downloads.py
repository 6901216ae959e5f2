"""A file that a page offers is still there when its browser comes for it.

What a button makes at its press belongs to no page: the second run of any page that ends deletes it, and where thirty
people watch a training these are 30 ms. And while a page is drawn anew, the run of somebody else's page that ends in
that moment throws away what its buttons, which are still on the screen, would have made: "Failed to generate file".

So a download, and what would make one, stays for a minute after the last page that has it.

Wrong in: Streamlit 1.67. To be seen: `tests/dashboard/upstream/test_downloads.py` with `apply` left out. May go when
that passes; no report of ours yet.
"""

import time
from typing import Any
from weakref import WeakKeyDictionary

from streamlit.runtime.media_file_manager import MediaFileKind, MediaFileManager

KEPT = 60.0  # seconds

_inactive = MediaFileManager._get_inactive_file_ids
_unwanted: WeakKeyDictionary[MediaFileManager, dict[str, float]] = WeakKeyDictionary()  # file -> since when (s)


def apply() -> None:
    """From now on downloads stay for a minute."""
    MediaFileManager._get_inactive_file_ids = _long_inactive  # type: ignore[method-assign]
    MediaFileManager._remove_orphaned_deferred_callables = _drop_long_orphaned  # type: ignore[method-assign]


def _long_inactive(self: MediaFileManager) -> set[str]:
    inactive = _inactive(self)
    downloads = {one for one, file in self._file_metadata.items() if file.kind == MediaFileKind.DOWNLOADABLE}
    return inactive - _recent(self, inactive & downloads, downloads)


def _drop_long_orphaned(self: MediaFileManager) -> None:
    wanted = {one for files in self._files_by_session_and_coord.values() for one in files.values()}
    made_at_a_press = set(self._deferred_callables)
    orphaned = made_at_a_press - wanted
    for file_id in orphaned - _recent(self, orphaned, made_at_a_press):
        self._drop_deferred_id(file_id)


def _recent(manager: Any, unused: set[str], kind: set[str]) -> set[str]:
    """Those of the unused that were used a minute ago; of a kind, all that there are."""
    since, now = _unwanted.setdefault(manager, {}), time.monotonic()
    for file_id in kind - unused:
        since.pop(file_id, None)
    for file_id in unused:
        since.setdefault(file_id, now)
    for file_id in [one for one in since if now - since[one] > 2 * KEPT]:
        del since[file_id]  # long gone
    return {one for one in unused if now - since.get(one, 0.0) < KEPT}
