"""What proves who somebody is: drawn by chance, kept as hashes only.

A token has 256 bits and needs no slow hash. A passcode may be chosen by a person, so it is hashed by scrypt (RFC 7914),
whose cost makes a stolen file useless for trying words. Codes that live for minutes are guarded by `tries`.
"""

import hashlib
import secrets

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is taken for another: no I, O, 0, 1
_SCRYPT = {"n": 2**14, "r": 8, "p": 1}  # 16 MiB and some 50 ms


def new_token() -> str:
    return secrets.token_urlsafe(32)


def new_code(length: int) -> str:
    """Letters that are read from a wall and typed by thumb."""
    return "".join(secrets.choice(LETTERS) for _ in range(length))


def tidy(code: str) -> str:
    """A code as it was meant: capitals, without the spaces and hyphens that make it legible."""
    return "".join(one for one in code.upper() if one.isalnum())[:64]


def mark(secret: str) -> str:
    """The SHA-256 of a token or code, by which it is known again."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def hashed(passcode: str) -> str:
    """`salt$hash`, in hexadecimal."""
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}${_scrypt(passcode, salt)}"


def is_right(passcode: str, stored: str) -> bool:
    """Whether a passcode is the one that `hashed` was given."""
    salt, _sign, expected = stored.partition("$")
    try:
        return secrets.compare_digest(_scrypt(passcode, bytes.fromhex(salt)), expected)
    except ValueError:
        return False


def _scrypt(passcode: str, salt: bytes) -> str:
    return hashlib.scrypt(passcode.encode("utf-8", "replace"), salt=salt, **_SCRYPT).hex()  # type: ignore[call-overload]
