"""What a summary states that its source does not contain."""

import pytest

from service.facts.fact import Fact, FactKind, Source

SOURCE = Source(
    "Orange arrête Flexible Engine, lancé en 2017 avec le chinois Huawei, a annoncé lundi Christel "
    "Heydemann. "
    "L'offre devait séduire les 200 plus grosses sociétés après un partenariat de six ans et 3,5 "
    "milliards d'euros. "
    "« Un plan de fermeture sur environ 24 mois a été élaboré », précise-t-elle."
)


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


def test_a_name_that_opens_a_sentence_is_checked() -> None:
    assert SOURCE.unsupported("Microsoft arrête son offre.") == (Fact(FactKind.NAME, "Microsoft"),)
    assert SOURCE.unsupported("Orange arrête son offre.") == ()
    assert SOURCE.unsupported("Lancée en 2017, l'offre devait séduire.") == ()


@pytest.mark.parametrize(
    ("fact", "has"),
    [
        (Fact(FactKind.NUMBER, "six"), True),
        (Fact(FactKind.NUMBER, "sept"), False),
        (Fact(FactKind.NAME, "Flexible"), True),
        (Fact(FactKind.NAME, "Microsoft"), False),
        (Fact(FactKind.DAY, "lundi"), True),
        (Fact(FactKind.DAY, "mardi"), False),
        (Fact(FactKind.QUOTE, "un plan de fermeture"), True),
        (Fact(FactKind.QUOTE, "un plan de relance"), False),
        (Fact(FactKind.QUOTE, "lan de fermeture"), False),
        (Fact(FactKind.QUOTE, "un plan de ferme"), False),
        (Fact(FactKind.QUOTE, "Orange arrête"), True),  # the first words
        (Fact(FactKind.QUOTE, "précise-t-elle."), True),  # the last words
        (Fact(FactKind.QUOTE, "… ?"), True),  # no words
    ],
)
def test_a_source_has_its_facts(fact: Fact, has: bool) -> None:
    assert SOURCE.has(fact) is has


def test_a_scale_in_one_letter_counts() -> None:
    source = Source("Nuagis a levé $3B.")
    assert source.unsupported("Nuagis a levé 3 milliards de dollars.") == ()
    assert source.unsupported("Nuagis a levé 3 dollars.") == (Fact(FactKind.NUMBER, "3"),)


def test_a_product_and_its_memory_are_two_numbers() -> None:
    source = Source("Nuagis vend l'iPhone 16 128 Go.")
    assert source.unsupported("Nuagis vend l'iPhone 16 en version 128 Go.") == ()
    assert source.unsupported("Nuagis vend 16128 téléphones.") == (Fact(FactKind.NUMBER, "16128"),)


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
