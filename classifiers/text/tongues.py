"""Words and letters by which languages that the model does not know are recognised. Data only.

The languages are those that families at British schools speak most, also as they are written in Latin
letters at a phone. Words that are common in English too count for nothing.
"""

from __future__ import annotations

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
