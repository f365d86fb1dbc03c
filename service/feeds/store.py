"""Remembers which items were told before: an SQLite file.

One transaction spans a run. So a run that fails or is stopped changes nothing here, and two runs
never tell the same items.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from service.feeds.item import Collected, Item

APPLICATION: Final = 0x42727665  # "Brve": marks the file as a store of ours.
VERSION: Final = 1  # of the tables
KEPT_DAYS: Final = 180  # An item that no feed has had for so long is forgotten.
_TABLES: Final = """
CREATE TABLE feeds (address TEXT, header TEXT, value TEXT, PRIMARY KEY (address, header));
CREATE TABLE items (
    feed TEXT, key TEXT, first_seen TEXT, last_seen TEXT, PRIMARY KEY (feed, key)
);
"""
# An unchanged feed does not list its items: those that it listed last are still there.
_STILL_THERE: Final = """
UPDATE items SET last_seen = :moment
WHERE feed = :feed AND last_seen = (SELECT max(last_seen) FROM items WHERE feed = :feed)
"""


class StoreTrouble(Exception):
    """The store cannot be used.

    `kind` is `locked`, `damaged`, `foreign`, `newer` or `unusable`. `path` names the file, `reason`
    is SQLite's.
    """

    def __init__(self, kind: str, path: Path, reason: str = "") -> None:
        super().__init__(f"{path}: {kind} {reason}".strip())
        self.kind, self.path, self.reason = kind, path, reason


class Store:
    """A store within its transaction. It comes from `open_store`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def validators(self) -> dict[str, dict[str, str]]:
        """For each feed's address, the headers with which a request asks for changes only."""
        validators: dict[str, dict[str, str]] = {}
        for address, header, value in self._connection.execute("SELECT * FROM feeds"):
            validators.setdefault(address, {})[header] = value
        return validators

    def first_seen(self, items: Iterable[Item]) -> dict[tuple[str, str], datetime]:
        """When the items were first seen, by feed and key; new items are missing."""
        query = "SELECT first_seen FROM items WHERE feed = ? AND key = ?"
        seen = {}
        for item in items:
            name = (item.feed, item.key)
            if row := self._connection.execute(query, name).fetchone():
                seen[name] = datetime.fromisoformat(row[0])
        return seen

    def remember(self, collected: Iterable[Collected], now: datetime) -> None:
        """Keeps the items of all feeds, and their validators. `now` has a time zone."""
        moment = now.isoformat()
        for result in collected:
            address = result.subscription.address
            if result.is_unchanged:
                self._connection.execute(_STILL_THERE, {"feed": address, "moment": moment})
            if result.feed is None:
                continue
            self._connection.execute("DELETE FROM feeds WHERE address = ?", (address,))
            self._connection.executemany(
                "INSERT INTO feeds VALUES (?, ?, ?)",
                [(address, *validator) for validator in result.validators],
            )
            self._connection.executemany(
                "INSERT INTO items VALUES (?, ?, ?, ?) "
                "ON CONFLICT (feed, key) DO UPDATE SET last_seen = excluded.last_seen",
                [(address, item.key, moment, moment) for item in result.feed.items],
            )
        oldest = (now - timedelta(days=KEPT_DAYS)).isoformat()
        self._connection.execute("DELETE FROM items WHERE last_seen < ?", (oldest,))
        self._connection.execute("DELETE FROM feeds WHERE address NOT IN (SELECT feed FROM items)")


@contextmanager
def open_store(path: Path) -> Iterator[Store]:
    """Opens the store at `path` for one run, and creates it if it is missing.

    The run's changes are saved at its end, unless an error ends it. Raises StoreTrouble.
    """
    with suppress(OSError):  # SQLite says what is wrong.
        path.parent.mkdir(parents=True, exist_ok=True)
    with _explaining(path), closing(_connect(path)) as connection:
        _begin(connection, path)
        try:
            yield Store(connection)
        except BaseException:
            connection.rollback()
            raise
        connection.commit()


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=1.0, isolation_level=None)


def _begin(connection: sqlite3.Connection, path: Path) -> None:
    """Begins the transaction of a run; raises StoreTrouble for a file that is no store."""
    connection.execute("BEGIN IMMEDIATE")
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if not tables and application in (0, APPLICATION):
        for statement in filter(str.strip, _TABLES.split(";")):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
        return
    if application != APPLICATION:
        raise StoreTrouble("foreign", path)
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise StoreTrouble("newer", path)
    if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise StoreTrouble("damaged", path)


@contextmanager
def _explaining(path: Path) -> Iterator[None]:
    """Turns errors of SQLite into StoreTrouble."""
    try:
        yield
    except sqlite3.Error as error:
        reason = str(error)
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        kinds = {
            sqlite3.SQLITE_BUSY: "locked",
            sqlite3.SQLITE_LOCKED: "locked",
            sqlite3.SQLITE_CORRUPT: "damaged",
            sqlite3.SQLITE_NOTADB: "foreign",
        }
        raise StoreTrouble(kinds.get(code, "unusable"), path, reason) from error
