"""Texts within Markdown: nothing in them is markup, and what is none stays as it is."""

import pytest

from service.text.markdown import escape_markdown


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Le `a_b` de *Nuagis* coûte <10 €.", r"Le \`a\_b\` de \*Nuagis\* coûte \<10 €."),
        (r"Un \ reste [ici](là).", r"Un \\ reste \[ici\](là)."),
        ("La balise &lt;b&gt; s'écrit &#60;b>.", r"La balise \&lt;b\&gt; s'écrit \&#60;b\>."),
        ("R&D & co", "R&D & co"),
        ("2024. Une année.", r"2024\. Une année."),
        ("Nuagis a 3,5 % (ou 12) de parts.", "Nuagis a 3,5 % (ou 12) de parts."),
        ("# Un titre ##", r"\# Un titre \##"),
        ("Le C# de Yahoo! - enfin.", "Le C# de Yahoo! - enfin."),
        ("- 5 % en un an !", r"\- 5 % en un an \!"),
        ("= ~~rien~~ | tout", r"\= \~\~rien\~\~ \| tout"),
    ],
)
def test_signs_of_a_text_are_no_marks(text: str, written: str) -> None:
    assert escape_markdown(text) == written
