"""The figures of a translation, held to those of its French sentence."""

import pytest

from service.english.post_editing.figures import HeldTranslation, hold_to_figures
from service.facts.fact import FactKind

# French, and another way in which English may write the same value.
SAME = [
    ("Un joueur des San Francisco 49ers.", "A San Francisco 49ers player."),
    ("Un vol de 4h56.", "A flight of 4 hours 56 minutes."),
    ("Le trajet dure 1h40 au lieu d'1h20.",
    "The journey takes 1 hour 40 minutes instead of 1 hour 20."),
    ("La panne a duré 2 heures et 30 minutes.", "The outage lasted 2 hours and 30 minutes."),
    ("Selon Cédric O, c'est utile.", "According to Cédric O, it is useful."),
    ("18h30", "6:30 p.m."), ("18h30", "6:30 pm"), ("18h30", "6.30 p.m."), ("6h30", "6:30 a.m."),
    ("20 heures", "8 p.m."),
    ("12h", "noon"),
    ("minuit", "midnight"), ("3,5 milliards d'euros", "€3.5bn"), ("12 Md€", "12 billion euros"),
    ("23 %", "twenty-three percent"),
    ("un billion d'euros", "one trillion euros"), ("un millier de personnes", "a thousand people"),
    ("le 1er octobre", "October 1st"),
    ("2 septembre 2024", "September 2, 2024"), ("2 septembre 2024", "2nd September 2024"),
    ("1 200 000", "1.2 million"), ("1 200", "1200"), ("deux millions", "two million"),
    ("la 3e édition", "the third edition"),
    ("XXIe siècle", "21st century"),
    ("entre 2 et 3 milliards d'euros", "between 2 billion and 3 billion euros"),
    ("de 3 à 5 %", "from 3% to 5%"), ("les deux sociétés", "both companies"),
    ("un bâtiment neuf", "a new building"),
    ("une dizaine de sites", "a dozen sites"), ("des dizaines de milliers", "tens of thousands"),
    ("un tiers des voix", "a third of the votes"),
    ("En 2023, 10 millions", "In 2023, 10 million"), ("12 Go de mémoire", "12GB of memory"),
    ("CVE-2024-3094", "CVE-2024-3094"),
    ("des années 1990", "from the 90s"), ("des années 70", "from the 1970s"),
    ("quelques centaines", "a few hundred"),
    ("40 pour-cent", "40 percent"), ("soixante pour cent", "sixty percent"),
    ("46 cents", "46 cents"),
    ("11 heures 10", "11:10 a.m."),
    ("presque un tiers de plus", "almost one third more"),
    ("2 millions et demi d'euros", "2.5 million euros"),
    ("un an", "a year"), ("une centaine de sites", "a hundred sites"),
    ("cent cinquante", "a hundred and fifty"),
    ("cent mille", "a hundred thousand"),
    ("multiplié par dix", "increased tenfold"), ("multipliées par quatre", "quadrupled"),
    ("divisé par deux", "halved"), ("multipliées en un an par deux", "doubled in a year"),
    ("divisé par trois", "fell by two-thirds"), ("un train sur deux", "every other train"),
    ("quinze jours", "two weeks"),
    ("en huit jours", "in a week"), ("deux fois moins cher", "half the price"),
    ("un mètre cinquante", "one and a half metres"),
    ("un euro", "a euro"), ("une soixantaine d'euros", "about sixty euros"),
    ("une dizaine de millions", "about ten million"),
    ("plusieurs dizaines", "several dozen"), ("la centaine de sites", "the hundred or so sites"),
    ("Mai 68", "May 1968"),
    ("200 millions de livres", "200 million pounds"), ("des cookies tiers", "third-party cookies"),
    ("deux tiers des voix", "two-thirds of the votes"),
    ("3 vélos et 2 liseuses", "3 e-bikes and 2 e-readers"),
    ("4,5 %, contre 3 %", "4.5%, against 3%"), ("la version 3.4.1", "version 3.4.1"),
    ("un demi-million", "half a million"),
    ("Nuagis a levé $3B.", "Nuagis raised $3 billion."), ("€3bn", "€3 billion"),
    ("Il y en a 1.234.567.", "There are 1,234,567."),
]  # fmt: skip

# French, a translation with French forms or an error that can be repaired, the corrected
# translation, and the number of repairs.
REPAIRED = [
    ("sous 24h", "They have to tell it within 24h.", "They have to tell it within 24 hours.", 0),
    ("à 20h", "It starts at 20h.", "It starts at 20:00.", 0),
    ("de 10 à 20 M€", "The budget is 10 to 20 M€.", "The budget is 10 to 20 million euros.", 0),
    (
        "de 8,99 à 10,99 €",
        "It rises from 8,99 to 10,99 €.",
        "It rises from 8.99 to 10.99 euros.",
        0,
    ),
    (
        "1,042 million de livres",
        "It was sold for 1,042 million pounds.",
        "It was sold for 1.042 million pounds.",
        0,
    ),
    (
        "3,5 milliards d'euros",
        "The deal is worth 3,5 billion euros.",
        "The deal is worth 3.5 billion euros.",
        0,
    ),
    ("3,5 milliards d'euros", "It costs 3,5 milliards euros.", "It costs 3.5 billion euros.", 0),
    ("23 %", "It rose by 23 %.", "It rose by 23%.", 0),
    ("1 200 000 euros", "It cost 1 200 000 euros.", "It cost 1,200,000 euros.", 0),
    ("862 500 dollars", "He spent 862 500 dollars.", "He spent 862,500 dollars.", 0),
    (
        "30.324 décès, 19.818 à Lyon",
        "There are 30.324 deaths, 19.818 in Lyon.",
        "There are 30,324 deaths, 19,818 in Lyon.",
        0,
    ),
    ("1.200.000 euros", "It cost 1.200.000 euros.", "It cost 1,200,000 euros.", 0),
    ("512 Go", "It stores 512 Go.", "It stores 512 GB.", 0),
    ("512 GO", "It stores 512 GO.", "It stores 512 GB.", 0),
    ("4 To", "It stores 4To.", "It stores 4 TB.", 0),
    ("120 €", "It costs 120 €.", "It costs €120.", 0),
    ("60 €", "It costs 60€.", "It costs €60.", 0),
    ("12 Md€", "It reached 12 Md€, a record.", "It reached €12 billion, a record.", 0),
    ("250 M€", "It raised 250 M€.", "It raised €250 million.", 0),
    ("30 k€", "It costs 30 k€.", "It costs €30,000.", 0),
    ("10h04", "It was patched at 10h04.", "It was patched at 10:04.", 0),
    ("lundi à 4h30", "It happened around 4.30 on Monday.", "It happened around 4:30 on Monday.", 1),
    ("1er octobre", "It opens on 1er octobre in Lille.", "It opens on 1st October in Lille.", 0),
    ("la 3e édition", "The 3e edition opens.", "The 3rd edition opens.", 0),
    ("n° 12", "See n° 12.", "See No. 12.", 0),
    ("« Bonjour »", "He said « Hello ».", 'He said "Hello".', 0),
    (
        "2 septembre 2024",
        "It was patched on 2 septembre 2024.",
        "It was patched on 2 September 2024.",
        0,
    ),
    ("12 Md€", "It reached 12 million dollars.", "It reached €12 billion.", 1),
    ("12 Md€", "It reached 12 million d€.", "It reached €12 billion.", 1),
    ("45 millions d'euros", "It paid 45 million dollars.", "It paid 45 million euros.", 1),
    (
        "45 millions d'euros",
        "It signed a 45 million dollar deal.",
        "It signed a 45 million euro deal.",
        1,
    ),
    ("45 millions d'euros", "It paid 45 million.", "It paid 45 million euros.", 1),
    (
        "un billion d'euros",
        "The market is a billion dollars.",
        "The market is 1 trillion euros.",
        1,
    ),
    (
        "un millier de personnes",
        "It will recruit a million people.",
        "It will recruit about 1,000 people.",
        1,
    ),
    ("une cinquantaine d'employés", "It has a hundred employees.", "It has about 50 employees.", 1),
    ("quatorze jours", "They have quatorze jours at home.", "They have 14 days at home.", 0),
    ("1 200 personnes", "It employs 12,000 people.", "It employs 1,200 people.", 1),
    (
        "12 000 galettes de 300 mm",
        "It makes 12,000 300 mm wafers.",
        "It makes 12,000 300 mm wafers.",
        0,
    ),
    (
        "plusieurs centaines de milliers de clients",
        "It has several hundred thousand clients.",
        "It has several hundred thousand clients.",
        0,
    ),
    ("18h30", "It begins at 6:30.", "It begins at 18:30.", 1),
    ("6h30", "It begins at 6:30 p.m. today.", "It begins at 6:30 today.", 1),
    ("2 millions et demi", "It has 3 million users.", "It has 2.5 million users.", 1),
    ("le 2 septembre", "It opens on September 3rd.", "It opens on September 2nd.", 1),
    ("21 jours", "It lasts 21 months.", "It lasts 21 days.", 1),
    ("5 à 10 ans", "We look 5-10 days ahead.", "We look 5-10 years ahead.", 2),
    ("entre 100 et 900 dollars", "It costs 200 to 900 dollars.", "It costs 100 to 900 dollars.", 1),
    ("512 Go", "It stores 512 TB.", "It stores 512 GB.", 1),
    ("des dizaines d'autres", "There are hundreds of others.", "There are dozens of others.", 1),
    ("Près de 4 000 Français", "More than 4,000 French people.", "Nearly 4,000 French people.", 1),
    (
        "plus de 2.600 passagers",
        "It holds up to 26,000 people.",
        "It holds more than 2,600 people.",
        2,
    ),
    ("plus de 300 postes", "It cuts nearly 300 jobs.", "It cuts more than 300 jobs.", 1),
    ("Il parle mardi.", "He speaks on Thursday.", "He speaks on Tuesday.", 1),
    ("Il ouvre en mars 2017.", "It opens in April 2017.", "It opens in March 2017.", 1),
]

# French, a translation that stays as it is, and what is reported.
DIFFERING = [
    ("Il parle mardi.", "He speaks on Tuesday, April 28th.",
    [(FactKind.NUMBER, "28th"), (FactKind.DAY, "April")]),
    ("643 postes et 12 sites", "The sites are closed.",
    [(FactKind.NUMBER, "643"), (FactKind.NUMBER, "12")]),
    ("643 postes", "Jobs at 10 sites, 5%.",
    [(FactKind.NUMBER, "10"), (FactKind.NUMBER, "5%"), (FactKind.NUMBER, "643")]),
    ("12 postes", "It cuts 5%.", [(FactKind.NUMBER, "5%"), (FactKind.NUMBER, "12")]),
    ("3 postes depuis mai", "Jobs since May 28.",
    [(FactKind.NUMBER, "28"), (FactKind.NUMBER, "3")]),
    ("en recréer 300 000 en 2020", "to create 300,000 euros in 2020",
    [(FactKind.UNIT, "300,000 euros")]),
    ("57,000 dossiers", "75,000 cases", [(FactKind.NUMBER, "75,000"), (FactKind.NUMBER, "57,000")]),
    ("multiplié par trois", "increased tenfold", [(FactKind.NUMBER, "trois")]),
    ("Le prix est divisé par deux.", "The price was doubled.", [(FactKind.NUMBER, "deux")]),
    ("Elles sont multipliées par deux.", "They were halved.", [(FactKind.NUMBER, "deux")]),
    ("Il est divisé par trois.", "It tripled.", [(FactKind.NUMBER, "trois")]),
    ("un tiers", "two-thirds", [(FactKind.NUMBER, "two")]),
    ("20 millions de livres vendus", "20 million euros", [(FactKind.UNIT, "20 million euros")]),
    ("en 2019", "in 20 sites", [(FactKind.NUMBER, "20"), (FactKind.NUMBER, "2019")]),
]  # fmt: skip


@pytest.mark.parametrize(("french", "english"), SAME)
def test_figures_in_other_words_stay(french: str, english: str) -> None:
    assert hold_to_figures(english, french) == HeldTranslation(english, 0, ())


@pytest.mark.parametrize(("french", "english", "corrected", "repairs"), REPAIRED)
def test_french_forms_are_rewritten_and_wrong_figures_repaired(
    french: str, english: str, corrected: str, repairs: int
) -> None:
    assert hold_to_figures(english, french) == HeldTranslation(corrected, repairs, ())


@pytest.mark.parametrize(("french", "english", "facts"), DIFFERING)
def test_what_is_not_sure_is_reported_and_stays(
    french: str, english: str, facts: list[tuple[FactKind, str]]
) -> None:
    held = hold_to_figures(english, french)
    assert (held.text, held.repaired) == (english, 0)
    assert [(fact.kind, fact.text) for fact in held.wrong] == facts


@pytest.mark.parametrize(("french", "english", "corrected", "repairs"), REPAIRED)
def test_a_repaired_translation_needs_no_repair(
    french: str, english: str, corrected: str, repairs: int
) -> None:
    assert hold_to_figures(corrected, french) == HeldTranslation(corrected, 0, ())
