"""Completes the list of parts (SBOM) that `cyclonedx-py environment` writes, from standard input to output.

Each part gets its licence. It ends with 1 where one has none, or none that we may pass on.
"""

import json
import sys
from typing import Any

READ_BY_HAND = {
    "ahocorasick_rs": "Apache-2.0",
    "IMAPClient": "BSD-3-Clause",
    "protobuf": "BSD-3-Clause",
    "whoisit": "BSD-3-Clause",
}
"""Licences of the parts whose metadata name none, from their licence files."""
ALLOWED = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "CNRI-Python", "ISC", "MIT", "MIT-0",
    "MPL-1.1", "MPL-2.0", "PSF-2.0", "Zlib",
    "License :: OSI Approved :: Apache Software License", "License :: OSI Approved :: BSD License",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)",
}  # fmt: skip


def complete(parts: dict[str, Any]) -> dict[str, Any]:
    """Give each part its licence, and drop its addresses. Raises SystemExit naming those that will not do."""
    refused = []
    for part in parts["components"]:
        part.pop("externalReferences", None)
        if not part.get("licenses") and part["name"] in READ_BY_HAND:
            part["licenses"] = [{"license": {"id": READ_BY_HAND[part["name"]]}}]
        names = [_name(each) for each in part.get("licenses", ())]
        if not names or not all(map(_is_allowed, names)):
            refused.append(f"{part['name']}: {', '.join(names) or 'none'}")
    if refused:
        raise SystemExit(f"NO RELEASE: licences that .ci/sbom.py does not allow: {'; '.join(refused)}")
    return parts


def _name(licence: dict[str, Any]) -> str:
    one = licence.get("license", {})
    return str(licence.get("expression") or one.get("id") or one.get("name"))


def _is_allowed(expression: str) -> bool:
    """Whether one of its alternatives asks for nothing but what is allowed."""
    return any(ALLOWED.issuperset(way.split(" AND ")) for way in expression.split(" OR "))


if __name__ == "__main__":
    print(json.dumps(complete(json.load(sys.stdin)), indent=1))
