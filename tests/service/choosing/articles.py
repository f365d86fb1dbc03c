"""What the tests of choosing share: an article, what a model writes of it, and a chooser."""

from models.engine import Candidate
from service.checking.evidence import EvidenceFinder
from service.choosing.choice import Chooser, Draft
from service.choosing.lengths import Budget
from service.reading.article import Article
from service.reading.reader import read_article

ARTICLE = read_article(
    "# Nuagis rachète Datavallée pour 45 millions d'euros\n\n"
    "L'hébergeur lillois Nuagis rachète son concurrent Datavallée pour 45 millions d'euros. "
    "Le nouvel ensemble exploitera neuf centres de données en France. "
    "La transaction doit recevoir l'aval de l'Autorité de la concurrence.\n\n"
    "Les clients pourront migrer gratuitement vers la plateforme commune. "
    "Anne Leroy prévoit un dixième site près de Marseille."
)
OWN = [sentence.text for sentence in ARTICLE.sentences]
NEWS = "Nuagis rachète Datavallée, son concurrent, pour 45 millions d'euros."
CENTRES = "Le nouvel ensemble exploitera neuf centres de données."
WRONG = "Le nouvel ensemble exploitera douze centres de données avec Microsoft."
UNTITLED = read_article(" ".join(OWN))
LOOSE = Budget(asked=40, most=80, sentences=6, least=1, least_sentences=1)


def candidate(*sentences: str, finished: bool = True) -> Candidate:
    return Candidate(" ".join(sentences), 20, -0.5, finished)


def choose(
    written: Candidate | None,
    limit: Budget = LOOSE,
    article: Article = ARTICLE,
    titled: bool = False,
) -> Draft:
    finder = EvidenceFinder(article.sentences, article.header.title)
    return Chooser(article, finder, limit, titled).choose(written)


def begin(article: Article, limit: Budget) -> Draft | None:
    """The summary that is the article's own beginning."""
    return Chooser(article, EvidenceFinder(article.sentences), limit).take_beginning()


def texts(draft: Draft) -> list[str]:
    return [sentence.text for sentence in draft.sentences]


def codes(draft: Draft) -> list[str]:
    return [warning.code for warning in draft.warnings]


def summarize(
    written: Candidate | None,
    limit: Budget = LOOSE,
    article: Article = ARTICLE,
    titled: bool = False,
) -> list[str]:
    """The texts of the sentences that are chosen."""
    return texts(choose(written, limit, article, titled))
