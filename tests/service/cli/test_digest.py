"""`breve digest` against a site of this machine: three formats, two stories, three sources."""

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from models.engine import EngineDescription, ModelError, Task
from service.cli import answering
from service.cli.client import Client, ServiceError
from service.cli.digest import _forgiving, _is_guarded
from service.cli.main import main
from service.feeds.store import open_store
from service.feeds.visiting import RunTime
from service.feeds.writing.words import keep_figures_whole
from service.reading.article import ArticleError
from tests.engines import ARTICLE, ScriptedEngine, running
from tests.service.feeds.site import Site, serving

OUTAGE = (
    "Panne chez Nuagis : des sites français inaccessibles",
    "Une panne électrique chez l'hébergeur Nuagis a coupé mardi 2 000 sites à Roubaix. Le courant "
    "est revenu vers 14 heures. Nuagis promet un rapport à ses clients.",
)
OUTAGE_AGAIN = (
    "Nuagis : une panne à Roubaix coupe des milliers de sites",
    "À Roubaix, l'hébergeur Nuagis a subi mardi une panne électrique. Elle a coupé 3 500 sites, "
    "selon le groupe. Un rapport est promis aux clients.",
)
LEAK = (
    "Fuite de données chez Luméo : 2 millions de clients concernés",
    "L'opérateur Luméo a reconnu jeudi le vol des données de 2 millions d'abonnés. Les noms et "
    "les adresses circulent sur un forum. Une plainte a été déposée à Paris.",
)
LEAK_AGAIN = (
    "Luméo piraté : les données de 2 millions d'abonnés volées",
    "Les données de 2 millions d'abonnés de Luméo ont été volées, a reconnu l'opérateur jeudi. Il "
    "a déposé une plainte. Des adresses circulent sur un forum.",
)
ALONE = (
    "Opalis présente un téléphone réparable à 399 euros",
    "La marque Opalis a dévoilé l'Aura 5, un téléphone dont la batterie se change. Il sera vendu "
    "399 euros en décembre. La garantie est de dix ans pour toutes les pièces.",
)
NEW = (
    "Corail bloquera les publicités vidéo",
    "Le navigateur Corail coupera les publicités vidéo dès mars. Les éditeurs de presse craignent "
    "pour leurs revenus. Le syndicat de la presse demande un délai de six mois.",
)
Told = tuple[str, str]


def ago(hours: float) -> datetime:
    return datetime.now(UTC).replace(microsecond=0) - timedelta(hours=hours)


def rss(*items: tuple[str, Told, float]) -> bytes:
    """An RSS feed in latin-1, of the paths, words and ages of its items."""
    written = "".join(
        f"<item><title>{title}</title><link>{{url}}{path}</link><description>{text}</description>"
        f"<pubDate>{format_datetime(ago(hours))}</pubDate></item>"
        for path, (title, text), hours in items
    )
    head = '<?xml version="1.0" encoding="iso-8859-1"?><rss version="2.0"><channel>'
    return f"{head}<title>Le Quotidien</title>{written}</channel></rss>".encode("latin-1")


def atom(*items: tuple[str, Told, float]) -> str:
    written = "".join(
        f"<entry><title>{title}</title><id>{path}</id><link href='{path}'/>"
        f"<updated>{ago(hours).isoformat()}</updated><summary>{text}</summary></entry>"
        for path, (title, text), hours in items
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Silicium</title>{written}</feed>'


def json_feed(*items: tuple[str, Told, float]) -> str:
    written = [
        {"id": path, "url": path, "title": title, "content_text": text,
         "date_published": ago(hours).isoformat()}
        for path, (title, text), hours in items
    ]  # fmt: skip
    feed = {"version": "https://jsonfeed.org/version/1", "title": "Octets", "items": written}
    return json.dumps(feed)


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> ScriptedEngine:
    scripted = ScriptedEngine()
    monkeypatch.setattr("service.feeds.visiting.PAUSE_SECONDS", 0)
    monkeypatch.setattr("models.loading.load_engine", lambda *_: scripted)
    monkeypatch.setattr("service.cli.local_service.listens", lambda: False)
    return scripted


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as served:
        served.put("/rss", rss(("/q1", OUTAGE, 9), ("/q2", LEAK, 5), ("/q3", ALONE, 1)))
        served.put("/atom", atom(("/s1", OUTAGE_AGAIN, 3), ("/s2", LEAK_AGAIN, 30)))
        served.put("/json", json_feed(("/o1", OUTAGE, 8)), "application/feed+json")
        page = f"<html><head><title>{ALONE[0]}</title></head><body><article><h1>{ALONE[0]}</h1>"
        body = f"<p>La page entière d'Opalis. {ALONE[1]}</p></article></body></html>"
        served.put("/q3", page + body, "text/html; charset=utf-8")
        yield served


@pytest.fixture
def opml(site: Site, tmp_path: Path) -> Path:
    path = tmp_path / "feeds.opml"
    path.write_text(
        f"""<opml version="2.0"><body>
        <outline text="Presse"><outline text="Q" xmlUrl="{site.url}/rss"/></outline>
        <outline text="Blogs"><outline text="S" xmlUrl="{site.url}/atom"/>
        <outline text="O" xmlUrl="{site.url}/json"/>
        <outline text="Perdu" xmlUrl="{site.url}/lost"/></outline></body></opml>""",
        encoding="utf-8",
    )
    return path


class French(ScriptedEngine):
    """Translates nothing."""

    def describe(self) -> EngineDescription:
        return replace(super().describe(), tasks=(Task.SUMMARY,))


def digest(*arguments: object, locale: str = "fr_FR.UTF-8") -> Result:
    words = ["digest", *map(str, arguments)]
    return CliRunner(env={"LC_ALL": locale}).invoke(main, words)


def titles(result: Result) -> list[str]:
    """The headlines of a digest as JSON Feed, without that of the feeds to check."""
    items = json.loads(result.stdout)["items"]
    return [item["title"] for item in items if "url" in item]


def test_a_story_is_told_once_with_its_sources(opml: Path, tmp_path: Path) -> None:
    result = digest(opml, "--store", tmp_path / "s.sqlite")
    text = result.stdout.replace("\u00a0", " ")
    assert result.exit_code == 1, result.stderr  # One feed is lost
    headings = [line for line in text.splitlines() if line.startswith("#")]
    assert headings[0].startswith("# Le point sur l’actualité tech, ")
    assert [heading.split("](")[0] for heading in headings[1:]] == [
        "## Presse", f"### [{LEAK[0]}", f"### [{ALONE[0]}",
        "## Blogs", f"### [{OUTAGE_AGAIN[0]}",
        "## À vérifier",
    ]  # fmt: skip
    outage = text[text.index("## Blogs") :]
    assert "Silicium · " in outage
    assert f"- Octets : [{OUTAGE[0]}](<" in outage
    assert f"- Le Quotidien : [{OUTAGE[0]}](<" in outage
    assert "3 500 sites selon Silicium, 2 000 sites selon Octets" in outage
    assert text.rstrip().endswith("- Perdu : le site a répondu par l’erreur 404")
    assert "[^" not in text  # All sentences are those of the articles.
    assert "/lost: le site a répondu par l’erreur 404." in result.stderr


def test_the_page_is_summarised_and_the_feed_is_the_fallback(
    opml: Path, site: Site, tmp_path: Path, engine: ScriptedEngine
) -> None:
    result = digest(opml, "--store", tmp_path / "s.sqlite")
    assert "La page entière d'Opalis" in engine.texts()
    assert {"/q3", "/q2", "/s1"} <= {path for path, _ in site.asked}
    alone = result.stdout[result.stdout.index(keep_figures_whole(ALONE[0])) :]
    assert "flux" not in alone[: alone.index("##")]
    assert result.stdout.count("*(d’après le seul texte du flux)*") == 2


def test_robots_and_feeds_without_folders(site: Site, tmp_path: Path) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /q3\n", "text/plain")
    result = digest(site.url + "/rss", site.url + "/atom", "--store", tmp_path / "s.sqlite")
    assert "/q3" not in {path for path, _ in site.asked}
    headings = [line for line in result.stdout.splitlines() if line.startswith("## ")]
    assert headings == ["## Le Quotidien", "## Silicium"]


def test_what_other_sources_add_is_told_in_the_language_of_the_digest(
    site: Site, tmp_path: Path
) -> None:
    added = (LEAK_AGAIN[0], f"{LEAK_AGAIN[1]} Le pirate demande une rançon de 40 bitcoins à Luméo.")
    site.put("/atom", atom(("/s2", added, 6)))
    names = (site.url + "/rss", site.url + "/atom")
    text = digest(*names, "--store", tmp_path / "fr.sqlite").stdout
    assert "**Selon Silicium** : Le pirate demande une rançon de 40 bitcoins à Luméo." in text
    text = digest(*names, "--store", tmp_path / "en.sqlite", "--lang", "en").stdout
    assert "**According to Silicium**: They say that" in text


def test_json_has_the_evidence(opml: Path, tmp_path: Path) -> None:
    result = digest(opml, "--store", tmp_path / "s.sqlite", "--json")
    data = json.loads(result.stdout)
    assert [section["heading"] for section in data["sections"]] == ["Presse", "Blogs"]
    assert all(
        sentence["evidence"]
        for section in data["sections"]
        for entry in section["entries"]
        for sentence in entry["sentences"]
    )
    assert data["health"][0]["has_failed"]


def test_a_run_without_time_left_tells_what_the_feeds_say(
    opml: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: ScriptedEngine
) -> None:
    monkeypatch.setattr(
        "service.feeds.visiting.RunTime.left", lambda self, share=1.0: 5.0 if share < 1 else 0.0
    )
    result = digest(opml, "--store", tmp_path / "s.sqlite")
    assert result.stdout.count("*(extrait du flux)*") == 3
    assert not engine.calls


def test_an_item_without_a_date_is_told_once(site: Site, tmp_path: Path) -> None:
    items = "<item><title>Une page sans date</title><link>/x</link></item>"
    address = site.put("/undated", f"<rss><channel>{items}</channel></rss>")
    options = (address, "--store", tmp_path / "s.sqlite", "--format", "jsonfeed")
    assert [len(titles(digest(*options))) for _ in range(2)] == [1, 0]


def test_a_second_run_tells_what_is_new(opml: Path, site: Site, tmp_path: Path) -> None:
    options = (opml, "--store", tmp_path / "s.sqlite", "--format", "jsonfeed")
    assert len(titles(digest(*options))) == 3
    assert titles(digest(*options)) == []
    site.put("/json", json_feed(("/o1", OUTAGE, 8), ("/o2", NEW, 1)))
    assert titles(digest(*options)) == [NEW[0]]
    again = digest(*options, "--since", "24h")
    assert len(titles(again)) == 4
    assert titles(digest(*options)) == []


def test_since_leaves_out_what_is_older(opml: Path, tmp_path: Path) -> None:
    store = tmp_path / "s.sqlite"
    result = digest(opml, "--store", store, "--format", "jsonfeed", "--since", "4h")
    assert titles(result) == [ALONE[0], OUTAGE_AGAIN[0]]
    assert digest(opml, "--since", "soon").exit_code == 2
    assert "n’est ni une durée (24h, 7j), ni une date" in digest(opml, "--since", "soon").stderr


def test_most_entries(opml: Path, tmp_path: Path) -> None:
    result = digest(opml, "--store", tmp_path / "s.sqlite", "--max-items", "1")
    assert result.stdout.count("### ") == 1
    assert OUTAGE_AGAIN[0] in result.stdout
    assert "Sujets qui n’ont pas été repris : 2." in result.stdout


def test_in_english_to_a_file(opml: Path, tmp_path: Path) -> None:
    out = tmp_path / "digest.html"
    result = digest(
        opml, "--store", tmp_path / "s.sqlite", "--lang", "en", "--format", "html", "--out", out,
        locale="en_GB.UTF-8",
    )  # fmt: skip
    assert result.stdout == ""
    page = out.read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert '<html lang="en">' in page
    assert "They say that" in page
    assert "To check" in page
    assert "the site answered with the error 404." in result.stderr
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".digest")]


def test_feeds_pages_and_files_beside_each_other(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "local.xml"
    path.write_bytes(rss(("/f1", NEW, 1)))
    names = (path, site.url + "/q3", site.url + "/atom")
    result = digest(*names, "--store", tmp_path / "s.sqlite", "--format", "jsonfeed")
    assert result.exit_code == 0, result.stderr
    assert set(titles(result)) == {ALONE[0], OUTAGE_AGAIN[0], LEAK_AGAIN[0]}
    assert NEW[0] in result.stdout  # A file of relative links has no addresses.


def test_a_store_in_use_or_of_another_kind_is_named(opml: Path, tmp_path: Path) -> None:
    store = tmp_path / "s.sqlite"
    with open_store(store):
        locked = digest(opml, "--store", store)
    assert (locked.exit_code, locked.stdout) == (1, "")
    assert f"breve: {store}: une autre commande se sert de cette mémoire" in locked.stderr.replace(
        " :", ":"
    )
    store.write_bytes(b"notes" * 500)
    foreign = digest(opml, "--store", store, locale="C")
    assert f"{store}: this file is no store of breve digest." in foreign.stderr
    assert store.read_bytes() == b"notes" * 500


def test_what_fails_is_told_again_in_the_next_run(
    opml: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: ScriptedEngine
) -> None:
    def fail(*_: object) -> ScriptedEngine:
        raise ModelError("no such model")

    options = (opml, "--store", tmp_path / "s.sqlite", "--format", "jsonfeed")
    monkeypatch.setattr("models.loading.load_engine", fail)
    failed = digest(*options)
    assert (failed.exit_code, failed.stdout) == (1, "")
    assert "no such model" in failed.stderr
    monkeypatch.setattr("models.loading.load_engine", lambda *_: engine)
    assert len(titles(digest(*options))) == 3


def test_wrong_usage_is_told_before_anything_is_fetched(
    opml: Path, site: Site, tmp_path: Path
) -> None:
    assert digest().exit_code == 2
    assert digest(opml, "--out", opml).exit_code == 2
    nowhere = digest(opml, "--out", tmp_path / "none" / "x.md")
    assert (nowhere.exit_code, "n’existe pas" in nowhere.stderr) == (1, True)
    assert not site.asked


def test_a_list_that_is_not_there(tmp_path: Path) -> None:
    result = digest(tmp_path / "none.opml", "--store", tmp_path / "s.sqlite")
    assert result.exit_code == 1
    assert "none.opml: ce fichier ne peut pas être lu" in result.stderr
    assert "Aucune source n’a pu être lue." in result.stdout


@pytest.mark.parametrize(
    ("locale", "missing", "circle"),
    [
        ("fr_FR.UTF-8", "ce fichier ou ce dossier n’existe pas", "plus de 5 renvois"),
        ("en_GB.UTF-8", "No such file or directory", "more than 5 redirects"),
    ],
)
def test_reasons_are_in_the_language_of_the_environment(
    site: Site, tmp_path: Path, locale: str, missing: str, circle: str
) -> None:
    address = site.put("/circle", "", status=302, headers={"Location": "/circle"})
    lang = locale[:2]
    store = tmp_path / "s.sqlite"
    names = (tmp_path / "none.xml", address)
    result = digest(*names, "--store", store, "--lang", lang, locale=locale)
    for output in (result.stdout, result.stderr):
        assert missing in output
        assert circle in output


def test_feeds_of_others_do_not_lead_into_the_own_network(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.cli.digest.getproxies", dict)
    path = tmp_path / "feed.xml"
    path.write_bytes(rss(("/q3", ALONE, 1)).replace(b"{url}", site.url.encode()))
    result = digest(path, "--store", tmp_path / "s.sqlite")
    assert result.exit_code == 0, result.stderr
    assert keep_figures_whole(ALONE[0]) in result.stdout
    assert not site.asked


@pytest.mark.parametrize(
    ("referrer", "is_guarded"),
    [
        ("http://127.0.0.1:80/feed", False),
        ("http://192.168.1.4/feed", False),
        ("http://8.8.8.8/feed", True),
        ("/home/me/feed.xml", True),
    ],
)
def test_whose_links_must_be_public(
    referrer: str, is_guarded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.cli.digest.getproxies", dict)
    _is_guarded.cache_clear()
    assert _is_guarded(referrer) is is_guarded


@pytest.mark.parametrize(
    ("proxies", "is_guarded"),
    [({"no": "localhost"}, True), ({"ftp": "http://p"}, True), ({"https": "http://p"}, False)],
)
def test_a_proxy_of_the_web_guards_in_our_place(
    proxies: dict[str, str], is_guarded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.cli.digest.getproxies", lambda: proxies)
    _is_guarded.cache_clear()
    assert _is_guarded("http://8.8.8.8/feed") is is_guarded


def test_stories_are_summarised_at_the_same_time(
    opml: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_meet = threading.Barrier(3)

    def summarize(*arguments: Any) -> dict[str, Any]:
        all_meet.wait(5)
        return answer_one(*arguments)

    answer_one = answering._summarize
    monkeypatch.setattr(answering, "_summarize", summarize)
    result = digest(opml, "--store", tmp_path / "s.sqlite", "--format", "jsonfeed")
    assert titles(result) == [LEAK[0], ALONE[0], OUTAGE_AGAIN[0]]


def test_without_a_terminal_stories_are_counted_now_and_then(site: Site, tmp_path: Path) -> None:
    items = [(f"/n{k}", (f"Robot{k} Sujet{k} Objet{k}", NEW[1]), 1.0) for k in range(9)]
    address = site.put("/many", rss(*items))
    result = digest(address, "--store", tmp_path / "s.sqlite")
    counted = [line for line in result.stderr.splitlines() if "Sujets" in line]
    assert len(counted) == 2
    assert counted[0].split("/")[0].endswith("0")


def test_a_service_that_fails_in_the_run_is_replaced_by_the_model(
    opml: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: ScriptedEngine
) -> None:
    def refuse(*_: object) -> dict[str, object]:
        raise ServiceError("It is gone.")

    with running() as service:
        monkeypatch.setattr("service.cli.local_service.listens", lambda: True)
        monkeypatch.setattr("service.cli.local_service.find_service", lambda *_: service.url)
        monkeypatch.setattr("service.cli.client.Client.summarize", refuse)
        result = digest(opml, "--store", tmp_path / "s.sqlite", "--format", "jsonfeed")
    assert len(titles(result)) == 3
    assert engine.calls
    assert result.stderr.count("Chargement du modèle") == 1


def test_a_service_writes_the_summaries(opml: Path, tmp_path: Path) -> None:
    with running() as service:
        result = digest(
            opml, "--store", tmp_path / "s.sqlite", "--url", service.url, "--format", "jsonfeed"
        )
    assert len(titles(result)) == 3
    assert service.engine.calls


def test_an_article_at_which_a_service_fails_does_not_end_the_run(
    opml: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_at_one(client: Client, body: dict[str, Any]) -> dict[str, Any]:
        if OUTAGE[0] in str(body):
            raise ServiceError("It took too long.", {"code": "deadline"}, 504)
        return summarize(client, body)

    summarize = Client.summarize
    monkeypatch.setattr(Client, "summarize", fail_at_one)
    with running() as service:
        result = digest(
            opml, "--store", tmp_path / "s.sqlite", "--url", service.url, "--format", "jsonfeed"
        )
    assert len(titles(result)) == 3
    assert service.engine.calls


def test_a_service_that_has_answered_is_not_broken_by_one_article() -> None:
    def answer(body: dict[str, Any]) -> dict[str, Any]:
        if body["text"]:
            return {}
        raise ServiceError("An error.", {"code": "internal"}, 500)

    summarise = _forgiving(answer, RunTime(60))
    with pytest.raises(ServiceError):
        summarise({"text": ""})
    summarise({"text": ARTICLE})
    with pytest.raises(ArticleError):
        summarise({"text": ""})


def test_english_of_a_model_that_has_none_is_refused_in_french(
    opml: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.loading.load_engine", lambda *_: French())
    result = digest(opml, "--store", tmp_path / "s.sqlite", "--lang", "en")
    assert result.exit_code == 2
    assert "n’écrit qu’en français" in result.stderr


@pytest.mark.skipif(os.name == "nt", reason="umask")
def test_the_file_has_the_rights_of_others(opml: Path, tmp_path: Path) -> None:
    out = tmp_path / "digest.md"
    digest(opml, "--store", tmp_path / "s.sqlite", "--out", out)
    other = tmp_path / "other"
    other.touch()
    assert out.stat().st_mode == other.stat().st_mode
