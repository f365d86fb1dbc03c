import pytest

from service.reading.article import (
    Article,
    ArticleError,
    EmptyArticle,
    NotFrench,
    PaywallOnly,
    Span,
    TooShort,
)
from service.reading.reader import read_article

BODY = (
    "L'hébergeur lillois Nuagis a racheté mardi son concurrent Datavallée pour 45 millions d'euros."
)
ENGLISH = (
    "The hosting company bought its main competitor on Tuesday for 45 million euros, "
    "its chief executive said."
)
PAGE = """<!doctype html><html lang="fr"><head><title>Nuagis rachète Datavallée | Le \
Courrier</title>
<meta property="og:title" content="Nuagis rachète Datavallée"><meta name="author" content="Claire \
Martin">
<meta property="article:published_time" content="2025-03-12T09:30:00+01:00">
<link rel="canonical" href="https://courrier.example/nuagis"></head><body>
<nav><ul><li><a href="/">Accueil</a></li><li><a href="/cloud">Cloud</a></li></ul></nav>
<div class="cookie-banner"><p>Nous utilisons des cookies pour améliorer votre \
expérience.</p><button>Tout accepter</button></div>
<article><h1>Nuagis rachète Datavallée</h1><p>Publié le 12 mars 2025 à 09:30</p>
<p>{0}</p><p>Lire aussi : <a href="/hopitaux">Pourquoi les hôpitaux changent d'hébergeur</a></p>
<p>Le nouvel ensemble exploitera <em>neuf</em> centres de données en France et emploiera 620 \
personnes, selon le groupe.</p>
<p>La transaction doit encore recevoir l'aval de l'Autorité de la concurrence, attendu d'ici au \
30 juin.</p>
</article><footer><p>© 2025 Le Courrier</p><p>Mentions \
légales</p></footer></body></html>""".replace("{0}", BODY)


@pytest.mark.parametrize(
    "text",
    ["", " \n\n", "# Un titre de trois mots\n", "https://linforme.com\n\nLire aussi : un article"],
)
def test_empty(text: str) -> None:
    with pytest.raises(EmptyArticle) as caught:
        read_article(text)
    assert caught.value.code == "empty_article"


@pytest.mark.parametrize(
    "before",
    [
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        f"<!-- saved from url=(0042)https://courrier.example/{'nuagis/' * 40} -->\n",
    ],
)
def test_a_page_that_begins_with_other_things_is_read(before: str) -> None:
    page = PAGE.replace(
        "<!doctype html>", '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "a">'
    )
    assert BODY in read_article(html=before + page).body


def test_empty_page() -> None:
    with pytest.raises(EmptyArticle):
        read_article(html="<html><body></body></html>")


@pytest.mark.parametrize("title", ["", "# Un rachat à Lille\n\n", "Nuagis rachète Datavallée\n\n"])
def test_too_short(title: str) -> None:
    with pytest.raises(TooShort, match="7 words") as caught:
        read_article(title + "Nuagis a racheté Datavallée hier à Lille.")
    assert caught.value.code == "too_short"


def test_one_word_is_counted_as_one() -> None:
    with pytest.raises(TooShort, match="has 1 word; at least 8"):
        read_article("Bonjour.", None, language_check=True)


def test_paywall_only() -> None:
    with pytest.raises(PaywallOnly) as caught:
        read_article("Nuagis rachète Datavallée\n\nCet article est réservé aux abonnés.")
    assert caught.value.code == "paywall_only"


def test_another_language() -> None:
    with pytest.raises(NotFrench, match="'en'") as caught:
        read_article(ENGLISH)
    assert caught.value.code == "not_french"
    assert caught.value.language.code == "en"
    assert isinstance(caught.value, ArticleError)


def test_another_language_without_the_check() -> None:
    article = read_article(ENGLISH, language_check=False)
    assert article.body == ENGLISH
    assert [warning.code for warning in article.warnings] == ["language"]


def test_a_paywall_notice_is_a_warning() -> None:
    article = read_article(
        f"{BODY}\n\nIl vous reste 75 % de cet article à lire. La suite est réservée aux abonnés."
    )
    assert article.body == BODY
    assert [warning.code for warning in article.warnings] == ["paywall"]


def test_french_has_no_warnings() -> None:
    article = read_article(BODY)
    assert article.warnings == ()
    assert article.language.code == "fr"
    assert article.words == len(BODY.split())


@pytest.mark.parametrize(
    "mark", ['<a href="#n1">1</a>', '<a href="#n1" id="r1">[1]</a>', "[12]", " (3) "]
)
def test_footnote_marks_of_a_page_are_left_out(mark: str) -> None:
    html = PAGE.replace(
        BODY, f'{BODY}<sup class="note">{mark}</sup> Ses salles font 300 m<sup>2</sup> à Lille.'
    )
    assert read_article(html=html).paragraphs[0].text == f"{BODY} Ses salles font 300 m2 à Lille."


@pytest.mark.parametrize(
    "mark",
    [
        '<a href="#n1"><sup>1</sup></a>',
        '<span><a href="#n1" title="En stock"> <sup class="note">12</sup></a></span>',
    ],
)
def test_a_footnote_mark_is_left_out_where_the_link_is_around_it(mark: str) -> None:
    html = PAGE.replace(BODY, f"{BODY} Il en a vendu 254{mark} à Lille.")
    assert read_article(html=html).paragraphs[0].text == f"{BODY} Il en a vendu 254 à Lille."


@pytest.mark.parametrize(
    ("number", "read"),
    [("10<sup>18</sup>", "10^18"), ("10<sup>-9</sup>", "10^-9"), ("2024<sup>1</sup>", "2024")],
)
def test_a_raised_number_of_a_page_is_parted_from_the_number_before(number: str, read: str) -> None:
    html = PAGE.replace(BODY, f"{BODY} Ce nombre est {number}, à Lille.")
    assert read_article(html=html).paragraphs[0].text == f"{BODY} Ce nombre est {read}, à Lille."


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("DES militants bloquent le siège de Nuagis à Lille.",
        "Des militants bloquent le siège de Nuagis à Lille."),
        ("LA poste ouvre un cloud pour les mairies de France.",
        "La poste ouvre un cloud pour les mairies de France."),
        ("CES de Las Vegas : Nuagis y montre un serveur.",) * 2,
        ("LA Lakers : Nuagis équipe leur stade de serveurs.",) * 2,
        ("LA POSTE ouvre un cloud pour les mairies de France.",) * 2,
        ("LE décret est publié. LES mairies ont deux ans.",
        "Le décret est publié. LES mairies ont deux ans."),
    ],
)  # fmt: skip
def test_a_first_word_in_capitals_is_written_as_others(text: str, written: str) -> None:
    article = read_article(text)
    assert article.paragraphs[0].text == written
    assert (
        text[article.sentences[0].start : article.sentences[0].end]
        == text[: len(article.sentences[0].text)]
    )


@pytest.mark.parametrize("label", ["VIDÉO - ", "VAL D'OISE. ", "FAIT DIVERS. ", "INSOLITE – "])
def test_a_label_before_a_paragraph_is_left_out(label: str) -> None:
    article = read_article(f"{label}{BODY}")
    assert article.body == BODY
    (sentence,) = article.sentences
    assert article.text[sentence.start : sentence.end] == BODY


@pytest.mark.parametrize("start", ["SFR et Orange négocient. ", "La SNCF. ", "A Lille, l'OVH. "])
def test_initials_are_no_label(start: str) -> None:
    assert read_article(f"{start}{BODY}").body == f"{start}{BODY}"


def test_a_page() -> None:
    article = read_article(html=PAGE)
    assert article.header.title == "Nuagis rachète Datavallée"
    assert article.header.byline == "Claire Martin"
    assert article.header.published == "2025-03-12"
    assert article.header.source == "courrier.example"
    assert [paragraph.text for paragraph in article.paragraphs] == [
        BODY,
        "Le nouvel ensemble exploitera neuf centres de données en France et emploiera 620 "
        "personnes, selon le groupe.",
        "La transaction doit encore recevoir l'aval de l'Autorité de la concurrence, attendu d'ici "
        "au 30 juin.",
    ]
    assert all(
        article.text[sentence.start : sentence.end] == sentence.text
        for sentence in article.sentences
    )


def parts_of(article: Article, spans: tuple[Span, ...]) -> list[str]:
    return [article.text[span.start : span.end] for span in spans]


def test_what_was_set_aside_of_a_text_is_told_with_its_place() -> None:
    first, rest = BODY.split(" pour ")
    text = (
        "[courrier.example](https://courrier.example)\n\n# Nuagis rachète Datavallée\n\n4-5 "
        "minutes\n\n"
        f"{BODY}\n\n**{first}** pour\n\nLire aussi : [Pourquoi les "
        f"hôpitaux](https://courrier.example/h)\n\n{rest}\n\n"
        "L&#39;entreprise de Lille emploie déjà 320 personnes dans ses trois centres de don-\nnées "
        "français.\n\n"
        "Inscrivez-vous à notre newsletter\n"
    )
    article = read_article(text)
    header = text[: text.index(f"\n\n{BODY}")]
    link = "Lire aussi : [Pourquoi les hôpitaux](https://courrier.example/h)"
    assert parts_of(article, article.set_aside) == [
        header,
        link,
        "Inscrivez-vous à notre newsletter",
    ]
    _, mended, last = parts_of(article, article.spans)
    assert mended.startswith("L'hébergeur")
    assert mended.endswith(rest)
    assert last.endswith("français.")


def test_nothing_is_set_aside_of_a_text_that_is_all_article() -> None:
    article = read_article(f"{BODY}\r\n\r\n{BODY}")
    assert article.set_aside == ()
    assert parts_of(article, article.spans) == [BODY, BODY]
