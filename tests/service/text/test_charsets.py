"""Which charset counts: the byte order mark, the header, valid UTF-8, the page's label, a guess."""

import pytest

from service.text.charsets import decoded

FRENCH = "L’hébergeur coûte 45 € à l’œuvre…"


def test_latin_5_is_windows_1254() -> None:
    content = "<meta charset=iso-8859-9><p>« İstanbul’da »".encode("cp1254")
    assert "« İstanbul’da »" in decoded(content, "ISO-8859-9")
    assert "« İstanbul’da »" in decoded(content)


def test_which_charset_counts() -> None:
    meta = "<meta charset=koi8-r>"
    assert (
        decoded(f"{meta}é".encode("cp1252"), "windows-1252") == f"{meta}é"
    )  # The header before the page
    assert decoded(f"{meta}Да".encode("koi8-r"), "nonsense") == f"{meta}Да"
    assert decoded(f"{meta}é".encode()) == f"{meta}é"  # UTF-8 before the page's label
    assert decoded("Où ?".encode("utf-16"), "utf-8") == "Où ?"  # The byte order mark before all
    assert decoded("Où ?".encode("utf-8-sig"), "iso-8859-1") == "Où ?"
    assert (
        decoded(b"<meta charset=utf-16>Caf\xe9 \xc3\xa9t\xc3\xa9")
        == "<meta charset=utf-16>Caf\ufffd été"
    )
    assert FRENCH in decoded(f"<p>{FRENCH * 20}</p>".encode("cp1252"))  # A guess


@pytest.mark.parametrize("charset", ["utf-32-le", "utf-32-be"])
def test_utf_32_is_not_taken_for_utf_16(charset: str) -> None:
    assert decoded("\ufeffOù ?".encode(charset)) == "Où ?"
