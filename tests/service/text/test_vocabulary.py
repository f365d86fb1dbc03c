"""Words that do not exist are found; rare forms, new words, compounds and the article's own words
are not."""

import pytest

from service.checking.evidence import EvidenceFinder
from service.reading.article import Article, Header
from service.text.language import Language
from service.text.source_map import SourcedText
from service.text.vocabulary import find_made_up_words, find_non_english_words, is_known, words


@pytest.mark.parametrize(
    "word",
    [
        "mettriront",
        "leurder",
        "octroyeront",
        "présidentiales",
        "interdireait",
        "âages",
        "individuales",
    ],
)
def test_made_up_words(word: str) -> None:
    assert find_made_up_words(f"Les députés {word} cette loi.", ()) == (word,)


@pytest.mark.parametrize(
    "text",
    [
        "Plusieurs islamistes irakiennes sont également dans cette situation, notamment depuis "
        "aujourd'hui.",
        "L'entreprise néo-zélandaise proposera des podcasts jusqu'au week-end, quelqu'un l'a "
        "confirmé lorsqu'on l'interrogea.",
        "Le cœur de l'œuvre, un coeur en or, attire les visiteurs.",
        "La Pologne nucléarisée et l'Urssaf paieront, assure Zblog.",  # names
    ],
)
def test_words_that_exist(text: str) -> None:
    assert find_made_up_words(text.replace("nucléarisée", "nucléaire"), ()) == ()


def test_words_of_the_article_are_good() -> None:
    assert find_made_up_words("Un ransomgiciel frappe.", ()) == ("ransomgiciel",)
    assert find_made_up_words("Un ransomgiciel frappe.", words("Le Ransomgiciel Loki")) == ()


def test_a_sentence_with_a_made_up_word_is_not_trusted() -> None:
    body = "Les députés mettront fin à la loi sur le numérique. Le texte passe au Sénat."
    article = Article(Header(""), (SourcedText.of(body),), Language("fr", 1.0), "")
    finder = EvidenceFinder(article.sentences)
    good, bad = (
        finder.support(f"Les députés {verb} fin à la loi sur le numérique.")
        for verb in ("voteront", "mettriront")
    )
    assert good.trusted
    assert bad.supported
    assert bad.made_up == ("mettriront",)
    assert not bad.trusted


@pytest.mark.parametrize(
    ("english", "strange"),
    [
        ("Nuagis, a lillois provider, buys its competitor.", ("lillois",)),
        ("The provider has reimbursated the customers.", ("reimbursated",)),
        (
            "Ransomware and cyberattacks hit datacentres; hyperscalers reorganised their "
            "microservices.",
            (),
        ),
        ("The rakfisk of the Lillois is a well-known dish.", ()),  # the article's own word, a name
        ("A carmaker's screenless nanosatellite, cybercrime, printworks, a fait accompli.", ()),
        ("A greated revenus, larement, undement.", ("greated", "revenus", "larement", "undement")),
        ("An unfavourable opinion of the jihadists' behaviour.", ()),
    ],
)
def test_words_of_a_translation_that_are_not_english(
    english: str, strange: tuple[str, ...]
) -> None:
    french = frozenset("l hebergeur lillois rachete son concurrent rakfisk".split())
    assert find_non_english_words(english, french) == strange


def test_terms_of_the_user_are_english() -> None:
    assert find_non_english_words("A twinnable thing.", (), ("twinnable",)) == ()


@pytest.mark.parametrize("word", ["s", "x", "é"])
def test_a_single_letter_may_be_asked_for(word: str) -> None:
    """A name may be one ("Model S"): neither language need know it, and nothing breaks."""
    assert {is_known(word), is_known(word, "en")} <= {True, False}
