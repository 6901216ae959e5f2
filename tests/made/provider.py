"""A provider of accounts (OpenID Connect) on this machine: everybody who comes is the same account, without a password.

It signs by hand what it says of them, so that whoever believes it has read its key and checked the signature.
"""

import base64
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

CLIENT, SECRET = "fitscope-class", "known to both"


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _plain(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _number(value: int) -> str:
    return _plain(value.to_bytes((value.bit_length() + 7) // 8, "big"))


@dataclass
class Provider:
    """What it says of whoever signs in; `forged` makes it sign with a key that is not its own."""

    address: str
    account: dict[str, Any]
    forged: bool = False
    key: rsa.RSAPrivateKey = field(default_factory=_key)
    asked: dict[str, dict[str, str]] = field(default_factory=dict)  # code -> what was asked with it
    heard: list[str] = field(default_factory=list)  # paths, in their order

    def found(self) -> dict[str, Any]:
        places = {"authorization": "authorize", "token": "token"}
        return {
            "issuer": self.address,
            **{f"{name}_endpoint": f"{self.address}/{path}" for name, path in places.items()},
            "jwks_uri": f"{self.address}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def keys(self) -> dict[str, Any]:
        public = self.key.public_key().public_numbers()
        one = {"kty": "RSA", "kid": "1", "alg": "RS256", "use": "sig", "n": _number(public.n), "e": _number(public.e)}
        return {"keys": [one]}

    def sent_back(self, query: dict[str, str]) -> str:
        """Where the browser goes on with a code."""
        code = secrets.token_urlsafe(8)
        self.asked[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str]) -> dict[str, Any]:
        """For a code, once; raises KeyError for any other."""
        asked = self.asked.pop(form["code"])
        now = int(time.time())
        claims = {"iss": self.address, "sub": "1", "aud": CLIENT, "iat": now, "exp": now + 300, **self.account}
        claims |= {"nonce": asked["nonce"]} if "nonce" in asked else {}
        return {
            "access_token": secrets.token_urlsafe(8),
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": self._signed(claims),
        }

    def _signed(self, claims: dict[str, Any]) -> str:
        parts = ({"alg": "RS256", "kid": "1", "typ": "JWT"}, claims)
        said = ".".join(_plain(json.dumps(part).encode()) for part in parts)
        key = _key() if self.forged else self.key
        return f"{said}.{_plain(key.sign(said.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


@contextmanager
def provider(**account: Any) -> Iterator[Provider]:
    """One that answers on 127.0.0.1 until the end."""

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            here.heard.append(asked.path)
            if asked.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", here.sent_back(_single(asked.query)))
                self.end_headers()
            else:
                self._say(here.keys() if asked.path == "/keys" else here.found())

        def do_POST(self) -> None:
            here.heard.append(self.path)
            form = _single(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self._say(here.token(form))

        def _say(self, words: dict[str, Any]) -> None:
            content = json.dumps(words).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_words: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    here = Provider(f"http://127.0.0.1:{server.server_port}", account)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()


def _single(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}
