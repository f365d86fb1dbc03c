"""Errors of fetching a page."""

from typing import Final

from models.wording import WordedError

# Parts of the error messages for an unknown host name.
_UNKNOWN_NAME: Final = ("was not found", "not known", "no address")


class FetchError(WordedError):
    """The page could not be fetched.

    `code` names the kind of error for programs.
    """

    code = "fetch_failed"

    @property
    def status(self) -> int:
        """The status of the site's answer; 0 where there was none."""
        status = self.values.get("status", 0)
        return status if isinstance(status, int) else 0

    @property
    def is_unconnected(self) -> bool:
        """True if no connection was made, also where the host name is unknown."""
        return type(self.__cause__).__name__ == "ConnectError"

    @property
    def names_no_host(self) -> bool:
        """True if the host name is unknown."""
        return self.is_unconnected and any(sign in str(self.__cause__) for sign in _UNKNOWN_NAME)


class FetchTimeout(FetchError):
    """The page did not arrive in time."""

    code = "fetch_timeout"


class ForbiddenAddress(FetchError):
    """The address is not public, or no web address at all."""

    code = "forbidden_url"


class TooLarge(FetchError):
    """The answer has more than MAX_PAGE_BYTES."""
