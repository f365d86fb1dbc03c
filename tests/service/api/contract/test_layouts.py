"""A summary as a text: in one paragraph or in bullets, and nothing in it is read as a mark."""

from typing import Any

import pytest

from service.api.contract.layouts import as_markdown, as_plain


def summary(*sentences: str, headline: str | None = None) -> dict[str, Any]:
    return {"headline": headline, "sentences": [{"text": sentence} for sentence in sentences]}


def test_plain_text_is_the_sentences_below_the_headline() -> None:
    whole = summary("Un site ouvre.", "Il est à Lille.", headline="Nuagis à Lille")
    assert as_plain(whole, "paragraph") == "Nuagis à Lille\n\nUn site ouvre. Il est à Lille.\n"
    assert as_plain(summary("Un site ouvre."), "bullets") == "- Un site ouvre.\n"


def test_markdown_has_a_heading_and_a_bullet_for_each_sentence() -> None:
    whole = summary("Un site ouvre.", "Il est à Lille.", headline="Nuagis à Lille")
    assert as_markdown(whole, "bullets") == (
        "# Nuagis à Lille\n\n- Un site ouvre.\n- Il est à Lille.\n"
    )


@pytest.mark.parametrize(
    ("sentence", "escaped"),
    [
        ("# Le `a_b` de *Nuagis* coûte <10 €.", r"\# Le \`a\_b\` de \*Nuagis\* coûte \<10 €."),
        ("Une balise &lt;b&gt; de R&D.", r"Une balise \&lt;b\&gt; de R&D."),
    ],
)  # fmt: skip
def test_signs_of_the_text_are_no_marks(sentence: str, escaped: str) -> None:
    assert as_markdown(summary(sentence), "paragraph") == f"{escaped}\n"
    assert as_plain(summary(sentence), "paragraph") == f"{sentence}\n"
