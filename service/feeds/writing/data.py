"""A digest as plain data, for programs: all that it holds."""

import json
from dataclasses import asdict
from datetime import datetime

from service.feeds.digest import Digest


def write_json(digest: Digest) -> str:
    """The digest as JSON: the fields of `Digest`, times in ISO 8601."""
    return json.dumps(asdict(digest), default=datetime.isoformat, ensure_ascii=False) + "\n"
