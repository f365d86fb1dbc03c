"""Reading ahead: what is guessed, which slots it takes, and that a search goes on as far as its
guesses were right."""

from collections.abc import Sequence

import pytest
import torch

from models.gemma.search.beam_search import BeamSearch, Rules
from models.gemma.search.drafts import LENGTH, Drafts
from models.gemma.search.lookahead import AHEAD, Lookahead
from models.gemma.search.next_tokens import NextTokens
from models.gemma.search.token_tree import LOCAL, TokenTree

VOCABULARY = 50
END = 0
BEGIN = 49
FULL = "full_attention"


def test_an_answer_is_guessed_to_go_on_as_the_text_does() -> None:
    drafts = Drafts([1, 2, 3, 4, 5, 6, 7, 2, 3, 9, 8])
    assert drafts.after((1, 2)) == (3, 4, 5, 6)
    assert drafts.after((7, 2, 3)) == (9, 8)  # of the longest run that the text has
    assert drafts.after((5, 3)) == (4, 5, 6, 7)  # where it first stands
    assert drafts.after((8,)) == drafts.after((2, 30)) == drafts.after(()) == ()
    assert len(drafts.after((2,))) == LENGTH


def test_tokens_see_what_they_continue_and_slots_are_used_again() -> None:
    tree = TokenTree(prompt=3, room=4, window=3)
    first = tree.add(7, None)
    second, other = tree.add(8, first), tree.add(9, first)
    assert (first, second, other, tree.slots) == (3, 4, 5, 6)
    assert tree.new == [(7, 3), (8, 4), (9, 5)]
    assert tree.positions.tolist() == [3, 4, 4]
    seen = [[1, 1, 1, 1, 0, 0], [1, 1, 1, 1, 1, 0], [1, 1, 1, 1, 0, 1]]
    assert tree.visible(FULL).int().tolist() == seen
    near = [[0, 1, 1, 1, 0, 0], [0, 0, 1, 1, 1, 0], [0, 0, 1, 1, 0, 1]]
    assert tree.visible(LOCAL).int().tolist() == near
    assert (tree.first(FULL), tree.first(LOCAL)) == (0, 1)
    assert tree.read() == [(7, 3), (8, 4), (9, 5)]
    assert not tree.new
    tree.keep([first, other])
    assert tree.slots == 6
    assert tree.add(6, other) == 6  # behind what it continues, though an earlier slot is free
    assert tree.visible(FULL).int().tolist() == [[1, 1, 1, 1, 0, 1, 1]]
    assert tree.positions.tolist() == [5]
    assert tree.add(5, None) == second
    assert tree.visible(FULL).int().tolist()[1] == [1, 1, 1, 0, 1, 0, 0]
    tree.keep([first, other, 6])
    assert tree.add(4, 6) == second  # there is none behind
    assert tree.visible(FULL).int().tolist()[2] == [1, 1, 1, 1, 1, 1, 1]


class Model:
    """Knows of each token which one follows it, and a less likely one; counts its passes."""

    def __init__(self, follows: dict[int, tuple[int, int]]) -> None:
        self.follows, self.passes = follows, list[list[int]]()

    def step(self, tree: TokenTree) -> list[NextTokens]:
        tokens = [token for token, _ in tree.read()]
        self.passes.append(tokens)
        logits = torch.full((len(tokens), VOCABULARY), -30.0)
        for row, token in enumerate(tokens):
            first, second = self.follows.get(token, (END, END))
            logits[row, second] = -4.0
            logits[row, first] = 0.0
        return NextTokens.of(logits).each()


def answered(
    model: Model, text: Sequence[int], beams: int, spare: int, most: int = 12
) -> list[tuple[int, ...]]:
    search = BeamSearch(beams, most, Rules([END], 9))
    tree = TokenTree(len(text), beams * most + AHEAD, 100)
    ahead = Lookahead(search, Drafts(text), tree, BEGIN)
    while not search.done:
        ahead.grow(spare)
        ahead.take(model.step(tree))
    return [answer.tokens for answer in search.answers]


TEXT = range(1, 20)
COPIED = {BEGIN: (3, 12), **{token: (token + 1, END) for token in range(3, 9)}, 9: (END, END)}


def test_what_is_guessed_rightly_needs_no_pass_of_its_own() -> None:
    plain, ahead = Model(COPIED), Model(COPIED)
    assert (
        answered(plain, TEXT, 1, 0) == answered(ahead, TEXT, 1, 8) == [(3, 4, 5, 6, 7, 8, 9, END)]
    )
    assert plain.passes == [[BEGIN], [3], [4], [5], [6], [7], [8], [9]]
    assert ahead.passes == [[BEGIN], [3, 4, 5, 6, 7], [8, 9, 10, 11, 12]]


def test_spare_tokens_bound_what_is_guessed() -> None:
    model = Model(COPIED)
    answered(model, TEXT, 1, 1)
    assert model.passes == [[BEGIN], [3, 4], [5, 6], [7, 8], [9, 10]]


def test_wrong_guesses_change_nothing() -> None:
    wrong = [1, *(token for known in range(3, 10) for token in (known, 30)), 31]
    model = Model(COPIED)
    assert answered(model, wrong, 1, 8) == [(3, 4, 5, 6, 7, 8, 9, END)]
    assert len(model.passes) == 8


@pytest.mark.parametrize("beams", [2, 4])
def test_beams_find_the_same_answers_in_fewer_passes(beams: int) -> None:
    follows = {BEGIN: (3, 12), **{token: (token + 1, 7) for token in range(3, 19)}, 19: (END, 3)}
    plain, ahead = Model(follows), Model(follows)
    assert answered(ahead, TEXT, beams, 12) == answered(plain, TEXT, beams, 0)
    assert len(ahead.passes) < len(plain.passes)


def test_answers_that_begin_alike_are_read_once() -> None:
    model = Model({BEGIN: (3, 12), 3: (4, 5), 12: (4, 5)})
    answered(model, TEXT, 4, 0, most=3)
    assert model.passes[0] == [BEGIN]
    assert sorted(model.passes[1]) == sorted(set(model.passes[1]))
