"""What the tests of `doctor` share."""

from datetime import UTC, datetime
from pathlib import Path

from data.types import School
from monitor.config.load import Config, load_file
from monitor.setup.findings import Level

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
OAKFIELD = School("900001", "Oakfield Primary School")
HEXLEY = School("900002", "Hexley Primary School")
SECRET = "Hunter2-planted"
MAIL = '[mail]\nhost = "smtp.example.org"\nsender = "sg@example.org"\nuser = "sg"\n'


def told(found, level=None):
    """What is not in order: of one level, or of both."""
    return [f.what for f in found if f.level is not Level.OK and level in (None, f.level)]


def configured(*persons, schools=(OAKFIELD,)):
    """A configuration of these people and schools."""
    return Config(Path("/nowhere/schoolgate.toml"), schools, people=persons)


def read(folder, text, **env):
    """A configuration of one school and this text, from a file."""
    path = folder / "schoolgate.toml"
    path.write_text('[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\n' + text)
    return load_file(path, env)
