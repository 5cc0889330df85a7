"""Files of words: what stands in them, and what is said of one that is wrong."""

import re
import subprocess
import sys

import pytest
from support.for_each import for_each

from classifiers.signals.patterns import RuleFile
from classifiers.text.words import WordFileError, late_pattern

FILE = r"""
[parts]
animal = '(?:cat|dog)'
[words]
bites = '''
«animal» bites
bitten by (?:a|the) «animal»
'''
[patterns]
year = '''
(?:19|20)
\d\d
'''
[[rule]]
name = "bitten"
reason = "Somebody was bitten."
labels = ["safeguarding"]
route = "safeguarding"
test = '''
«bites»
stung
'''
needs = '«bites»|stung'
"""


@pytest.fixture
def file(tmp_path):
    def written(text: str = FILE) -> RuleFile:
        path = tmp_path / "animals.toml"
        path.write_text(text, encoding="utf-8")
        return RuleFile(str(path.with_suffix("")))

    return written


def test_a_name_stands_for_words_with_boundaries_only_outside_of_alternatives(file):
    words = file()
    bites, year = words.patterns("bites", "year")
    (bitten,) = words.rules()
    inner = "(?:cat|dog) bites|bitten by (?:a|the) (?:cat|dog)"
    assert (bites.pattern, year.pattern) == (rf"(?<!\w)(?:{inner})(?!\w)", r"(?:19|20)\d\d")
    assert bitten.needs == rf"{bites.pattern}|stung"
    assert bitten.signal.labels == ("safeguarding",)


@for_each(
    ("was", "becomes", "names"),
    [
        ("needs =", "need =", "bitten: “need” is not known"),
        ("[parts]", "[part]", "the file: “part” is not known"),
        ("«bites»\nstung", "«bite»\nstung", "bitten: no pattern has the name “bite”"),
        ("'(?:cat|dog)'", "'«bites»'", "animal: no pattern has the name “bites”, or only through itself"),
        ("test =", "within =", "bitten: it needs either words or a function"),
        ("year =", "animal =", "animal: it is there twice"),
        ("the) «animal»", "the) animal»", "bites: of « and » one stands alone"),
        ('route = "safeguarding"', 'route = "nowhere"', "bitten: it is no rule"),
    ],
)
def test_what_is_wrong_is_named_with_its_file_and_key(file, was, becomes, names):
    with pytest.raises(WordFileError, match=f"animals.toml, .*{names}"):
        file(FILE.replace(was, becomes)).rules()


def test_a_function_without_a_row_is_an_error(file):
    with pytest.raises(WordFileError, match="the code: “stung” is not known"):
        file().rules(stung=lambda text: True)


ALL = """
import gc, importlib, pkgutil, classifiers
for each in pkgutil.walk_packages(classifiers.__path__, "classifiers."):
    importlib.import_module(each.name)
late = [each for each in gc.get_objects() if type(each).__name__ == "_LatePattern"]
print(len([each.pattern for each in late]))
"""


def test_every_pattern_compiles_though_only_at_its_first_use():
    run = subprocess.run([sys.executable, "-c", ALL], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) > 500


def test_a_pattern_costs_nothing_until_it_is_used_and_a_wrong_one_says_so_then():
    wrong = late_pattern("(stung")
    with pytest.raises(re.error):
        wrong.search("stung")
