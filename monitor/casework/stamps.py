"""What an RFC 3161 time stamp kept with a capture says, checked against the certificates kept with it.

That these certificates are the authority's own is not shown by that: hold the last of them against the
one that the authority publishes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

from sources.timestamps.der import with_sorted_certificates


class StampFault(Exception):
    """The time stamp does not hold; the text is a sentence."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """When (UTC) an authority saw a capture's manifest, and whose certificate says so."""

    capture_id: str
    at: datetime
    authority: str


def read_stamp(capture_id: str, response: bytes, chain: bytes, manifest: bytes) -> Stamp:
    """The checked time stamp over the manifest's bytes. Raises StampFault."""
    try:
        answer = decode_timestamp_response(with_sorted_certificates(response))
        certificates = x509.load_pem_x509_certificates(chain)
        roots = [c for c in certificates if c.issuer == c.subject] or certificates[:1]
        between = [c for c in certificates if c not in roots]
        VerifierBuilder(roots=roots, intermediates=between).build().verify_message(answer, manifest)
        return Stamp(capture_id, answer.tst_info.gen_time.astimezone(UTC), _authority(certificates))
    except VerificationError:
        raise StampFault("The time stamp does not hold for its manifest and the certificates kept.") from None
    except (ValueError, x509.InvalidVersion):  # a certificate is read when it is asked, not when it is loaded
        raise StampFault("The time stamp or its certificates cannot be read.") from None


def _authority(certificates: list[x509.Certificate]) -> str:
    """The name of whoever signs: the certificate that stands for no other."""
    issuers = {c.issuer for c in certificates if c.issuer != c.subject}
    signing = next((c for c in certificates if c.subject not in issuers), certificates[0])
    names = signing.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else signing.subject.rfc4514_string()
