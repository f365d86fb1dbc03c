from service.text.folding import plain


def test_plain() -> None:
    assert plain("  L’Œuvre\nd'ÉTÉ ") == "l'oeuvre d'ete"
