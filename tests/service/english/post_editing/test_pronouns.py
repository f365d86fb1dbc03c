"""The pronouns of an English translation."""

import pytest

from service.english.post_editing.pronouns import correct_pronouns


@pytest.mark.parametrize(
    ("french", "translated", "english"),
    [
        (
            "Joe Biden renforce sa présence en ligne.",
            "Joe Biden is stepping up its online presence.",
            "Joe Biden is stepping up his online presence.",
        ),
        (
            "Pour soutenir des millions de ses concitoyens, Donald Trump a dévoilé un plan.",
            "To support millions of its fellow citizens, Donald Trump unveiled a plan.",
            "To support millions of his fellow citizens, Donald Trump unveiled a plan.",
        ),
        (
            "Après avoir atteint près de la moitié de son objectif, elle a eu une surprise.",
            "After reaching nearly half of its target, she had a surprise.",
            "After reaching nearly half of her target, she had a surprise.",
        ),
        (
            "Marion Dupont a retiré la mention sur son compte Facebook.",
            "Marion Dupont has taken the mention off its Facebook account.",
            "Marion Dupont has taken the mention off her Facebook account.",
        ),
        (
            "Nicolas Hulot et son épouse partent.",
            "Nicolas Hulot and its wife leave.",
            "Nicolas Hulot and his wife leave.",
        ),
        (
            "Agnès Buzyn a dévoilé les points de son programme.",
            "Agnès Buzyn has unveiled the points of his programme.",
            "Agnès Buzyn has unveiled the points of her programme.",
        ),
        (
            "Emmanuel Macron ferait mieux que son rival.",
            "Emmanuel Macron would do better than her rival.",
            "Emmanuel Macron would do better than his rival.",
        ),
    ],
)
def test_a_possessive_is_that_of_its_only_possible_owner(
    french: str, translated: str, english: str
) -> None:
    assert correct_pronouns(translated, french) == english


@pytest.mark.parametrize(
    ("french", "translated"),
    [
        (
            "Elon Musk a racheté la plateforme et ses serveurs.",
            "Elon Musk bought the platform and its servers.",
        ),
        ("Elon Musk défend Tesla et ses usines.", "Elon Musk defends Tesla and its plants."),
        ("L'équipe d'Elon Musk défend ses usines.", "Elon Musk's team defends its plants."),
        (
            "Jean Dupont et Marie Durand défendent leur projet.",
            "Jean Dupont and Marie Durand defend its project.",
        ),
        ("Corinne Lepage a salué son refus.", "Corinne Lepage hailed his refusal."),
        (
            "Corinne Lepage a vu Jacques Chirac et son chien.",
            "Corinne Lepage saw Jacques Chirac and his dog.",
        ),
        (
            "Sa mère l'avait inscrit à son insu.",
            "His mother had signed him up without his knowledge.",
        ),
        ("Son épouse Isabelle Balkany confirme.", "His wife, Isabelle Balkany, confirms."),
        ("Elle défend son mari.", "She defends her husband."),
        (
            "Le leader du covoiturage défend son modèle.",
            "The leader in carpooling defends its model.",
        ),
        ('Joe Biden dit : "Il aime son pays".', 'Joe Biden says: "It loves its country".'),
    ],
)
def test_a_possessive_of_an_unsure_owner_stays(french: str, translated: str) -> None:
    assert correct_pronouns(translated, french) == translated


@pytest.mark.parametrize(
    ("french", "translated", "english"),
    [
        (
            "Marion Maréchal-Le Pen, qui doit lancer une école, se tait.",
            "Marion Maréchal-Le Pen, which is due to launch a school, is silent.",
            "Marion Maréchal-Le Pen, who is due to launch a school, is silent.",
        ),
        (
            "C'est une mesure portée par Emmanuel Macron qui souhaite l'appliquer.",
            "It is a measure taken by Emmanuel Macron that wants to apply it.",
            "It is a measure taken by Emmanuel Macron who wants to apply it.",
        ),
        (
            "La mort de David Bowie qui émeut le monde.",
            "The death of David Bowie that moves the world.",
            "The death of David Bowie that moves the world.",
        ),
        (
            "Le groupe contrôlé par Antoine Gallimard, qui rassemble des marques.",
            "The group controlled by Antoine Gallimard, which brings together brands.",
            "The group controlled by Antoine Gallimard, which brings together brands.",
        ),
    ],
)
def test_a_person_has_who_behind(french: str, translated: str, english: str) -> None:
    assert correct_pronouns(translated, french) == english


@pytest.mark.parametrize(
    ("before", "french", "translated", "english"),
    [
        (
            "La plateforme Airbnb a annoncé des règles.",
            "Elle précise que les hôtes seront payés.",
            "She says that hosts will be paid.",
            "It says that hosts will be paid.",
        ),
        (
            "Le gouvernement doit répondre avant lundi.",
            "S'il refuse, il sera jugé.",
            "If he refuses, he will be judged.",
            "If it refuses, it will be judged.",
        ),
        (
            "La méthode séduit les développeurs.",
            "Pratique pour un prototype, elle inquiète.",
            "Practical for a prototype, she worries.",
            "Practical for a prototype, it worries.",
        ),
        (
            "La plateforme Airbnb change de règles.",
            "Son équipe est dissoute.",
            "His team is dissolved.",
            "Its team is dissolved.",
        ),
        (
            "Une fillette de 5 ans est morte à Paris.",
            "Sa mère a été hospitalisée.",
            "His mother was taken to hospital.",
            "Her mother was taken to hospital.",
        ),
        (
            "Une petite fille est tombée.",
            "Ses parents l'ont conduit à l'hôpital.",
            "His parents took him to hospital.",
            "Her parents took her to hospital.",
        ),
        (
            "Donald Trump a vu deux messages signalés.",
            "Il entend riposter.",
            "It intends to retaliate.",
            "He intends to retaliate.",
        ),
    ],
)
def test_a_first_pronoun_stands_for_the_previous_subject(
    before: str, french: str, translated: str, english: str
) -> None:
    assert correct_pronouns(translated, french, [before]) == english


def test_the_article_shows_what_a_name_is() -> None:
    before, french, translated = (
        ["Airbnb a annoncé des règles."],
        "Elle précise ses tarifs.",
        "She specifies her rates.",
    )
    assert (
        correct_pronouns(translated, french, before, "La plateforme Airbnb change.")
        == "It specifies its rates."
    )
    assert correct_pronouns(translated, french, before, "Airbnb change.") == translated


@pytest.mark.parametrize(
    ("before", "french", "translated"),
    [
        ("Le groupe a nommé un nouveau directeur.", "Il s'est excusé.", "He apologised."),
        ("La société a perdu sa présidente.", "Elle a démissionné.", "She resigned."),
        ("Le gouvernement a perdu Gabriel Attal.", "Il a démissionné.", "He resigned."),
        ("La police a interrogé Adèle.", "Elle est choquée.", "She is shocked."),
        ("Le tribunal l'a condamné à deux ans.", "Il a fait appel.", "He has appealed."),
        ("Le parquet a ouvert une enquête.", "Son avocat conteste.", "His lawyer disputes this."),
        (
            "Une fillette a été retrouvée par Jean Dupont.",
            "Sa mère est soulagée.",
            "His mother is relieved.",
        ),
        ("Donald Trump a signé un accord.", "Il entend riposter.", "It intends to retaliate."),
    ],
)
def test_an_ambiguous_pronoun_stays(before: str, french: str, translated: str) -> None:
    assert correct_pronouns(translated, french, [before]) == translated
