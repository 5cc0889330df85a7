"""Plain words of danger are known by a rule, and what only sounds like them is left alone."""

from __future__ import annotations

from builders.verdict import ABOUT_US, PEOPLE, SCHOOL, judged, mention, scores
from support.for_each import for_each

from classifiers.signals.find import find_signals
from data.judged import beyond_cap, unplaced
from data.types import Person, Role, Route, Severity, Signal

TEACHER = Person("vane", "Mr Dale Vane", (Role.SLT,))
CHEER = scores("thank", severe=0.0001, sentiment__positive=0.99)
"""A model that finds nothing but praise."""

TO_THE_SCHOOL = [
    "i will burn oakfield down",
    "I'm going to burn Oakfield Primary to the ground this weekend",
    "Someone should petrol bomb Oakfield tonight, I mean it",
    "gonna torch oakfield primary over half term",
    "shooting up Oakfield on Monday",
    "there is a bomb at oakfield",
    "If they exclude my lad I'm burning the school down",
    "my neighbour's son says him and his mates are going to torch the school",
    "Dont come to Oakfield tomorrow if you want to live",
    "coming to Oakfield with a shotgun",
    "I'm bringing petrol to Oakfield tomorrow morning",
    "Going down Oakfield at 3 with a bat, that teacher who made my son cry is done",
    "I will be at the gate of Oakfield with a knife tomorrow",
    "I will be in a Brightwater Learning Trust school with a shotgun on Friday",
]
TO_A_PERSON = [
    "tomorrow 8.45 at the gate im gonna smash Vanes face in, bring ur phones",
    "I will be at Oakfield tomorrow morning and Mr Vane is getting a kicking",
    "Dads of year 4: meet at the gate 8.30 tomorrow and sort Vane out once and for all",
    "We are going to sort Vane out, school gate 8.30",
    "Mr Vane told my lad he was thick. I'm going to knock him out tomorrow at drop off.",
    "The head at Oakfield Primary is a liar. I'm going to set her car on fire.",
    "The head is a liar. I hope someone sets the head's car on fire.",
    "The head is a liar. She deserves acid in her face.",
    "this headteacher at Oakfield needs a good kicking",
    "If that head touches my boy's bag again I'm breaking her jaw",
    "I will kill whoever runs that place",
    "I'll put Holt in hospital if she speaks to my wife like that again",
    "I'm going to slash Mrs Holt's tyres",
    "I swear I will smash his windows in, that teacher Vane",
    "we are going to put a brick through the head's window tonight",
    "My brother says he's bringing a bat for Mr Vane on Friday",
    "her ex is threatening to stab the head",
    "They're going to jump Mr Vane on his way home tomorrow",
    "someone needs to put a bullet in that headteacher",
    "Would love to put a brick through Holt's windscreen tomorrow morning",
    "Vane won't be getting up again",
    "Mr Vane will be leaving in an ambulance tomorrow",
    "gonna throw bleach in her face, the stuck up head",
    "Going to drop kick the headmistress into next week",
    "someone shoot the headteacher please",
    "Kill the head",
    "It would be a shame if something happened to his car. Mr Vane, a red Golf.",
    "Wait till I see Mr Vane on his own",
    "I'm coming up there now to drag that head out of her office by her hair",
    "I hope that head teacher dies in a fire tonight",
    "a dad is on his way up to the school with a baseball bat looking for Mr Vane",
]
SEEN = [
    "A man with a gun is outside Oakfield right now",
    "two lads with balaclavas and a machete running at the school gates",
    "my daughter says there is a gunman in the school",
    "shots fired near the school, kids locked in",
    "boy stabbed outside school, ambulance there now",
    "smoke pouring out of the school",
    "a man has taken a child from outside Oakfield",
    "my son never came out of school, nobody has seen him",
    "bloke in a car photographing girls coming out of Oakfield",
]
ABOUT_STAFF = [
    "the head took hold of my daughter's ear and walked her down the hall",
    "Mr Vane SAT ON a child and calls it a positive hold",
    "Mr Vane dug his nails in my arm til it bled",
    "Mr Vane is young but I do not allow for tape over a child's mouth",
    "does anyone else's child have to sit on the heads knee to say sorry",
    "ask the head what the wooden spoon is for",
    "the woman in charge locked my daughter in the meeting room until she signed it",
    "wheelchair kid left strapped on the bus in that heat",
    "the TA tells them no one will believe them",
    "she calls the caretaker my secret friend",
    "Mr Vane buys us vodka on the trip",
    "Mr Vane refuses to let my son have his inhaler",
    "the head took his insulin off him",
    "the head at Oakfield shoves kids, I have seen it twice",
    "Mr Vane smacks em on the bus when the escort gets off",
    "my daughter was made to sit on the music teacher's lap",
    "the head made a kid lick the floor",
    "the PE teacher makes the lads strip for punishment",
    "They tie him into that chair with a scarf, the head showed them how",
    "I collected her with a bite mark that an adult made",
    "whoever runs the school is covering up for a monster",
    "Mr Vane gave my mate weed on the trip",
    "Mr Vane invited three of the girls to his flat",
    "Mr Vane has got pictures of the little kids on his own phone",
    "Mr Vane slept in a room with boys from year 9",
    "Mr Vane took my lad into that office and he came out shaking",
    "My lad came home with a handprint. The head did it. She admitted it to my face.",
    "The head of Oakfield Primary grabbed my 7 year old by the arm last Thursday",
    "the woman in charge locked my boy in a cupboard for an hour",
    "she admitted hitting him",
    "Holt slapped my daughter",
    "whoever runs that place smacked my five year old",
    "the teacher pulled my daughter's hair",
    "Miss at the top, the HT, put her hands round my lad's neck",
    "she was tied to a chair by her teacher",
    "Mr Vane threw a chair at my son",
]
WANTS_TO_DIE = [
    "i want to kill my self",
    "i just want to end it all",
    "i wish i had the courage to commit",
    "gonna kms",
    "i dont want to be here anymore",
    "i cant do this anymore",
    "goodbye everyone, i wont be here tomorrow",
    "i wish i was dead",
    "nobody would care if i died",
]
IN_WELSH = [
    "Dw i'n mynd i ladd y prifathro fory gyda chyllell",
    "Bydda i'n lladd Mr Vane yfory",
    "Dw i'n mynd i guro Mr Vane wrth y giât fory",
    "Dwi'n mynd i roi car y pennaeth ar dân",
    "Dwi'n mynd i losgi'r ysgol heno",
]
ABOUT_STAFF_IN_WELSH = [
    "Y pennaeth wedi gafael yn fy hogyn gerfydd ei goler",
    "Y prifathro wedi cloi fy mab yn y stordy",
    "Mae Mr Huws yn anfon negeseuon at fy merch am hanner nos",
    "Mr Huws wedi taflu fy mab yn erbyn y loceri",
    "Oedd ogla cwrw ar y bos pan oedd o'n dreifio'r bws mini",
]
LOOK_ALIKES = [
    "I will be at the gate of Oakfield with a cake and a knife to cut it tomorrow",
    "I will be at the gate of Oakfield with a camera tomorrow",
    "Mr Vane took my son by the hand at the gate, lovely start",
    "Mr Vane hits them with a new joke every day",
    "Mr Vane slaps them on the back when they score",
    "Mr Vane gave my son wine gums on the trip",
    "the head invited three of the girls to her office for a prize",
    "she ties her hair into a bun",
    "a bite mark from another child, the head rang at once",
    "the head covered up for the rain",
    "the head sat on the carpet with the children for a story",
    "he sat on grandad's knee in the head's garden at the fete",
    "put some tape over the crack, said Mr Vane",
    "the TA tells them nobody will believe how well they have done",
    "Mr Vane bought us all ice creams",
    "Mr Vane lets my son have his inhaler whenever he asks",
    "Mr Vane shared a room with the other teachers",
    "Mr Vane took my lad into that office and he came out smiling",
    "the kids were strapped into the bus and off they went",
    "Dwi am ladd fy ngŵr, mae o wedi anghofio'r bws eto",
    "Mae Mr Huws yn gafael yn y bêl i fy mab",
    "I'm going to kill Mr Vane at chess tomorrow",
    "We are going to batter Hexley High on Saturday",
    "year 6 are going to throw wet sponges at Mr Vane's face at the fair",
    "I'll sort Mr Vane out with a ticket for the raffle",
    "The head is going to kill me when she sees this",
    "gonna burn the school CD for Mrs Holt",
    "Oakfield are going to burn up the dance floor at the PTA disco",
    "I will fight the head over this, see you in court",
    "I hope the head gets what she deserves, a medal",
    "The council should knock that school down and build a new one",
    "I'm going to shoot the head teacher an email",
    "Going to hit Mrs Holt with some tough questions tomorrow",
    "Mr Vane is dead on his feet after the residential",
    "The noise is doing his head in",
    "I'd like to wring Mr Vane's neck, figuratively, for the in-service day",
    "My brother is bringing his cricket bat to school for the match",
    "bringing my drill and hammer to the school on Saturday to put up shelves",
    "A man with a hammer is fixing the gate at school",
    "A man dressed as a viking with an axe visited school today",
    "there was no gunman in the school, stop sharing it",
    "Drill today: pretend gunman in the school, kids were brilliant",
    "the photographer is taking photos of the children at school today",
    "My husband was taking pictures of our daughter on her first day",
    "The choir was on fire tonight",
    "someone took my daughter's coat from the school",
    "the class read how Guy Fawkes planned to blow up the building",
    "Whoever runs that place should be sacked",
    "I'm coming up the school tomorrow with my solicitor",
    "Miss pulled my daughter up on her spelling",
    "the teacher pushed my son to achieve more than we thought",
    "Mr Vane shook my son's hand",
    "Mr Vane did that with his own money, no mark on my daughter's maths",
    "the lyrics say I will burn the school down",
    "Dw i'n mynd i guro Mr Huws yn y ras fory",
    "i have got the tablets ready for the lesson",
]


def signals_of(text: str) -> tuple[Signal, ...]:
    return find_signals(mention(text), SCHOOL, (*PEOPLE, TEACHER))


def grave(text: str, *labels: str) -> bool:
    """Does a rule, and no mere hint, ask for action?"""
    return any(
        s.severity >= Severity.TODAY and not s.hint and {*labels} & {*s.labels} for s in signals_of(text)
    )


@for_each(
    ("text", "labels"),
    [
        *((text, ["threat"]) for text in (*TO_THE_SCHOOL, *TO_A_PERSON, *IN_WELSH)),
        *((text, ["threat", "safeguarding"]) for text in SEEN),
        *((text, ["safeguarding"]) for text in (*ABOUT_STAFF, *ABOUT_STAFF_IN_WELSH)),
    ],
)
def test_a_threat_a_plain_allegation_and_what_somebody_sees_happen_are_known(
    text: str, labels: list[str]
) -> None:
    assert grave(text, *labels)


@for_each("text", LOOK_ALIKES)
def test_what_only_sounds_like_danger_wakes_nobody(text: str) -> None:
    assert not grave(text, "threat", "safeguarding", "self_harm")


@for_each("text", WANTS_TO_DIE)
def test_a_wish_to_die_is_shown_whatever_a_cap_cuts(text: str) -> None:
    found = judged(text, CHEER)
    assert found.severity >= Severity.TODAY or beyond_cap(found)


def test_a_threat_in_jest_is_looked_at_before_what_a_cap_cuts() -> None:
    found = judged("I'm going to stab the head lol", CHEER)
    assert found.severity < Severity.TODAY
    assert beyond_cap(found)


def test_a_language_that_nobody_judges_wakes_the_police_by_its_own_rules_alone() -> None:
    sure = scores("police_now", severe=0.95, abuse__threat=0.95)
    wedding = judged(
        "Mae priodas Mrs Huws yn yr eglwys ddydd Sadwrn, llongyfarchiadau mawr iawn iddi hi", sure
    )
    assert (wedding.severity, unplaced(wedding)) == (Severity.TODAY, True)
    threat = judged("Dw i'n mynd i ladd y pennaeth heno", sure, ABOUT_US)
    assert (threat.severity, threat.route) == (Severity.THIS_HOUR, Route.POLICE_NOW)
