"""The language of a text."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from data.register.school_names import words_of

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier


# Words and letters by which languages that the model does not know are recognised. Data only.

WORDS: dict[str, frozenset[str]] = {
    code: frozenset(words.split())
    for code, words in {
        "pl": """
            jest nie się czy dla proszę szkoła szkole szkoły szkołę dzieci dziecko ale jak już był
            była było tylko bardzo moja moje mój mojej mojego córka córkę syn syna dobra dobrze
            dziękuję dziękujemy pani pana wczoraj jutro dzisiaj że który która nauczyciel nauczycielka
            nauczyciele wszyscy jego jej ich ktoś nikt nic kurwa dzień rok roku ze mnie mam masz są
            ten tego przy żeby gdzie wiem może za od po to na w z i pokój piszę nasza nasz bez mówi
            mówił taka taki naprawdę tata mama codziennie boi ok bo do
        """,
        "ro": """
            este și nu pentru copii copiii copilul școala scoala școlii sunt foarte bună buna mea meu
            mele fiica fiul fiului băiatul profesorii profesoara profesorul mulțumesc multumesc ce cu
            mai la din că ca ne ieri mâine astăzi nimic nimeni cineva acasă am ați avem aveți era au o
            fost slaba si când cand tatăl mama mamei fetița zi zice nici spus vrea pot lui ei le unde
            de pe
        """,
        "pt": """
            não uma com muito muita são está estão escola professor professora professores filha filho
            minha meu crianças obrigada obrigado pelo pela mas também mais quando onde quem isso ele
            ela eles foi tem têm pra para amanhã hoje ontem ninguém alguém já só aos das dos da do na
            no em o a os um que se por porque vai sei tua teu tu boa bom diz disse foto ao e
        """,
        "es": """
            los las para muy pero como más está están escuela colegio niño niña niños hija hijo mi mis
            gracias profesor profesora maestra porque otra vez había allí otro vuestros nuestros
            cuando dónde quién nadie alguien hoy mañana ayer también una un con por que el la se del
            al es son tiene tienen si no yo ella él nos qué saben sabe madres padres
        """,
        "lt": """
            yra ir ne kad mano sūnus sūnų sūnui dukra mokykla mokyklai mokykloje mokytoja mokytojas
            mokytojai ačiū labai vaikai vaikas rytoj šiandien vakar jis ji jie bet nes kas kur kaip
            prie po nori gal už dėl iki buvo bus turi turit jau dar tik nieko viskas sveiki kasdien
            jam jai
        """,
        "so": """
            waa waan iyo ku ka ay aad u uu oo ma iskuul iskuulka iskuulku dugsi dugsiga hooyo aabo
            wiil wiilkayga wiilka gabar gabadh gabadhayda macallin macallinka macallimiinta caruurta
            carruurta ilmaha mahadsanid walaal walaalayaal walaalo berri shalay maanta lacag baa ayaa
            ayay wuu way soo fiican wanaagsan dad maya haa kaliya waaye maxaa xagee cidna laba saddex
            jeer asc haddii leh yaa inay halkaas carruurtiinna dirina wuxuu yiri mindi keenayaa been
            qof jimcaha tihiin inuu
        """,
        "ur": """
            hai hain ka ki ke ko ne se mein nahi nahin kya aur bhi woh yeh ye tha thi ho hoga gaya
            gayi bohat bahut acha achi achay bacha bache bachay bachon beti beta mera meri mere apni
            apne sab kuch koi kal aaj abbu ammi shukriya kab kahan kyun kyu mujhe hum aap hamari raha
            rahi rahe karo karna kar diya liya wali walay wale par tak agar lekin phir baji dar jana
            chahiye bataun maine
        """,
        "pa": """
            hai da di de nu nahi sadde saade sada mera meri te vi ohna ohnu sanu tuhanu bache bachche
            munda mundey munde kudi kudiyan changa changi bahut bohat karo kar kithe kiven kyon nal
            naal ch vich ho gaye gayi si ohne ohdi keha kehndi kehnda lai layi kise kadon hovegi
            aavega bolda dardi jaan ton kita ajj fer sat sri akal ji roz savere wala walo lagga laga
            paise aaye aj kal kuch hafte mile
        """,
        "bn": """
            amar amader tomar apnar ki na khub bhalo bhai apu chele meye bacha bachcha school e er ta
            ke jodi kobe keno kothay ache nai nei hobe korte kore korlam korche shob onek ekta ekdin
            aaj kal gelo dhonnobad kisu kichu keu jonno theke ektu jani jane bole bolen shobai dhore
            cheler meyer amake kokhon okhane bhoy bolche bolse ashen paren hoise hoyeche
        """,
        "ar": """
            allah inshallah yalla habibi ibni binti ibny benti madrasa almadrasa el al fi ala ana inta
            enta howa heya mish mesh mafi shukran ya wallah walad bint kteer keteer awi ktir hada hadi
            hatha mosh leish lesh kaman men akel ya3ref raja3 wel enno yom kel el3yal min ili eli shu
            shoo akid bukra embareh 3ala 7ata ma3 3ndi m3allem
        """,
        "tr": """
            bir ve çok için değil okul okulu oğlum kızım öğretmen öğretmenler müdür bu ne nasıl ama
            her gün yarın bugün dün teşekkürler arkadaşlar var yok daha gibi kadar ben sen biz çocuk
            çocuklar
        """,
        "ga": """
            agus tá níl bhfuil an na ar ag le don sa scoil páistí múinteoir múinteoirí gaeilge mo gach
            maith go raibh míle inniu amárach inné mé sé sí iad
        """,
        "gu": """
            che chhe kem cho mari mara mane tame ame badha khub saras dikri dikro chokra karvo hati
            hato nathi kyare aabhar nu ma
        """,
        "fr": """
            les des est dans pour pas que qui une nous vous avec école enfants mais très professeur
            fille fils sont cette aux sur elle mon ma merci demain hier
        """,
        "de": """
            der die das und nicht ist ein eine mit auf wir ich sie zu schule kinder lehrer sehr aber
            auch mein meine für von haben wird danke morgen gestern
        """,
        "it": """
            che non una per con sono scuola bambini molto insegnante figlia figlio della del gli anche
            ma più questo grazie domani ieri nella
        """,
    }.items()
}  # fmt: skip

NAMES = {
    "am": "Amharic", "ar": "Arabic", "bg": "Bulgarian", "bn": "Bengali", "cs": "Czech", "de": "German",
    "el": "Greek", "es": "Spanish", "fa": "Persian", "fr": "French", "ga": "Irish",
    "gd": "Scottish Gaelic", "gu": "Gujarati", "he": "Hebrew", "hi": "Hindi", "hu": "Hungarian",
    "it": "Italian", "ja": "Japanese", "ko": "Korean", "ku": "Kurdish", "lt": "Lithuanian",
    "lv": "Latvian", "nl": "Dutch", "pa": "Panjabi", "pl": "Polish", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "si": "Sinhala", "sk": "Slovak", "so": "Somali",
    "sq": "Albanian", "ta": "Tamil", "th": "Thai", "tl": "Tagalog", "tr": "Turkish", "uk": "Ukrainian",
    "ur": "Urdu", "zh": "Chinese",
}  # fmt: skip
"""What they are called in a reason, by ISO 639 code."""

LETTERS = {
    code: frozenset(letters)
    for code, letters in (
        ("pl", "łąęśźżćń"), ("ro", "șțăşţ"), ("pt", "ãõ"), ("es", "ñ"), ("lt", "ėųūįž"), ("tr", "ığ"),
    )
}  # fmt: skip
"""Letters that only one of these languages has, or nearly so."""

SCRIPTS = dict((
    ("GURMUKHI", "pa"), ("BENGALI", "bn"), ("ARABIC", "ar"), ("CYRILLIC", "uk"), ("DEVANAGARI", "hi"),
    ("GUJARATI", "gu"), ("TAMIL", "ta"), ("HEBREW", "he"), ("GREEK", "el"), ("HANGUL", "ko"), ("CJK", "zh"),
    ("HIRAGANA", "ja"), ("KATAKANA", "ja"), ("THAI", "th"), ("ETHIOPIC", "am"), ("SINHALA", "si"),
))  # fmt: skip
"""The beginning of a letter's Unicode name, and the language it is likeliest."""

URDU = "ٹڈڑںےہگچپکی"
"""Letters of Urdu and Shahmukhi Panjabi that Arabic does not have."""


# Which language a text is in, as far as that decides who judges it. Stop words and letters; where they do not
# tell, py3langid.

_LIKELY_HERE = (
    "en", "cy", "ga", "gd", "pl", "ro", "ur", "pa", "bn", "so", "ar", "pt", "es", "lt", "uk", "fr", "de",
    "it", "tr", "hu", "sk", "cs", "bg", "lv", "nl", "tl", "sq", "gu", "hi", "ta", "zh", "fa", "ku", "ru",
)  # fmt: skip


_LOADING = Lock()


def identified(text: str) -> tuple[str, float]:
    """The likeliest of the languages it is asked about, as ISO 639 code, and how sure it is, 0..1."""
    with _LOADING:
        code, sure = _identifier().classify(text)
    return str(code), float(sure)


def let_go() -> None:
    """Frees what it holds until the next text that needs it."""
    _identifier.cache_clear()


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    whole = LanguageIdentifier.from_model_file(MODEL_FILE)
    whole.set_languages(_LIKELY_HERE)
    few = whole.nb_ptc, whole.nb_pc, whole.nb_classes
    return LanguageIdentifier(*few, whole.tk_nextmove, whole.tk_output, norm_probs=True, tk_row=whole.tk_row)


class Language(StrEnum):
    """English, Welsh, or a language the model was not trained for."""

    ENGLISH = "en"
    WELSH = "cy"
    OTHER = "other"


_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_WELSH_SHAPE = re.compile(r"[ŵŷ]|dd|^(?:ll|rh|ff|ngh|mh|nh)|wy|(?:wch|iad|aeth|odd|iol|edd|wyr)$")
_CHAT_ARABIC = re.compile(r"\b[a-z]+[37][a-z]+\b|\b[a-z]{2,}3\b|\b[37][a-z]{3,}\b")
"""Words in which numbers stand for Arabic letters: “3ala”, “m3allem”."""
_LATIN_END = 0x24F
_FOREIGN_SHARE = 0.3
_ENOUGH = 2
_MIXED = 4
_BESIDE = 0.4
_FEW = 6
"""Of fewer words than that another language is named by words of its own alone."""
_HARDLY = 0.17
_SURE = 0.9


_ENGLISH = words_of("""
    the a an and of to in is it for on that was my i you he she they we with at but not are be have this
    so all as her his our your from just has had will who what if or by when there me no do can up out
    their been one get got like about were them would how more than now any only
""")
_WELSH = words_of("""
    yn yr ac mae wedi ddim dim dwi ydy yw oedd roedd sydd sy bod fod fy ei eu ein eich chi ni nhw hi fo fe
    efo gyda gan ar o'r i'r a'r y'r am wrth i'w pan ond hefyd iawn plant ysgol athro athrawes pennaeth nos
    bore heddiw fory neithiwr neb rhywun pawb bob pob hwn hon hyn dyma dyna beth pwy pam sut lle blwyddyn bl
    gael cael mynd dod wneud gwneud bydd fydd rhaid isio eisiau diolch mor dy mi ges gath rhieni arall un dau
    yma yno acw rwan nawr eto felly achos hogia hogyn hogan merch bachgen gwych da'r na'r ma' 'da 'di
    odi gweld
    cer dos wyt ladd lladd ofn gwybod gwbod dweud wastad yw'r mae'r sy'n mae'n dwi'n hi'n cyn heno cinio
""")
_COMMON = _ENGLISH | words_of("""
    school teacher teachers kids kid parents mum dad child children head year class please thanks
    thank good great best worst bad love nobody everyone anyone people day days today tomorrow
    yesterday week time why how where did does being because after before over back home into really
    never always well still even right going know think need want make see come new old year years
    two three one first last also very too many much some other his him hers im dont cant its thats
    youre ive didnt isnt wont lol omg u ur cos tbh literally bro ah aff oan wi tae fae nae ma ye yer
    wee didnae dinnae cannae wis hame naw aye
""")


_KNOWN: dict[str, tuple[str, ...]] = {
    word: tuple(code for code, known in WORDS.items() if word in known)
    for word in frozenset[str]().union(*WORDS.values()) - _COMMON
}


_TELLING = _COMMON - words_of("no a ah me so an in on do")
"""Those of them that no other language has."""
_TELLING_ALONE = _TELLING - {"i", "u", "dad"}
"""Those of them that no other language has even in a short text."""
_WELSH_ALONE = _WELSH - words_of("am hi plant bore pan bod beth chi dos hon mor bl")
"""Those of Welsh that English has not."""
_BEGINS = _WELSH_ALONE - {"ysgol"}
_PHRASE = re.compile(r"[\n.:;!?()|★☆]+")


@dataclass(frozen=True, slots=True)
class Tongue:
    """What a text is in: who judges it, and the ISO 639 code of the likeliest language, empty if none is."""

    language: Language
    code: str


def recognise(text: str) -> Language:
    """Who judges a text. Welsh and bilingual Welsh are WELSH; a text too short to tell is ENGLISH.

    A script other than Latin in three of ten letters, or more words of another language than of English, is
    OTHER; so is what py3langid is sure of, where it has hardly a word of English. Of fewer than six words,
    names left out, two have to be of one other language and none of English.
    """
    return tongue(text).language


def tongue(text: str) -> Tongue:
    """What a text is in."""
    words = _WORD.findall(text.casefold().replace("’", "'"))
    if not words:
        return _IN_ENGLISH
    letters = "" if text.isascii() else "".join(words)
    if letters and sum(ord(c) > _LATIN_END for c in letters) > _FOREIGN_SHARE * len(letters):
        return Tongue(Language.OTHER, _by_script(words))
    spoken = _spoken(text)
    if len(spoken) < _FEW:
        return _of_few(text, spoken)
    english = sum(map(_ENGLISH.__contains__, words))
    welsh = sum(map(_WELSH.__contains__, spoken))
    code, others = _likeliest(text, words)
    if welsh >= max(2, others) and (welsh >= 6 or welsh > 0.5 * english):
        return _IN_WELSH
    shaped = sum(bool(_WELSH_SHAPE.search(w)) for w in spoken) if english == 0 and others <= welsh else 0
    if shaped and welsh + shaped >= max(2, 0.35 * len(words)):
        return _IN_WELSH
    # more than English, or so much of it that an English reader loses the thread
    foreign = (others >= _ENOUGH and others > english) or (others >= _MIXED and others >= _BESIDE * english)
    if foreign:
        return Tongue(Language.OTHER, code)
    return _unsure(text, words, welsh)


_IN_ENGLISH = Tongue(Language.ENGLISH, Language.ENGLISH.value)
_IN_WELSH = Tongue(Language.WELSH, Language.WELSH.value)


def _spoken(text: str) -> list[str]:
    """The words of a text in its order, without those of names: “Ysgol y Bont” says nothing of a language.

    A name is a word with a capital inside a phrase, with what joins two, and the first where all are, but for
    “Diolch” and its like.
    """
    spoken: list[str] = []
    for phrase in _PHRASE.split(text):
        said = [word.replace("’", "'") for word in _WORD.findall(phrase)]
        named = [word[0].isupper() and not phrase.isupper() for word in said]
        for i in range(1, len(said) - 1):
            named[i] |= len(said[i]) < 3 and named[i - 1] and named[i + 1]
        words = [word.casefold() for word in said]
        if words and (words[0] in _BEGINS or not (all(named[1:]) and named[1:])):
            named[0] = words[0] == "ysgol" and named[1:2] == [True]
        spoken += [word for word, is_name in zip(words, named, strict=True) if not is_name]
    return spoken


def _of_few(text: str, spoken: list[str]) -> Tongue:
    """What a text of so few words is in: English, but for another script or two words of one language."""
    own = frozenset(spoken)
    if own & _TELLING_ALONE:
        return _IN_ENGLISH
    if strange := [word for word in spoken if min(map(ord, word)) > _LATIN_END]:
        return Tongue(Language.OTHER, _by_script(strange))
    welsh = len(own & _WELSH_ALONE)
    shaped = sum(bool(_WELSH_SHAPE.search(word)) for word in own - _WELSH)
    code, others = _likeliest(text, spoken)
    if welsh and welsh + shaped >= max(_ENOUGH, others):
        return _IN_WELSH
    if others < _ENOUGH <= len(own) - 2:
        code, sure = identified(" ".join(spoken))
        others = sum(identified(word)[0] == code for word in own) if sure >= _SURE else 0
    known = others >= _ENOUGH and code in NAMES
    return Tongue(Language.OTHER, code) if known else _IN_ENGLISH


def _likeliest(text: str, words: list[str]) -> tuple[str, int]:
    """The other language with most words in a text, each counted once, and their number."""
    own = frozenset(words)
    known = own & _KNOWN.keys()
    strange = [] if text.isascii() else sorted(w for w in own if not w.isascii() and w not in _KNOWN)
    if not known and not strange:
        return "", 0
    counts = Counter([code for word in sorted(known) for code in _KNOWN[word]])
    counts.update([code for word in strange for code, letters in LETTERS.items() if letters & {*word}])
    if counts["ar"]:
        counts["ar"] += len(_CHAT_ARABIC.findall(text))
    return counts.most_common(1)[0] if counts else ("", 0)


def _unsure(text: str, words: list[str], welsh: int) -> Tongue:
    """What py3langid says where hardly a word is English; English where it is not sure either."""
    common = sum(map(_TELLING.__contains__, words))
    if common > _HARDLY * len(words):
        return _IN_ENGLISH
    code, sure = identified(text)
    if sure < _SURE or code == Language.ENGLISH.value:
        return _IN_ENGLISH
    if code == Language.WELSH.value:
        return _IN_WELSH if welsh else _IN_ENGLISH
    return Tongue(Language.OTHER, code)


def _by_script(words: list[str]) -> str:
    """The likeliest language by its letters, “other” where they are those of many."""
    letters = "".join(words)
    if any(c in URDU for c in letters):
        return "ur"
    starts = Counter(unicodedata.name(c, "").partition(" ")[0] for c in letters if ord(c) > _LATIN_END)
    return SCRIPTS.get(starts.most_common(1)[0][0], Language.OTHER.value)
