"""The store: what was told is known in the next run, and a file that is no store is refused."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.feeds.item import Collected, Feed, Item, Subscription
from service.feeds.store import KEPT_DAYS, StoreTrouble, open_store

NOW = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)
FEED = "https://un.example/rss"
ITEMS = tuple(Item(key, f"Titre {key}", feed=FEED) for key in "ab")
COLLECTED = Collected(Subscription(FEED), Feed("Un", ITEMS), validators=(("If-None-Match", '"1"'),))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "feeds.sqlite"


def test_items_are_remembered(path: Path) -> None:
    with open_store(path) as store:
        assert not store.first_seen(ITEMS)
        store.remember([COLLECTED], NOW)
    with open_store(path) as store:
        assert store.first_seen((*ITEMS, Item("c", "Neuf", feed=FEED))) == {
            (FEED, "a"): NOW,
            (FEED, "b"): NOW,
        }
        assert store.validators() == {FEED: {"If-None-Match": '"1"'}}


def test_a_run_that_fails_has_told_nothing(path: Path) -> None:
    def fail() -> None:
        with open_store(path) as store:
            store.remember([COLLECTED], NOW)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    with open_store(path) as store:
        assert not store.first_seen(ITEMS)


def test_a_failed_feed_keeps_what_is_known_of_it(path: Path) -> None:
    with open_store(path) as store:
        store.remember([COLLECTED], NOW)
        store.remember([Collected(Subscription(FEED))], NOW)
        assert len(store.first_seen(ITEMS)) == 2
        assert store.validators()


def test_items_that_no_feed_has_are_forgotten(path: Path) -> None:
    with open_store(path) as store:
        store.remember([COLLECTED], NOW - timedelta(days=KEPT_DAYS + 1))
        store.remember([Collected(Subscription(FEED), Feed("Un", ITEMS[:1]))], NOW)
        assert store.first_seen(ITEMS).keys() == {(FEED, "a")}


def test_items_of_an_unchanged_feed_are_kept_and_its_older_ones_forgotten(path: Path) -> None:
    later = NOW + timedelta(days=KEPT_DAYS - 1)
    with open_store(path) as store:
        store.remember([COLLECTED], NOW)
        shorter = replace(COLLECTED, feed=Feed("Un", ITEMS[:1]))
        store.remember([shorter], NOW + timedelta(days=1))
        unchanged = Collected(Subscription(FEED), is_unchanged=True)
        store.remember([unchanged], later)
        store.remember([unchanged], later + timedelta(days=KEPT_DAYS - 1))
        assert store.first_seen(ITEMS).keys() == {(FEED, "a")}
        assert store.validators()


def test_a_feed_that_nobody_reads_is_forgotten(path: Path) -> None:
    with open_store(path) as store:
        store.remember([COLLECTED], NOW)
        store.remember([], NOW + timedelta(days=KEPT_DAYS + 1))
        assert not store.first_seen(ITEMS)
        assert not store.validators()


def trouble_of(path: Path) -> StoreTrouble:
    with pytest.raises(StoreTrouble) as raised, open_store(path):
        pass
    assert str(path) in str(raised.value)
    return raised.value


def test_two_runs_at_a_time(path: Path) -> None:
    with open_store(path):
        assert trouble_of(path).kind == "locked"


def test_a_file_that_is_no_store_is_left_as_it_is(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("Mes notes, à garder." * 100, encoding="utf-8")
    assert trouble_of(path).kind == "foreign"
    assert path.read_text(encoding="utf-8").startswith("Mes notes")


def test_a_database_of_another_program(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")
    other.close()
    assert trouble_of(path).kind == "foreign"


def test_a_store_of_a_newer_version(path: Path) -> None:
    with open_store(path):
        pass
    with sqlite3.connect(path) as newer:
        newer.execute("PRAGMA user_version = 99")
    newer.close()
    assert trouble_of(path).kind == "newer"


def test_a_damaged_store(path: Path) -> None:
    with open_store(path) as store:
        many = tuple(Item(f"{k}", "Titre", feed=FEED) for k in range(2_000))
        store.remember([Collected(Subscription(FEED), Feed("Un", many))], NOW)
    content = bytearray(path.read_bytes())
    content[8_192:60_000] = b"\xff" * (60_000 - 8_192)
    path.write_bytes(content)
    assert trouble_of(path).kind == "damaged"


def test_a_folder_in_its_place(path: Path) -> None:
    path.mkdir(parents=True)
    assert trouble_of(path).kind == "unusable"
    assert trouble_of(Path("/proc/none/feeds.sqlite")).kind == "unusable"
