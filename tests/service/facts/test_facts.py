import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.facts.facts import (
    Fact,
    FactKind,
    Source,
    days,
    marked_numbers,
    names,
    numbers,
    openings,
    quotes,
)
from service.facts.magnitudes import magnitudes
from service.text.folding import plain

SOURCE = Source(
    "Orange arrête Flexible Engine, lancé en 2017 avec le chinois Huawei, a annoncé lundi Christel "
    "Heydemann. "
    "L'offre devait séduire les 200 plus grosses sociétés après un partenariat de six ans et 3,5 "
    "milliards d'euros. "
    "« Un plan de fermeture sur environ 24 mois a été élaboré », précise-t-elle."
)
FRENCH = {
    "3,5 milliards d'euros": {"3500000000"}, "3,5 Md€": {"3500000000"}, "300 M€": {"300000000"},
    "1.000 salariés": {"1000"},
    "1 000 salariés": {"1000"}, "1\u202f000\u202f000": {"1000000"}, "1.234.567": {"1234567"},
    "iOS 17.4.1": {"17.4.1"},
    "six ans": {"6"}, "vingt-quatre mois": {"24"}, "1,5": {"1.5"}, "30 000,50 euros": {"30000.5"},
    "CVE-2024-1234": {"2024", "1234"},
    "à 10h30": {"10", "30"}, "la 5G": {"5"}, "100k€": {"100000"}, "23 %": {"23"}, "rien": set(),
    "2 billions de dollars": {"2000000000000"}, "trois trillions d'euros": {"3000000000000000000"},
}  # fmt: skip


@pytest.mark.parametrize(("text", "values"), FRENCH.items())
def test_french_numbers(text: str, values: set[str]) -> None:
    assert set(numbers(text)) == values


@given(
    st.one_of(
        st.text(),
        st.text(alphabet=st.sampled_from(list("0129٣²½., \xa0mkM€$hun-"))),
        st.from_regex(r"\d{30,60}"),
    )
)
def test_any_text_has_numbers_and_a_plain_form(text: str) -> None:
    assert all(isinstance(value, str) for value in numbers(text))
    assert plain(text) == " ".join(plain(text).split())


@pytest.mark.parametrize(
    "separator", ["", " ", "\n", ".", ",", ", ", "\u202f", "h", "-", " mille ", " et "]
)
@pytest.mark.parametrize("digits", [1, 3, 4])
def test_time_grows_with_the_length_only(separator: str, digits: int) -> None:
    def once(text: str) -> float:
        start = time.process_time()
        numbers(text)
        marked_numbers(text)
        return time.process_time() - start

    def seconds(length: int) -> float:
        """The least of three: in a long run Python's collector of garbage may fall into one of
        them."""
        text = separator.join("7" * digits for _ in range(length))[:length]
        return min(once(text) for _ in range(3))

    assert (
        seconds(40_000) < 12 * seconds(10_000) + 0.1
    )  # four times in theory, sixteen if it were the square


def test_plain() -> None:
    assert plain("  L’Œuvre\nd'ÉTÉ ") == "l'oeuvre d'ete"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Le groupe Orange quitte Huawei.", ["Orange", "Huawei"]),
        ("Christel Heydemann parle.", ["Christel", "Heydemann"]),
        ("Après Orange, la suite.", ["Orange"]),
        ("L'entreprise recrute.", []),
        ("OpenAI recrute.", ["OpenAI"]),
        ("C'est la 5G d'Orange.", ["5G", "Orange"]),
    ],
)
def test_names(text: str, found: list[str]) -> None:
    assert names(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("le 5 mars", ["mars"]),
        ("la planète Mars", []),
        ("1er mai", ["mai"]),
        ("lundi, en août", ["lundi", "août"]),
    ],
)
def test_days(text: str, found: list[str]) -> None:
    assert days(text) == found


def test_quotes_have_three_words() -> None:
    assert quotes("« un deux trois » et “quatre cinq six” mais « sept »") == [
        "un deux trois",
        "quatre cinq six",
    ]


@pytest.mark.parametrize(
    ("summary", "kind", "text"),
    [
        ("Orange arrête son offre après huit ans.", FactKind.NUMBER, "8"),
        ("L'offre a coûté 4,5 milliards d'euros.", FactKind.NUMBER, "4,5 milliards"),
        ("L'opérateur rompt avec Microsoft.", FactKind.NAME, "Microsoft"),
        ("L'annonce a été faite mardi.", FactKind.DAY, "mardi"),
        ("Elle évoque « une fermeture très rapide ».", FactKind.QUOTE, "une fermeture très rapide"),
    ],
)
def test_inventions_are_found(summary: str, kind: FactKind, text: str) -> None:
    assert [(fact.kind, fact.text) for fact in SOURCE.unsupported(summary)] == [(kind, text)]


@pytest.mark.parametrize(
    "summary",
    [
        "Orange met fin à Flexible Engine, son offre commune avec Huawei, lancée en 2017.",
        "Le partenariat de 6 ans, annoncé lundi, valait 3 500 millions d'euros.",
        "Christel Heydemann annonce « un plan de fermeture sur environ 24 mois ».",
    ],
)
def test_faithful_summaries_have_no_inventions(summary: str) -> None:
    assert SOURCE.unsupported(summary) == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Tourcoing a signé.", ["Tourcoing"]),
        ("L'Anssi confirme. Veolia dément.", ["Anssi", "Veolia"]),
        ("Interrogé mardi, il se tait.", []),
        ("Désormais, le site est fermé.", []),
        ("Les clients migrent.", []),
        ("RÉACTION", []),
    ],
)
def test_openings_are_no_common_first_words(text: str, found: list[str]) -> None:
    assert openings(text) == found


def test_a_name_that_opens_a_sentence_is_checked() -> None:
    assert SOURCE.unsupported("Microsoft arrête son offre.") == (Fact(FactKind.NAME, "Microsoft"),)
    assert SOURCE.unsupported("Orange arrête son offre.") == ()
    assert SOURCE.unsupported("Lancée en 2017, l'offre devait séduire.") == ()


@pytest.mark.parametrize(
    ("fact", "there"),
    [
        (Fact(FactKind.NUMBER, "six"), True),
        (Fact(FactKind.NUMBER, "sept"), False),
        (Fact(FactKind.NAME, "Flexible"), True),
        (Fact(FactKind.NAME, "Microsoft"), False),
        (Fact(FactKind.DAY, "lundi"), True),
        (Fact(FactKind.DAY, "mardi"), False),
        (Fact(FactKind.QUOTE, "un plan de fermeture"), True),
        (Fact(FactKind.QUOTE, "un plan de relance"), False),
    ],
)
def test_a_source_has_its_facts(fact: Fact, there: bool) -> None:
    assert SOURCE.has(fact) is there


def test_marked_numbers_keep_their_order() -> None:
    marked, found = marked_numbers("Six ans, 3,5 milliards d'euros, iOS 17.4.1")
    assert {value for value, _ in found} == {"6", "3500000000", "17.4.1"}
    values = [found[ord(sign) - 0xE000][0] for sign in marked if sign >= "\ue000"]
    assert values == ["6", "3500000000", "17.4.1"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("des milliers de maisons", {3}),
        ("une centaine d'habitants et des dizaines de milliers d'euros", {2, 4}),
        ("3 millions, trois cents millions et 1,2 milliard d'euros", set()),
        ("le millionnaire", set()),
    ],
)
def test_rough_numbers(text: str, found: set[int]) -> None:
    assert magnitudes(text).keys() == found


@pytest.mark.parametrize(
    ("rough", "source", "supported"),
    [
        (
            "Des milliers de maisons sont détruites.",
            "Une centaine de maisons ont brûlé sur 400 hectares.",
            False,
        ),
        ("Des milliers de maisons sont détruites.", "3 200 maisons ont brûlé.", True),
        (
            "Des milliers de maisons sont détruites.",
            "Des dizaines de milliers de maisons ont brûlé.",
            True,
        ),
        ("Une centaine de maisons sont détruites.", "Le feu a détruit 98 maisons.", True),
        ("Des centaines de maisons sont détruites.", "Le feu a détruit douze maisons.", False),
        ("Des milliers de maisons sont détruites.", "Le feu a détruit 32 000 maisons.", True),
    ],
)
def test_a_rough_number_needs_one_of_its_size(rough: str, source: str, supported: bool) -> None:
    assert (Source(source).unsupported(rough) == ()) is supported


def test_names_are_spelt_as_the_source_spells_them() -> None:
    source = Source(
        "Les Etats-Unis et l'État de New York attaquent Etienne Morel. À Evry, l'Etat se tait."
    )
    assert (
        source.spelt("Les États-Unis attaquent Étienne Morel à Évry.")
        == "Les Etats-Unis attaquent Etienne Morel à Evry."
    )
    assert source.spelt("L'État se tait.") == "L'État se tait."  # it has both
    assert source.spelt("À Lyon, Éric parle.") == "À Lyon, Éric parle."


@pytest.mark.parametrize(
    ("article", "summary", "wrong"),
    [
        ("Deux tiers acceptent, un quart refuse.", "Un tiers accepte.", ["Un tiers"]),
        ("Deux tiers acceptent.", "Deux tiers acceptent.", []),
        ("Un million et demi de comptes, contre 900 000.", "Un million de comptes.", ["1000000"]),
        ("Un million et demi de comptes.", "1,5 million de comptes.", []),
        ("La panne a duré 2 h 40.", "La panne a duré 2 heures.", ["2 heures"]),
        ("La panne a duré 2 heures et 40 minutes.", "La panne a duré 2 h 40.", []),
        ("De 10h00 à 12h.", "De 10 h à 12 heures.", []),
    ],
)
def test_times_and_fractions_are_compared_as_wholes(
    article: str, summary: str, wrong: list[str]
) -> None:
    assert [fact.text for fact in Source(article).unsupported(summary)] == wrong
