"""French as it is printed, dates, figures, and the drawing of small and large customers."""

import datetime as dt
import re
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.documents.drawing import Label, as_svg
from toolkit.documents.make import make
from toolkit.documents.topology import MOST, topology
from toolkit.documents.typography import (
    MONTHS,
    amount,
    figure,
    length,
    money,
    percent,
    rounded,
    spaced,
    written_date,
    written_instant,
)


def test_dates_of_both_languages():
    assert written_date(dt.date(2027, 3, 1), "fr") == "1er mars 2027"
    assert written_date(dt.date(2027, 3, 1), "en") == "1 March 2027"
    assert written_date(dt.date(2027, 8, 31), "fr") == "31 août 2027"
    assert {len(months) for months in MONTHS.values()} == {12}


def test_figures_of_both_languages():
    assert figure("98.5", "fr") == "98,5"
    assert percent("98.5", "en") == "98.5\u00a0%"
    assert percent("98.5", "fr") == "98,5\u202f%"
    assert amount("1", "years", "fr") == "1\u00a0an"
    assert amount("2", "years", "en") == "2\u00a0years"
    assert amount("10", "Mbit/s", "fr") == "10\u00a0Mbit/s"
    assert amount("5", "", "fr") == "5"


def test_french_gets_its_narrow_spaces_and_apostrophes():
    assert spaced("l'état : « oui » ; 09:00 ?", "fr") == ("l\u2019état\u202f: «\u202foui\u202f»\u202f; 09:00\u202f?")
    assert spaced("it's: 5 %", "en") == "it's: 5 %"


@pytest.mark.slow
def test_every_french_document_keeps_to_the_conventions_and_says_that_nobody_reviewed_it(acme):
    for one in make(acme, only=(), languages=("fr",), formats=("md",)):
        text = one.files[f"{one.id}.fr.md"].decode()
        prose = re.sub(r"`[^`]*`|\(#[^)]*\)|<[^>]*>", "", text)
        assert re.findall(r".{20}[ \u00a0][;:!?%»]", prose) == []
        assert re.findall(r".{20}«[ \u00a0]", prose) == []
        assert re.findall(r"\b[cdjlmnstq]u?'\w", prose) == []
        assert "n\u2019ont pas été relus par un locuteur natif" in text


@pytest.mark.slow
def test_nothing_of_python_or_of_templates_is_printed(acme):
    for one in make(acme, only=(), languages=("fr", "en"), formats=("md",)):
        text = b"".join(one.files.values()).decode()
        assert re.findall(r"Missing\(|Gap\(|Code\(|Text\(|\bNone\b(?!\.)|\{\{|%\}", text) == []


def many(inventory, number):
    """The same customer with that many sites, each with both links."""
    site, (management, traffic) = inventory.sites[0], inventory.links
    replace = msgspec.structs.replace
    sites = tuple(replace(site, id=f"site-{one}") for one in range(number))
    links = tuple(
        link
        for one in range(number)
        for link in (
            replace(management, id=f"m-{one}", from_=f"site/site-{one}"),
            replace(traffic, id=f"t-{one}", to=f"site/site-{one}"),
        )
    )
    return replace(inventory, sites=sites, links=links)


@pytest.mark.parametrize("number", [0, 1, 7, MOST, MOST + 10])
def test_the_drawing_of_any_number_of_sites_stays_inside_its_frame(acme, number):
    drawing = topology(many(acme.inventory, number), "en")
    assert drawing == topology(many(acme.inventory, number), "en")
    labels = [shape for shape in drawing.shapes if isinstance(shape, Label)]
    assert all(0 < label.x < drawing.width and 0 < label.y < drawing.height for label in labels)
    assert any(label.text == "and 10 more" for label in labels) == (number > MOST)
    svg = as_svg(drawing, title="<t>", description='"d"')
    assert 'aria-labelledby="figure-title figure-desc"' in svg
    assert "&lt;t&gt;" in svg


def test_hosts_beyond_six_are_counted(acme):
    host = acme.inventory.components[0]
    hosts = tuple(msgspec.structs.replace(host, id=f"host-{one}") for one in range(9))
    drawing = topology(msgspec.structs.replace(acme.inventory, components=hosts), "fr")
    texts = [shape.text for shape in drawing.shapes if isinstance(shape, Label)]
    assert "et 4 autres" in texts
    assert "host-4 10.60.0.11" in texts
    assert "host-5 10.60.0.11" not in texts


@given(numerator=st.integers(-(10**12), 10**12), denominator=st.integers(1, 10**6), places=st.integers(0, 6))
def test_a_rounded_figure_is_the_nearest_one_half_away_from_zero(numerator, denominator, places):
    exact = Fraction(numerator, denominator)
    said = Fraction(rounded(exact, places, "en").replace("\u2212", "-"))
    step = Fraction(1, 10**places)
    assert (said / step).denominator == 1
    assert abs(said - exact) <= step / 2
    assert abs(said - exact) < step / 2 or abs(said) > abs(exact)


def test_money_times_and_lengths_of_both_languages():
    assert money(Fraction("4513457/5000"), "fr") == "902,69\u00a0€"
    assert money(Fraction(1234567), "fr") == "1\u202f234\u202f567,00\u00a0€"
    assert money(Fraction(-1234567, 1000), "en") == "\u22121,234.57\u00a0€"
    assert money(Fraction(1, 200), "en") == "0.01\u00a0€"
    assert money(Fraction(-1, 1000), "en") == "0.00\u00a0€"
    before = dt.datetime.fromisoformat("2027-03-28T01:30:00+01:00")
    assert written_instant(before, "fr") == "28 mars 2027, 01:30 (UTC+1)"
    assert written_instant(before.astimezone(dt.timezone(dt.timedelta(hours=-3.5))), "en") == (
        "27 March 2027, 21:00 (UTC-3:30)"
    )
    assert length(9000) == "2\u00a0h\u00a030\u00a0min"
