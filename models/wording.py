"""Errors that keep their sentence and its values, so that a program can translate the message."""


class WordedError(Exception):
    """An error with a message for the user, in English.

    `sentence` is the message with {names} in it, and `values` are the values of these names. A
    value may be an error itself. Without values the sentence is the message, braces included.
    """

    def __init__(self, sentence: str, /, **values: object) -> None:
        super().__init__(sentence.format(**values) if values else sentence)
        self.sentence, self.values = sentence, values
