"""The command `fitscope`: starts the dashboard, or runs a command such as `fitscope train`.

In the installed package `core`, `dashboard`, `models` and `pages` lie in this folder; in the checkout, beside it.
"""

import sys
from argparse import Namespace
from pathlib import Path

from fitscope import __version__

HERE = Path(__file__).resolve().parent
ROOT = HERE if (HERE / "core").is_dir() else HERE.parent
sys.path.insert(0, str(ROOT))

from core.__main__ import obey, parser  # noqa: E402


def main() -> int:
    commands = parser("fitscope")
    commands.description = "Starts the dashboard; with a COMMAND, does that instead."
    commands.set_defaults(command=start)
    server = commands.add_argument_group("dashboard")
    server.add_argument("--address", help="who may open it: 127.0.0.1, this machine only; 0.0.0.0, the local network")
    server.add_argument("--port", type=int, help="8501, or the next one that is free")
    server.add_argument("--https", action="store_true", help="for the cameras of other machines; each is warned once")
    commands.add_argument("--version", action="version", version=f"Fitscope {__version__}")
    return obey(commands)


def start(chosen: Namespace) -> int:
    """The dashboard, until Ctrl-C; Streamlit prints its address. Its settings lie beside app.py."""
    from streamlit.web import cli

    options = {"--server.address": chosen.address, "--server.port": chosen.port}
    if chosen.https:
        options |= _certificate(chosen)
    given = [f"{name}={value}" for name, value in options.items() if value is not None]
    cli.main(["run", str(ROOT / "dashboard" / "app.py"), *given], prog_name="streamlit", standalone_mode=False)
    return 0


def _certificate(chosen: Namespace) -> dict[str, str | Path]:
    """A certificate of this machine's own, for the whole local network unless an address is named."""
    from core.folders import data_folder  # late, with the next: the command line has no use for a certificate
    from dashboard.server import certificate

    folder = data_folder() / "certificate"
    certificate.main(folder, chosen.port or 8501)
    files = {"--server.sslCertFile": folder / "cert.pem", "--server.sslKeyFile": folder / "key.pem"}
    return {"--server.address": chosen.address or "0.0.0.0", **files}


if __name__ == "__main__":
    sys.exit(main())
