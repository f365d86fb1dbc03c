"""The examples of the documentation: an article, its summary and the results of a batch."""

from typing import Any

from pydantic import ConfigDict

EXAMPLE_TEXT = (
    "Le cloud de Nuagis ouvre une région à Lille\n\nClaire Martin Publié : 12/03/2025 à "
    "09:30\n\n3-4 minutes\n\n"
    "L'hébergeur français Nuagis ouvre mardi une nouvelle région à Lille, a annoncé sa directrice, "
    "Anne Leroy. "
    "Le site compte 1 200 serveurs et a coûté 45 millions d'euros. Il est refroidi à l'eau de "
    "pluie. "
    "L'entreprise emploie 320 personnes et vise les administrations, qui cherchent à quitter les "
    "fournisseurs américains."
)
_EVIDENCE = "Le site compte 1 200 serveurs et a coûté 45 millions d'euros."
_SENTENCE = "Le nouveau site de Nuagis compte 1 200 serveurs et a coûté 45 millions d'euros."
_START = EXAMPLE_TEXT.index(_EVIDENCE)
_HEADER = EXAMPLE_TEXT[: EXAMPLE_TEXT.index("\n\nL'hébergeur")]
_BODY = EXAMPLE_TEXT.index("L'hébergeur")
EXAMPLE_SUMMARY = {
    "summary": _SENTENCE,
    "language": "fr",
    "headline": "Nuagis ouvre une région cloud à Lille",
    "sentences": [
        {
            "text": _SENTENCE,
            "french": _SENTENCE,
            "evidence": [
                {"paragraph": 0, "start": _START, "end": _START + len(_EVIDENCE), "text": _EVIDENCE}
            ],
            "supported": True,
            "french_supported": True,
            "unsupported": [],
        }
    ],
    "article": {
        "title": "Le cloud de Nuagis ouvre une région à Lille",
        "byline": "Claire Martin",
        "published": "2025-03-12",
        "source": "",
        "language": "fr",
        "language_score": 1.0,
        "words": 55,
        "text": None,
        "paragraphs": [{"start": _BODY, "end": len(EXAMPLE_TEXT)}],
        "set_aside": [{"start": 0, "end": len(_HEADER)}],
    },
    "coverage": {"tokens": 82, "used_tokens": 82, "truncated": False, "left_out_characters": 0},
    "warnings": [],
    "model": {"id": "breve-270m", "revision": "0f3c2a9be41d7786"},
    "timings_ms": {"read": 9, "generate": 2350, "choose": 4, "headline": 1210, "total": 3573},
}

EXAMPLE_RESULTS: list[dict[str, Any]] = [
    {"id": "a-1", "index": 0, "summary": EXAMPLE_SUMMARY, "problem": None},
    {
        "id": "a-2",
        "index": 1,
        "summary": None,
        "problem": {
            "type": "urn:breve:problem:too_short",
            "title": "Unprocessable Content",
            "status": 422,
            "code": "too_short",
            "detail": "The article has 2 words; at least 8 are needed.",
            "request_id": "5f0c8a52e6a94b6d",
            "errors": None,
            "language": None,
        },
    },
]


def example(body: dict[str, Any]) -> ConfigDict:
    """The pydantic configuration that adds this example to the documentation of a body."""
    return ConfigDict(json_schema_extra={"examples": [body]})
