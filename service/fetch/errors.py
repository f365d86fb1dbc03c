"""What goes wrong when a page is fetched."""

from typing import Final

from models.wording import WordedError

# Parts of the messages of errors for a name that no site has.
_UNKNOWN_NAME: Final = ("was not found", "not known", "no address")


class FetchError(WordedError):
    """The page could not be fetched.

    `code` is one word for programs.
    """

    code = "fetch_failed"

    @property
    def status(self) -> int:
        """The status of the site's answer; 0 where there was none."""
        status = self.values.get("status", 0)
        return status if isinstance(status, int) else 0

    @property
    def is_unconnected(self) -> bool:
        """True where nothing took the connection."""
        return type(self.__cause__).__name__ == "ConnectError"

    @property
    def names_no_host(self) -> bool:
        """True where no site has the name."""
        return self.is_unconnected and any(sign in str(self.__cause__) for sign in _UNKNOWN_NAME)


class FetchTimeout(FetchError):
    """The page did not arrive in time."""

    code = "fetch_timeout"


class ForbiddenAddress(FetchError):
    """The address is not public, or no web address at all."""

    code = "forbidden_url"


class TooLarge(FetchError):
    """The answer has more than MAX_PAGE_BYTES."""
