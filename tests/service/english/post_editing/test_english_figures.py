"""How English writes French figures."""

import pytest

from service.english.post_editing.english_figures import write_figure
from service.facts.figures import figures

NARROW, NO_BREAK, THIN = "\u202f", "\u00a0", "\u2009"

# French, its value, its unit, and how English writes it.
FRENCH = [
    ("3,5 milliards d'euros", "3500000000", "EUR", "3.5 billion euros"),
    ("3,5 milliards d’euros", "3500000000", "EUR", "3.5 billion euros"),
    ("643 postes", "643", "", "643"),
    ("23 %", "23", "%", "23%"),
    (f"23{NARROW}%", "23", "%", "23%"),
    ("23%", "23", "%", "23%"),
    ("23 pour cent", "23", "%", "23%"),
    ("2,75 %", "2.75", "%", "2.75%"),
    ("5,0 %", "5", "%", "5.0%"),
    ("1 200 000", "1200000", "", "1,200,000"),
    (f"1{NARROW}200{NARROW}000", "1200000", "", "1,200,000"),
    (f"1{NO_BREAK}200{NO_BREAK}000", "1200000", "", "1,200,000"),
    (f"1{THIN}200{THIN}000", "1200000", "", "1,200,000"),
    ("1.200.000", "1200000", "", "1,200,000"),
    ("1'200'000", "1200000", "", "1,200,000"),
    ("4 000 Français", "4000", "", "4,000"),
    ("1 200,50 €", "1200.5", "EUR", "€1,200.50"),
    ("12 Md€", "12000000000", "EUR", "€12 billion"),
    ("12 Mds€", "12000000000", "EUR", "€12 billion"),
    ("12,4 Mds d'euros", "12400000000", "EUR", "12.4 billion euros"),
    ("250 M€", "250000000", "EUR", "€250 million"),
    ("30 k€", "30000", "EUR", "€30,000"),
    ("2,5 k€", "2500", "EUR", "€2,500"),
    ("120 €", "120", "EUR", "€120"),
    ("120 $", "120", "USD", "$120"),
    ("3 millions de dollars", "3000000", "USD", "3 million dollars"),
    ("10 millions de livres sterling", "10000000", "GBP", "10 million pounds"),
    ("1 euro", "1", "EUR", "1 euro"),
    ("512 Go", "512", "GB", "512 GB"),
    ("4 To", "4", "TB", "4 TB"),
    ("750 Mo", "750", "MB", "750 MB"),
    ("64 Ko", "64", "KB", "64 KB"),
    ("1,5 Po", "1.5", "PB", "1.5 PB"),
    ("8 gigaoctets", "8", "GB", "8 GB"),
    ("un billion d'euros", "1000000000000", "EUR", "1 trillion euros"),
    ("2,3 billions de dollars", "2300000000000", "USD", "2.3 trillion dollars"),
    ("un trillion", "1000000000000000000", "", "1,000,000 trillion"),
    ("3 000 milliards d'euros", "3000000000000", "EUR", "3,000 billion euros"),
    ("un milliard", "1000000000", "", "1 billion"),
    ("un million et demi d'abonnés", "1500000", "", "1.5 million"),
    ("un demi-million", "500000", "", "0.5 million"),
    ("un millier de personnes", "1000", "", "about 1,000"),
    ("une vingtaine d'entreprises", "20", "", "about 20"),
    ("12 mille", "12000", "", "12,000"),
    ("3 milliers", "3000", "", "3,000"),
    ("deux cents postes", "200", "", "200"),
    ("vingt-deux mois", "22", "month", "22 months"),
    ("six ans", "6", "year", "6 years"),
    ("10h04", "10:04", "", "10:04"),
    ("18h30", "18:30", "", "18:30"),
    ("18 h 30", "18:30", "", "18:30"),
    ("8h", "8:00", "", "8:00"),
    ("minuit", "0:00", "", "0:00"),
    ("1er", "1", "", "1st"),
    ("1re", "1", "", "1st"),
    ("2e", "2", "", "2nd"),
    ("3e", "3", "", "3rd"),
    ("3ème", "3", "", "3rd"),
    ("13e", "13", "", "13th"),
    ("22e", "22", "", "22nd"),
    ("XXIe", "21", "", "21st"),
    ("troisième", "3", "", "3rd"),
    ("des millions", "~6", "", "millions"),
    ("des dizaines", "~1", "", "dozens"),
    ("3.4.1", "3.4.1", "", "3.4.1"),
]


@pytest.mark.parametrize(("french", "value", "unit", "english"), FRENCH)
def test_french_figures_are_read_and_written_in_english(
    french: str, value: str, unit: str, english: str
) -> None:
    (figure,) = figures(french, "fr")
    assert (figure.value, figure.unit, write_figure(figure)) == (value, unit, english)


def test_figures_know_their_places_in_the_text() -> None:
    text = "Le 2 septembre à 18h30, 12 Md€ et un millier de postes."
    assert [text[f.start : f.end] for f in figures(text, "fr")] == [
        "2",
        "18h30",
        "12 Md€",
        "un millier",
    ]
