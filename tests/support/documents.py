"""What tests look at in a document of `--json`."""

import json

content = json.loads
