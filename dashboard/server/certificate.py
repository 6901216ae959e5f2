"""A certificate of this machine's own, so that other machines on the network get a page whose camera works.

`python -m dashboard.server.certificate FOLDER` writes cert.pem and key.pem there, unless a good pair lies there
already, and prints the addresses it is for. Nobody vouches for it: each browser warns once.
"""

import datetime
import ipaddress
import os
import socket
import sys
from pathlib import Path

import psutil
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAYS = 397  # the longest that browsers accept
RENEW_DAYS = 30


def main(folder: Path, port: int) -> None:
    certificate(folder, names())
    print("Other machines on this network open one of these addresses, and accept the warning once:")
    for name in names():
        if name not in ("localhost", "127.0.0.1"):
            print(f"  https://{f'[{name}]' if ':' in name else name}:{port}")


def names() -> list[str]:
    """What this machine is called on its networks: its name and its addresses."""
    hosts = ["localhost", "127.0.0.1", socket.gethostname()]
    for addresses in psutil.net_if_addrs().values():
        for one in addresses:
            if one.family == socket.AF_INET and one.address not in hosts:
                hosts.append(one.address)
    return [name for name in hosts if _is_name(name)]


def certificate(folder: Path, known_as: list[str]) -> tuple[Path, Path]:
    """cert.pem and key.pem in a folder, good for all the names and for another month at least; made where they are not.

    Raises OSError where they cannot be written.
    """
    cert, key = folder / "cert.pem", folder / "key.pem"
    if not (key.exists() and _is_good(cert, known_as)):
        folder.mkdir(parents=True, exist_ok=True)
        _write(cert, key, known_as)
    return cert, key


def _write(cert: Path, key: Path, known_as: list[str]) -> None:
    secret = ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.now(datetime.UTC)
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Fitscope on this machine")])
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))  # clocks of a class differ
        .not_valid_after(now + datetime.timedelta(days=DAYS - 1))
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in known_as]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(secret, hashes.SHA256())
    )
    text = secret.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with open(os.open(key, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:  # for its owner only
        file.write(text)
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))


def _is_good(cert: Path, known_as: list[str]) -> bool:
    try:
        stored = x509.load_pem_x509_certificate(cert.read_bytes())
        alternatives = stored.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    left = stored.not_valid_after_utc - datetime.datetime.now(datetime.UTC)
    return left.days >= RENEW_DAYS and all(_general(name) in alternatives for name in known_as)


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _is_name(name: str) -> bool:
    return bool(name) and name.isascii() and " " not in name


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
