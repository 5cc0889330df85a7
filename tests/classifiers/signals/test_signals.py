"""Each signal: a text on which it fires, and its lawful neighbour on which it does not."""

# ruff: noqa: E501 - one signal a line

import re
from collections.abc import Mapping

import pytest
from builders.verdict import SCHOOL, fired, mention
from hypothesis import given
from hypothesis import strategies as st
from support.for_each import for_each

from classifiers.signals.catalogue.harm import mutate
from classifiers.signals.find import RULES, find_signals
from data.types import ABUSE_LABELS, MentionKind, Person, Role, Route

FIRES_AND_NOT: Mapping[str, tuple[str, str]] = {
    "threat_in_full": ("I'm going to stab Mr Vane at the gates tomorrow", "In the play Mr Vane is going to be stabbed tomorrow, second act"),
    "threat_in_part": ("im gonna smash her windows tonight, Holt", "I could smash a burger tonight"),
    "threat_veiled": ("Mrs Holt, on your own in the dark, back door, 6.10 every night", "Mrs Holt holds the back door open for us at 8.40"),
    "threat_on_condition": ("If he comes near my son again he will not walk home", "If he misses the bus he will not walk home alone"),
    "threat_in_person": ("I will stab Mr Vane", "I will stab Mr Vane in act two of the play"),
    "threat_where_you_live": ("we know where you live miss", "do we know where the bus stops"),
    "menace": ("last warning. tick tock.", "last chance to book tickets, tick tock"),
    "call_to_harm": ("who's coming round to his with me", "who's coming with me to the open evening"),
    "should_be_killed": ("he should be shot", "the scene should be shot again"),
    "violence_announced": ("I'm going to knock Mr Vane out", "I'm going to knock Mr Vane out with this cake"),
    "violence_planned": ("my brother says he will stab Mr Vane", "my brother says he will stab Mr Vane in the play"),
    "violence_wished": ("the head deserves acid in her face", "the head deserves cake in her face at the fair"),
    "violence_coming": ("Mr Vane is getting a kicking", "Mr Vane is getting a slap-up lunch"),
    "coming_armed": ("he is bringing a bat for Mr Vane", "he is bringing a bat and ball for Mr Vane"),
    "violence_veiled": ("see what happens to Mr Vane at home time", "see what happens to Mr Vane at the fete"),
    "violence_hinted": ("accidents happen, Mr Vane", "accidents happen, never mind"),
    "welsh_veiled": ("gwatcha dy gefn Mr Vane", "gwylia dy gefn wrth godi'r fainc"),
    "weapon_seen": ("a man with a gun is at the gate", "a man with a water gun is at the gate"),
    "attack_seen": ("a boy has been stabbed outside school", "a boy was shot at with a water pistol outside school"),
    "fire_seen": ("the school is on fire", "the school is on fire this term, best results yet"),
    "child_taken": ("a man tried to snatch a girl at the gate", "a man tried to take a photo of the gate"),
    "children_photographed": ("a stranger is filming the kids", "the photographer is filming the kids"),
    "bomb_threat": ("there's a bomb in the school", "the bath bombs stall is in the school hall"),
    "fire_threat": ("burn the place down", "they burn the toast in that place"),
    "shooting_threat": ("gonna shoot up the school", "gonna shoot some hoops at the school"),
    "mass_killing": ("everyone in the hall will die tomorrow at nine", "everyone in the hall will die laughing tomorrow at nine"),
    "target_list": ("here's my kill list", "still on the waiting list for Year 7"),
    "extremist_content": ("sieg heil, bring on the race war", "history lesson on why crowds shouted sieg heil"),
    "extremist_words": ("white power", "a lesson on why some shouted white power"),
    "attack_for_a_cause": ("they want to bomb a mosque", "they want to visit a mosque"),
    "extremism_recruits": ("pledged allegiance to islamic state", "jailed: he pledged allegiance to islamic state"),
    "extremism_heard_of": ("my son says hitler was right", "my son says hitler was right in the school play"),
    "radicalised": ("he'd do a columbine", "he'd do a cake stall"),
    "child_discloses": ("my dad hits me every night and im scared to go home", "my dad drove me to the match and hit every pothole"),
    "body_shaming": ("the deputy is a fat slob", "the deputy is on a low-fat diet"),
    "child_identifiable": ("Everybody laughs at Poppy in 7B", "Everybody laughs in 7B"),
    "signs_of_harm": ("she has bruises again", "bruises from rugby again"),
    "weapon_at_school": ("a year 8 boy has a knife in his bag", "a year 8 boy had a knife in food tech"),
    "child_missing": ("a girl has gone missing since lunch", "a girl is missing her coat"),
    "adult_unfit": ("she was drunk again picking up the kids", "the PTO quiz night, everyone drunk on joy, kids in bed"),
    "child_beaten": ("his stepfather burns him with cigarettes", "his stepfather beats him at chess"),
    "child_hurt_now": ("her stepdad hits him", "her brother hits him at karate"),
    "street_drugs": ("a year 9 is selling weed at the gate", "a talk for year 9 on why people end up selling weed"),
    "street_exploitation": ("yr6 been trapping out of a bando", "yr6 been trapping moths with Mr Vane"),
    "street_weapons": ("kid in yr 8 got a nank in his bag", "kid in yr 8 dressed as Rambo with a nerf"),
    "street_images": ("someone put a yr 9 girl in a nudify app", "an assembly for year 9 on every nudify app"),
    "street_self_harm": ("she hit styro on her thigh again", "styro cups for the yr 6 craft stall"),
    "street_hate": ("him and that (((teacher)))", "him and that (teacher)"),
    "own_child_in_jest": ("my lad lost his coat again, I'll swing for him", "the head lost his coat, I'll swing for him, Mr Vane"),
    "rivalry": ("we'll batter Hexley in the cup", "we'll batter Kai at the gates"),
    "bullied_by_a_thing": ("they put a noose on his peg", "they hung a certificate on his peg"),
    "street_shame": ("vote for the ugliest girl in y9", "vote for the ugliest Christmas jumper in school"),
    "grooming": ("he asked her to send pictures and said don't tell your mum", "assembly: don't tell strangers your name"),
    "sexual_images": ("someone is sharing nudes of a girl in year 9", "assembly on sharing nudes and the law"),
    "sextortion": ("pay £50 or he posts it", "pay £50 or they miss the trip"),
    "suicidal_intent": ("im going to kill myself tonight", "im going to kill myself if its wet play again"),
    "means_to_die": ("gonna end meself, a wannae be deid", "gonna end me shift, a wannae dye my hair"),
    "wish_to_die": ("i don't want to be here anymore", "i don't want to be in set 4 anymore"),
    "child_wants_to_die": ("my daughter wants to end her life", "my son wants to end his life of crime"),
    "goodbye": ("by the time you read this. sorry for everything", "sorry for everything we broke, leavers party clean-up"),
    "urged_to_die": ("kill urself nobody likes u", "you'd kill yourself laughing at the staff panto"),
    "self_harming": ("she is cutting herself", "they are cutting the music budget"),
    "dangerous_challenge": ("they are doing the choking challenge", "they are doing the summer reading challenge"),
    "child_molested": ("Colin Barker touched my daughter in the changing room", "Colin Barker touched my daughter's heart with his song"),
    "staff_sexual": ("Mr Vane has been messaging year 9 girls late at night", "Mr Vane has messaged all year 9 parents"),
    "staff_hurt_child": ("the TA grabbed him by the arm", "the TA grabbed a coffee"),
    "staff_overfamiliar": ("he told the girls not to tell", "he told the class it was a secret until the prize draw"),
    "staff_drunk": ("Mr Vane reeked of booze in class", "quiz night in the pub, Mr Vane reeked of beer"),
    "child_left": ("left in his own wee all day", "left his coat on the bus"),
    "profanity": ("f*cking useless", "bloody useless"),
    "insult_named": ("Mrs Holt is a fat cow", "Mrs Holt played the wicked witch in the panto"),
    "home_address": ("Mrs Vane lives at 14 Mill Lane", "the school is at 14 Mill Lane"),
    "phone_number": ("her mobile is 07700 900123", "to book call me on 07700 900123"),
    "recorded_in_secret": ("filmed Mr Vane dancing, he has no idea", "the film of Mr Vane dancing, he loved it"),
    "leaked_record": ("here's the class list", "I complain about the data breach of the class list"),
    "poses_as_school": ("a fake account of the headteacher", "a talk on fake accounts"),
    "idiom": ("heads should roll", "heads of year meet on Monday"),
    "fiction_or_play": ("in the school play", "they play at school"),
    "lesson_or_training": ("a workshop on knife crime", "a workshop full of tools"),
    "sport_or_party": ("the under-12s football team", "the last team meeting"),
    "says_it_is_over": ("twenty years ago", "twenty minutes ago"),
    "opinion_only": ("worst head ever, an absolute shambles", "our head is the best"),
    "opinion_of_head": ("worst head we have had", "the head of year rang back"),
    "community_member": ("my son is in year 4 there, and I'm on the PTA", "never set foot in it"),
    "calls_to_go": ("Holt must go, sign the petition", "all coats must go in the cloakroom"),
    "welsh_staff_hurt": ("mae athro wedi taro fy mab", "mae athro wedi taro'r hoelen ar ei phen"),
    "welsh_grooming": ("dywedodd wrthi am beidio dweud wrth neb", "parti syrpreis, paid a dweud wrth neb"),
    "welsh_goodbye": ("mae hi'n torri ei hun", "torri gwallt ei hun"),
    "welsh_images": ("llun o ferch heb ddillad yn mynd rownd", "llun o'r tîm yn mynd i'r papur bro"),
    "welsh_neglect": ("merch fach yn gofyn am fwyd, dim mam adre", "y clwb brecwast yn gofyn am fwyd i'r banc bwyd"),
    "welsh_bullied": ("mae'n crio bob bore", "crio bob bore ar y diwrnod cyntaf, hapus nawr, diolch"),
    "welsh_exploited": ("hogia bl 9 yn gwerthu vapes", "hogia bl 9 yn gwerthu cacennau"),
    "welsh_insult": ("hen hwch yw Mrs Vane", "hen gar Mrs Vane"),
    "welsh_dishonest": ("mae Mrs Vane yn dwyn arian y trip", "mae Mrs Vane yn casglu arian y trip"),
    "welsh_private": ("mae Mr Vane ar dabledi", "mae Mr Vane ar y cae"),
    "welsh_posing": ("fi yw Mrs Vane, pennaeth", "nid fi yw'r pennaeth"),
    "welsh_hate": ("ewch adra i'r, plant budur", "dewch adra ar y bws, plant"),
    "welsh_harm": ("mae drws y stafell dan glo", "mae drws y stafell ar agor"),
    "welsh_armed": ("mae gen i gyllell a dwi'n dod i'r ysgol heno", "mae gen i gyllell a fforc yn y bag bwyd"),
    "welsh_threat": ("dwi'n mynd i ladd y pennaeth", "dwi'n mynd i weld y pennaeth"),
    "welsh_suicide": ("dwi am ladd fy hun heno", "dwi am ladd amser heno"),
    "welsh_wish_to_die": ("mae hi isio marw", "mae hi isio mynd"),
    "welsh_child_hurt": ("cleisiau ar ei gefn", "cleisiau ar ei gefn ar ôl rygbi"),
    "welsh_missing": ("mae hogyn 9 oed ar goll ers cinio", "mae cot yr hogyn ar goll ers cinio"),
    "welsh_unfit": ("tad yn drewi o ddiod wrth y giât", "tad yn drewi o ddisel wrth y giât"),
    "welsh_weapon": ("cyllell ym mag disgybl", "cyllell a fforc"),
}  # fmt: skip


@for_each("name", sorted(FIRES_AND_NOT))
def test_the_signal_fires(name: str) -> None:
    assert name in fired(FIRES_AND_NOT[name][0])


@for_each("name", sorted(FIRES_AND_NOT))
def test_the_signal_leaves_its_lawful_neighbour_alone(name: str) -> None:
    assert name not in fired(FIRES_AND_NOT[name][1])


def test_every_rule_is_tried_above_or_below() -> None:
    elsewhere = {"slur", "stranger", "few_stars", "many_stars", "press"}
    assert {rule.signal.name for rule in RULES} == set(FIRES_AND_NOT) | elsewhere


def test_a_hint_never_alerts_by_itself() -> None:
    hints = [rule.signal for rule in RULES if rule.signal.hint]
    assert hints
    assert not [signal.name for signal in hints if signal.danger or signal.severity]


def test_wanting_to_die_is_a_hint_and_saying_that_one_will_a_danger() -> None:
    signals = {rule.signal.name: rule.signal for rule in RULES}
    assert signals["wish_to_die"].hint
    assert signals["suicidal_intent"].danger
    assert "suicidal_intent" not in fired("back monday and i want to die fs")
    assert "suicidal_intent" in fired("im going to end it all tonight")
    assert "welsh_suicide" in fired("dwi isio marw")
    assert "welsh_suicide" not in fired("dwi isio marw o chwerthin")


def test_names_are_unique_and_reasons_are_sentences() -> None:
    names = [rule.signal.name for rule in RULES]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[A-Z].*\.", rule.signal.reason) for rule in RULES)


def test_signals_speak_of_known_labels_only() -> None:
    assert all(set(r.signal.labels) | set(r.signal.clears) <= set(ABUSE_LABELS) for r in RULES)


def test_danger_always_names_its_lane() -> None:
    dangers = [rule.signal for rule in RULES if rule.signal.danger]
    assert dangers
    assert all(s.route in (Route.SAFEGUARDING, Route.POLICE_NOW) and s.severity == 4 for s in dangers)


@pytest.mark.parametrize(
    "text",
    ["k1ll y0urself", "K I L L yourself", "kys", "k\u200bill yourself", "kíll yourself", "K I L L  Y O U R S E L F"],
    ids=["leet", "spaced", "short", "unseen", "accent", "spaced wide"],
)  # fmt: skip
def test_obfuscation_does_not_hide_danger(text: str) -> None:
    assert "urged_to_die" in fired(text)


@for_each(
    ("text", "name"),
    [
        ("I'm going to wait for Mrs Holt at the school gate tomorrow with a knife", "threat_in_full"),
        ("burn Oakfield down tonight lads, petrol's ready", "threat_in_full"),
        ("he now says he wants to die", "wish_to_die"),
        ("the head, Mrs Holt, grabbed my son by the neck", "staff_hurt_child"),
        ("he is scared of his stepdad", "child_hurt_now"),
        ("i no longer want to be alive", "wish_to_die"),
        ("shes going to commit suicide", "suicidal_intent"),
        ("someone posing as Mr Vane is messaging girls in year 9", "grooming"),
        ("Dear parents, send £20 by bank transfer today", "poses_as_school"),
        ("I've taken all my tablets", "suicidal_intent"),
        ("we'll blow up your school", "bomb_threat"),
        ("he'll post them to everyone unless she pays", "sextortion"),
        ("hope you just die", "urged_to_die"),
        ("off yourself", "urged_to_die"),
        ("last message from me, tell mum i love her", "goodbye"),
        ("giving all my stuff away", "goodbye"),
        ("i no ur house", "threat_where_you_live"),
        ("set him alight", "fire_threat"),
        ("someone should put a match to it", "fire_threat"),
        ("send pic of you in uniform", "grooming"),
        ("mr h in science asks for pics", "grooming"),
        ("Mr Vane punched our son", "staff_hurt_child"),
        ("he was punched by a teacher", "staff_hurt_child"),
        ("the safeguarding lead slapped my daughter", "staff_hurt_child"),
        ("a governor touched my daughter", "staff_sexual"),
        ("Mr Vane had his hands all over a sixth former", "staff_sexual"),
        ("Mr Vane gave year 9 boys vapes", "staff_overfamiliar"),
        ("her arm is full of cuts", "self_harming"),
        ("shut him in a dark room", "child_left"),
        ("Shout out to Oakfield for sending my five year old home with a stranger. Top marks", "child_left"),
        ("Love that they lost three children on the museum trip. Well done all", "child_left"),
        ("Brilliant job, my autistic son was left in the hall alone all afternoon", "child_left"),
        ("Cheers for letting my four year old walk out of the gate on his own at lunchtime", "child_left"),
        ("I'll kick lumps out of the caretaker on Saturday", "violence_announced"),
        ("they got a young un running food for them after school", "street_exploitation"),
        ("Oliver ran out of school and no one can find him", "child_missing"),
        ("Holt finishes at 5 on thursdays and always walks to the station on her own", "threat_veiled"),
        ("she lives on Mill Close, blue door. pop round and tell her", "call_to_harm"),
        ("the full list of all SEND kids", "leaked_record"),
        ("remember the 14 words. telegram link, brothers only", "extremist_content"),
        ("Over my dead body will he wear that", "idiom"),
        ("if it shrinks again i will scream", "idiom"),
        ("Holt out! #HoltOut", "calls_to_go"),
        ("Sadiq out now!", "calls_to_go"),
        ("SADIQ OUT", "calls_to_go"),
        ("Dr Vane lives on Mill Close, blue door", "home_address"),
        ("Useless man, should have been gone years ago", "calls_to_go"),
        ("see you all friday 3pm at the gates for the protest", "calls_to_go"),
        ("Mr Vane gets murdered in act two", "fiction_or_play"),
        ("we'll destroy Hexley High on Saturday", "sport_or_party"),
        ("he scored two tries", "sport_or_party"),
        ("I bombed in my maths exam", "idiom"),
        ("cer i ladd dy hun", "welsh_suicide"),
        ("Bom yn y neuadd. Ysgol Bro Tegwen.", "welsh_threat"),
        ("dwi'n dod â chyllell i'r ysgol heno", "welsh_armed"),
        ("dwi am ladd fy hun", "welsh_suicide"),
        ("mae gleisiau ar ei fraich", "welsh_child_hurt"),
        ("mae dad yn brifo fi", "welsh_child_hurt"),
        ("ma nhw yn gadal y crwt yn y car bob bore, tair oed, ffenest ar gau", "welsh_missing"),
        ("cyllall yn ei fag o, bachgen bl 8 efo cyllall", "welsh_weapon"),
        ("mae bachgen efo cyllell yn ei fag", "welsh_weapon"),
        ("mae'r hogyn yn cario cyllell", "welsh_weapon"),
        ("mae 'na fom yn yr ysgol", "welsh_threat"),
        ("mi fydd cyllell gen i wrth y giât heno", "welsh_armed"),
        ("dw i am ddod â chyllell i'r ysgol fory", "welsh_armed"),
        ("fi'n dod â'r gyllell a fi'n dechre yn y ffreutur", "welsh_armed"),
        ("ma gwn 'da fi a fi'n gwbod lle mae'n parcio", "welsh_armed"),
        ("mae Mr Huws yn cyffwrdd â'r merched", "welsh_staff_hurt"),
    ],
)
def test_plain_cases_are_caught(text: str, name: str) -> None:
    assert name in fired(text)


@for_each(
    ("text", "name"),
    [
        ("Mrs Holt is strict and everyone is scared of her", "child_hurt_now"),
        ("I'm going to bring a knife and cake to the PTA table at 3pm on Friday", "threat_in_full"),
        ("makes me want to kill myself laughing", "suicidal_intent"),
        ("a charity for suicidal young people", "suicidal_intent"),
        ("dying to know if they will be at the gate tomorrow", "threat_in_full"),
        ("he missed the bus, mum was going to blow up the balloons", "bomb_threat"),
        ("they'll send the form to everyone by Friday", "sextortion"),
        ("please share your photos if you took any", "sexual_images"),
        ("do not share her photo unless we gave permission", "sexual_images"),
        ("plants just die in that greenhouse", "urged_to_die"),
        ("take the pressure off yourself", "urged_to_die"),
        ("they scrub it off themselves", "urged_to_die"),
        ("everyone would be better off without him in charge", "urged_to_die"),
        ("giving all the books away at the charity shop", "goodbye"),
        ("dying my hair before mocks, if ms marsh kills me tell my mum i love her", "goodbye"),
        ("kids have been kidnapped by the new climbing frame", "child_taken"),
        ("sut dwi'n lladd y bos ola?", "welsh_threat"),
        ("Thank you for walking my five year old home with her brother", "child_left"),
        ("they lost three coats on the museum trip", "child_left"),
        ("Miss Isis Turner joins as a nursery nurse, well done", "extremism_heard_of"),
        ("House points: Isis 340, Osiris 322. Well done Isis, the school is proud", "extremism_heard_of"),
        ("My lad left his coat at the school again. I'll swing for him", "violence_announced"),
        ("we're gonna batter Hill Top on Friday, the school till I die", "threat_in_part"),
        ("running food for them at the church kitchen, year 6", "street_exploitation"),
        ("Jay broke my phone, im going to batter him tomorrow", "own_child_in_jest"),
        ("My girl lost a coat bless her. My stepdad said he'd kill her if she tells", "own_child_in_jest"),
        ("we're gonna batter kyle jones up the park saturday", "rivalry"),
        ("we will kill Jayden Smith at home on Saturday", "rivalry"),
        ("which book is it about the boy with the knife?", "weapon_at_school"),
        ("we have your address on file", "threat_where_you_live"),
        ("put a cross to it", "fire_threat"),
        ("the teacher asked him to share his work", "grooming"),
        ("asked the girls to take their seats", "grooming"),
        ("Mr Vane asks for help with the fair", "grooming"),
        ("Mr Vane punched the air for our son", "staff_hurt_child"),
        ("a governor, very touched, thanked my daughter", "staff_sexual"),
        ("the senco added year 9 to the list", "staff_sexual"),
        ("they ran out of hot dinners and got a roll", "child_missing"),
        ("a clock run off a potato and my kid loved it", "child_missing"),
        ("we passed out the certificates to the kids", "adult_unfit"),
        ("they'll remember this for ever, thank you", "menace"),
        ("my lad sat outside her office", "menace"),
        ("we should go round and tell them about the fair, open day", "call_to_harm"),
        ("school finishes at 5 on Thursdays", "threat_veiled"),
        ("we asked for the list of all SEND kids in Year 4", "leaked_record"),
        ("write a poem in 14 words about brothers", "extremist_content"),
        ("we're going to destroy your school", "sport_or_party"),
        ("Watch out!", "calls_to_go"),
        ("take him out!", "calls_to_go"),
        ("SOLD OUT!", "calls_to_go"),
        ("the carol singers stop on Mill Close, blue door first", "home_address"),
        ("Holt must go, petrol ready", "calls_to_go"),
        ("Holt must go. march to her house", "calls_to_go"),
        ("trip dates in March for Year 5", "calls_to_go"),
        ("an act of kindness", "fiction_or_play"),
        ("Holt must go, see you with the bats", "calls_to_go"),
        ("pulling up to sports day", "sport_or_party"),
        ("if he tries that, a full-time job for us", "sport_or_party"),
        ("bombed in 2026 by me", "idiom"),
        ("we had the reading list", "fiction_or_play"),
        ("dwi am ladd fy hun", "welsh_threat"),
        ("pwy sy'n dod â'r gyllell fawr i'r barbeciw nos wener", "welsh_armed"),
        ("dwi'n dod â chyllell i dorri'r gacen yn y ffair", "welsh_armed"),
        ("mae gen i gŵn ac maen nhw'n dod i'r ysgol fory", "welsh_armed"),
        ("dwi'n dod â gŵn nos i'r ysgol fory", "welsh_armed"),
        ("fi yw'r un gyda chyllell bysgota, gen i gyllell newydd at bysgota", "welsh_armed"),
        ("wyt ti'n meddwl am ladd dy hun?", "welsh_suicide"),
        ("cyllell blastig yn ei fag bwyd", "welsh_weapon"),
        ("mae'r hogyn a chyllell yn y gegin", "welsh_weapon"),
        ("mae dad yn gyrru fi", "welsh_child_hurt"),
        ("mae Mrs Huws wedi cyffwrdd â chalon y plant, diolch", "welsh_staff_hurt"),
    ],
)
def test_plain_neighbours_are_left_alone(text: str, name: str) -> None:
    assert name not in fired(text)


def test_a_starred_slur_is_known_though_no_slur_is_spelt_here() -> None:
    assert "slur" in fired("those r*t*rds again")
    assert "slur" not in fired("those r*ses again")


def test_an_account_that_names_nobody_is_a_stranger() -> None:
    assert "stranger" in fired("she lies", title="@oakfield_truth")
    assert "stranger" not in fired("she lies", title="Year 4 parents")


def test_stars_and_the_press_vote_on_the_way_of_answering() -> None:
    assert "few_stars" in fired("Hm", rating=2.0)
    assert "many_stars" in fired("Hm", rating=4.0)
    assert not {"few_stars", "many_stars"} & (fired("Hm", rating=3.0) | fired("Hm"))
    assert "press" in fired("Hm", channel="google_news")
    assert "press" not in fired("Hm", channel="x")


def test_the_title_of_a_reply_is_its_threads_and_does_not_count() -> None:
    assert "bomb_threat" in fired("see above", title="there's a bomb in the school")
    assert "bomb_threat" not in fired(
        "see above", title="there's a bomb in the school", kind=MentionKind.REPLY
    )


def test_an_article_tells_of_danger_but_raises_none() -> None:
    found = find_signals(
        mention("there's a bomb in the school", kind=MentionKind.ARTICLE, channel="google_news"), SCHOOL, ()
    )
    assert [s.danger for s in found if s.name == "bomb_threat"] == [False]


@given(st.text(max_size=300))
def test_any_text_can_be_tried(text: str) -> None:
    assert isinstance(find_signals(mention(text), SCHOOL, ()), tuple)


def test_the_people_of_another_school_wake_no_signal_of_this_one() -> None:
    threat = mention("I am going to kill Quillfeather tomorrow")
    elsewhere = Person("q", "Mrs Tamsin Quillfeather", (Role.HEAD,), urns=("900009",))
    here = Person("q", "Mrs Tamsin Quillfeather", (Role.HEAD,), urns=(SCHOOL.urn,))
    assert find_signals(threat, SCHOOL, (elsewhere,)) == ()
    assert "threat_in_part" in {signal.name for signal in find_signals(threat, SCHOOL, (here,))}


def test_no_reason_speaks_of_whom_to_thank():
    """“It is from the press, so there is nobody to thank” stood under news of a child who was hurt."""
    assert not [rule.signal.name for rule in RULES if "thank" in rule.signal.reason]


def test_a_welsh_word_is_known_in_its_mutations_and_as_it_is_said() -> None:
    assert {"cyllell", "gyllell", "nghyllell", "chyllell", "cyllall"} <= mutate("cyllell")
    assert {"cleisiau", "gleisia", "nghleisie"} <= mutate("cleisiau")
    assert (mutate("gwallt") & {"wallt", "ngwallt"}, mutate("ofn")) == ({"wallt", "ngwallt"}, {"ofn", "hofn"})
