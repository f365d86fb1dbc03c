"""A digest as plain data, for programs: all that it holds, and words for what is wrong."""

import json
from dataclasses import asdict
from datetime import datetime

from service.feeds.digest import Digest
from service.feeds.writing.words import Words


def write_json(digest: Digest) -> str:
    """The digest as JSON: the fields of `Digest`, times in ISO 8601.

    Each part of `health` also has a `message` in the language of the digest.
    """
    words = Words(digest.language)
    health = [{**asdict(health), "message": words.trouble(health)} for health in digest.health]
    fields = {**asdict(digest), "health": health}
    return json.dumps(fields, default=datetime.isoformat, ensure_ascii=False) + "\n"
