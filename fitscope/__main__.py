"""The command `fitscope`: starts the dashboard, opens it to a class, or runs a command such as `fitscope train`.

In the installed package `core`, `dashboard`, `models` and `pages` lie in this folder; in the checkout, beside it.
"""

import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from fitscope import __version__

HERE = Path(__file__).resolve().parent
ROOT = HERE if (HERE / "core").is_dir() else HERE.parent
sys.path.insert(0, str(ROOT))

from core.__main__ import obey, parser  # noqa: E402
from core.people import classroom  # noqa: E402


def main() -> int:
    commands = parser("fitscope", more=[sys.modules[__name__]], asked=sys.argv[1:])
    commands.description = "Starts the dashboard; with a COMMAND, does that instead."
    commands.set_defaults(command=start)
    server = commands.add_argument_group("dashboard")
    server.add_argument("--address", help="who may open it: 127.0.0.1, this machine only; 0.0.0.0, the local network")
    server.add_argument("--port", type=int, help="8501, or the next one that is free")
    server.add_argument("--https", action="store_true", help="for the cameras of other machines; each is warned once")
    commands.add_argument("--version", action="version", version=f"Fitscope {__version__}")
    return obey(commands)


def add_to(command: Any) -> None:
    opens: ArgumentParser = command(open_class, "class", "The class goes on where it was, until its teacher ends it.")
    opens.add_argument(
        "--address", default="0.0.0.0", help="0.0.0.0, the local network; or one address of this machine"
    )
    opens.add_argument("--port", type=int, help="8501, or the next one that is free")
    opens.add_argument(
        "--http", dest="https", action="store_false", help="without https: cameras of others do not work"
    )
    opens.add_argument("--new-passcode", action="store_true", help="in place of one that was chosen and forgotten")


def open_class(chosen: Namespace) -> int:
    """opens the dashboard to a class: people join with a nickname, and each owns what they make"""
    os.environ[classroom.CLASS] = "1"
    room = classroom.home()
    passcode = room.begin(renew=chosen.new_passcode)
    print(f"The code of the room: {room.room}")
    print(
        f"Teacher's passcode:   {passcode[:4]} {passcode[4:]}" if passcode else "Teacher's passcode:   as you chose it"
    )
    print("Join as the teacher first: the page Class shows address, QR code and the code of the room for the wall.")
    return start(chosen)


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
