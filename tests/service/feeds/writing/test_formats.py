"""A digest in all formats: complete, and without marks of what feeds say."""

import json
import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import feedparser
import pytest

from service.feeds.digest import Digest, Health, Section
from service.feeds.entries import Basis, Entry, EntrySentence, Telling
from service.feeds.grouping.additions import SourcedSentence
from service.feeds.grouping.differences import SourcedFigure
from service.feeds.item import FeedTrouble, Subscription, Trouble
from service.feeds.writing.formats import FORMATS
from service.feeds.writing.words import Words

MADE = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)
EVIL = 'A <script>x()</script> & "b" *c* [d](e)'
ENTRY = Entry(
    key="https://un.example/1",
    headline=EVIL,
    sentences=(EntrySentence("Résumé <img src=x onerror=y> de `code`.", ('Dit "tout" <b>.',)),),
    telling=Telling("Un <b>", EVIL, "https://un.example/1?a=1&b=(2)", MADE),
    others=(Telling("Deux", "Titre *gras*", "", None),),
    additions=(SourcedSentence("Ils sont *neuf* <i>.", "Deux <u>"),),
    differences=((SourcedFigure("15 morts", "Un <b>"), SourcedFigure("12 morts", "Deux")),),
    folder="Cloud & co",
)
BARE = Entry(
    "2",
    "1. Titre",
    (EntrySentence("Le flux."),),
    Telling("Trois", "1. Titre", "", None),
    Basis.EXCERPT,
)
FEEDS = ("https://un.example/rss", "https://deux.example/rss")
HEALTH = (
    Health(
        Subscription("https://quatre.example/rss", title="Quatre <i>"),
        Trouble(FeedTrouble.STATUS, "404"),
        True,
    ),
)
LEFT_OUT = "Sujets qui n’ont pas été repris : 3."
SECTIONS = (Section("Cloud & co", (ENTRY,)), Section("Trois", (BARE,)))


def digest(language: str = "fr", sections: tuple[Section, ...] = SECTIONS) -> Digest:
    return Digest(MADE, language, sections, HEALTH, FEEDS, left_out=3)


class Tags(HTMLParser):
    """The tags of a page, and the addresses of its links."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", FORMATS)
def test_everything_is_told(name: str, language: str) -> None:
    text = FORMATS[name](digest(language))
    for part in ("un.example/1", "15 morts", "12 morts", "Deux", "Trois", "404", "2026"):
        assert part in text, part
    assert "Dit" in text
    assert "neuf" in text
    if name == "json":
        return
    words = Words(language)
    for word in ("differ", "health", "excerpt"):
        assert words.word(word) in text


def test_markdown_has_only_its_own_marks() -> None:
    text = FORMATS["markdown"](digest())
    lines = text.split("\n")
    assert lines[0] == "# Le point sur l’actualité tech, 29 novembre 2026"
    assert lines[2] == "## Cloud & co"
    assert lines[4].startswith('### [A \\<script\\>x()\\</script\\> & "b" \\*c\\* \\[d\\](e)](<')
    assert lines[4].endswith("(<https://un.example/1?a=1&b=(2)>)")
    assert "- Deux : Titre \\*gras\\*" in lines
    assert "### 1\\. Titre" in lines
    assert "Chiffres qui diffèrent** : 15 morts selon Un \\<b\\>, 12 morts selon Deux" in text
    assert LEFT_OUT in lines
    assert "Résumé \\<img src=x onerror=y\\> de \\`code\\`.[^1]" in lines
    assert lines[-2] == '[^1]: Dit "tout" \\<b\\>.'
    assert "**Selon Deux \\<u\\>** : Ils sont \\*neuf\\* \\<i\\>." in lines
    assert "## Trois" in lines
    assert "Le flux. *(extrait du flux)*" in lines
    assert lines[-4] == "- Quatre \\<i\\> : le site a répondu par l’erreur 404"


def test_html_loads_nothing_and_runs_nothing() -> None:
    page = FORMATS["html"](digest())
    read = Tags(page)
    assert not {"script", "img", "b", "i", "u", "link", "style", "iframe"} & set(read.tags)
    addresses = [value for name, value in read.attributes if name in ("href", "src")]
    assert addresses == ["https://un.example/1?a=1&b=(2)"]
    assert not [name for name, _ in read.attributes if name.startswith("on") or name == "class"]
    assert "&lt;script&gt;" in page
    assert ("data-evidence", 'Dit "tout" <b>.') in read.attributes


def test_atom_is_read_by_a_reader() -> None:
    feed = feedparser.parse(FORMATS["atom"](digest()).encode())
    assert not feed.bozo
    assert feed.version == "atom10"
    assert [entry.title for entry in feed.entries] == [
        "A <script>x()</script> & \"b\" *c* [d](e)", "1. Titre", LEFT_OUT, "À vérifier",
    ]  # fmt: skip
    first = feed.entries[0]
    assert first.link == "https://un.example/1?a=1&b=(2)"
    assert first.tags[0].term == "Cloud & co"
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", first.id)
    content = Tags(first.content[0].value)
    assert not {"script", "img", "b"} & set(content.tags)


def test_json_feed() -> None:
    feed = json.loads(FORMATS["jsonfeed"](digest("en")))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"] == "Tech news digest, November 29, 2026"
    first, bare, left_out, health = feed["items"]
    assert left_out["title"] == "Stories that were left out: 3."
    assert first["url"] == "https://un.example/1?a=1&b=(2)"
    assert (first["tags"], first["authors"]) == (["Cloud & co"], [{"name": "Un <b>"}])
    assert "15 morts according to Un &lt;b&gt;" in first["content_html"]
    assert "url" not in bare
    assert "Quatre &lt;i&gt;" in health["content_html"]


def test_a_feed_keeps_its_identity_from_run_to_run() -> None:
    later = replace(digest(), made=MADE + timedelta(days=1), feeds=FEEDS[::-1])
    first, second = (feedparser.parse(FORMATS["atom"](each)) for each in (digest(), later))
    assert first.feed.id == second.feed.id
    assert first.entries[0].id == second.entries[0].id


def test_json_has_everything() -> None:
    data = json.loads(FORMATS["json"](digest()))
    assert (data["made"], data["left_out"], data["feeds"]) == (MADE.isoformat(), 3, list(FEEDS))
    entry, bare = (section["entries"][0] for section in data["sections"])
    assert entry["sentences"][0]["evidence"] == ['Dit "tout" <b>.']
    assert entry["additions"] == [{"text": "Ils sont *neuf* <i>.", "source": "Deux <u>"}]
    assert [figure["written"] for figure in entry["differences"][0]] == ["15 morts", "12 morts"]
    assert (entry["basis"], bare["basis"]) == ("page", "excerpt")
    assert data["health"][0]["trouble"] == {"kind": "status", "detail": "404"}


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_digest(name: str) -> None:
    text = FORMATS[name](Digest(MADE, "fr", (), (), FEEDS))
    assert text.endswith("\n")
    assert name not in ("markdown", "html") or "Rien de nouveau." in text


@pytest.mark.parametrize("kind", FeedTrouble)
def test_each_trouble_has_its_words(kind: FeedTrouble) -> None:
    health = Health(Subscription("https://un.example/rss"), Trouble(kind, "7"), has_failed=True)
    said = {Words(language).trouble(health) for language in ("fr", "en")}
    assert len(said) == 2


@pytest.mark.parametrize("name", FORMATS)
def test_control_characters_of_a_trouble_end_no_digest(name: str) -> None:
    trouble = Trouble(FeedTrouble.FAILED, "Unknown field 'a\x01'.")
    health = Health(Subscription("https://a\x01b.example/f"), trouble, has_failed=True)
    text = FORMATS[name](Digest(MADE, "fr", (), (health,), FEEDS))
    assert "\x01" not in text
    assert "Unknown field" in text


@pytest.mark.parametrize(("feeds", "is_unread"), [([], True), (["https://un.example/rss"], False)])
@pytest.mark.parametrize("name", ["markdown", "html"])
def test_where_no_feed_could_be_read_nothing_is_said_of_news(
    name: str, feeds: list[str], is_unread: bool
) -> None:
    failed = HEALTH[0].subscription.address
    text = FORMATS[name](Digest(MADE, "fr", (), HEALTH, (failed, *feeds)))
    assert ("Aucune source n’a pu être lue." in text) == is_unread
    assert ("Rien de nouveau." in text) != is_unread


@pytest.mark.parametrize(
    ("zone", "moment", "shown"),
    [
        ("Europe/Paris", datetime(2026, 11, 28, tzinfo=UTC), "28 nov. 2026"),
        ("America/Montreal", datetime(2026, 11, 28, tzinfo=UTC), "28 nov. 2026"),
        ("Europe/Paris", datetime(2026, 11, 27, 23, tzinfo=UTC), "28 nov. 2026"),
        ("Europe/Paris", datetime(2026, 11, 28, 7, 5, tzinfo=UTC), "28 nov. 2026, 08:05"),
    ],
)
def test_a_date_without_a_time_shows_none(
    zone: str, moment: datetime, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", zone)
        time.tzset()
        date = Words("fr").date(moment)
    time.tzset()
    assert date == shown


@pytest.mark.parametrize("name", ["markdown", "html", "atom", "jsonfeed"])
def test_no_figure_breaks_across_lines(name: str) -> None:
    figures = EntrySentence("Le vol touche 800 000 clients et 45 % des 12 millions de comptes.")
    entry = replace(ENTRY, headline="800 000 clients", sentences=(figures,))
    text = FORMATS[name](digest(sections=(Section("Cloud", (entry,)),)))
    for figure in ("touche 800\u00a0000 clients", "45\u00a0% des", "12\u00a0millions de"):
        assert figure in text
    assert name not in ("markdown", "html") or "800 000" not in text


@pytest.mark.parametrize(
    ("headline", "written"), [("R&D & co", "R&D & co"), ("a &lt; b &#35;", "a \\&lt; b \\&#35;")]
)
def test_markdown_escapes_only_the_sign_that_begins_an_entity(headline: str, written: str) -> None:
    entry = replace(BARE, headline=headline)
    assert f"### {written}\n" in FORMATS["markdown"](digest(sections=(Section("A", (entry,)),)))


def test_the_footnote_behind_an_exclamation_is_no_image() -> None:
    entry = replace(BARE, sentences=(EntrySentence("Le site ouvre !", ("Il ouvre.",)),))
    text = FORMATS["markdown"](digest(sections=(Section("A", (entry,)),)))
    assert "Le site ouvre \\![^1]" in text
