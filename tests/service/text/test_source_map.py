import re

from hypothesis import given
from hypothesis import strategies as st

from service.text.source_map import SourcedText


def test_of_starts_where_the_text_stands() -> None:
    assert SourcedText.of("abc", 5) == SourcedText("abc", (5, 6, 7))


def test_slices_and_sums_keep_origins() -> None:
    text = SourcedText.of("abcdef")
    assert text[1:3] + text[4:] == SourcedText("bcef", (1, 2, 4, 5))
    assert (text[1:3] + text[4:]).span(1, 3) == (2, 5)


def test_strip_drops_origins_with_the_spaces() -> None:
    assert SourcedText.of("\n a b\t").strip() == SourcedText("a b", (2, 3, 4))
    assert SourcedText.of("  ").strip() == SourcedText("", ())


def test_keep_group_keeps_the_first_group_only() -> None:
    kept = SourcedText.of("un [lien](x) ici").keep_group(re.compile(r"\[(.+?)\]\((.+?)\)"))
    assert kept.text == "un lien ici"
    assert kept.origins == (0, 1, 2, 4, 5, 6, 7, 12, 13, 14, 15)


def test_keep_group_drops_matches_without_group() -> None:
    assert SourcedText.of("a-b").keep_group(re.compile("-")) == SourcedText("ab", (0, 2))
    assert SourcedText.of("a-b").keep_group(re.compile("-|(x)")) == SourcedText("ab", (0, 2))


def test_substitute_places_new_text_where_the_match_began() -> None:
    new = SourcedText.of("a  b&c", 10).substitute(
        re.compile(r"\s+|&"), lambda piece: " " if piece.isspace() else "et"
    )
    assert new == SourcedText("a betc", (10, 11, 13, 14, 14, 15))


@given(st.text(alphabet="ab &\n"))
def test_nothing_matched_is_the_same_object(text: str) -> None:
    source = SourcedText.of(text)
    assert source.keep_group(re.compile("z")) is source


@given(st.text(alphabet="ab "), st.integers(0, 9))
def test_each_kept_character_is_the_one_at_its_origin(text: str, start: int) -> None:
    kept = SourcedText.of(text, start).keep_group(re.compile("a(b?)a"))
    assert all(
        text[origin - start] == character
        for character, origin in zip(kept.text, kept.origins, strict=True)
    )


def test_pieces_are_joined_by_a_space_that_a_hyphen_does_without() -> None:
    joined = SourcedText.joined(
        [SourcedText.of("Aix-"), SourcedText.of("en", 6), SourcedText.of("plus", 9)]
    )
    assert joined == SourcedText("Aix-en plus", (0, 1, 2, 3, 6, 7, 7, 9, 10, 11, 12))
