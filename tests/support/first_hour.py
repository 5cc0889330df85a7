"""The first hour of a technician, as it is played: each command and answer, in the stand-in town."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from support import hurried
from support.stand_ins import REGISTERS, Town, town
from support.technician import Technician

INSTALL = "pip install -c constraints.txt ."
BOARDS = (
    "https://forum.northvale-talk.example.org/forums/local.4/",
    "https://www.northvale-life.example.org/",
)
ANSWERS = {
    r"words of its name": "oakfield northvale", r"every site": "office@oakfield.example.sch.uk",
    r"The head: name": "= head@oakfield.example.sch.uk",
    r"safeguarding lead.*?: name": "Mr Joss Field, field@oakfield.example.sch.uk",
    r"chair of governors: name": "Ms Tamsin Vale, vale@oakfield.example.sch.uk",
    r"second way to reach IT": "", r"school day begins": "", r"not about you": "",
    r"Boards, town sites": " ".join(BOARDS), r"What each is": "",
}  # fmt: skip


@dataclass
class Hour:
    """What was played: who typed, in which town, and what each command showed."""

    alex: Technician
    northvale: Town
    config: str
    asked_by_init: list[str]
    init: str
    doctor: tuple[int, str]
    scan: tuple[int, str]
    status: str


def play(folder: Path) -> Hour:
    """Plays it in an empty folder. Nothing is edited by hand: the file stays as `init` wrote it.

    It is set up by the command as installed, at its true pace; only the first scan hurries.
    """
    (folder / "edubasealldata.csv").write_bytes(REGISTERS["england"].read_bytes())
    file = folder / "schoolgate" / "schoolgate.toml"
    with town(datetime.now(UTC), folder) as northvale:
        alex = Technician(folder, ANSWERS)
        alex.lines.append(INSTALL)
        way = f"--proxy {northvale.proxy_url} --ca-file town-ca.pem"
        _, init = alex.types(f"schoolgate init --register edubasealldata.csv {way}")
        config, asked = file.read_text(), list(northvale.asked)
        doctor = alex.types("schoolgate doctor")
        alex.code = hurried.CODE
        scan = alex.types("schoolgate scan")
        alex.code = ""
        with alex.leaves_running("schoolgate serve", "serves"):
            _, status = Technician(folder).types("schoolgate status")
        assert file.read_text() == config, "somebody had to edit the file"
        return Hour(alex, northvale, config, asked, init, doctor, scan, status)
