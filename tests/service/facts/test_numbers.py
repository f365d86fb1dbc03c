"""Written numbers and their values."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.facts.figures import figures
from service.facts.numbers import mark_numbers, read_numbers
from service.text.folding import plain

FRENCH = {
    "3,5 milliards d'euros": {"3500000000"}, "3,5 Md€": {"3500000000"}, "300 M€": {"300000000"},
    "1.000 salariés": {"1000"},
    "1 000 salariés": {"1000"}, "1\u202f000\u202f000": {"1000000"}, "1.234.567": {"1234567"},
    "iOS 17.4.1": {"17.4.1"},
    "six ans": {"6"}, "vingt-quatre mois": {"24"}, "1,5": {"1.5"}, "30 000,50 euros": {"30000.5"},
    "CVE-2024-1234": {"2024", "1234"},
    "à 10h30": {"10", "30"}, "la 5G": {"5"}, "100k€": {"100000"}, "23 %": {"23"}, "rien": set(),
    "$3B": {"3000000000"}, "€3bn": {"3000000000"}, "1,5 bn d'euros": {"1500000000"},
    "un iPhone 16 128 Go": {"16", "128"}, "un Core Ultra 9 285K": {"9", "285"},
    "au 0 805 805 817": {"0", "805", "817"}, "12'000 salariés": {"12000"},
    "12’500,50 francs": {"12500.5"}, "Il y en a 1.234.567.": {"1234567"},
    "la version 17.123.4.": {"17.123.4"},
    "2 billions de dollars": {"2000000000000"}, "trois trillions d'euros": {"3000000000000000000"},
}  # fmt: skip


@pytest.mark.parametrize(("text", "values"), FRENCH.items())
def test_french_numbers(text: str, values: set[str]) -> None:
    assert set(read_numbers(text)) == values


@given(
    st.one_of(
        st.text(),
        st.text(alphabet=st.sampled_from(list("0129٣²½., \xa0mkM€$hun-"))),
        st.from_regex(r"\d{30,60}"),
    )
)
def test_any_text_has_numbers_and_a_plain_form(text: str) -> None:
    assert all(isinstance(value, str) for value in read_numbers(text))
    assert plain(text) == " ".join(plain(text).split())


@pytest.mark.parametrize(
    "separator", ["", " ", "\n", ".", ",", ", ", "\u202f", "h", "-", " mille ", " et "]
)
@pytest.mark.parametrize("digits", [1, 3, 4])
def test_time_grows_with_the_length_only(separator: str, digits: int) -> None:
    def once(text: str) -> float:
        start = time.process_time()
        read_numbers(text)
        mark_numbers(text)
        return time.process_time() - start

    def seconds(length: int) -> float:
        """The least of three: in a long run Python's collector of garbage may fall into one of
        them."""
        text = separator.join("7" * digits for _ in range(length))[:length]
        return min(once(text) for _ in range(3))

    assert (
        seconds(40_000) < 12 * seconds(10_000) + 0.1
    )  # four times in theory, sixteen if it were the square


def test_marked_numbers_keep_their_order() -> None:
    marked, found = mark_numbers("Six ans, 3,5 milliards d'euros, iOS 17.4.1")
    assert {value for value, _ in found} == {"6", "3500000000", "17.4.1"}
    values = [found[ord(sign) - 0xE000][0] for sign in marked if sign >= "\ue000"]
    assert values == ["6", "3500000000", "17.4.1"]


# Only the reader of figures takes "10h30" for one time.
@pytest.mark.parametrize("text", [text for text in FRENCH if "10h30" not in text])
def test_figures_have_all_numbers(text: str) -> None:
    read = {value for figure in figures(text, "fr") for value in figure.values}
    assert set(read_numbers(text)) <= read


def test_a_duration_has_its_hours_as_value() -> None:
    (duration,) = figures("It must be told within 24h.", "en")
    assert (duration.value, duration.also) == ("24", "0:00")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("de 2 à 3 milliards", {"2", "2000000000"}),
        ("de 1 200 à 1 500 millions", {"1200", "1200000000"}),
        ("de 900 000 à 1,2 million", {"900000"}),
    ],
)
def test_a_scale_is_shared_where_it_may_be_meant(text: str, values: set[str]) -> None:
    assert figures(text, "fr")[0].values == values


def test_english_scales_in_a_french_sentence_have_french_values() -> None:
    values = [figure.value for figure in figures("« half a trillion », dit-il", "fr")]
    assert values == ["500000000000000000"]
