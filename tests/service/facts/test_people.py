"""The people whom a French text names."""

from service.facts.people import Gender, named_people, nouns, people


def test_names_and_nouns_tell_whether_somebody_is_a_man_or_a_woman() -> None:
    text = (
        "La ministre Laetitia Avia répond à M. Ciotti, à Geneviève de Fontenay, à un élu et à "
        "Xavi Dole."
    )
    genders = [(text[person.start : person.end], person.gender) for person in people(text)]
    assert genders == [
        ("La ministre", Gender.FEMININE),
        ("Laetitia Avia", Gender.FEMININE),
        ("M. Ciotti", Gender.MASCULINE),
        ("Geneviève de Fontenay", Gender.FEMININE),
        ("un élu", Gender.MASCULINE),
        ("Xavi Dole", None),
    ]


def test_what_bears_a_name_is_nobody() -> None:
    (company,) = named_people("Le groupe Louis Vuitton recrute.")
    assert company.gender is None


def test_an_adjective_tells_the_gender_of_a_noun_that_has_both() -> None:
    ministers = nouns("l'ancienne ministre, l'ancien ministre, l'autre ministre", "nouns")
    genders = [minister.gender for minister in ministers]
    assert genders == [Gender.FEMININE, Gender.MASCULINE, None]


def test_a_feminine_noun_that_begins_with_a_vowel_has_the_possessive_of_the_others() -> None:
    (wife,) = nouns("son épouse", "nouns")
    assert wife.gender is Gender.FEMININE
