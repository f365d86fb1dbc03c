"""The words that the checks look for: `verbs.toml` and `small_words.toml`."""

from service.text.tables import table


def read_words(table_name: str, *list_names: str) -> frozenset[str]:
    """Returns the words of one or more lists of a table of this room, as one set."""
    lists = table(__package__, table_name)
    return frozenset().union(*(lists[name] for name in list_names))
