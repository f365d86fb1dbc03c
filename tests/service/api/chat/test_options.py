"""Instructions as people and programs write them: the language, the length and the layout."""

from typing import Any

import pytest

from service.api.chat.options import NotOffered, Options, limit_words, read_options
from service.choosing.lengths import Length
from tests.service.api.chat.test_frames import FEEDER, KARAKEEP

SHORT, MEDIUM, LONG = Length
OTHER_LANGUAGES = (
    *("en roumain", "in Greek", "en danois", "en español", "en slovène", "in Hungarian"),
    *("en version roumaine", "auf Deutsch", "en tchèque", "in Thai"),
)


@pytest.mark.parametrize(
    ("instruction", "language"),
    [
        ("", "fr"),
        ("Summarize this article.", "fr"),
        ("Summarize this article in English.", "en"),
        ("Résume cet article en anglais.", "en"),
        ("Résume cet article écrit en anglais.", "fr"),
        ("Réponds uniquement en français.", "fr"),
        ("The summary must be in english.", "en"),
        ("Je veux que tu répondes en anglais.", "en"),
        ("Language: English", "en"),
        ("Langue : anglais", "en"),
        ("The output language must be in French.", "fr"),
        ("lang=en-US", "en"),
        ("English summary, please, of this text.", "en"),
        ("The article is in French. Summarize it in English.", "en"),
        ("If the article is written in English, answer in French.", "fr"),
        ("Translate the summary from French into English.", "en"),
        ("Du français vers l'anglais, en résumé.", "en"),
        ("Summarize in French, not in English.", "fr"),
        ("Ne réponds pas en anglais. Fais un résumé.", "fr"),
        ("Respond in the article's language. The app language is 'en'.", "fr"),
        ("Summarize the article in French in English.", "en"),
        (FEEDER, "fr"),
        (KARAKEEP, "fr"),
    ],
)
def test_language(instruction: str, language: str) -> None:
    assert read_options(instruction).language == language


@pytest.mark.parametrize(
    ("instruction", "length", "max_words", "sentences"),
    [
        ("Summarize.", MEDIUM, None, None),
        ("Write a concise summary of the following:", MEDIUM, None, None),
        ("Résume en une phrase.", SHORT, None, 1),
        ("One sentence summary.", SHORT, None, 1),
        ("Summarise in 2 sentences.", MEDIUM, None, 2),
        ("En trois phrases maximum.", MEDIUM, None, 3),
        ("Summary must be in 3-4 sentences.", LONG, None, 4),
        ("Give 3 to 5 sentences.", LONG, None, 5),
        ("Résume en 5-6 lignes max.", LONG, None, 6),
        ("Summarize this in **3 concise sentences**.", MEDIUM, None, 3),
        ("Under 50 words.", MEDIUM, 50, None),
        ("En 30 mots.", MEDIUM, 30, None),
        ("En environ 80 mots.", MEDIUM, None, None),
        ("In at most 100 words.", LONG, 100, None),
        ("300 à 500 mots, en Markdown.", LONG, None, None),
        ("En 5 mots.", MEDIUM, 10, None),
        ("In three sentences, less than 60 characters.", MEDIUM, 10, 3),
        ("Moins de 280 caractères.", MEDIUM, 46, None),
        ("In 2 paragraphs.", LONG, None, None),
        ("In a single paragraph.", MEDIUM, None, None),
        ("Three sentences of at most 20 words.", MEDIUM, None, 3),
        ("Two sentences, 15 words per sentence.", MEDIUM, None, 2),
        ("3 bullet points, each at most 15 words.", MEDIUM, None, 3),
        ("Trois phrases de 15 mots maximum chacune.", MEDIUM, None, 3),
        ("4 points. Each bullet should be under 15 words.", LONG, None, 4),
        ("Résume chaque article en 50 mots.", MEDIUM, 50, None),
        ("ſix sentences, fıve words.", MEDIUM, None, None),
        ("Une seule phrase.", SHORT, None, 1),
        ("A short summary of this long article.", SHORT, None, None),
        ("Un résumé très court.", SHORT, None, None),
        ("Sois bref.", SHORT, None, None),
        ("TL;DR", SHORT, None, None),
        ("Length: short", SHORT, None, None),
        ("Plus court.", SHORT, None, None),
        ("A detailed summary.", LONG, None, None),
        ("Un résumé complet et détaillé.", LONG, None, None),
        ("Longueur : longue", LONG, None, None),
        ("A detailed summary in two sentences.", MEDIUM, None, 2),
        ("Summarize this long article.", MEDIUM, None, None),
        (FEEDER, LONG, 100, None),
        (KARAKEEP, LONG, None, 4),
    ],
)
def test_length(
    instruction: str, length: Length, max_words: int | None, sentences: int | None
) -> None:
    options = read_options(instruction)
    assert (options.length, options.max_words, options.sentences) == (length, max_words, sentences)


@pytest.mark.parametrize(
    ("instructions", "options"),
    [
        (("Résume en anglais.", "En deux phrases."), Options("en", sentences=2)),
        (("Résume en anglais.", "En français."), Options("fr")),
        (("Résume en chinois.", "En anglais, alors."), Options("en")),
        (("En trois phrases.", "Une seule phrase."), Options(length=SHORT, sentences=1)),
        (("Un résumé détaillé.", "Plus court."), Options(length=SHORT)),
        (("Plus court.", "Un résumé détaillé."), Options(length=LONG)),
        (("En 6 phrases.", "Plus court."), Options(length=SHORT)),
        (("50 mots au plus.", "En deux phrases."), Options(max_words=50, sentences=2)),
        (("En 3 puces.", "Sans puces."), Options(sentences=3)),
        (("Plus court.", "Merci."), Options(length=SHORT)),
        (("x" * 9_000, "En anglais."), Options("en")),
    ],
)
def test_the_newest_instruction_wins(instructions: tuple[str, ...], options: Options) -> None:
    assert read_options(*instructions) == options


@pytest.mark.parametrize(
    ("instruction", "options"),
    [
        ("Résume en 3 puces.", {"layout": "bullets", "sentences": 3}),
        ("Résume en 3–6 puces concises.", {"layout": "bullets", "sentences": 6, "length": LONG}),
        ("Return your response in bullet points.", {"layout": "bullets"}),
        ("Give the 5 key takeaways.", {"layout": "bullets", "sentences": 5, "length": LONG}),
        ("Les points clés de cet article ?", {"layout": "bullets"}),
        ("Summarize. Do not use bullet points.", {}),
        ("Résume, sans liste à puces.", {}),
    ],
)
def test_layout(instruction: str, options: dict[str, Any]) -> None:
    assert read_options(instruction) == Options(**options)


def test_the_first_line_names_the_language_where_that_is_asked_for() -> None:
    assert read_options(FEEDER).names_language
    assert not read_options(KARAKEEP).names_language


@pytest.mark.parametrize(
    ("instruction", "words"),
    [
        ("Résume en chinois.", "'chinois'"),
        ("Summarize under 50 words in Chinese.", "'chinese'"),
        ("The summary must be in German.", "'german'"),
        ("Translate this article to English.", "'translate'"),
        ("Suggest relevant tags for this content.", "'tags'"),
        ("Traduis ce texte en anglais.", "'traduis'"),
        ("Peux-tu traduire ce texte ?", "'traduire'"),
        ("You are a translator. Translate this article.", "'translate'"),
        ("Traduction en anglais.", "'traduction'"),
        *((f"Résume {language}.", language.split()[-1].lower()) for language in OTHER_LANGUAGES),
    ],
)
def test_what_is_not_offered(instruction: str, words: str) -> None:
    with pytest.raises(NotOffered, match=words):
        read_options(instruction)


@pytest.mark.parametrize(
    "instruction",
    [
        "You can answer questions, translate and write code.",
        "You are an assistant who can translate and classify.",
        "Tu es un assistant capable de traduire.",
    ],
)
def test_only_a_request_names_a_task(instruction: str) -> None:
    assert read_options(instruction) == Options()


def test_words_are_bounded_as_those_of_a_request() -> None:
    assert limit_words(MEDIUM, None) is None
    assert limit_words(MEDIUM, 80) is None
    assert limit_words(MEDIUM, 79) == 79
    assert limit_words(LONG, 3) == 10
