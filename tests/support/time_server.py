"""A real time-stamp server (RFC 3161) on this machine: openssl makes the stamps, a small site hands them out.

    authority = an_authority(folder)
    with time_server(authority) as site:
        stamp(b"...", url=f"{site}/tsr", ca_pem=authority.ca_pem, fetch=...)

`how` names what the server does: one of `HOW`.
"""

import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from support.web_server import Answer, serve

HOW = ("good", "another_hash", "another_nonce", "refused", "garbage", "slow", "error")
_CONFIG = """
[tsa]
default_tsa = tsa_config
[tsa_config]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
certs = {folder}/ca.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = {digests}
accuracy = secs:1
ess_cert_id_alg = sha256
"""


@dataclass(frozen=True)
class Authority:
    """A folder with an authority of the tests' own and the time server's key."""

    folder: Path

    @property
    def ca_pem(self):
        return (self.folder / "ca.pem").read_bytes()

    @property
    def ca_file(self):
        return self.folder / "ca.pem"


def an_authority(folder, *, run_out=False):
    """Makes keys and certificates; with `run_out` the time server's was good in 2020 only."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, digests in (("openssl.cnf", "sha256"), ("refusing.cnf", "sha512")):
        (folder / name).write_text(_CONFIG.format(folder=folder, digests=digests))
    (folder / "serial").write_text("01")
    root, root_key = _certificate("Example time authority", None, None)
    year = 2020 if run_out else datetime.now(UTC).year
    server, server_key = _certificate("Example time server", root, root_key, year)
    (folder / "ca.pem").write_bytes(root.public_bytes(Encoding.PEM))
    (folder / "tsa.pem").write_bytes(server.public_bytes(Encoding.PEM))
    plain = server_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "tsa.key").write_bytes(plain)
    return Authority(folder)


def _certificate(name, issuer, issuer_key, year=None):
    """A certificate and its key: an authority's own without an issuer, else a time server's."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(year or 2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(year + 1 if year else 2100, 12, 31, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
    if issuer is not None:
        stamping = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        built = built.add_extension(stamping, critical=True)
    return built.sign(issuer_key or key, hashes.SHA256()), key


@contextmanager
def time_server(authority, how="good"):
    """The server at `/tsr`, doing as told; `site.asked` holds what it was sent."""
    assert how in HOW

    def answer(exchange):
        if how == "error":
            return Answer(500, b"out of order")
        if how == "slow":
            exchange.wait(30)
            return None
        if how == "garbage":
            return Answer(200, b"<p>not a stamp</p>", {"Content-Type": "text/html"})
        query = exchange.asked.body
        if how in ("another_hash", "another_nonce"):
            query = _another(authority, query, how)
        return Answer(200, reply(authority, query, refuse=how == "refused"), _TYPE)

    with serve({"/tsr": answer}) as site:
        yield site


_TYPE = {"Content-Type": "application/timestamp-reply"}


def reply(authority, query, *, refuse=False):
    """openssl's answer to a request."""
    folder = authority.folder
    (folder / "query.tsq").write_bytes(query)
    config = "refusing.cnf" if refuse else "openssl.cnf"
    _openssl(folder, "ts", "-reply", "-config", config, "-queryfile", "query.tsq", "-out", "reply.tsr")
    return (folder / "reply.tsr").read_bytes()


def _another(authority, query, how):
    """The request changed in one byte: in its hash (bytes 24 on), or in its nonce (near the end)."""
    place = 30 if how == "another_hash" else len(query) - 6
    return query[:place] + bytes([query[place] ^ 1]) + query[place + 1 :]


def _openssl(folder, *words):
    run = subprocess.run(["openssl", *words], cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
