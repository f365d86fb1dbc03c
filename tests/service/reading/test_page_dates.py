"""The date of publication is taken where a page states it, and nowhere else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.reading.page_dates import find_stated_date
from service.reading.pages import extract

TITLE = "Nuagis ouvre une région cloud à Lille"
TEXT = (
    "<p>L'hébergeur lillois Nuagis ouvre une région cloud à Lille avec 1 200 serveurs neufs et 45 "
    "employés.</p>"
    "<p>Le groupe a investi 45 millions d'euros dans ce site, le plus grand au nord de Paris.</p>"
)
LATER = (
    "<p>Le site emploiera 45 personnes, et le groupe en cherche 120 autres à Lille et à "
    "Roubaix.</p>"
)


def page(head: str = "", below: str = "", text: str = "", foot: str = "") -> str:
    return (
        f"<!doctype html><html "
        f"lang='fr'><head><title>{TITLE}</title>{head}</head><body><main><article><h1>{TITLE}</h1>{below}"
        f"{TEXT}{text}{LATER}</article></main>{foot}</body></html>"
    )


def published(html: str) -> str:
    return extract(html).header.published


@pytest.mark.parametrize(
    "text",
    [
        "<p>Fondé en 2011, le groupe emploie 300 personnes.</p>",
        "<p>Le 12 mars 2019, le groupe avait levé 30 millions d'euros.</p>",
        "<p>La faille, notée 2019-03-12 par ses découvreurs, est corrigée.</p>",
        "<p>La panne a commencé le 2019-03-12T10:00:00 et a duré une heure.</p>",
        "<p>Le <time datetime='2019-03-12'>12 mars 2019</time>, le groupe avait levé 30 millions "
        "d'euros.</p>",
        "<p>Le <abbr title='Règlement du 27 avril 2016'>RGPD</abbr> s'applique à tous ses "
        "clients.</p>",
        "<p><small>Photo du 12 mars 2015</small></p>",
        "<h2>Le salon du 12 mars 2015</h2>",
    ],
)
def test_a_date_in_the_text_is_not_the_page_s(text: str) -> None:
    assert published(page(text=text)) == ""
    assert published(f"<div><h1>{TITLE}</h1>{TEXT}{text}{LATER}</div>") == ""
    assert published(f"<div>{TEXT}{text}{LATER}</div>") == ""


@pytest.mark.parametrize(
    "foot",
    [
        "<footer>© 2011-2019 Nuagis. Mentions légales du 12/03/2019</footer>",
        "<footer><p>Copyright 2015 Le Courrier</p></footer>",
        "<aside><a href='/a'>Un autre article</a> <time datetime='2019-03-12'>12 "
        "mars</time></aside>",
        "<aside><a href='/a'>Un autre article</a> <time datetime='2019-03-12' "
        "itemprop='datePublished'>12 mars</time></aside>",
        "<div><a href='/a'>Un autre article</a> <time datetime='2019-03-12'>12 mars</time></div>",
        "<ul><li><a href='/a'>Un autre article</a> Publié le 12 mars 2019</li></ul>",
    ],
)
def test_nor_is_one_around_the_article(foot: str) -> None:
    assert published(page(foot=foot)) == ""


@pytest.mark.parametrize(
    "head",
    [
        "<meta property='og:image' content='https://courrier.example/2019/03/12/lille.jpg'>",
        "<meta property='article:modified_time' content='2019-03-12T10:00:00+01:00'>",
        "<meta name='last-modified' content='2019-03-12'>",
        "<meta name='copyright' content='2015'><meta itemprop='copyrightYear' content='2015'>",
        "<meta name='date' content='2015'>",
        "<meta name='date' content='2015-03'>",
        "<meta name='expires' content='2019-03-12T10:00:00'>",
        "<meta name='release_date' content='2019-03-12'>",
        """<script type='application/ld+json'>\
{"@type": "NewsArticle", "dateModified": "2019-03-12T10:00:00Z"}</script>""",
        """<script>window.built = "2019-03-12T10:00:00";</script>""",
        "<style>/* 2019-03-12 */</style>",
    ],
)
def test_nor_is_that_of_something_else(head: str) -> None:
    assert published(page(head)) == ""


@pytest.mark.parametrize(
    "head",
    [
        "<meta property='article:published_time' content='2025-03-12T09:30:00+01:00'>",
        "<meta name='DC.date.issued' content='2025-03-12'>",
        "<meta itemprop='datePublished' content='2025-03-12'>",
        "<link rel='canonical' href='https://courrier.example/2025/03/12/nuagis'>",
        "<meta property='og:url' content='https://courrier.example/2025/03/12/nuagis'>",
        """<script type='application/ld+json'>{"dateModified": "2025-04-01T10:00:00Z",
        "datePublished" : "2025-03-12T09:30:00+01:00"}</script>""",
        "<meta property='article:modified_time' content='2025-04-01'>"
        "<meta property='article:published_time' content='2025-03-12'>",
    ],
)
def test_metadata_and_address(head: str) -> None:
    old = "<p>Fondé en 2011, le groupe avait levé 30 millions d'euros le 12 mars 2019.</p>"
    assert published(page(head, text=old, foot="<footer>© 2015</footer>")) == "2025-03-12"


@pytest.mark.parametrize(
    "below",
    [
        "<time datetime='2025-03-12T09:30'>12 mars</time>",
        "<time>12 mars 2025</time>",
        "<p>Publié le <time datetime='2025-03-12'>12 mars 2025</time> à 9h30</p>",
        "<div>Publié le <time datetime='2025-03-12'>12/3</time>, mis à jour le <time "
        "datetime='2025-03-14'>14/3</time></div>",
        "<p>Publié le 12 mars 2025 à 9h30</p>",
        "<div class='meta'><span>Publié le 12 mars 2025 à 9h30</span></div>",
        "<div><div><span>12/03/2025</span></div></div>",
        "<abbr class='published' title='2025-03-12T09:30:00Z'>mercredi</abbr>",
    ],
)
def test_below_the_title(below: str) -> None:
    assert published(page(below=below)) == "2025-03-12"
    other = "<aside>Un autre article : <time datetime='2019-03-12'>12 mars</time></aside>"
    assert published(page(below=below, foot=other)) == "2025-03-12"


def test_beside_and_above_the_title_but_not_before_its_block() -> None:
    above = "<time datetime='2025-03-12'>12 mars</time>"
    assert (
        find_stated_date(
            f"<html><body><article>{above}<h1>{TITLE}</h1>{TEXT}</article></body></html>", TITLE, []
        )
        == "2025-03-12"
    )
    assert (
        find_stated_date(
            f"<html><body>{above}<article><h1>{TITLE}</h1>{TEXT}</article></body></html>", TITLE, []
        )
        == ""
    )
    assert find_stated_date(f"<article>{above}{TEXT}</article>", "", []) == "2025-03-12"


def test_below_a_standfirst() -> None:
    standfirst = (
        f"<p class='chapo'>{'Le groupe lillois a investi 45 millions dans ce site. ' * 2}</p>"
    )
    assert (
        published(page(below=f"{standfirst}<div>Publié le 12 mars 2025 à 9h30</div>"))
        == "2025-03-12"
    )


def test_dateline_of_a_fragment() -> None:
    assert (
        published(f"<div><p>Par Claire Martin, publié le 12 mars 2025</p>{TEXT}{LATER}</div>")
        == "2025-03-12"
    )


def test_no_page_at_all() -> None:
    assert find_stated_date("", "", []) == find_stated_date("<p>", TITLE, []) == ""


def test_a_time_that_was_left_open_holds_the_page_and_says_nothing() -> None:
    assert find_stated_date(page(below="<time datetime='2019-03-12'>", text=LATER), TITLE, []) == ""
    assert (
        find_stated_date(
            page(below="<time datetime='2019-03-12'>" * 1_000, text=LATER * 1_000), TITLE, []
        )
        == ""
    )


DATES = (
    st.dates().map(str)
    | st.dates().map(lambda day: f"{day:%d/%m/%Y}")
    | st.integers(1990, 2026).map(str)
)


@given(
    st.lists(DATES, min_size=1, max_size=3),
    st.sampled_from(["p", "li", "small", "b", "time", "h2", "footer"]),
)
@settings(max_examples=100, deadline=None)
def test_sentences_never_date_a_page(dates: list[str], tag: str) -> None:
    sentences = "".join(
        f"<p><{tag}>Selon le groupe, c'était {date} ou un peu avant, à Lille.</{tag}></p>"
        for date in dates
    )
    assert (
        find_stated_date(
            page(text=sentences),
            TITLE,
            [f"Selon le groupe, c'était {date} ou avant." for date in dates],
        )
        == ""
    )


def test_the_date_is_that_of_the_article_among_other_objects() -> None:
    site = '{"@type": "WebSite", "datePublished": "2011-01-02"}'
    article = '{"@type": "NewsArticle", "datePublished": "2025-03-12T10:00:00+01:00"}'
    listed = article.replace('"NewsArticle"', '["Thing", "NewsArticle"]')
    scripts = (f'{{"@graph": [{site}, {article}]}}', f"[{site}, {article}]", f"[{site}, {listed}]")
    for script in scripts:
        assert (
            published(page(f'<script type="application/ld+json">{script}</script>')) == "2025-03-12"
        )


def test_the_author_above_the_text_is_the_byline_and_no_paragraph() -> None:
    html = page(below="<p>Par Claire Martin</p>")
    read = extract(html)
    assert read.header.byline == "Claire Martin"
    assert "Claire Martin" not in read.text


@pytest.mark.parametrize(
    "below",
    [
        "<p>Mis à jour le 14 mars 2025, publié le 12 mars 2025</p>",
        "<p>Mis à jour le vendredi 14 mars 2025 à 10h, publié le mercredi 12 mars 2025 à 9h30</p>",
        "<p>Mis à jour le 14 mars 2025</p><p>Publié le 12 mars 2025</p>",
        "<div>Modifié le 14 mars 2025</div><div>12 mars 2025 à 9h30</div>",
        "<div>Mis à jour le <time>14 mars 2025</time></div><div>Publié le <time>12 mars "
        "2025</time></div>",
        "<p>Publié le 12 mars 2025, mis à jour le 14 mars 2025</p>",
        "<p>Publié par Claire Martin le 12 mars 2025, mis à jour le 14 mars 2025</p>",
        "<p>Mis à jour le 12 mars 2025</p>",  # better than none
    ],
)
def test_the_date_of_publication_counts_before_that_of_an_update(below: str) -> None:
    assert published(page(below=below)) == "2025-03-12"
