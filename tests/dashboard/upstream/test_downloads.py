"""What a page offers for download outlasts other pages' runs, and goes a minute after nobody offers it any more."""

import pytest
from streamlit.runtime import media_file_manager
from streamlit.runtime.media_file_manager import MediaFileKind, MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from dashboard.upstream import downloads
from tests.made.clock import stopped


@pytest.fixture
def clock(monkeypatch):
    return stopped(monkeypatch, downloads)


@pytest.fixture
def manager(monkeypatch, clock):
    """Of a server with one viewer."""
    for name in ("_get_inactive_file_ids", "_remove_orphaned_deferred_callables"):
        monkeypatch.setattr(MediaFileManager, name, getattr(MediaFileManager, name))
    monkeypatch.setattr(media_file_manager, "_get_session_id", lambda: "viewer")
    downloads.apply()
    return MediaFileManager(MemoryMediaFileStorage("/media"))


def others_look(manager, times=30):
    for _page in range(times):
        manager.remove_orphaned_files()


def fetched(manager, url):
    return manager._storage.get_file(url.rpartition("/")[2]).content


def test_what_was_made_at_a_press_is_there_when_the_browser_comes_for_it(manager, clock):
    offered = manager.add_deferred(lambda: b"a page", "text/html", "1.0")
    url = manager.execute_deferred(offered)
    others_look(manager)
    clock.now += 59
    others_look(manager)
    assert fetched(manager, url) == b"a page"
    clock.now += 2
    others_look(manager, 2)  # Streamlit marks it, then deletes it
    with pytest.raises(MediaFileStorageError):
        fetched(manager, url)


def test_a_button_still_on_the_screen_works_while_its_page_is_drawn_anew(manager, clock):
    offered = manager.add_deferred(lambda: b"a page", "text/html", "1.0")
    manager.clear_session_refs()
    others_look(manager)
    assert fetched(manager, manager.execute_deferred(offered)) == b"a page"
    clock.now += 61
    others_look(manager, 1)
    with pytest.raises(MediaFileStorageError, match="not found"):
        manager.execute_deferred(offered)


def test_what_is_offered_again_has_its_minute_from_then_on(manager, clock):
    def offer():
        return manager.add(b"table", "text/csv", "1.0", file_name="runs.csv", is_for_static_download=True)

    url = offer()
    manager.clear_session_refs()
    others_look(manager)
    clock.now += 50
    assert offer() == url
    others_look(manager)
    clock.now += 50
    manager.clear_session_refs()
    others_look(manager)
    assert fetched(manager, url) == b"table"


def test_a_picture_goes_at_once(manager):
    manager.add(b"\x89PNG", "image/png", "1.0")
    assert [file.kind for file in manager._file_metadata.values()] == [MediaFileKind.MEDIA]
    manager.clear_session_refs()
    others_look(manager, 1)
    assert not manager._file_metadata
