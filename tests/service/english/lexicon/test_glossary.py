import json
from pathlib import Path

import pytest

from service.english.lexicon.glossary import (
    MAX_CHARACTERS,
    MAX_TERMS,
    CorrectedTerms,
    Glossary,
    GlossaryError,
    checked,
    correct_terms,
    distinct_terms,
    read_glossary,
    replace_misread_terms,
)
from service.facts.fact import FactKind

GLOSSARY = Glossary.builtin()

# French, a translation, what it becomes, how many wrong wordings were replaced.
CORRECTED = [
    ("L'ancien PDG de Renault", "The former PDG of Renault", "The former CEO of Renault", 0),
    ("non-respect du RGPD", "not respecting the RGPD", "not respecting the GDPR", 0),
    ("sa stratégie sur l'IA", "his strategy on l'IA", "his strategy on AI", 0),
    ("l'UE investit", "UE invests", "EU invests", 0),
    ("un rançongiciel", "a ransom software", "a ransomware", 1),
    ("deux rançongiciels", "two rançongiciels", "two ransomware", 0),
    ("une campagne de hameçonnage", "a campaign of hooking", "a campaign of phishing", 1),
    ("un moteur de recherche", "a research engine", "a search engine", 1),
    ("des moteurs de recherche", "research engines", "search engines", 1),
    ("Moteurs de recherche : Google", "Moteurs de recherche: Google", "Search engines: Google", 0),
    ("des centres de données", "centres de données", "data centres", 0),
    (
        "des réseaux neuronaux",
        "networks of neurons and réseaux neuronaux",
        "networks of neurons and neural networks",
        0,
    ),
    ("l'informatique en nuage", "computing in nuage", "cloud computing", 1),
    ("le système d’exploitation", "the system of exploitation", "the operating system", 1),
]
KEPT = [
    ("La Cnil a infligé une amende.", "The Cnil imposed a fine."),
    ("l'IA générative", "generative artificial intelligence"),
    ("le logiciel libre", "open-source software"),
    ("Le directeur général", "The CEO"),
    ("une cyberattaque", "a cyber-attack"),
    ("les données personnelles", "personal data"),
    ("son chiffre d'affaires", "its sales"),
    ("SecNumCloud", "SecNumCloud"),
    ("les puces", "chips"),
    ("La pirogue et le pneu", "The pirogue and the tyre"),  # no IA, no UE
]


def correct(glossary: Glossary, english: str, french: str) -> CorrectedTerms:
    return correct_terms(english, french, distinct_terms(glossary.find(french)))


@pytest.mark.parametrize(("french", "english", "expected", "repaired"), CORRECTED)
def test_wrong_wordings_are_corrected(
    french: str, english: str, expected: str, repaired: int
) -> None:
    corrected = correct(GLOSSARY, english, french)
    assert (corrected.text, corrected.repaired, corrected.missing) == (expected, repaired, ())


@pytest.mark.parametrize(("french", "english"), KEPT)
def test_right_wordings_are_kept(french: str, english: str) -> None:
    corrected = correct(GLOSSARY, english, french)
    assert (corrected.text, corrected.repaired, corrected.missing) == (english, 0, ())


def test_a_missing_term_is_reported_and_not_inserted() -> None:
    corrected = correct(GLOSSARY, "It spreads an email.", "Elle diffuse un rançongiciel.")
    assert (corrected.text, corrected.repaired) == ("It spreads an email.", 0)
    assert [(fact.kind, fact.text) for fact in corrected.missing] == [
        (FactKind.TERM, "rançongiciel (ransomware)")
    ]


def test_optional_terms_are_never_missing() -> None:
    corrected = correct(
        GLOSSARY, "Nuagis buys Datavallée.", "L'hébergeur Nuagis rachète Datavallée."
    )
    assert (corrected.text, corrected.missing) == ("Nuagis buys Datavallée.", ())


def test_plurals_of_terms() -> None:
    assert (
        correct(GLOSSARY, "two fuites de données", "deux fuites de données").text
        == "two data breaches"
    )
    assert (
        correct(GLOSSARY, "two réseaux sociaux", "deux réseaux sociaux").text
        == "two social networks"
    )


def test_directions_are_those_of_the_french() -> None:
    corrected = correct(GLOSSARY, "in Chittagong (southwest)", "à Chittagong (sud-est)")
    assert (corrected.text, corrected.repaired) == ("in Chittagong (southeast)", 1)
    assert (
        correct(GLOSSARY, "in south-eastern France", "dans le sud-est de la France").text
        == "in south-eastern France"
    )


def test_the_longer_term_counts() -> None:
    terms = distinct_terms(
        GLOSSARY.find("L'informatique en nuage et l'intelligence artificielle générative.")
    )
    assert [term.english for term in terms] == ["cloud computing", "generative AI"]


def test_terms_of_the_user_win() -> None:
    own = GLOSSARY.extended(
        {"RGPD": "EU privacy law", "jumeau numérique": "digital twin", "nuage": "nuage"}
    )
    assert correct(own, "the RGPD", "le RGPD").text == "the EU privacy law"
    assert (
        correct(own, "numeric twin", "un jumeau numérique").missing[0].text
        == "jumeau numérique (digital twin)"
    )
    assert correct(own, "a nuage", "un nuage").missing == ()
    assert GLOSSARY.extended({}) is GLOSSARY


@pytest.mark.parametrize(
    ("french", "reworded"),
    [
        ("Deux failles sont exploitées.", "Deux vulnérabilités sont exploitées."),
        (
            "La jeune pousse a bouclé un tour de table.",
            "La start-up a bouclé un tour de financement.",
        ),
        ("Les jeunes pousses partent.", "Les start-ups partent."),
        (
            "La faille de sécurité est connue.",
            "La faille de sécurité est connue.",
        ),  # the longer term counts
        ("Les failles géologiques.", "Les failles géologiques."),
        ("Une fronde des actionnaires.", "Une révolte des actionnaires."),
        ("Les mastodontes du secteur.", "Les géants du secteur."),
        ("Les poids lourds du CAC 40.", "Les géants du CAC 40."),
        ("Les poids lourds et leurs chauffeurs.", "Les poids lourds et leurs chauffeurs."),
        ("Une pépite française.", "Une start-up prometteuse française."),
        ("Une pépite d'or.", "Une pépite d'or."),
    ],
)
def test_misread_terms_are_replaced(french: str, reworded: str) -> None:
    assert replace_misread_terms(french, GLOSSARY.find(french)) == reworded


def test_a_term_of_the_user_is_not_replaced() -> None:
    own = GLOSSARY.extended({"faille": "flaw"})
    assert (
        replace_misread_terms("La faille est connue.", own.find("La faille est connue."))
        == "La faille est connue."
    )


def test_the_other_wordings_of_an_overridden_term_stay() -> None:
    own = GLOSSARY.extended({"CNIL": "French privacy watchdog"})
    assert correct(own, "The Cnil", "La Cnil").text == "The Cnil"


@pytest.mark.parametrize(
    ("french", "wrong", "english"),
    [
        (
            "La carrière de l'humoriste, selon Le Parisien.",
            "The humorist's career, the Parisian said.",
            "The comedian's career, Le Parisien said.",
        ),
        (
            "Selon l'Informé, l'hébergeur recule.",
            "According to the Informed, the host is retreating.",
            "According to l'Informé, the hosting provider is retreating.",
        ),
        (
            "La commission des lois auditionne le polémiste.",
            "The Law Commission hears the Polish.",
            "The law committee hears the polemicist.",
        ),
        (
            "L'intersyndicale proteste.",
            "The union alliance protests.",
            "The union alliance protests.",
        ),
        ("L'intersyndicale proteste.", "The inter-union protests.", "The union alliance protests."),
        (
            "Un séisme le long d'une faille.",
            "An earthquake along a fault.",
            "An earthquake along a fault.",
        ),
        (
            "Il chine aux puces de Saint-Ouen.",
            "He browses the Saint-Ouen flea market.",
            "He browses the Saint-Ouen flea market.",
        ),
        ("Une faille dans Nuagis.", "A fault in Nuagis.", "A vulnerability in Nuagis."),
        ("Le vote par correspondance.", "The mail-order voting.", "The postal voting."),
        (
            "L'apologie de la violence.",
            "The apology of violence.",
            "The glorification of violence.",
        ),
        ("Des messages « trompeurs ».", 'Some "trumper" messages.', 'Some "misleading" messages.'),
        ("Un nouveau bras de fer.", "A new arm.", "A new showdown."),
        ("Les fichiers ont fuité.", "The files have fled.", "The files have leaked."),
        ("Sa carte bleue.", "His blue card.", "His bank card."),
        ("Le salon du jeu vidéo.", "The video game living room.", "The video game trade show."),
        (
            "Le salon et la cuisine.",
            "The living room and the kitchen.",
            "The living room and the kitchen.",
        ),
        ("Une vache à lait.", "A milk cow.", "A cash cow."),
        ("Le groupe a l'argent.", "The band has the money.", "The group has the money."),
        ("Le groupe joue en concert.", "The band plays live.", "The band plays live."),
        ("Après le déconfinement.", "After the crackdown.", "After the easing of lockdown."),
        (
            "Les gilets jaunes de la Classe S.",
            "The Yellow Gilets of the Class S.",
            "The yellow vests of the S-Class.",
        ),
        (
            "Un héros de la Ve République.",
            "A hero of the V République.",
            "A hero of the Fifth Republic.",
        ),
        (
            "Un septuagénaire brestois.",
            "A seven-year-old from Brest.",
            "A septuagenarian from Brest.",
        ),
        (
            "Selon la Nasa, le confinement de Pékin s'achève.",
            "The Nasa says the containment of Beijing is over.",
            "Nasa says the lockdown of Beijing is over.",
        ),
    ],
)
def test_everyday_terms_are_corrected(french: str, wrong: str, english: str) -> None:
    corrected = correct(GLOSSARY, wrong, french)
    assert (corrected.text, corrected.repaired, corrected.missing) == (english, 0, ())


def test_the_builtin_table_is_sound() -> None:
    assert 60 <= len(GLOSSARY.terms) <= 800
    wordings = [wording for term in GLOSSARY.terms for wording in term.french]
    assert len(wordings) == len(set(wordings))
    for term in GLOSSARY.terms:
        assert not [wrong for wrong in term.wrong if term.english_pattern.fullmatch(wrong)], term
        for wording in term.french:
            assert term.french_pattern.fullmatch(wording), wording


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ({"a" * (MAX_CHARACTERS + 1): "b"}, f"at most {MAX_CHARACTERS} characters"),
        ({" ": "b"}, "letter or a digit"),
        ({"a": "—"}, "letter or a digit"),
        ({str(k): "b" for k in range(MAX_TERMS + 1)}, f"{MAX_TERMS + 1} were given"),
        ({"logiciel": "soft\ud800ware"}, "lone surrogates"),
    ],
)
def test_pairs_that_are_no_terms_are_refused(pairs: dict[str, str], message: str) -> None:
    with pytest.raises(GlossaryError, match=message):
        checked(pairs)


def test_files_of_terms_are_read(tmp_path: Path) -> None:
    toml, data = tmp_path / "terms.toml", tmp_path / "terms.json"
    toml.write_text('# ours\n"jumeau  numérique" = "digital twin"\n', encoding="utf-8")
    data.write_text(json.dumps({"jumeau numérique": "digital twin"}), encoding="utf-8")
    assert read_glossary(toml) == read_glossary(data) == {"jumeau numérique": "digital twin"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.toml", "nonsense"),
        ("a.json", "[1]"),
        ("a.toml", "a = 1"),
        ("a.json", "{"),
        ("a.json", "[" * 100_000),
        ("a.toml", "a = " + "[" * 100_000),
        ("a.json", '{"logiciel": "soft\\ud800ware"}'),
    ],
)
def test_bad_files_are_named(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(GlossaryError, match=f"{name} is no .* file of terms like .*digital twin"):
        read_glossary(path)
    with pytest.raises(GlossaryError, match="cannot be read"):
        read_glossary(tmp_path / "none.toml")


def test_long_texts_take_no_time() -> None:
    assert distinct_terms(GLOSSARY.find("nuage de points " * 5000))[0].english == "cloud"
