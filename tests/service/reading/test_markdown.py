import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.reading.markdown import clean
from service.reading.reader import read_article
from service.text.source_map import SourcedText
from tests.engines import ARTICLE
from tests.timing import seconds_of

CASES = {
    "1920*1080 pixels, contre 2560*1440": "1920*1080 pixels, contre 2560*1440",
    "rentables l'an prochain [2026], dit-il [2].": "rentables l'an prochain [2026], dit-il.",
    "Le voile.<br>Le prix.": "Le voile. Le prix.",
    "<p>Le voile.</p><p>Le prix.</p>": "Le voile. Le prix.",
    "**Gras** et *italique*": "Gras et italique",
    "« *Nous avions les clients*, dit-elle. *C'est tout.* "
    "»": "« Nous avions les clients, dit-elle. C'est tout. »",
    "a appris *l'Informé*.": "a appris l'Informé.",
    "le logiciel [OpenStack](#), gratuit": "le logiciel OpenStack, gratuit",
    "[lien](https://a.fr/c_(d)) suite": "lien suite",
    '[lien](https://a.fr "titre")': "lien",
    "![image](x.png) Texte": "Texte",
    "## Un titre": "Un titre",
    "> Une citation": "Une citation",
    "- un point": "un point",
    "C# et F#": "C# et F#",
    "snake_case_name": "snake_case_name",
    "`code` et ~~barré~~": "code et barré",
    "~~le `code` barré~~ et ~~l'autre ` ~~.": "le code barré et l'autre .",
    "AT&amp;T &eacute;tend": "AT&T étend",
    "e\u0301te\u0301": "été",
    "cyber\u00adsécurité\u200b": "cybersécurité",
    "un\n  deux\xa0trois": "un deux trois",
    "Nua\x00gis, Lil\x08le, \ufeffun\x7f \x1bmot\ufffe\uffff": "Nuagis, Lille, un mot",
    "L\x92h\xe9bergeur, 5 \x80, l\x92\x9cuvre\x85 "
    "\x93tout\x94\x81": "L’hébergeur, 5 €, l’œuvre… “tout”",
    "\u202eNuagis\u202c ouvre \u2067mardi\u2069 &#x202e;&#146;&#1;": "Nuagis ouvre mardi ’",
    "un\x0bdeux\x0ctrois\x1cquatre\u2028cinq": "un deux trois quatre cinq",
    "voir https://x.fr/abc ici": "voir x.fr ici",
    "Le code est sur https://www.forge.example/nuagis/outil. Il est "
    "libre.": "Le code est sur forge.example. Il est libre.",
    "voir https://docs.forge.example/?a=1#b, puis "
    "https://x.fr/.": "voir docs.forge.example, puis x.fr.",
    "un outil (https://x.fr/outil.zip) et sa notice (source : "
    "http://x.fr:80/b)": "un outil et sa notice (source : x.fr)",
    "« https://x.fr/a »": "« x.fr »",
    "Un lien :\nhttps://x.fr/a\nLa suite.": "Un lien : La suite.",
    "2 < 3 et 5 > 4": "2 < 3 et 5 > 4",
    "mot<sup>2</sup>": "mot2",
    "le 1<sup>er</sup> mai, sur 20 m<sup>2</sup>": "le 1er mai, sur 20 m2",
    "10<sup>18</sup> opérations": "10^18 opérations",
    "soit 1,5.10<sup>9&nbsp;</sup> euros en 2024<sup>3</sup>.": "soit 1,5.10^9 euros en 2024.",
    "299<sup>99</sup> € en 2024<sup>1, 2</sup>": "299,99 € en 2024",
    "10<sup>99</sup> €": "10,99 €",
    "la PS2<sup>1</sup> et 3,10<sup>2</sup> mètres": "la PS2 et 3,10 mètres",
    "10<SUP class='x'> -9 </SUP>mètre, 2<sup>10</sup>.": "10^-9 mètre, 2^10.",
    "": "",
    "***": "",
}
LINES = {
    # wrapped prose, whose lines begin with what looks like a mark
    "rachetée en juin\n2024. Le groupe emploie quarante personnes à Lyon et à Rennes.": (
        "rachetée en juin 2024. Le groupe emploie quarante personnes à Lyon et à Rennes."
    ),
    "rachetée le\n12. Le groupe emploie quarante personnes à Lyon et à Rennes.": (
        "rachetée le 12. Le groupe emploie quarante personnes à Lyon et à Rennes."
    ),
    "Il ferme.\n2024. Le groupe emploie quarante personnes à Lyon et à Rennes.": (
        "Il ferme. 2024. Le groupe emploie quarante personnes à Lyon et à Rennes."
    ),
    "Le concurrent breton\n– déjà présent à Rennes – ferme.": (
        "Le concurrent breton – déjà présent à Rennes – ferme."
    ),
    "Le concurrent (breton)\n- déjà présent à Rennes - ferme.": (
        "Le concurrent (breton) - déjà présent à Rennes - ferme."
    ),
    "une part\n> 40 % des ventes, soit\n+ 3 % en un an": (
        "une part > 40 % des ventes, soit + 3 % en un an"
    ),
    # lists and quotations
    "1. Ouvrir le fichier dans un éditeur de texte ou de code\n"
    "2. Changer la ligne qui commence par le nom de la machine\n"
    "3. Fermer": (
        "Ouvrir le fichier dans un éditeur de texte ou de code "
        "Changer la ligne qui commence par le nom de la machine 3. Fermer"
    ),
    "Il le dit. \n12) Le groupe emploie quarante personnes à Lyon et à Rennes.": (
        "Il le dit. Le groupe emploie quarante personnes à Lyon et à Rennes."
    ),
    "Trois villes « du Nord. » \r\n– Lille\r\n– Arras\n— Lens": (
        "Trois villes « du Nord. » Lille Arras Lens"
    ),
    "- 40 % des clients restent": "40 % des clients restent",
    "> 40 % des clients restent": "> 40 % des clients restent",
    "> Le groupe emploie en Bretagne\n> 40 salariés\n>\n2024 les a vus.": (
        "Le groupe emploie en Bretagne 40 salariés 2024 les a vus."
    ),
    "Il a écrit\n> Une citation\n> de deux lignes.": "Il a écrit Une citation de deux lignes.",
    "> 40 salariés\n> restent.": "40 salariés restent.",
    "> - un point": "un point",
}
MARKED = st.text(
    alphabet=st.sampled_from(
        list("ab1é e\u0301\n\t*_`~[]()!#>-&;<:/.x «»\u200b\u202e\x85\x92\x00")
    ),
    max_size=60,
)
# they set the direction of what follows
TURNING = "\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize(("raw", "text"), CASES.items())
def test_marks_are_taken_out(raw: str, text: str) -> None:
    assert clean(SourcedText.of(raw)).text == text


@pytest.mark.parametrize(("raw", "text"), LINES.items())
def test_a_line_loses_the_mark_of_a_list_but_no_word_of_a_sentence(raw: str, text: str) -> None:
    assert clean(SourcedText.of(raw)).text == text


def test_characters_that_are_taken_out_or_replaced_leave_the_others_where_they_stand() -> None:
    cleaned = clean(SourcedText.of("L\x92é\x00t\u202eé\x85", 10))
    assert cleaned == SourcedText("L’été…", (10, 11, 12, 14, 16, 17))


def test_a_text_in_the_characters_of_windows_is_read_as_it_was_meant() -> None:
    text = (
        "Un nuage à Lille\n\nL\x92hébergeur Nua\x00gis ouvre une région\x85 Elle co\x9bte "
        "5 \x80 à \u202eLille, dit-il ici."
    )
    article = read_article(text, language_check=False)
    assert article.header.title == "Un nuage à Lille"
    assert (
        article.body == "L’hébergeur Nuagis ouvre une région… Elle co›te 5 € à Lille, dit-il ici."
    )
    assert article.text == text
    last = article.sentences[-1]
    assert text[last.start : last.end] == "Elle co\x9bte 5 \x80 à \u202eLille, dit-il ici."


def test_a_page_in_the_characters_of_windows_is_read_as_it_was_meant() -> None:
    html = (
        "<html><head><title>L\x92œuvre \u202ede Nuagis</title><meta name='author' "
        "content='Anne\u202e Leroy'></head>"
        f"<body><article><h1>L\x92œuvre \u202ede Nuagis</h1>"
        f"<p>L\x92hébergeur &#x202e;Nuagis &#156;uvre\x85</p><p>{ARTICLE}</p></article></body>"
    )
    article = read_article(html=html)
    assert (article.header.title, article.header.byline) == ("L’œuvre de Nuagis", "Anne Leroy")
    assert article.text == f"L’hébergeur Nuagis œuvre…\n\n{ARTICLE}"


@given(st.one_of(MARKED, st.text(max_size=60)), st.integers(0, 1000))
def test_any_text_is_cleaned_with_its_origins(raw: str, start: int) -> None:
    cleaned = clean(SourcedText.of(raw, start))
    assert len(cleaned.origins) == len(cleaned.text)
    assert list(cleaned.origins) == sorted(cleaned.origins)
    assert all(start <= origin < start + len(raw) for origin in cleaned.origins)
    assert cleaned.text == cleaned.text.strip()
    assert not re.search(r"\s\s|[\n\t\xa0]", cleaned.text)
    assert not [
        character
        for character in cleaned.text
        if unicodedata.category(character) == "Cc" or character in TURNING
    ]


@given(st.lists(st.from_regex(r"[a-zé]{1,8}", fullmatch=True), min_size=1, max_size=8))
def test_plain_words_stay_as_they_are(words: list[str]) -> None:
    text = " ".join(words)
    assert clean(SourcedText.of(text)) == SourcedText.of(text)


@settings(deadline=None)
@given(st.text(st.sampled_from("aAé19 .,;!?'’«»\"%€…"), max_size=80))
@example("1. " + "A" * 50)
@example("1.  " + "A" * 50)
def test_a_text_without_marks_is_read_like_one_with_marks(text: str) -> None:
    """The mark keeps it from being let through unread."""
    assert clean(SourcedText.of(text)) == clean(SourcedText.of(f"{text} `"))


@pytest.mark.parametrize(
    "mark",
    [
        "*a ",
        "[",
        "[a](",
        "![",
        " _a",
        "<a ",
        "~~a",
        "* ",
        "*",
        "`a ",
        "[a]((",
        "https://a",
        "http://a.",
        "http://" + "." * 99,
        "1<sup>",
        "1<sup> ",
        ".\n- a",
        ".»",
    ],
)
def test_marks_that_are_not_closed_take_no_minutes(mark: str) -> None:
    text = "Nuagis ouvre une région. " + mark * (150_000 // len(mark))

    def read() -> None:
        assert clean(SourcedText.of(text)).text.startswith("Nuagis ouvre une région.")

    assert seconds_of(read) < 8
