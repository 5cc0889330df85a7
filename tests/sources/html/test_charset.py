"""In which encoding a document is: what is declared, what is no encoding of the web, what is guessed."""

from __future__ import annotations

import codecs
import encodings as python_encodings
import pkgutil
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.for_each import for_each

from sources.html.charset import codec_of, guess
from sources.html.markup import decode
from sources.parse import parse_document

_PYTHON_KNOWS = sorted(module.name for module in pkgutil.iter_modules(python_encodings.__path__))
_NOT_OF_THE_WEB = ("punycode", "idna", "utf-7", "hex", "rot13", "unicode_escape", "undefined", "uu", "zlib")
_SCRIPTS = {
    "euc-jp": "学校の保護者会は来週の金曜日に開かれます。給食の件についてお知らせします。",
    "shift_jis": "学校の保護者会は来週の金曜日に開かれます。給食の件についてお知らせします。",
    "koi8-r": "Родительское собрание в школе пройдёт в пятницу. В столовой опять холодно.",
    "windows-1251": "Родительское собрание в школе пройдёт в пятницу. В столовой холодно.",
    "gb2312": "学校的家长会将于下周五举行。老师们非常努力，但是食堂的饭菜又凉了。",
    "big5": "學校的家長會將於下週五舉行。老師們非常努力，但是食堂的飯菜又涼了。",
    "euc-kr": "학교 학부모 모임은 다음 주 금요일에 열립니다. 급식이 또 차갑습니다.",
    "tis-620": "การประชุมผู้ปกครองของโรงเรียนจะจัดขึ้นในวันศุกร์หน้า ครูทำงานหนักมากแต่อาหารกลางวันเย็นอีกแล้ว",
    "windows-1255": "אספת ההורים בבית הספר תתקיים ביום שישי הבא. המורים מתאמצים מאוד, אבל האוכל שוב קר.",
    "windows-1256": "سيعقد اجتماع أولياء الأمور في المدرسة يوم الجمعة القادم.",
    "windows-1253": "Η συνάντηση γονέων στο σχολείο θα γίνει την επόμενη Παρασκευή.",
}
_OURS = (
    "The head’s letter says “no phones” – and lunch is £2.65… again",
    "£££ for a café trip?!",
    "“…”",
    "“Quote” … ‘single’ – “another”",
    "naïve café façade — “…” ‘…’ €5 £3 ½ °C",
    "Môr â thân, sêr y nos, cân, gwên, ffôn symudol – £5",
    "Mae’r ysgol yn cau’n gynnar ddydd Gwener",
    "L’école a été fermée à cause de la grève, les élèves étaient déçus.",
    "Die Schüler möchten größere Räume für die Übungen.",
    "££££££££££££££££££££££££££££££££££££££££££££££££££££££££££££",
)
_FEED = '<rss version="2.0"><channel><title>News</title><item><title>{}</title></item></channel></rss>'


def _read(body: bytes) -> tuple[list[str], tuple[str, ...]]:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    page = parse_document(body, "https://town.example.org/feed", kind="feed", fetched_at=at)
    return [mention.title for mention in page.mentions], page.warnings


@for_each("label", [*_NOT_OF_THE_WEB, *_PYTHON_KNOWS])
def test_every_encoding_that_python_knows_is_believed_only_where_the_web_knows_it(label: str) -> None:
    body = ("Fête " * 5_000).encode()
    started = time.process_time()
    text, codec = decode(body, f"text/html; charset={label}")
    assert time.process_time() - started < 0.5
    assert codec == codec_of(label) or "Fête" in text


@pytest.mark.parametrize("name", _NOT_OF_THE_WEB)
def test_what_is_no_encoding_of_the_web_is_not_believed(name: str) -> None:
    assert codec_of(name) is None
    assert decode("Fête".encode(), f"text/html; charset={name}") == ("Fête", "utf-8")
    assert decode(f'<?xml version="1.0" encoding="{name}"?>Fête'.encode())[1] == "utf-8"


@given(
    st.binary(),
    st.sampled_from(["text/xml", "text/html; charset=punycode", "text/html; charset=iso-2022-jp"]),
)
def test_no_bytes_and_no_header_stop_the_reading(body: bytes, header: str) -> None:
    assert isinstance(decode(body, header)[0], str)


@pytest.mark.parametrize(
    "label", ["Shift_JIS", "x-sjis", " EUC-KR", "GB2312", "tis-620", "l1", "utf8", "macintosh"]
)
def test_labels_mean_what_they_mean_in_a_browser(label: str) -> None:
    codec = codec_of(label)
    assert codec is not None
    assert codecs.lookup(codec).name != "ascii"


@pytest.mark.parametrize("label", _SCRIPTS)
def test_a_script_that_is_declared_nowhere_is_guessed_and_said_to_be(label: str) -> None:
    titles, told = _read(_FEED.format(_SCRIPTS[label]).encode(codec_of(label) or ""))
    assert titles == [_SCRIPTS[label]]
    assert any("was guessed" in warning for warning in told)


@pytest.mark.parametrize("text", _OURS)
@pytest.mark.parametrize("times", [1, 12])
def test_english_welsh_and_their_neighbours_stay_windows_1252(text: str, times: int) -> None:
    titles, told = _read(_FEED.format(" ".join([text] * times)).encode("cp1252"))
    assert titles == [" ".join([text] * times)]
    assert not any("was guessed" in warning for warning in told)


@pytest.mark.parametrize("label", _SCRIPTS)
def test_of_a_few_letters_no_script_is_guessed(label: str) -> None:
    assert guess(_SCRIPTS[label][:10].encode(codec_of(label) or "")) is None


@pytest.mark.parametrize("label", _SCRIPTS)
def test_what_is_declared_is_believed_though_a_byte_is_broken(label: str) -> None:
    codec = codec_of(label) or ""
    body = f'<?xml version="1.0" encoding="{label}"?>{_SCRIPTS[label]}\n'.encode(codec) + b"\xff\xff<"
    text, found = decode(body)
    assert found == codec
    assert _SCRIPTS[label][:20] in text


def test_a_declared_default_is_passed_over_though_a_byte_of_utf_8_is_broken() -> None:
    body = b'<meta charset="iso-8859-1">' + "Fête ’n’ caffi ".encode() * 5 + b"\xff"
    assert decode(body)[1] == "utf-8"
