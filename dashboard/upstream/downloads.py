"""A file that a page offers is still there when its browser comes for it.

What a button makes at its press belongs to no page: the second run of any page that ends deletes it, and where thirty
people watch a training these are 30 ms. And while a page is drawn anew, the run of somebody else's page that ends in
that moment throws away what its buttons, which are still on the screen, would have made: "Failed to generate file".

So a download, and what would make one, stays for a minute after the last page that has it.

Wrong in: Streamlit 1.67. To be seen: `tests/dashboard/upstream/test_downloads.py` with `apply` left out. May go when
that passes; no report of ours yet.
"""

import time
from weakref import WeakKeyDictionary

from streamlit.runtime.media_file_manager import MediaFileKind, MediaFileManager

KEPT = 60.0  # seconds

Since = dict[str, float]  # file -> since when no page has it, by the monotonic clock (s)

_inactive = MediaFileManager._get_inactive_file_ids
_files: WeakKeyDictionary[MediaFileManager, Since] = WeakKeyDictionary()
_makers: WeakKeyDictionary[MediaFileManager, Since] = WeakKeyDictionary()


def apply() -> None:
    """From now on downloads stay for a minute."""
    MediaFileManager._get_inactive_file_ids = _long_inactive  # type: ignore[method-assign]
    MediaFileManager._remove_orphaned_deferred_callables = _drop_long_orphaned  # type: ignore[method-assign]


def _long_inactive(self: MediaFileManager) -> set[str]:
    inactive = _inactive(self)
    downloads = {one for one in inactive if self._file_metadata[one].kind == MediaFileKind.DOWNLOADABLE}
    return inactive - _recent(_files.setdefault(self, {}), downloads)


def _drop_long_orphaned(self: MediaFileManager) -> None:
    wanted = {one for files in self._files_by_session_and_coord.values() for one in files.values()}
    orphaned = self._deferred_callables.keys() - wanted
    for file_id in orphaned - _recent(_makers.setdefault(self, {}), orphaned):
        self._drop_deferred_id(file_id)


def _recent(since: Since, unused: set[str]) -> set[str]:
    """Those of the unused that a page had within the last minute; of the others it forgets since when."""
    now = time.monotonic()
    for used in since.keys() - unused:
        del since[used]
    return {one for one in unused if now - since.setdefault(one, now) < KEPT}
