"""Whether a sentence of a summary rests on the article.

In: a French sentence and the article's sentences. Out: the evidence behind it, and the facts that
the article lacks. Read first: `evidence.py`, which runs the other checks.

A number or name is refused because the article lacks it (`service/facts/fact.py`), has it elsewhere
(`evidence.py`) or says another one (`contradictions/`).

Four words say what a sentence is. Checking and choosing use them in this sense only:

- *supported*: the article has its facts, close to each other, and most of its words.
- *trusted*: supported, and nothing else speaks against it. Its words exist, it tells no question as
  a fact, and one sentence of the article has most of its words in the same order.
- *complete*: a whole sentence, neither cut nor a list.
- *standalone*: understood without the sentence before it.

The first two are properties of a `CheckedSentence`, which also says whether it is standalone. The
last two are tested on a text by `standalone.py`. `EvidenceFinder.is_cut_short` finds what looks
complete, but ends where the article goes on.
"""
