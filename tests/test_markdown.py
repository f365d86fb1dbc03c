import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.markdown import clean
from service.sourced_text import SourcedText

CASES = {
    "1920*1080 pixels, contre 2560*1440": "1920*1080 pixels, contre 2560*1440",
    "rentables l'an prochain [2026], dit-il [2].": "rentables l'an prochain [2026], dit-il.",
    "Le voile.<br>Le prix.": "Le voile. Le prix.",
    "<p>Le voile.</p><p>Le prix.</p>": "Le voile. Le prix.",
    "**Gras** et *italique*": "Gras et italique",
    "« *Nous avions les clients*, dit-elle. *C'est tout.* »": "« Nous avions les clients, dit-elle. C'est tout. »",
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
    "AT&amp;T &eacute;tend": "AT&T étend",
    "e\u0301te\u0301": "été",
    "cyber\u00adsécurité\u200b": "cybersécurité",
    "un\n  deux\xa0trois": "un deux trois",
    "voir https://x.fr/abc ici": "voir x.fr ici",
    "Le code est sur https://www.forge.example/nuagis/outil. Il est libre.": "Le code est sur forge.example. Il est libre.",
    "voir https://docs.forge.example/?a=1#b, puis https://x.fr/.": "voir docs.forge.example, puis x.fr.",
    "un outil (https://x.fr/outil.zip) et sa notice (source : http://x.fr:80/b)": "un outil et sa notice (source : x.fr)",
    "« https://x.fr/a »": "« x.fr »",
    "Un lien :\nhttps://x.fr/a\nLa suite.": "Un lien : La suite.",
    "2 < 3 et 5 > 4": "2 < 3 et 5 > 4",
    "mot<sup>2</sup>": "mot2",
    "": "",
    "***": "",
}
MARKED = st.text(alphabet=st.sampled_from(list("ab1é e\u0301\n\t*_`~[]()!#>-&;<:/.x «»\u200b")), max_size=60)


@pytest.mark.parametrize(("raw", "text"), CASES.items())
def test_marks_are_taken_out(raw: str, text: str) -> None:
    assert clean(SourcedText.of(raw)).text == text


@given(st.one_of(MARKED, st.text(max_size=60)), st.integers(0, 1000))
def test_any_text_is_cleaned_with_its_origins(raw: str, start: int) -> None:
    cleaned = clean(SourcedText.of(raw, start))
    assert len(cleaned.origins) == len(cleaned.text)
    assert list(cleaned.origins) == sorted(cleaned.origins)
    assert all(start <= origin < start + len(raw) for origin in cleaned.origins)
    assert cleaned.text == cleaned.text.strip()
    assert not re.search(r"\s\s|[\n\t\xa0]", cleaned.text)


@given(st.lists(st.from_regex(r"[a-zé]{1,8}", fullmatch=True), min_size=1, max_size=8))
def test_plain_words_stay_as_they_are(words: list[str]) -> None:
    text = " ".join(words)
    assert clean(SourcedText.of(text)) == SourcedText.of(text)


@pytest.mark.parametrize(
    "mark",
    ["*a ", "[", "[a](", "![", " _a", "<a ", "~~a", "* ", "*", "`a ", "[a]((", "https://a", "http://a.", "http://" + "." * 99],
)
def test_marks_that_are_not_closed_take_no_minutes(mark: str) -> None:
    text = "Nuagis ouvre une région. " + mark * (150_000 // len(mark))
    start = time.monotonic()
    assert clean(SourcedText.of(text)).text.startswith("Nuagis ouvre une région.")
    assert time.monotonic() - start < 8
