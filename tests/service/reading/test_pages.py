"""What trafilatura alone loses, breaks or joins: standfirsts, dates, short quotations, entries of
lists, bylines."""

import pytest

from service.reading.genre import Genre
from service.reading.pages import MAX_INLINE_TAGS, extract
from service.reading.reader import read_article
from tests.timing import seconds_of

TITLE = "Orange ferme son réseau 2G"
FIRST = (
    "L'opérateur Orange coupera son réseau 2G dans le Sud-Ouest, puis partout en France "
    "avant la fin de 2026, a-t-il annoncé."
)
SECOND = (
    "Les ascenseurs et les alarmes sont les plus touchés. La Fédération en compte 254 "
    "000 qui appellent encore en 2G."
)
TEXT = f"<p>{FIRST}</p><p>{SECOND}</p>"
LEAD = "L'opérateur coupe sa 2G le 31 mars. Que deviennent les ascenseurs et les alarmes ?"


def page(article: str, head: str = "", foot: str = "") -> str:
    return (
        f"<!doctype html><html "
        f"lang='fr'><head><title>{TITLE}</title>{head}</head><body><main><article><h1>{TITLE}</h1>"
        f"{article}</article></main>{foot}</body></html>"
    )


def described(article: str, foot: str = "", description: str = LEAD) -> str:
    return page(article, f'<meta property="og:description" content="{description}">', foot)


def paragraphs(html: str) -> list[str]:
    return [paragraph.text for paragraph in extract(html).paragraphs]


def byline(article: str, head: str = "") -> str:
    return extract(page(article, head)).header.byline


@pytest.mark.parametrize(
    "above",
    [
        f"<p class='chapo'>{LEAD}</p>",
        f"<header><h2>{LEAD}</h2><ul>{'<li></li>' * 60}</ul></header>",
        f"<div class='chapo'>\n{' ' * 80}{LEAD}\n</div>",
    ],
)
def test_the_standfirst_above_the_article_comes_first(above: str) -> None:
    html = described(f"{above}<div class='article-body'>{TEXT}</div>")
    assert paragraphs(html) == [LEAD, FIRST, SECOND]
    cut = described(f"{above}<div class='article-body'>{TEXT}</div>", description=f"{LEAD[:-10]}…")
    assert paragraphs(cut) == [LEAD, FIRST, SECOND]


@pytest.mark.parametrize(
    "article", [f"<p>{LEAD}</p>{TEXT}", f"<div class='article-body'><p>{LEAD}</p>{TEXT}</div>"]
)
def test_a_standfirst_of_the_article_is_not_taken_twice(article: str) -> None:
    assert paragraphs(described(article)) == [LEAD, FIRST, SECOND]


def test_what_a_page_says_of_itself_elsewhere_is_no_standfirst() -> None:
    body = f"<div class='article-body'>{TEXT}</div>"
    assert paragraphs(described(body)) == [
        FIRST,
        SECOND,
    ]  # not visible: it may be cut, or written for search engines
    assert paragraphs(described(body, f"<footer><p>{LEAD}</p></footer>")) == [FIRST, SECOND]
    assert paragraphs(
        described(body).replace("<main>", f"<header><p>{LEAD}</p></header><main>")
    ) == [FIRST, SECOND]


def test_a_date_is_left_in_its_sentence() -> None:
    effect = (
        "<p>La décision prendra effet le <time datetime='2026-03-31'>31 mars "
        "2026</time>, selon lui.</p>"
    )
    assert (
        paragraphs(page(TEXT + effect))[2]
        == "La décision prendra effet le 31 mars 2026, selon lui."
    )


@pytest.mark.parametrize(
    "line",
    [
        "<div>Publié le <time datetime='2026-03-12'>12 mars 2026</time></div>",
        "<p>Publié le <time datetime='2026-03-12'>12 mars 2026</time> à <time>10h30</time></p>",
        "<div><time datetime='2026-03-12'>12 mars 2026</time></div>",
    ],
)
def test_a_date_below_the_title_is_no_paragraph(line: str) -> None:
    read = extract(page(line + TEXT))
    assert [paragraph.text for paragraph in read.paragraphs] == [FIRST, SECOND]
    assert read.header.published == "2026-03-12"


@pytest.mark.parametrize(
    "entry", ["<time>{0}</time><h3>{1}</h3><p>{2}</p>", "<p><time>{0}</time> {1} {2}</p>"]
)
@pytest.mark.parametrize(
    "items", [("<ul>", "<li>", "</li>", "</ul>"), ("<div>", "<div>", "</div>", "</div>")]
)
def test_the_times_of_a_live_ticker_are_read(entry: str, items: tuple[str, str, str, str]) -> None:
    start, before, behind, end = items
    hours = (f"1{hour}:40" for hour in range(5))
    entries = "".join(
        before + entry.format(hour, "La panne dure à Lille", FIRST) + behind for hour in hours
    )
    article = read_article(
        html=page(f"<p>{SECOND}</p>{start}{entries}{end}").replace(
            TITLE, "EN DIRECT - La panne d'Orange"
        )
    )
    assert [warning.code for warning in article.warnings] == [Genre.LIVE]


def test_a_time_that_was_left_open_takes_no_paragraph_with_it() -> None:
    assert paragraphs(page(f"<div><time>{TEXT}")) == [FIRST, SECOND]


def test_a_short_quotation_is_left_in_its_sentence() -> None:
    assert (
        paragraphs(page(TEXT + "<p>Le règlement est <q>une loi</q>, dit-il.</p>"))[2]
        == "Le règlement est « une loi », dit-il."
    )
    assert (
        paragraphs(page(TEXT + "<p>Il est <q>« une loi »</q>, dit-il.</p>"))[2]
        == "Il est « une loi », dit-il."
    )
    assert paragraphs(page(TEXT + "<div><q>Nous fermerons la 2G avant la fin de 2026.</q></div>"))[
        2
    ].startswith("Nous")


@pytest.mark.parametrize(
    "name",
    ["<h3>Le premier</h3>", "<strong>Le premier</strong>", "Le premier", "<p>Le premier</p>"],
)
def test_a_heading_in_a_list_is_parted_from_its_text(name: str) -> None:
    items = (
        f"<ol><li>{name}<p>Il coûte <b>30 euros</b>.</p>Il se vend "
        f"bien.</li><li>{name}<p>Il coûte 40 euros.</p></li></ol>"
    )
    expected = [
        "Le premier",
        "Il coûte 30 euros.",
        "Il se vend bien.",
        "Le premier",
        "Il coûte 40 euros.",
    ]
    assert paragraphs(page(TEXT + items))[2:] == expected


def test_items_that_are_paragraphs_stay_items() -> None:
    items = (
        "<ul><li><p>Le premier coûte 30 euros.</p></li><li>Le <b>second</b> coûte 40 "
        "euros.</li></ul>"
    )
    assert paragraphs(page(TEXT + items))[2:] == [
        "Le premier coûte 30 euros.",
        "Le second coûte 40 euros.",
    ]


ARTICLE = '{"@type": "NewsArticle", "isAccessibleForFree": %s, "description": "une\ndeux"}'
OTHERS = '{"@type": "WebPage", "isAccessibleForFree": %s}'


@pytest.mark.parametrize(
    ("data", "paywalled"),
    [
        (ARTICLE % "false", True),
        (ARTICLE % '"False"', True),
        (ARTICLE % '"http://schema.org/False"', True),
        (ARTICLE % "true", False),
        (f"[{ARTICLE}, {OTHERS}]" % ("true", "false"), False),
        (f"[{ARTICLE}, {OTHERS}]" % ("false", '"http://schema.org/True"'), True),
        (
            '{"@type": "NewsArticle", "image": "<img width="300">", "isAccessibleForFree": false}',
            True,
        ),
        ('{"@type": "NewsArticle"}', False),
    ],
)
def test_a_page_says_that_it_is_for_subscribers(data: str, paywalled: bool) -> None:
    html = page(TEXT, f"<script type='application/ld+json'>{data}</script>")
    assert [warning.code for warning in read_article(html=html).warnings] == (
        ["paywall"] if paywalled else []
    )


def test_the_beginning_of_an_article_is_parted_from_the_notice_below() -> None:
    wall = "<p>Cet article est réservé aux abonnés.</p><p>Abonnez-vous pour lire la suite.</p>"
    read = extract(page(f"<p class='author'>Par Ada Leroy</p><p>{FIRST}</p>{wall}"))
    assert ([paragraph.text for paragraph in read.paragraphs], read.paywalled) == ([FIRST], True)


@pytest.mark.parametrize(
    ("below", "name"),
    [
        ("<p class='author'>Par Ada Leroy</p>", "Ada Leroy"),
        ("<span class='author'>Par <a href='/x'>Ada Leroy</a></span>", "Ada Leroy"),
        ("<div class='author'><span>Publié par</span> <span>Ada Leroy</span></div>", "Ada Leroy"),
        ("<div class='author'>Rédigé par Ada Leroy le 12 mars 2025</div>", "Ada Leroy"),
        ("<p class='author'>Propos recueillis par Ada Leroy</p>", "Ada Leroy"),
        ("<div class='author'>Ada Leroy, journaliste</div>", "Ada Leroy"),
        ("<div class='author'>Ada Leroy, Spécialiste Hardware.</div>", "Ada Leroy"),
        ("<p>Written by Ada Leroy</p>", "Ada Leroy"),
        ("<p>Par: Ada Leroy</p>", "Ada Leroy"),
        ("<div class='author'>De notre correspondante à Bruxelles, Ada Leroy</div>", "Ada Leroy"),
        ("<div class='author'>Ada Leroy, Loïc Le Clerc</div>", "Ada Leroy, Loïc Le Clerc"),
        (
            "<div><span>Par <a href='/x'>Ada Leroy</a></span> <span>Publié le <time>12 mars "
            "2025</time></span></div>",
            "Ada Leroy",
        ),
        ("<p>Par <a href='/x'>Ada Leroy</a> - 12 mars 2025</p>", "Ada Leroy"),
        ("<p>Par <a href='/x'>Ada Leroy</a> • Publié le 12 mars 2025</p>", "Ada Leroy"),
        ("<div>Par <a href='/x'>Ada Leroy</a></div>", "Ada Leroy"),
        ("<div class='author'>La rédaction</div>", "La rédaction"),
    ],
)
@pytest.mark.parametrize("text", [TEXT, TEXT * 2])
def test_a_byline_is_names_alone(below: str, name: str, text: str) -> None:
    assert byline(below + text) == name
    assert paragraphs(page(below + TEXT)) == [FIRST, SECOND]


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("Par Ada Leroy", "Ada Leroy"),
        ("Ada Leroy, Paul Petit", "Ada Leroy, Paul Petit"),
        ("Ada Leroy \\", "Ada Leroy"),
    ],
)
def test_so_is_one_of_the_metadata(author: str, name: str) -> None:
    assert byline(TEXT, f'<meta name="author" content="{author}">') == name


@pytest.mark.parametrize(
    "signature",
    [
        "Ada Leroy",
        "Ada LEROY",
        "Par Ada Leroy",
        "Ada Leroy (avec AFP)",
        "Ada Leroy avec AFP",
        "Paul Petit et Ada Leroy",
    ],
)
def test_a_signature_below_the_article_is_no_paragraph(signature: str) -> None:
    html = page(f"{TEXT}<p>{signature}</p>", "<meta name='author' content='Ada Leroy, Paul Petit'>")
    assert paragraphs(html) == [FIRST, SECOND]


def test_other_names_and_sentences_with_the_author_s_stay() -> None:
    others = [
        "Anne Martin",
        "Ada Leroy et Anne Martin",
        "Ada Leroy a suivi la panne toute la nuit.",
    ]
    html = page(
        TEXT + "".join(f"<p>{other}</p>" for other in others),
        "<meta name='author' content='Ada Leroy'>",
    )
    assert paragraphs(html)[2:] == others


@pytest.mark.parametrize(
    "fragment",
    ["<div>{}</div>", "<article><div>{}</div></article>", "<body><div>{}</div>", "<section>{}"],
)
def test_a_part_of_a_page_is_read(fragment: str) -> None:
    assert paragraphs(fragment.format(f"<div>{TEXT}</div>")) == [FIRST, SECOND]


@pytest.mark.parametrize(
    "piece",
    [
        "a <q>b</q> ",
        "<q>a ",
        "<time>12</time> a ",
        "<time>",
        "<ul><li>a<p>b</p>",
        "<li>a<p>b</p>c</li>",
        "<h1>a",
        " " * 300,
    ],
)
def test_no_page_takes_minutes(piece: str) -> None:
    page = described(f"{TEXT}<ul>{piece * 4_000}")
    assert seconds_of(lambda: extract(page)) < 8


@pytest.mark.parametrize("piece", ["<td>a", "<i>a</i> ", "<q>a</q> ", "<sup>a</sup> "])
def test_a_page_of_as_many_tags_as_are_read_takes_seconds(piece: str) -> None:
    page = described(f"{TEXT}<p>{piece * 28_000}")
    assert seconds_of(lambda: extract(page)) < 10


def test_quotations_keep_their_marks_among_endless_inline_tags() -> None:
    words = "<b>mot</b> " * (MAX_INLINE_TAGS + 1)
    page = extract(described(f"{TEXT}<p>Le maire a dit <q>oui</q> {words}</p>"))
    assert 'Le maire a dit "oui" mot mot' in page.text
