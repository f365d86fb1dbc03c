"""Checks whether a sentence of a summary rests on the article.

In: a French sentence and the article's sentences. Out: the evidence for the sentence, and those of
its facts that the article lacks. Read first: `evidence.py`, which runs the other checks.

A number or name is refused for one of three reasons. The article lacks it
(`service/facts/fact.py`), has it only far from the evidence (`evidence.py`), or has another one in
its place (`contradictions/`).

Four words say what a sentence is. Checking and choosing use them in this sense only:

- *supported*: the article has its facts, close to each other, and most of its words.
- *trusted*: supported, and nothing else speaks against it. Its words exist, and it does not state
  what the article only asks. One sentence of the article has most of its words in the same order.
- *complete*: a whole sentence, neither cut nor a list.
- *standalone*: understood without the sentence before it.

The first two are properties of a `CheckedSentence`, which also says whether it is standalone. The
last two are tested on a text by `standalone.py`. `EvidenceFinder.is_cut_short` finds sentences that
only look complete.
"""
