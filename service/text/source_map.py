"""Text that remembers where each of its characters stood in the input."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

_HYPHEN: Final = re.compile(r"\w-\Z")


@dataclass(frozen=True)
class SourcedText:
    """`origins[k]` is the offset, in the input, of the character `text[k]`."""

    text: str
    origins: tuple[int, ...]

    @classmethod
    def of(cls, text: str, start: int = 0) -> "SourcedText":
        """`text` as it stands in the input at offset `start`."""
        return cls(text, tuple(range(start, start + len(text))))

    @classmethod
    def joined(cls, pieces: "Sequence[SourcedText]") -> "SourcedText":
        """`pieces` with a space between them, which stands where the piece before it ends; a hyphen
        needs none ("Aix-", "en")."""
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
        """The offsets, in the input, of the characters from `start` to `end` (end excluded, not
        empty)."""
        return self.origins[start], self.origins[end - 1] + 1

    def strip(self) -> "SourcedText":
        """Without white space at both ends."""
        left = len(self.text) - len(self.text.lstrip())
        return self[left : len(self.text.rstrip())]

    def keep_group(self, pattern: re.Pattern[str]) -> "SourcedText":
        """Each match of `pattern` reduced to its first group (nothing where it has none)."""

        def group(match: re.Match[str]) -> "SourcedText":
            return (
                self[slice(*match.span(1))]
                if pattern.groups and match.group(1) is not None
                else self[0:0]
            )

        return self.replace(pattern, group)

    def substitute(self, pattern: re.Pattern[str], text: Callable[[str], str]) -> "SourcedText":
        """Each match replaced by `text(match)`; the new characters stand where the match began."""

        def replacement(match: re.Match[str]) -> "SourcedText":
            new = text(match.group())
            return SourcedText(new, (self.origins[match.start()],) * len(new))

        return self.replace(pattern, replacement)

    def replace(
        self, pattern: re.Pattern[str], replacement: Callable[[re.Match[str]], "SourcedText"]
    ) -> "SourcedText":
        """Each match replaced by what `replacement` makes of it: a part of this text, or new
        characters with their origins."""
        pieces, done = [], 0
        for match in pattern.finditer(self.text):
            pieces += [self[done : match.start()], replacement(match)]
            done = match.end()
        if not pieces:
            return self
        pieces.append(self[done:])
        text = "".join(piece.text for piece in pieces)
        return SourcedText(text, tuple(origin for piece in pieces for origin in piece.origins))
