"""The likeliest tokens without sorting the vocabulary: the same as sorting finds."""

import pytest
import torch

from models.gemma.search.next_tokens import DEPTH, NextTokens, largest


@pytest.mark.parametrize("size", [5, 32, 40 * DEPTH, 40 * DEPTH + 17])
@pytest.mark.parametrize("count", [1, 32])
def test_the_largest_values_are_those_that_sorting_finds(size: int, count: int) -> None:
    torch.manual_seed(size)
    values = torch.randn(50, size)
    values[0] = 0.0  # all alike
    values[1, -1] = 9.0  # behind the last full row
    values[2, : DEPTH * (size // DEPTH) : max(1, size // DEPTH)] += (
        9.0  # the greatest in one column
    )
    top = values.gather(1, largest(values, count)).sort(1, descending=True).values
    assert torch.equal(top, values.topk(min(count, size)).values)


@pytest.mark.parametrize("most", [1, 32, 200])
def test_log_probabilities_of_the_likeliest(most: int) -> None:
    torch.manual_seed(1)
    logits = torch.randn(3, 70 * DEPTH)
    expected = logits.log_softmax(1).topk(most)
    scores, tokens = NextTokens.of(logits).likeliest(most)
    torch.testing.assert_close(scores, expected.values)
    assert torch.equal(tokens, expected.indices)


def test_banned_tokens_are_not_among_the_likeliest_and_logits_stay_as_they_are() -> None:
    logits = torch.arange(12.0).repeat(2, 1)
    following = NextTokens.of(logits.clone())
    banned = torch.zeros(2, 12, dtype=torch.bool)
    banned[0, 11] = banned[1, :11] = True
    scores, tokens = following.likeliest(3, banned)
    assert tokens[0].tolist() == [10, 9, 8]
    assert tokens[1, 0] == 11
    assert scores[1].isinf().tolist() == [False, True, True]
    torch.testing.assert_close(scores[0], logits[0].log_softmax(0)[[10, 9, 8]])
    assert torch.equal(torch.stack(following.logits), logits)


def test_rows_are_taken_apart_and_put_together() -> None:
    logits = torch.randn(5, 20 * DEPTH)
    each = NextTokens.of(logits).each()
    together, expected = NextTokens.together([each[3], each[1]]), NextTokens.of(logits[[3, 1]])
    assert together.vocabulary == 20 * DEPTH
    for most in (4, 100):
        for likely, wanted in zip(together.likeliest(most), expected.likeliest(most), strict=True):
            torch.testing.assert_close(likely, wanted)
