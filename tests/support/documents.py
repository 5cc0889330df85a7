"""What tests look at in a document of `--json`."""

import json

content = json.loads


def keys_told(row):
    """The keys of a row that tell anything: those of what is withheld are null."""
    return {key for key, value in row.items() if value is not None}
