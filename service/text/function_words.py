"""The small words of French in closed lists, plain, and the signs between them: what most readers
of a sentence pass over."""

from typing import Final

ENDS_CLAUSE: Final = frozenset(",;.!?()…–—")
THAT: Final = frozenset({"que", "qu"})
HAVE: Final = frozenset("a ont avait avaient".split())
# Frequent words of more than two letters that say nothing of a sentence.
COMMON: Final = frozenset(
    (
        "avec dans pour mais plus cette leur leurs elle elles sont etre avoir avait etait comme "
        "aussi tout tous toute "
        "entre depuis apres avant sous chez alors ainsi donc dont sans sera seront ont les des une "
        "par sur est que qui "
        "ses son aux ces ete etaient avaient serait seraient aurait auraient parmi selon"
    ).split()
)
# Words of a negated predicate that are not its meaning: auxiliaries, pronouns, adverbs.
AUXILIARIES: Final = frozenset(
    (
        "est sont suis sommes etes avons avez allons pouvons devons "
        "etait etaient ete etre sera serait seront seraient fut soit soient a ai as ont avait "
        "avaient aura "
        "aurait auraient "
        "auront avoir eu ait aient va vont allait faire fait peut peuvent pouvait doit doivent "
        "devait devrait pourra "
        "pourrait pourraient devraient pourront pouvaient devaient"
    ).split()
)
EMPTY: Final = AUXILIARIES | frozenset(
    (
        "encore toujours du tout non bien tres vraiment meme cependant toutefois pourtant donc "
        "ainsi en y le la les l "
        "un une "
        "de d des se s lui leur nous vous me m te t il elle ils elles on ce c ca ni pas plus "
        "jamais aucun aucune ne n "
        "que qu "
        "par pour dans avec sur au aux et ou mais qui personne rien guere"
    ).split()
)
