"""Text that remembers where each of its characters stood in the input."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

_HYPHEN: Final = re.compile(r"\w-\Z")


@dataclass(frozen=True)
class SourcedText:
    """A text and its origins: the character `text[k]` stood at offset `origins[k]` of the input."""

    text: str
    origins: tuple[int, ...]

    @classmethod
    def of(cls, text: str, start: int = 0) -> "SourcedText":
        """Returns `text` as it stands in the input at offset `start`."""
        return cls(text, tuple(range(start, start + len(text))))

    @classmethod
    def joined(cls, pieces: "Sequence[SourcedText]") -> "SourcedText":
        """Returns `pieces` with a space between them, or none behind a hyphen ("Aix-", "en").

        The space gets the origin of the character before it.
        """
        text, origins = [pieces[0].text], list(pieces[0].origins)
        for piece in pieces[1:]:
            if not _HYPHEN.search(text[-1]):
                text.append(" ")
                origins.append(origins[-1])
            text.append(piece.text)
            origins += piece.origins
        return cls("".join(text), tuple(origins))

    def __getitem__(self, part: slice) -> "SourcedText":
        return SourcedText(self.text[part], self.origins[part])

    def __add__(self, other: "SourcedText") -> "SourcedText":
        return SourcedText(self.text + other.text, self.origins + other.origins)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Returns the span in the input of the characters from `start` to `end`.

        Both ends are excluded. The span must hold at least one character.
        """
        return self.origins[start], self.origins[end - 1] + 1

    def strip(self) -> "SourcedText":
        """Returns the text without white space at both ends."""
        left = len(self.text) - len(self.text.lstrip())
        return self[left : len(self.text.rstrip())]

    def keep_group(self, pattern: re.Pattern[str]) -> "SourcedText":
        """Reduces each match of `pattern` to its first group, or to nothing where it has none."""

        def keep(match: re.Match[str]) -> "SourcedText":
            has_group = pattern.groups and match.group(1) is not None
            return self[slice(*match.span(1))] if has_group else self[0:0]

        return self.replace(pattern, keep)

    def substitute(self, pattern: re.Pattern[str], text: Callable[[str], str]) -> "SourcedText":
        """Replaces each match by `text(match)`, with the origin of the first character."""

        def replacement(match: re.Match[str]) -> "SourcedText":
            new = text(match.group())
            return SourcedText(new, (self.origins[match.start()],) * len(new))

        return self.replace(pattern, replacement)

    def replace(
        self, pattern: re.Pattern[str], replacement: Callable[[re.Match[str]], "SourcedText"]
    ) -> "SourcedText":
        """Replaces each match by the text that `replacement` returns.

        It returns a part of this text, or new characters with their origins.
        """
        pieces, position = [], 0
        for match in pattern.finditer(self.text):
            pieces += [self[position : match.start()], replacement(match)]
            position = match.end()
        if not pieces:
            return self
        pieces.append(self[position:])
        text = "".join(piece.text for piece in pieces)
        return SourcedText(text, tuple(origin for piece in pieces for origin in piece.origins))
