"""The speaker is put before the verb."""

import time

import pytest

from service.english.pre_editing.inversion import put_speaker_first

TURNED = [
    (
        "Le vol est reporté, a annoncé mardi la Nasa.",
        "Le vol est reporté, la Nasa a annoncé mardi.",
    ),
    ("Il gagne, rapporte le quotidien La Voix.", "Il gagne, le quotidien La Voix rapporte."),
    (
        "L'agence est ravie, a tweeté le directeur de la Nasa, Jim Bridenstine, sans autre "
        "précision.",
        "L'agence est ravie, le directeur de la Nasa, Jim Bridenstine, a tweeté, sans autre "
        "précision.",
    ),
    (
        "Il part, a indiqué lundi soir son entourage à l'AFP.",
        "Il part, son entourage a indiqué lundi soir à l'AFP.",
    ),
    (
        "Il part, a annoncé Orange mercredi 3 juin sur son site.",
        "Il part, Orange a annoncé mercredi 3 juin sur son site.",
    ),
    (
        "« C'est fait », ont expliqué les deux chercheurs.",
        "« C'est fait », les deux chercheurs ont expliqué.",
    ),
]


@pytest.mark.parametrize(("french", "turned"), TURNED)
def test_the_speaker_comes_first(french: str, turned: str) -> None:
    assert put_speaker_first(french) == turned


@pytest.mark.parametrize(
    "french",
    [
        "Le maire, élu en 2020, a annoncé sa démission.",
        "Le groupe, en difficulté, a annoncé que le site fermait.",
        "Orange, premier opérateur, annonce des prix en baisse.",
        "Le ministre, interrogé mardi, a confirmé vouloir partir.",
        "Le tribunal, saisi en mai, a rappelé la règle.",
        "La Nasa a annoncé mardi le report du vol.",
        "Il part, admet Anne Leroy, une responsable locale.",
        "Nuagis, qui veut rattraper Voxcom, lance Centre 3.",
        "Anne Leroy, patronne de Nuagis, poursuit Voxcom.",
        "Nuagis, la filiale de Voxcom, lance un service de calcul.",
        "Voxcom, en difficulté, confie la direction à Anne Leroy.",
        "Voxcom, après Nuagis, annonce un centre de recherche à Lille.",
        "Il part, explique le journal qui l'a rencontré.",
        "",
    ],
)
def test_other_sentences_stay(french: str) -> None:
    assert put_speaker_first(french) == french


@pytest.mark.parametrize("piece", [", a dit le chef", ", le a dit Un Deux", " A'", ", dit "])
def test_hostile_sentences_take_seconds(piece: str) -> None:
    start = time.perf_counter()
    put_speaker_first(piece * (8_000 // len(piece)))
    assert time.perf_counter() - start < 5
