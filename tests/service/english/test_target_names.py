"""Names in candidates: restored, lost or invented."""

import pytest

from service.english.target import TranslationChoice
from service.facts.fact import Fact, FactKind, Source
from tests.service.english.candidates import (
    CHOICE,
    ENGLISH,
    candidate,
    choose_best,
    find_lost_names,
)


def test_a_changed_name_is_restored() -> None:
    best = CHOICE.choose_best([candidate(ENGLISH.replace("Huawei", "Huawi"))])
    assert (best.text, best.sound) == (ENGLISH, True)


def test_a_made_up_name_is_replaced_by_the_lost_one() -> None:
    french = "Le fabricant Nuagitec, à Grenoble, a revu ses prévisions."
    choice = TranslationChoice(french, Source(french))
    best = choice.choose_best(
        [candidate("The manufacturer Cesecq, in Grenoble, has revised its forecasts.")]
    )
    assert (best.text, best.sound, best.repaired) == (
        "The manufacturer Nuagitec, in Grenoble, has revised its forecasts.",
        True,
        1,
    )
    opening = TranslationChoice("Nuagitec a revu ses prévisions.", Source(french)).choose_best(
        [candidate("Cesecq has revised its forecasts.")]
    )
    assert opening.text == "Nuagitec has revised its forecasts."


def test_an_unknown_word_that_opens_a_quotation_is_a_name() -> None:
    french = 'Le comité "Vérité et justice" compte 12 membres.'
    best = TranslationChoice(french, Source(french)).choose_best(
        [
            candidate('The "Veritas and justice" committee has 12 members.', -0.4),
            candidate('The "Truth and justice" group has 12 members.'),
        ]
    )
    assert best.text == 'The "Truth and justice" group has 12 members.'


def test_an_adjective_with_a_capital_is_a_name() -> None:
    french = "La Marseillaise a été placée en liquidation."
    best = choose_best(french, "La Marseillaise was placed in liquidation.")
    assert (best.text, best.sound) == ("La Marseillaise was placed in liquidation.", True)


def test_the_first_word_of_a_sentence_is_no_name() -> None:
    french = "Depuis avril, Nuagis recrute à Lille."
    assert choose_best(french, "Since April, Nuagis has been hiring in Lille.").sound


def test_an_invented_name_is_unfaithful() -> None:
    facts = CHOICE.choose_best([candidate(ENGLISH.replace("Huawei", "Microsoft"))]).unfaithful
    assert [(fact.kind, fact.text) for fact in facts] == [(FactKind.NAME, "Microsoft")]


@pytest.mark.parametrize(
    ("french", "english"),
    [
        (
            "L'Assemblée nationale et le Sénat ont voté.",
            "The National Assembly and the Senate voted.",
        ),
        ("Le ministre de la Santé a parlé au Liban.", "The Minister of Health spoke in Lebanon."),
        ("Le disque de 4 To coûte 120 euros.", "The 4TB disk costs 120 Euros."),
        ("Une entreprise chinoise s'installe en Corse.", "A company from China moves to Corsica."),
        ("Le PIB recule, selon l'ONU.", "The GDP falls, says the UN."),
    ],
)
def test_english_names_of_french_ones_stay(french: str, english: str) -> None:
    best = choose_best(french, english)
    assert (best.text, best.unfaithful) == (english, ())


def test_a_name_that_only_the_article_has_is_unfaithful() -> None:
    french = "L'institut néerlandais publie ses mesures."
    choice = TranslationChoice(
        french, Source(f"{french} La Finlande et EasyJet les attendaient mardi.")
    )
    assert choice.choose_best(
        [candidate("The Dutch institute is publishing its measurements.")]
    ).sound
    for swapped in ("Finnish", "EasyJet"):
        english = f"The {swapped} institute is publishing its measurements."
        best = choice.choose_best([candidate(english)])
        assert {fact.text for fact in best.unfaithful} == {swapped}


def test_a_translation_may_hold_the_name_behind_an_adjective() -> None:
    french = "La maire lyonnaise défend l'équipe tricolore."
    choice = TranslationChoice(
        french, Source(f"{french} À Lyon et à Lille, les élus votent mardi.")
    )
    assert choice.choose_best([candidate("The mayor of Lyon is defending the French team.")]).sound
    assert not choice.choose_best(
        [candidate("The mayor of Lille is defending the French team.")]
    ).sound


def test_an_institution_that_the_sentence_lacks_is_unfaithful() -> None:
    english = "He applies the method of the Convention on the Law of the Sea."
    best = choose_best("Il applique la méthode de la convention.", english)
    assert {fact.text for fact in best.unfaithful} == {"Law", "Sea"}


def test_a_place_is_not_in_the_south_where_the_sentence_does_not_say_so() -> None:
    french = "Une femme soudanaise évoque les chants."
    choice = TranslationChoice(french, Source(french))
    best = choice.choose_best([candidate("A South Sudan woman mentions the chants.")])
    assert best.unfaithful == (Fact(FactKind.NAME, "South"),)
    assert "South" not in choice.facts.split("\n")


def test_a_common_word_with_a_capital_is_a_name_only_where_one_was_lost() -> None:
    french = "Lors des Journées du patrimoine, Fourniret a visité le musée."
    choice = TranslationChoice(french, Source(french))
    assert choice.choose_best(
        [candidate("During the Heritage Days, Fourniret visited the museum.")]
    ).sound
    lost = choice.choose_best(
        [candidate("During the Heritage Days, Providence visited the museum.")]
    )
    assert "Providence" in {fact.text for fact in lost.unfaithful}
    assert choice.find_lost_names(lost.text) == ["Fourniret"]


@pytest.mark.parametrize(
    ("french", "english"),
    [
        (
            "Le Pacte de Bogota date du temps des Soviétiques.",
            "The Pact of Bogota dates from Soviet times.",
        ),
        (
            "Selon la Convention, la Terre Promise est loin.",
            "According to the Convention, the Promised Land is far away.",
        ),
    ],
)
def test_a_name_that_is_a_word_may_be_translated(french: str, english: str) -> None:
    assert choose_best(french, english).text == english
    assert find_lost_names(french, english) == []


def test_made_up_initials_are_replaced_by_the_lost_ones() -> None:
    french = "L'ARS recense dix cas, selon l'OTAN."
    best = choose_best(french, "The RHA identifies ten cases, according to NATO.")
    assert (best.text, best.sound) == ("The ARS identifies ten cases, according to NATO.", True)
    two = "L'ARS et le PSG recensent dix cas."
    left = "The RHA and the GMP identify ten cases."
    assert choose_best(two, left).text == left


@pytest.mark.parametrize(
    ("french", "english"),
    [
        (
            "Il ouvre un bureau à Dresde, puis à Saint-Pétersbourg.",
            "It opens an office in Dresden, then in Saint Petersburg.",
        ),
        ("La Haye a interdit la vente à Kiev.", "The Hague has banned the sale to Kyiv."),
        ("La région Occitanie paie.", "The Occitanie region pays."),
        ("Le hacker Andreï Chvedov visait Soyouz.", "The hacker Andrei Shvedov targeted Soyuz."),
        (
            "Le robot perd 8 % de parts à Dunkerque, selon l'Insee.",
            "The robot loses 8% of its share in Dunkirk, INSEE says.",
        ),
        ("Il vend dix A220 et des iPhone.", "He sells ten A220s and iPhones."),
        ("Le salon ouvre les vendredis.", "The show opens on Fridays."),
        ("La Défenseure des droits est saisie.", "The Defender of Rights has been asked."),
        (
            "Les magistrats de la rue Cambon sont sévères.",
            "The Court of Auditors' magistrates are harsh.",
        ),
        ("Leur DRH a écrit à la BEI.", "Their HR director wrote to the EIB."),
        (
            "Bercy et l'Assemblée sont d'accord.",
            "The Finance Ministry and the National Assembly agree.",
        ),
        ("Le britannique Nuagis part à la rentrée.", "Britain's Nuagis is leaving in September."),
        ("Il publie au Journal officiel.", "It publishes in the Journal officiel."),
        (
            "La Ligue nationale du quartz a saisi le tribunal.",
            "The Ligue nationale du quartz has taken the case to court.",
        ),
        ("L'écran affiche 120 Hz en wifi.", "The screen displays 120Hz over Wi-Fi."),
    ],
)
def test_names_as_english_spells_them_are_right(french: str, english: str) -> None:
    best = choose_best(french, english)
    assert (best.text, best.sound, best.repaired) == (english, True, 0)
    assert find_lost_names(french, english) == []


def test_a_city_that_the_translation_lacks_is_lost() -> None:
    french = "Le groupe ouvre une usine à Dresde."
    assert find_lost_names(french, "The group is opening a plant.") == ["Dresde"]
    best = choose_best(french, "The group is opening a plant in Nairobi.")
    assert [fact.text for fact in best.unfaithful] == ["Nairobi"]


def test_a_single_company_in_the_plural_is_lost() -> None:
    french = "Selon la SNCF, tout va bien."
    assert find_lost_names(french, "All is well, according to SNCFs.") == ["SNCF"]


def test_a_town_is_not_its_people() -> None:
    french = "Il est venu à la rencontre des Amiénois."
    english = "He came to meet the people of Amiens."
    assert choose_best(french, english).text == english


def test_a_translated_institution_is_no_misspelt_name() -> None:
    english = "The General Commission is sitting."
    assert choose_best("Le Commissariat général siège.", english).text == english
