"""The search by itself: what may not be written is never chosen, however likely it is."""

from collections.abc import Collection

import numpy as np
import pytest
import torch

from models.gemma.search.beam_search import SPARE, BeamSearch, Rules
from models.gemma.search.next_tokens import NextTokens

TOKENS = 200
END = 0


def written(banned: Collection[int], beams: int) -> list[tuple[int, ...]]:
    """The answers of a model to which each token is likelier than the next one, its end the
    least."""
    mask = np.zeros(TOKENS, dtype=bool)
    mask[list(banned)] = True
    search = BeamSearch(beams, 3, Rules({END}, 10, lambda _: mask))
    likelihood = torch.arange(TOKENS, 0, -1, dtype=torch.float32)
    likelihood[END] = 0
    while not search.done:
        search.advance(NextTokens.of(likelihood.repeat(beams, 1)))
    return [answer.tokens for answer in search.answers]


@pytest.mark.parametrize("beams", [1, 4])
@pytest.mark.parametrize("banned", [[], [1, 3], range(1, 1 + SPARE), range(1, 150)])
def test_the_likeliest_tokens_that_may_follow_are_chosen(
    banned: Collection[int], beams: int
) -> None:
    answers = written(banned, beams)
    first = min(set(range(1, TOKENS)) - set(banned))
    assert answers[0] == (first,) * 3
    assert len(answers) == beams
    assert not {token for answer in answers for token in answer} & set(banned)


def test_an_answer_of_which_hardly_anything_may_follow_leaves_the_others_as_they_are() -> None:
    masks = np.zeros((3, TOKENS), dtype=bool)
    masks[1, np.arange(TOKENS) != 3] = True
    logits = torch.randn(3, TOKENS)
    following = NextTokens.of(logits.clone())
    kept = following.tokens.clone()
    rules = Rules({END}, 10, lambda tokens: masks[tokens[0]])
    scores, tokens = rules.likeliest(following, [(0,), (1,), (2,)], 4)
    expected = logits.log_softmax(1)
    for row in (0, 2):
        torch.testing.assert_close(scores[row], expected[row].topk(scores.shape[1]).values)
        assert tokens[row].tolist() == expected[row].topk(scores.shape[1]).indices.tolist()
    assert int(tokens[1, 0]) == 3
    assert int(scores[1].isinf().sum()) == scores.shape[1] - 1
    torch.testing.assert_close(scores[1, 0], expected[1, 3])
    assert torch.equal(following.tokens, kept)


def test_runs_that_may_not_stand_in_an_answer() -> None:
    rules = Rules({END}, 10, runs={(1, 2, 3), (1, 2, 4), (2, 2, 5)})
    assert sorted(rules.never_after([9, 1, 2])) == [3, 4]
    assert rules.never_after([2]) == rules.never_after([9, 9, 9]) == []
    search = BeamSearch(1, 4, rules)
    likelihood = torch.full((TOKENS,), 1e-3)
    for token, share in ((1, 0.1), (2, 0.3), (3, 0.5)):
        likelihood[token] = share
    for first in (1, 2):  # what came before: 1 2 3 would be the answer
        forced = likelihood.clone()
        forced[first] = 9.0
        search.advance(NextTokens.of(forced.log()[None]))
    search.advance(NextTokens.of(likelihood.log()[None]))
    assert search.running[0] == (1, 2, 2)
