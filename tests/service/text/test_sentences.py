from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.text.sentences import is_complete, sentence_spans, sentences
from tests.timing import seconds_of

SPLIT = [
    ["Elle défend le plan.", "« Le réseau est le meilleur du continent."],
    ["Le téléphone passe à l'USB-C.", "Il coûte 899 euros."],
    ["Il a un port Type-C.", "J.-P. Dupont arrive."],
    ["Selon M. Dupont, la loi est prête.", "Elle entre en vigueur."],
    ["Le décret n° 5 est paru.", "Il est court."],
    ["Il vaut 3,5 milliards d'euros.", "Le titre monte."],
    ["Il hésite…", "Puis il signe."],
    ["Il hésite… puis il signe."],
    ["« Nous avons gagné. Nous sommes fiers », dit-il.", "La suite arrive."],
    ["« Nous… Enfin, oui », dit-il.", "La suite arrive."],
    ["En 50 av. J.-C. César gagne.", "Il rentre."],
    ["Voir le rapport (cf. p. 12) pour le détail.", "Il est long."],
    ["Des puces, des cartes, etc.", "Le marché recule."],
    ["Des puces, etc. sont vendues.", "Il recule."],
    ["Le Dr. Petit et Mme. Martin arrivent.", "Ils parlent."],
    ["La version 2.0 de macOS arrive.", "Elle est gratuite."],
    ["Il a dit oui !", "Et vous ?", "Peut-être."],
    ["Il arrive le 5 janv. prochain.", "Oui."],
    ["Tesla baisse le prix de la Model Y.", "Le constructeur écoule ses stocks."],
    [
        "Nuagis n'a pas de plan B.",
        "Ses clients non plus.",
        "Le message est publié sur X.",
        "L'entreprise se tait.",
    ],
    [
        "La puce consomme 65 W.",
        "Elle chauffe peu.",
        "C'est une série A.",
        "« Nous grandissons », dit-elle.",
    ],
    [
        "Le téléphone reconnaît Face ID.",
        "La montre mesure 46 mm.",
        "Les deux se vendent sur Boutique.fr.",
        "Ils plaisent.",
    ],
    [
        "Écrivez à contact@nuagis.fr.",
        "Une réponse est promise.",
        "Il a retardé le vol.",
        "En juin, il recommence.",
    ],
    ["J.-P. Dupont et George W. Bush ont vu M. Le Goff.", "Ursula K. Le Guin écrit."],
    ["Au vol. 2, la fig. 3 cite l'art. 5 et M. L'Herbier."],
    ["Node.js, C++ et .NET sont libres.", "Le fichier .DS_Store (.NET aussi) gêne.", "Oui."],
    ["Nuagis Inc. n'a rien dit.", "Voile Corp. et Bleu Ltd. se taisent.", "John Roe Jr. a parlé."],
    [
        "Le mouvement En Marche! et la filiale Hop! ont signé.",
        "Pourquoi?",
        "Pour voir!",
        "Personne ne sait.",
    ],
    [
        "Le jeu sort le 19 nov. 2026 en France.",
        "Il était promis en sept. dernier.",
        "Ils étaient sept.",
        "Il en reste.",
    ],
    [
        "Microsoft publie ASP.NET Core 9.",
        "Socket.IO et Booking.COM suivent.",
        "Le fichier Photo.JPG aussi.",
    ],
    ["Spore.Bio lève des fonds.", "Le client de Back.Market attend.", "Mistral.AI aussi."],
    [
        "Le P.-D.G. d'Orange part, selon l'A.N.S.S.I. et l'O.T.A.N. aussi.",
        "Le 1er janv. 2025, il revient.",
    ],
    [
        "Le délai passe à 12 ms.",
        "Rien de gênant.",
        "Elle mesure 46 mm.",
        "Aucun bouton ne dépasse.",
    ],
    ["Le site next.ink a révélé l'affaire.", "Il persiste."],
]


@pytest.mark.parametrize("expected", SPLIT)
def test_french_sentences(expected: list[str]) -> None:
    assert sentences(" ".join(expected)) == expected


def test_sentences_without_a_space_between_them_are_two() -> None:
    text = (
        "Le magasin est fermé.Il rouvrira, dit la patronne sur LCI.M. Petit l'attend, selon RTL."
        "UN PREMIER PAS."
    )
    assert sentences(text) == [
        "Le magasin est fermé.", "Il rouvrira, dit la patronne sur LCI.",
        "M. Petit l'attend, selon RTL.", "UN PREMIER PAS.",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_nothing_has_no_sentences(text: str) -> None:
    assert sentences(text) == []


@given(st.text(alphabet=st.sampled_from(list("aBé .!?…«»()\n5M")), max_size=50))
def test_spans_cover_all_but_white_space_in_order(text: str) -> None:
    spans = sentence_spans(text)
    covered = "".join(text[start:end] for start, end in spans)
    assert "".join(covered.split()) == "".join(text.split())
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


@pytest.mark.parametrize(
    "text", ["Oui.", "Oui !", "Vraiment ?", "Bref…", "« Oui. »", "(Oui.)", "Oui. "]
)
def test_complete(text: str) -> None:
    assert is_complete(text)


@pytest.mark.parametrize("text", ["Oui", "Oui :", "« Oui »", "Oui,", ""])
def test_not_complete(text: str) -> None:
    assert not is_complete(text)


@pytest.mark.parametrize("mark", ["![", " «a", "Mot ", "(", "a. B "])
def test_hostile_paragraphs_take_no_minutes(mark: str) -> None:
    text = "Une phrase. " + mark * (150_000 // len(mark))

    def split() -> None:
        spans = sentence_spans(text)
        kept = "".join(text[slice(*span)] for span in spans)
        assert kept.replace(" ", "") == text.replace(" ", "")

    assert seconds_of(split) < 8


def test_a_name_at_the_end_of_a_line_is_whole() -> None:
    assert sentences("Ils craignent le Japon.\nTokyo demande à les entendre.") == [
        "Ils craignent le Japon.",
        "Tokyo demande à les entendre.",
    ]
