"""The table of a page about a configuration file, as the models that check the file would have it."""

from monitor.config.model import Table
from monitor.config.toml_text import toml


def rows(model):
    """A row for each key of a table: what it is, an example, what it is where nobody says."""
    found = []
    for key, field in model.model_fields.items():
        assert field.examples is not None, key
        assert len(field.examples) < 2, key
        shown = f"`{key} = {toml(field.examples[0])}`" if field.examples else ""
        wanted = "needed" if field.is_required() else _default(field.default)
        found.append(f"| `{key}` | {field.description} | {shown} | {wanted} |")
    return found


def _default(value):
    unset = value in (None, "", (), {}) or isinstance(value, Table)
    return "" if unset else f"`{toml(value)}`"
