"""The article comes out of each frame whole, and nothing of the instruction with it."""

import gzip
import json
import time

import pytest

from service.api.chat.conversations import Conversation, Message, NoArticle, read_conversation
from service.api.chat.frames import find_instruction_end, split_message
from service.api.chat.options import read_options
from tests.data import VALIDATION, needs
from tests.engines import ARTICLE
from tests.timing import seconds_of

REST = (
    "Les équipements sont refroidis à l'eau de pluie, comme ceux du premier site.\n\n"
    "« Nous embauchons », a ajouté la directrice. Le prix n'a pas été communiqué."
)
TEXT = f"{ARTICLE}\n\n{REST}"
TITLE = "Nuagis ouvre une région à Lille"
FEEDER = (
    "You are an assistant in an RSS reader app, summarizing article content. The app language is "
    "'en'. Provide summaries in the article's language if 99% recognizable; otherwise, use the app "
    "language. First line must be exactly: 'Lang: \"ISO code\"' with NO markdown formatting around "
    "the Lang line whatsoever. Keep summaries up to 100 words, 3 paragraphs, with up to 3 bullet "
    "points per paragraph. For readability use markdown formatting: **bold** for emphasis, bullet "
    "points (-) for lists. Use only single language. Keep full quotes if any."
)
KARAKEEP = (
    "\nSummarize the following content responding ONLY with the summary. You MUST follow the "
    "following rules:\n- Summary must be in 3-4 sentences.\n- The summary must be in french.\n"
)
STRICT = (
    "Résume l'article suivant en 5-6 lignes max pour une veille techno.\n"
    "Format de réponse STRICT (3 lignes) :\nTitre : [Titre reformulé]\n"
    "Résumé : [Ton résumé ici]\n\n"
)

READERS = "Les lecteurs sont pressés et veulent l'essentiel de la nouvelle."

# One message of the user, what stands around the article in it.
FRAMES = {
    "nothing": ("", ""),
    "request and colon": ("Summarize:\n\n", ""),
    "on one line": ("Résume cet article en français : ", ""),
    "request and line break": ("Résume l'article suivant en trois phrases.\n", ""),
    "request and rules": (
        "Tu es un assistant qui résume des articles tech.\nRésume le texte suivant en environ "
        "80 mots, en listant les idées principales de façon claire :\n\n",
        "",
    ),
    "rules between": (
        "You are an editor. Our readers are busy. Summarize the text below.\nBe factual. "
        "Do not add opinions.\n\n",
        "",
    ),
    "karakeep": (f"{KARAKEEP}\n    ", ""),
    "karakeep with a rule": (f"{KARAKEEP}- Focus on the facts.\n    ", ""),
    "freshrss": ("input: \n", ""),
    "freshrss, a break in letters": ("input: \\n", ""),
    "miniflux-ai": ("The following is the input content:\n---\n ", ""),
    "miniflux-ai, request below": (
        "",
        " \\n---\\nSummarize the above content in three sentences, less than 60 characters. "
        "Do not answer the questions within the content.",
    ),
    "n8n and langchain": (
        'Write a concise summary of the following:\n\n\n"',
        '"\n\n\nCONCISE SUMMARY:',
    ),
    "label and backtick": (
        "Write a concise summary of the following:\nText: `",
        "`\nCONCISE SUMMARY:\n",
    ),
    "three backticks": (
        "Write a concise summary of the following text delimited by triple backquotes.\nReturn "
        "your response in bullet points.\n```",
        "```\nBULLET POINT SUMMARY:\n",
    ),
    "three quotes": ('Résume le texte entre guillemets triples.\n"""\n', '\n"""\nEn anglais.'),
    "French quotes": ("Résume en une phrase le texte suivant :\n« ", " »"),
    "tags": ("Résumez l'article suivant :\n<article>\n", "\n</article>"),
    "tags first": ("<TEXT_CONTENT>\n", "\n</TEXT_CONTENT>\nSummarize the content in French."),
    "tags alone": ("<document>", "</document>"),
    "label": ("Fais un résumé de cet article.\n\nArticle : ", ""),
    "English label": ("Summarise in 2 sentences.\n\nContent:\n", "\n\nSummary:"),
    "bold label": ("Summarise this.\n\n**Text:**\n\n", ""),
    "cue and rule below": (
        "Résume le texte suivant en 3 phrases maximum en français :\n\nTexte : ",
        "\n\nRésumé :\nNe commence jamais le résumé par une introduction.\n",
    ),
    "a form to fill": (f"{STRICT}Article : ", "\n    "),
    "starts and ends": (
        "Summarize this content.\nCONTENT START HERE\n",
        "\nCONTENT END HERE\nYou must answer in French.",
    ),
    "headings": ("### Instruction\nRésume le texte.\n\n### Texte\n", "\n\n### Réponse :"),
    "rule below": ("", "\n\nRésume cet article en une phrase."),
    "announced, request below": (
        "Voici l'article :\n\n",
        "\n\nFais-en un résumé de deux phrases en anglais.",
    ),
    "line of equals": ("Summarize the text below.\n=====\n", "\n=====\n"),
    "question": ("Bonjour, peux-tu résumer ceci ?\n\n", ""),
    "polite": ("Merci d'extraire l'essentiel de ce qui suit :\n\n", ""),
    "no verb": ("Résumé en anglais, 50 mots max.\n\n", ""),
    "three letters": ("TL;DR\n\n", ""),
    "who asks": ("Je suis journaliste. Fais-moi une synthèse de cet article :\n\n", ""),
    "what it is": ("Below is an article. Write a summary of it in 2 sentences.\n\n", ""),
    "Markdown": (
        "## Rôle\nTu es un journaliste.\n\n## Tâche\nRésume l'article en 3 phrases.\n\n"
        "## Contraintes\n- Ton neutre\n- Pas d'opinion\n\n## Article\n",
        "",
    ),
    "Alpaca": (
        "Below is an instruction that describes a task, paired with an input that provides "
        "further context. Write a response that appropriately completes the request.\n\n"
        "### Instruction:\nSummarize the article.\n\n### Input:\n",
        "\n\n### Response:\n",
    ),
    "square brackets": ("Summarize the content below.\n\n[CONTENT]\n", "\n[/CONTENT]"),
    "with what": ("Using the text below, draft a brief for our editors.\n\n", ""),
    "what it is about": ("", "\n\nDe quoi parle ce texte ?"),
    "two lines and thanks below": ("", "\n\nRésume ce texte.\nEn anglais.\nMerci !"),
    "langchain, refine": (
        "Your job is to produce a final summary.\nWe have provided an existing summary: \"Rien.\""
        "\n------------\n\"",
        "\"\n------------\n\nGiven the new context, refine the original summary\nIf the context "
        "isn't useful, return the original summary.\n\nREFINED SUMMARY:",
    ),
    "begin and end": ("Summarize what is below.\n=== BEGIN ===\n", "\n=== END ==="),
    "two sentences of introduction": (
        "Tu recevras un article. Tu dois en produire un résumé.\n\nVoici un article :\n", ""
    ),
    "no verb but please": ("Résumé court svp\n\n", ""),
    "a sentence about readers": (f"Résume cet article.\n\n{READERS}\n\nArticle : ", ""),
    "readers on the next line": (f"Résume cet article.\n{READERS}\n\n---\n", ""),
    "task": ("Task: Summarize the following article. Length: 3 lines.\n\nPage Content:\n", ""),
}  # fmt: skip


FOLLOW_UP = "Trop long, peux-tu le refaire en deux phrases et en anglais s'il te plaît ?"


def list_instructions(request: Conversation) -> str:
    """All instructions of a conversation, one below the other."""
    return "\n".join(request.instructions)


def read(*messages: tuple[str, str]) -> Conversation:
    return read_conversation([Message(role, text) for role, text in messages])


# Requests without an imperative that begin a message, in which English is wanted.
OPENINGS = [
    "J'ai besoin d'un résumé en anglais, en deux phrases.",
    "Bonjour, j’aurais besoin d’une synthèse en anglais.",
    "Version courte en anglais stp",
    "Short version in English please",
    "Il me faut un résumé en anglais.",
    "En anglais, en deux phrases s'il te plaît.",
    "Can I get a summary in English?",
]


@pytest.mark.parametrize("opening", OPENINGS)
def test_an_opening_request_is_no_part_of_the_article(opening: str) -> None:
    request = read(("user", f"{opening}\n\n{TEXT}"))
    assert (request.article, request.instructions) == (TEXT, (opening,))
    assert read_options(opening).language == "en"


@pytest.mark.parametrize("frame", FRAMES)
def test_the_article_of_one_message(frame: str) -> None:
    before, after = FRAMES[frame]
    request = read(("user", f"{before}{TEXT}{after}"))
    assert request.article == TEXT
    assert not request.is_html
    for words in ("Nuagis", "serveurs", "embauchons"):
        assert words not in list_instructions(request)


@pytest.mark.parametrize("frame", FRAMES)
def test_the_same_with_a_message_of_the_system(frame: str) -> None:
    before, after = FRAMES[frame]
    request = read(("system", "Réponds en anglais."), ("user", f"{before}{TEXT}{after}"))
    assert request.article == TEXT
    assert list_instructions(request).startswith("Réponds en anglais.")


@pytest.mark.parametrize(
    "message",
    [
        f"Title: {TITLE}\nAuthor: Claire Martin\n\nContent: {TEXT}",
        f"Résumez l'article suivant en 3-5 phrases:\n\nTITRE: {TITLE}\n\nCONTENU:\n{TEXT}",
        f"Résume en 3 puces :\n- acteur\n- annonce\n- intérêt pour la veille\n\nTitre: {TITLE}\n"
        f"Contenu: {TEXT}\nURL: https://nuagis.example/lille",
        f"Here is the article:\n\nTitle: {TITLE}\nURL: https://nuagis.example\nContent: {TEXT}",
        f'Summarize.\n\nTitle: "{TITLE}"\n\n{TEXT}',
    ],
)
def test_the_title_stands_above_the_article(message: str) -> None:
    request = read(("system", "Résume."), ("user", message))
    assert request.article == f"{TITLE}\n\n{TEXT}"
    assert "nuagis.example" not in list_instructions(request)


# Messages whose instruction, if any, is only the first part. All of the second is article.
WHOLE = [
    ("Résume :\n\n", f"En 2024, Nuagis a ouvert une région. {TEXT}"),
    ("Résume cet article :\n\n", f"Sans attendre, Nuagis ouvre une région. {TEXT}"),
    ("Résume : ", f"Sans attendre, Nuagis ouvre une région. {TEXT}"),
    ("Résume cet article.\n\n", f"Environ 300 personnes travaillent à Lille. {TEXT}"),
    ("Résume cet article.\n\n", f"Keep, l'application de Google, change de nom. {TEXT}"),
    ("Résume cet article.\n\n", f"No Man's Sky reçoit une mise à jour. {TEXT}"),
    ("Résume ce texte. ", TEXT),
    ("Summarize:\n\n", f"{TEXT}\n\n```bash\napt install nuagis\n```\n\nPuis le site répond."),
    ("Summarize:\n\n", f"{TEXT}\n\n---\n\n{TEXT}"),
    ("Résume :\n\n", f"Sans titre de transport, il descend à Lille. {TEXT}"),
    ("", f"Mission : décentralisation. {TEXT}"),
    ("Summarize:\n\n", f"{TEXT}\n\nTexte : Marie Dupont"),
    ("Résume :\n\n", f"{TEXT}\n\n" + "Contenu : ce que prévoit la loi sur le cloud. " * 20),
    ("Résume :\n\n", f'"Nous ouvrons", dit-elle. {TEXT} "C\'est fini"'),
    ("Résume :\n", f"« Nous ouvrons », dit-elle. {TEXT} « C'est fini »"),
    ("", f"{TEXT}\n\nTexte : Marie Dupont"),
    *(
        ("Résume en une phrase.\n\n", f"Nuagis ouvre une région à Lille.\n\n{mark}{TEXT}")
        for mark in ("Extrait : ", "Corps : ", "## Contenu\n\n", "---\n\n")
    ),
    ("", f"J'ai besoin de Lille, dit Nuagis.\n\n{TEXT}"),
    ("", f"La version courte du train circule en français et en anglais.\n\n{TEXT}"),
    ("", f"Analyse : pourquoi Nuagis s'installe à Lille\n\n{TEXT}"),
    ("", f"Créer un jumeau numérique coûte cher\n\n{TEXT}"),
    ("", f"Faites le test : votre box est-elle à jour ?\n\n{TEXT}"),
    ("", f"Les mesures suivantes ont été annoncées :\n\n{TEXT}"),
    ("", f"Lire aussi : notre synthèse de la semaine\n\n{TEXT}"),
    ("", f"## Nuagis\n\n---\n\n{TEXT}\n\n---\n\n{TEXT}"),
    ("", f"Le module <text>a</text> est retiré. {TEXT}"),
]


@pytest.mark.parametrize(("before", "article"), WHOLE)
def test_nothing_of_an_article_is_taken_for_an_instruction(before: str, article: str) -> None:
    request = read(("user", before + article))
    assert request.article == article.strip()
    assert list_instructions(request) == before.strip()


@pytest.mark.parametrize(
    "text",
    [
        "Résume cet article en trois phrases. Sois factuel. Les lecteurs sont pressés.",
        "Résume cet article en trois phrases, en anglais.",
        "Résume l'article du Monde d'hier sur Nuagis et la région de Lille, s'il te plaît",
        "Summarize the following article in French:",
        "Please summarise this article for me, in at most fifty words, in English.",
        "Peux-tu m'aider à écrire une lettre de motivation pour un poste à Lille ?",
        "Écris un poème sur la mer en dix vers, avec des rimes riches.",
        "Write a poem about the sea in ten lines please",
        "You are a helpful assistant. What is the capital of France, and who lives there?",
        "Résume le texte entre guillemets triples.\n\"\"\"\n\"\"\"",
        "Résume :\n\nArticle :\n",
        "Voici un article de presse. Résume-le en une phrase, sans donner ton avis.",
        "## Tâche\nRésume l'article.\n\n## Règles\n- Ton neutre\n- Peu de mots\n\n## Article\n",
        "Tu es un rédacteur. Les lecteurs sont pressés.\nTu écris des résumés en deux phrases.",
        KARAKEEP,
        FEEDER,
        STRICT,
        "",
        "   \n ",
    ],
)  # fmt: skip
def test_an_instruction_alone_is_no_article(text: str) -> None:
    for messages in ((("user", text),), (("system", text),), (("system", text), ("user", text))):
        with pytest.raises(NoArticle):
            read(*messages)


@needs(VALIDATION)
@pytest.mark.parametrize(
    ("before", "after"),
    [("", ""), *(FRAMES[name] for name in ("request and colon", "karakeep", "rule below"))],
)
def test_press_articles_lose_nothing(before: str, after: str) -> None:
    with gzip.open(VALIDATION, "rt", encoding="utf-8") as lines:
        articles = [str(json.loads(line)["article"]).strip() for line in lines]
    changed = [
        article
        for article in articles
        if split_message(before + article + after).article != article
    ]
    # Those that are one long quotation lose the marks around it, below an instruction.
    lost = [article for article in changed if not article.startswith('"') or not before + after]
    assert lost == []
    assert len(changed) < len(articles) / 1_000


def test_a_page_is_html_and_gets_the_title_of_its_frame() -> None:
    page = f"<!DOCTYPE html><html><body><article><p>{ARTICLE}</p></article></body></html>"
    request = read(("user", f"Summarize this page in French:\n\n{page}"))
    assert request == Conversation(("Summarize this page in French:",), page, True)
    fragment = f"<p>{ARTICLE}</p><p>Le prix n'a pas été communiqué.</p>"
    request = read(("system", "Résume."), ("user", f"Title: {TITLE}\nContent: {fragment}"))
    assert request.is_html
    assert f"<h1>{TITLE}</h1>{fragment}" in request.article


@pytest.mark.parametrize(
    ("messages", "instruction"),
    [
        ((("system", "Write a concise summary of the following:\n\n" + TEXT),),
         "Write a concise summary of the following:"),
        ((("system", "Tu résumes."), ("user", TEXT)), "Tu résumes."),
        ((("developer", "Tu résumes."), ("user", TEXT), ("user", "En anglais, s'il te plaît.")),
         "Tu résumes.\n\nEn anglais, s'il te plaît."),
        ((("user", "Résume en deux phrases."), ("user", TEXT)), "Résume en deux phrases."),
        ((("user", f"Résume :\n\n{TEXT}"), ("assistant", "Nuagis."), ("user", "Plus court.")),
         "Résume :\n\nPlus court."),
        ((("user", f"Résume :\n\n{REST}"), ("assistant", "Rien."), ("user", TEXT)), "Résume :"),
        ((("user", TEXT), ("assistant", "Nuagis."), ("user", FOLLOW_UP)), FOLLOW_UP),
        ((("user", TEXT), ("assistant", "Nuagis."), ("user", FOLLOW_UP), ("assistant", "Nuagis."),
          ("user", "Et maintenant en français, avec un peu plus de chiffres si possible.")),
         f"{FOLLOW_UP}\nEt maintenant en français, avec un peu plus de chiffres si possible."),
        ((("user", REST), ("assistant", "Rien."), ("user", TEXT)), ""),
        ((("user", "Résume en anglais"), ("assistant", "Quel article ?"), ("user", TEXT)),
         "Résume en anglais"),
        ((("user", f"Résume :\n\n{TEXT}"), ("assistant", "Voici le résumé :")), "Résume :"),
        ((("system", f"Résume.\n\nArticle:\n{TEXT}"), ("user", "Vas-y.")), "Résume.\nVas-y."),
        ((("user", TEXT), ("tool", "Rien du tout n'a été trouvé par cet outil ici.")), ""),
    ],
)  # fmt: skip
def test_the_article_of_a_conversation(
    messages: tuple[tuple[str, str], ...], instruction: str
) -> None:
    request = read(*messages)
    assert request.article == TEXT
    assert [line for line in list_instructions(request).splitlines() if line] == [
        line for line in instruction.splitlines() if line
    ]


def test_a_short_article_with_a_request_of_its_own_takes_the_place_of_an_earlier_one() -> None:
    earlier = (("user", f"Résume :\n\n{TEXT}"), ("assistant", "Nuagis."))
    request = read(*earlier, ("user", "Et résume celui-ci :\n\n" + REST[:90]))
    assert request.article == REST[:90]


def test_one_tag_in_a_text_makes_no_page_of_it() -> None:
    assert not read(("user", f"{TEXT}\n\nLa balise </div> manquait.")).is_html
    assert read(("user", f"<div>{TEXT}</div>")).is_html


def test_a_short_text_is_an_article_if_there_is_no_other() -> None:
    assert read(("user", "Résume :\n\nNuagis ouvre.")).article == "Nuagis ouvre."
    assert read(("user", "Bonjour")).article == "Bonjour"


@pytest.mark.parametrize(
    "unit",
    [*("Résume ", "- ", '"', "```", "<text>", "---\n", "Title: a\n", "Texte : ", "résumé:\n"),
     *("\\n", "« ", "Write a ", "1. ", "please ", "Résumé : [", "\n", " ", "Article (")],
)  # fmt: skip
def test_the_time_grows_with_the_length_only(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    messages = (text, f"Summarize:\n\n{text}", f"{text}\n\nRésume.")
    assert seconds_of(lambda: [split_message(message) for message in messages]) < 5


# Runs of these are slow for an expression that may part them in several ways.
UNITS = [
    *(
        " ",
        "\t",
        "\n",
        "\n ",
        "\u00a0",
        "-",
        "- ",
        "1",
        "1 ",
        "1-",
        "1 à ",
        "1 short ",
        "un ",
        "a ",
    ),
    *("to ", "en le ", "*", "_", "#", "> ", "(", '"', ". ", ", ", ": ", "please ", "stp, "),
    *("no a ", "sentence of ", "each one ", "article est ", "résumé ", "bullet-", "langue de "),
]


@pytest.mark.parametrize("unit", UNITS)
def test_no_expression_is_slow(unit: str) -> None:
    run = f"{unit * (8_000 // len(unit))}x"
    begun = time.process_time()
    for instruction in ("Summarize 1", "Résume un ", "Résume en deux phrases.\n"):
        message = split_message(instruction + run)
        read_options(message.instruction, instruction + run)
    assert time.process_time() - begun < 1


def test_many_short_messages_take_no_long_time() -> None:
    messages = [("user", "Oui."), ("assistant", "Non.")] * 5_000
    begun = time.process_time()
    with pytest.raises(NoArticle):
        read(*messages)
    assert time.process_time() - begun < 5


def test_where_an_instruction_ends() -> None:
    assert find_instruction_end("Nuagis ouvre une région.") == 0
    text = "Résume ce texte.\n\nNuagis ouvre une région."
    assert text[find_instruction_end(text) :].strip() == "Nuagis ouvre une région."
