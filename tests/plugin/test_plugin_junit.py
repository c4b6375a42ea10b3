"""``--junitxml``: a valid report that names the items."""

from __future__ import annotations

from xml.etree import ElementTree

from shop import SOURCES, TENANT_COUNT, Shop


def test_the_report_names_items_and_their_diagnostics(running_shop: Shop) -> None:
    running_shop.narrow_total()
    running_shop.run("--junitxml=report.xml")
    suite = ElementTree.parse(running_shop.root / "report.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("13", str(TENANT_COUNT), "0")
    cases = {(case.get("classname"), case.get("name")): case for case in suite.iter("testcase")}
    assert ("errorbudget", "tenants") in {(str(c).rpartition(".")[0], n) for c, n in cases}
    failed = cases[(f"{SOURCES}/models.rs".replace("/", "."), "Order[acme-prod]")]
    assert "error[row-type]" in (failed[1].text or "")
    properties = [(one.get("name"), one.get("value")) for one in failed.iter("property")]
    assert properties == [("errorbudget", f"error row-type {SOURCES}/models.rs::Order.total_cents")]


def test_hostile_text_stays_valid_xml(running_shop: Shop) -> None:
    running_shop.edit("errorbudget.toml", "globex = ", '"<a & \\u0001 b>" = ')
    running_shop.run("--junitxml=report.xml")
    suite = ElementTree.parse(running_shop.root / "report.xml").getroot()[0]
    names = [str(case.get("name")) for case in suite.iter("testcase")]
    assert "schema[%3Ca%20%26%20%01%20b%3E]" in names
