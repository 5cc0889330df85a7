"""What the service holds beside its ticks: the model, the linker, the settings, a stamp each day."""

import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from builders.case_desk import run
from builders.doctor import NOW as IN_MARCH
from builders.doctor import read
from builders.evidence import OPENED, a_kept_case
from builders.fetcher import fetcher_for
from builders.home import a_migrated_store, migrated
from builders.judges import CALM, OAKFIELD, judges
from builders.mention import NOW, Clock, a_mention, a_store
from support.time_server import an_authority, time_server
from support.web_server import serve

from alerts.links import Links
from classifiers.linking.linker import Linker
from classifiers.scoring.onnx_scorer import Scorer
from classifiers.scoring.persons import AskedPerson, DescribedPerson, PostText
from data.errors import SchoolgateError
from data.store.engine.open import Store
from data.types import Role, Source
from monitor.config.home.context import Context
from monitor.config.load import Config, load_file
from monitor.config.model import ModelSettings
from monitor.service import scoring
from monitor.service.delivery import Delivered
from monitor.service.health import Health
from monitor.service.scoring import AwayScorer, IdleLinker
from monitor.service.serve import Settings
from monitor.service.step import Service

STUB = """
import json, os, signal, sys
from pathlib import Path
from data.child_process import serve

died = Path(sys.argv[1])

def answer(question):
    what, texts = json.loads(question)
    if what == "persons":
        texts = [person["name"] for post, person in texts]
    if "die" in texts or ("die once" in texts and not died.exists()):
        died.touch()
        os._exit(1)
    if "hang" in texts or ("hang once" in texts and not died.exists()):
        died.touch()
        signal.pause()
    if "noise" in texts:
        return b"a library says hello"
    if "fault" in texts:
        return json.dumps({"fault": "model.onnx is not there."}).encode()
    if "chatter" in texts:
        print("a library says hello", flush=True)
    model = "m" if what == "first" else "reader"
    head = {"labels": ["a", "b"], "truncated": [False] * len(texts), "model": model}
    return json.dumps(head).encode() + b"\\n" + b"\\0\\0\\x80?\\0\\0\\0@" * len(texts)

serve(answer)
"""


class Timer:
    at = 0.0

    def __call__(self):
        return self.at


@pytest.fixture
def timer():
    return Timer()


ALONE = ModelSettings(second_reader=False)


@pytest.fixture
def scorer(tmp_path, timer):
    scorer = AwayScorer(ALONE, timer, (sys.executable, "-c", STUB, str(tmp_path / "died")))
    yield scorer
    scorer.let_go(0.0)


def test_nothing_is_begun_before_the_first_text_whose_numbers_come_back_in_order(scorer):
    assert (scorer.has_child, scorer.reader) == (False, None)
    scores = scorer.score(["one", "two\nlines é 🎒"])
    assert scores.labels == ("a", "b")
    assert scores.values.tolist() == [[1.0, 2.0], [1.0, 2.0]]
    assert (scores.truncated, scores.model) == ((False, False), "m")


def test_the_second_reader_is_asked_in_the_same_child(tmp_path, timer, monkeypatch):
    monkeypatch.setattr(scoring, "reader_folder", lambda model: tmp_path)
    both = AwayScorer(ModelSettings(), timer, (sys.executable, "-c", STUB, str(tmp_path / "died")))
    try:
        found = both.reader.score(["one"])
        assert (found.model, both.score(["one"]).model, both.reader.has_child) == ("reader", "m", True)
        asked = [AskedPerson(PostText("x", "", "Pike again"), DescribedPerson("Robin Pike", (Role.DSL,)))]
        assert both.reader.read_persons(asked).values.tolist() == [[1.0, 2.0]]
        with pytest.raises(SchoolgateError, match="is not there"):
            both.reader.read_persons([AskedPerson(asked[0].post, DescribedPerson("fault", ()))])
    finally:
        both.let_go(0.0)


def test_the_model_is_let_go_when_it_has_not_been_used_for_a_while(scorer, timer):
    scorer.score(["one"])
    timer.at = 299
    assert not scorer.let_go()
    timer.at = 301
    assert scorer.let_go()
    assert not scorer.has_child
    assert not scorer.let_go()
    assert scorer.score(["again"]).values.shape == (1, 2)


@pytest.fixture
def impatient(tmp_path, timer):
    command = (sys.executable, "-c", STUB, str(tmp_path / "hung"))
    scorer = AwayScorer(ModelSettings(), timer, command, answers_in_s=1.0)
    yield scorer
    scorer.let_go(0.0)


def test_a_child_that_died_or_hangs_is_begun_anew_and_where_it_does_each_time_that_is_a_fault(
    scorer, impatient
):
    """And not the end of collecting."""
    assert scorer.score(["die once"]).values.shape == (1, 2)
    assert impatient.score(["hang once"]).values.shape == (1, 2)
    for one, text in ((scorer, "die"), (impatient, "hang")):
        with pytest.raises(SchoolgateError, match="ended over a text"):
            one.score([text])
        assert one.score(["next"]).values.shape == (1, 2)


def test_an_answer_that_is_none_or_what_a_library_says_never_becomes_that_of_the_next_question(scorer):
    assert scorer.score(["chatter"]).values.shape == (1, 2)
    assert scorer.score(["calm", "calm"]).values.shape == (2, 2)
    with pytest.raises(SchoolgateError, match="ended over a text"):
        scorer.score(["noise"])
    assert not scorer.has_child
    with pytest.raises(SchoolgateError, match="is not there"):
        scorer.score(["fault"])
    assert scorer.score(["calm", "calm"]).values.shape == (2, 2)


def test_threads_take_turns(scorer):
    found = []
    threads = [threading.Thread(target=lambda: found.append(scorer.score(["x"] * 500))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [s.values.shape for s in found] == [(500, 2)] * 3


def test_the_true_model_gives_the_same_numbers_from_its_own_process(timer):
    texts = ["Oakfield Primary is lovely", "the parking at the gate is a disgrace"]
    away = AwayScorer(ModelSettings(threads=1), timer)
    try:
        found = away.score(texts)
    finally:
        away.let_go(0.0)
    here = Scorer(threads=1).score(texts)
    assert found.labels == here.labels
    assert np.array_equal(found.values, here.values)
    assert (found.model, found.truncated) == (here.model, here.truncated)


def test_the_service_itself_loads_no_model_library():
    code = "import sys; from monitor.service import serve; print(sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    libraries = ("transformers", "onnxruntime", "tokenizers", "typst", "torch", "playwright")
    assert [name for name in libraries if f"'{name}'" in loaded.stdout] == []


# ----------------------------------------------------------- the linker that is let go when it is not used


SOURCE = Source("a", "feed", "https://gazette.example.org/feed.xml", ("900001",), surfaced=True)


def test_it_is_made_at_its_first_use_and_again_after_it_was_let_go():
    made, time = [], [0.0]

    def make():
        made.append(time[0])
        return Linker((OAKFIELD,))

    linker, mention = IdleLinker(make, lambda: time[0]), a_mention(text=CALM)
    assert made == []
    assert linker.link([mention], SOURCE) == Linker((OAKFIELD,)).link([mention], SOURCE)
    for time[0] in (100.0, 399.0):
        linker.let_go()
        linker.link([mention], SOURCE)
    assert made == [0.0]
    time[0] = 700.0
    linker.let_go()
    linker.link([mention], SOURCE)
    assert made == [0.0, 700.0]


def test_what_new_posts_are_folded_with_is_let_go_with_it(tmp_path):
    store = a_store(tmp_path)
    config = Config(store.home / "schoolgate.toml", (OAKFIELD,))
    settings = Settings(config, store.home, store, lambda: NOW)
    before = settings.judges(None).recent
    settings.let_go()
    assert settings.judges(None).recent is not before


# ---------------------------------- the settings are read again when they change, in whatever file that is


APPLICATION = """
[mail]
sign_in = "graph"
sender = "sg@example.org"
tenant = "example.org"
client_id = "00001111-aaaa-2222-bbbb-3333cccc4444"
secret_file = "one"
"""
PASSWORD = """
[mail]
host = "smtp.example.org"
sender = "sg@example.org"
user = "sg"
password_file = "one"
"""
CHAT = '[[people]]\nid = "dsl"\nname = "Mr B Example"\nroles = ["dsl"]\nchat_file = "one"\n'
MAILBOX = """
[[sources]]
id = "alerts"
kind = "mailbox"
url = "imaps://imap.example.org/INBOX"
settings = { user = "sg", password_file = "one" }
"""
PROXY = """
[network]
proxy = "http://proxy.example.org:8080"
proxy_user = "sg"
proxy_password_file = "one"
"""


class Beside:
    """What of the service the settings write to."""

    def __init__(self, context: Context) -> None:
        self.context, self.health = context, Health(IN_MARCH)


def test_another_secret_in_its_file_is_taken_without_a_change_of_the_settings(tmp_path: Path) -> None:
    def held(config: Config) -> set[str]:
        boxes = [box.password for box in config.mailboxes.values()]
        of_the_network = config.network.proxy_password
        found = (config.mail_secret, config.mail_password, *config.chats.values(), *boxes, of_the_network)
        return {one.get_secret_value() for one in found if one is not None}

    for n, table in enumerate((APPLICATION + CHAT + MAILBOX + PROXY, PASSWORD)):
        home = tmp_path / str(n)
        home.mkdir()
        (home / "one").write_text("ntfys://before.example.org/a\n")
        store = migrated(Store(home, clock=lambda: IN_MARCH, sleep=lambda seconds: None, wait_s=0))
        settings = Settings(read(home, table), home, store, lambda: IN_MARCH)
        service = Beside(settings.context)
        settings.reload(service)  # type: ignore[arg-type]
        assert held(service.context.config) == {"ntfys://before.example.org/a"}
        (home / "one").write_text("ntfys://after.example.org/b\n")
        settings.reload(service)  # type: ignore[arg-type]
        assert held(service.context.config) == {"ntfys://after.example.org/b"}


# --------------- the audit chain's end is stamped once a day by a real server; without one nobody is asked


JUDGES = judges(OAKFIELD)
CONFIG = '[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\n'


@pytest.fixture
def store(tmp_path):
    store = a_migrated_store(tmp_path)
    (tmp_path / "schoolgate.toml").write_text(CONFIG, encoding="utf-8")
    return store


@pytest.fixture
def clock():
    return Clock(OPENED)


def a_service(store, clock, site):
    return Service(
        store=store, context=Context(load_file(store.home / "schoolgate.toml", {}), store.home, Links()),
        judges=lambda: JUDGES, fetcher=fetcher_for(site), deliver_due=lambda *_: Delivered(), tasks={},
        clock=clock,
    )  # fmt: skip


def configured(store, site, authority):
    table = f'\n[evidence]\ntimestamp_url = "{site}/tsr"\ntimestamp_ca = "{authority.ca_file}"\n'
    (store.home / "schoolgate.toml").write_text(CONFIG + table, encoding="utf-8")


def verified(store):
    return run("evidence", "verify", "--json", "--home", str(store.home)).data


def test_the_end_is_stamped_once_a_day_and_holds(store, clock, tmp_path):
    a_kept_case(store)
    authority = an_authority(tmp_path / "authority")
    with time_server(authority) as site:
        configured(store, site, authority)
        service = a_service(store, clock, site)
        for hours in (0, 5, 24):
            clock.at = OPENED + timedelta(hours=hours)
            service.stamp()
    assert site.paths == ["/tsr", "/tsr"]
    assert (service.health.faults, service.health.last["stamp"]) == ({}, clock.at)
    found = verified(store)
    assert found["holds"]
    assert [s["capture"] for s in found["stamps"]] == ["end-9", "end-13"]


def test_where_no_stamp_comes_nothing_is_kept_it_is_counted_and_the_next_tick_tries_again(
    store, clock, tmp_path
):
    a_kept_case(store)
    authority = an_authority(tmp_path / "authority")
    with time_server(authority, "error") as site:
        configured(store, site, authority)
        service = a_service(store, clock, site)
        service.stamp()
        tried = len(site.paths)
        service.stamp()
        assert len(site.paths) == 2 * tried > 0
    assert service.health.faults == {"stamp": 2}
    assert verified(store)["captures"] == 1


def test_without_a_time_server_or_where_nothing_was_ever_done_nobody_is_asked(store, clock, tmp_path):
    with serve({}) as site:
        configured(store, site, an_authority(tmp_path / "authority"))
        services = [a_service(store, clock, site)]
        services[0].stamp()
        (store.home / "schoolgate.toml").write_text(CONFIG, encoding="utf-8")
        a_kept_case(store)
        services.append(a_service(store, clock, site))
        services[1].stamp()
        assert (site.paths, [one.health.faults for one in services]) == ([], [{}, {}])
