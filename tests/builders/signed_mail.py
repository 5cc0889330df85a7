"""Mails that are signed or encrypted as a whole (RFC 8551), by a certificate of nobody."""

from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

SIGNED_DATA, ENVELOPED_DATA, DATA = (bytes.fromhex(f"06092a864886f70d0107{n}") for n in ("02", "03", "01"))


@cache
def _identity():
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Dan Poole")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 7)
    made = made.not_valid_before(datetime(2026, 1, 1, tzinfo=UTC)).not_valid_after(
        datetime(2036, 1, 1, tzinfo=UTC)
    )
    return made.sign(key, hashes.SHA256()), key


def signed(content: bytes) -> bytes:
    """The content, signed so that it stands within."""
    certificate, key = _identity()
    made = pkcs7.PKCS7SignatureBuilder().set_data(content).add_signer(certificate, key, hashes.SHA256())
    return made.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary])


def encrypted(content: bytes) -> bytes:
    """The content, for one person's eyes."""
    certificate, _ = _identity()
    made = pkcs7.PKCS7EnvelopeBuilder().set_data(content).add_recipient(certificate)
    return made.encrypt(Encoding.DER, [pkcs7.PKCS7Options.Binary])


def signed_in_pieces(*pieces: bytes) -> bytes:
    """The same as programs write it that do not know how long it will be (X.690, 8.1.3.6), unsigned."""
    octets = b"".join(_element(0x04, piece) for piece in pieces)
    content = _endless(0x30, DATA + _endless(0xA0, _endless(0x24, octets)))
    algorithms = _element(0x31, _element(0x30, bytes.fromhex("0609608648016503040201")))
    inside = _endless(0x30, _element(0x02, b"\x01") + algorithms + content + _element(0x31, b""))
    return _endless(0x30, SIGNED_DATA + _endless(0xA0, inside))


def _element(tag: int, content: bytes) -> bytes:
    if len(content) < 0x80:
        return bytes((tag, len(content))) + content
    size = len(content).to_bytes(4, "big")
    return bytes((tag, 0x84)) + size + content


def _endless(tag: int, content: bytes) -> bytes:
    return bytes((tag, 0x80)) + content + b"\0\0"
