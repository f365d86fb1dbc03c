"""What goes wrong when a page is fetched."""

from models.wording import WordedError


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


class FetchTimeout(FetchError):
    """The page did not arrive in time."""

    code = "fetch_timeout"


class ForbiddenAddress(FetchError):
    """The address is not public, or no web address at all."""

    code = "forbidden_url"


class TooLarge(FetchError):
    """The answer has more than MAX_PAGE_BYTES."""
