"""The STUN and TURN servers of this installation: none are needed on one machine or one local network."""

import json
import os
from typing import Any

from core.errors import N_, SettingError

VARIABLE = "FITSCOPE_ICE_SERVERS"
WRONG = N_(
    "{variable} is not understood ({reason}). Write addresses with commas between, such as stun:stun.example.org:3478, "
    'or JSON: [{{"urls": "turn:turn.example.org:3478", "username": "class", "credential": "secret"}}].'
)


def servers() -> list[dict[str, Any]]:
    """What FITSCOPE_ICE_SERVERS names, as the browser's RTCPeerConnection wants it; raises SettingError."""
    text = os.environ.get(VARIABLE, "").strip()
    if not text:
        return []
    try:
        entries = json.loads(text) if text.startswith("[") else [{"urls": one.strip()} for one in text.split(",")]
    except ValueError as error:
        raise SettingError(WRONG, variable=VARIABLE, reason=error) from error
    for one in entries:
        addresses = one.get("urls") if isinstance(one, dict) else None
        each = [addresses] if isinstance(addresses, str) else addresses
        if not isinstance(each, list) or not all(_is_address(address) for address in each):
            raise SettingError(WRONG, variable=VARIABLE, reason=one)
    return entries


def _is_address(address: Any) -> bool:
    return isinstance(address, str) and address.startswith(("stun:", "stuns:", "turn:", "turns:"))
