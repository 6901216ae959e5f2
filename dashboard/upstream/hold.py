"""What the patches take hold of in other people's code, and the refusal where it is not there any more.

Libraries are not loaded for that, since those of the camera come with its page: their source is read.
"""

import importlib.util
import re
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path


class OutOfHold(RuntimeError):
    """A library has changed where a patch of ours takes hold of it."""


@dataclass(frozen=True)
class Hold:
    """One private name.

    library  as it is installed; "" for Python's own
    module   where the name is
    path     the name, with its class before it where it has one: "AppSession._scriptrunner"
    """

    library: str
    module: str
    path: str

    def check(self, patch: str) -> None:
        """Raises OutOfHold, with the file of the patch, where the name is gone."""
        if not self._found():
            which = f"{self.library} {version(self.library)}" if self.library else "this Python"
            raise OutOfHold(
                f"{which} has no {self.module}.{self.path} any more, which dashboard/upstream/{patch}.py relies on. "
                "Install the versions of requirements.txt, or read that file: perhaps the fault is mended."
            )

    def _found(self) -> bool:
        source, (*owner, name) = _source(self.module), self.path.split(".")
        for part in owner:
            body = re.search(rf"^class {part}\b.*?(?=^\S|\Z)", source, re.MULTILINE | re.DOTALL)
            source = body.group(0) if body else ""
        return re.search(rf"\b{name}\b", source) is not None


HOLDS = {
    "addresses": (
        Hold("streamlit", "streamlit.runtime.app_session", "AppSession._pages_manager"),
        Hold("streamlit", "streamlit.runtime.app_session", "AppSession.request_rerun"),
        Hold("streamlit", "streamlit.runtime.scriptrunner_utils.script_run_context", "ScriptRunContext.context_info"),
        Hold("streamlit", "streamlit.runtime.scriptrunner_utils.script_run_context", "ScriptRunContext.reset"),
        Hold("streamlit", "streamlit.runtime.scriptrunner_utils.script_run_context", "pages_manager"),
        Hold("streamlit", "streamlit.runtime.state.query_params", "QueryParams._send_query_param_msg"),
    ),
    "consent": (
        Hold("aioice", "aioice.ice", "StunProtocol.request"),
        Hold("aioice", "aioice.ice", "Connection.request_received"),
    ),
    "default_first": (
        Hold("streamlit", "streamlit.delta_generator", "_enqueue"),
        Hold("streamlit", "streamlit.runtime.state.safe_session_state", "SafeSessionState._state"),
        Hold("streamlit", "streamlit.runtime.state.session_state", "SessionState.get_widget_metadata"),
        Hold("streamlit", "streamlit.runtime.state.session_state", "SessionState.get_widget_value"),
    ),
    "downloads": tuple(
        Hold("streamlit", "streamlit.runtime.media_file_manager", f"MediaFileManager.{name}")
        for name in (
            "_deferred_callables",
            "_drop_deferred_id",
            "_file_metadata",
            "_files_by_session_and_coord",
            "_get_inactive_file_ids",
            "_remove_orphaned_deferred_callables",
        )
    ),
    "nodelay": (Hold("", "asyncio.base_events", "_set_nodelay"),),
    "relay": (
        Hold("aiortc", "aiortc.contrib.media", "RelayStreamTrack._queue"),
        Hold("streamlit-webrtc", "streamlit_webrtc.relay", "_SERVER_GLOBAL_RELAY_ATTR_NAME_"),
    ),
    "reruns": (
        Hold("streamlit", "streamlit.runtime.app_session", "AppSession._create_scriptrunner"),
        Hold("streamlit", "streamlit.runtime.app_session", "AppSession.request_rerun"),
        Hold("streamlit", "streamlit.runtime.app_session", "AppSession._scriptrunner"),
        Hold("streamlit", "streamlit.delta_generator_singletons", "get_default_dg_stack_value"),
    ),
    "stream": (
        Hold("streamlit-webrtc", "streamlit_webrtc.component", "WebRtcStreamerContext._last_rendered_run_count"),
    ),
}
"""File of a patch -> what it takes hold of."""


def _source(module: str) -> str:
    """The text of a module, which is not imported; "" where there is none."""
    package, *rest = module.split(".")
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return ""
    path = Path(spec.submodule_search_locations[0], *rest)
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return file.read_text("utf-8") if file.is_file() else ""
