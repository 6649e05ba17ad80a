"""The alerts: PromQL that parses, on metrics, labels and reasons that there are, each with words for who is woken."""

import re
from typing import Any

import promql_parser
import pytest
import yaml

from proxy.reasons import Reason
from proxy.server.units import duration
from tests.deploy.manifests import DEPLOY, ROOT
from tests.docs.markdown import table_rows

GROUPS = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yaml").read_text())["groups"]
ALERTS = [rule for group in GROUPS for rule in group["rules"]]
EACH = pytest.mark.parametrize("alert", ALERTS, ids=[rule["alert"] for rule in ALERTS])
METRICS = {
    row[0].strip("`"): set(re.findall(r"`(\w+)`", row[2]))
    for row in table_rows(ROOT / "docs" / "metrics.md")
    if row[0].startswith("`")
}
OF_PROMETHEUS = {"job", "instance", "namespace", "pod"}


def selectors(node: Any) -> list[Any]:
    """All vector selectors of an expression."""
    if isinstance(node, promql_parser.VectorSelector):
        return [node]
    inner = [getattr(node, name, None) for name in ("expr", "lhs", "rhs", "vector_selector", "vs", "param")]
    return [found for part in [*inner, *(getattr(node, "args", None) or ())] if part for found in selectors(part)]


@EACH
def test_an_alert_asks_for_metrics_that_there_are(alert: dict[str, Any]) -> None:
    found = selectors(promql_parser.parse(alert["expr"]))
    names = {selector.name for selector in found}
    assert names == set(re.findall(r"\b(?:sponsored_proxy|config)_\w+", alert["expr"])), "the walk has seen them all"
    assert names <= METRICS.keys()
    for selector in found:
        assert {matcher.name for matcher in selector.matchers.matchers} <= METRICS[selector.name]


@EACH
def test_an_alert_names_reasons_that_there_are(alert: dict[str, Any]) -> None:
    said = re.findall(r'reason=~?"([^"]+)"', alert["expr"])
    assert {reason for names in said for reason in names.split("|")} <= {str(reason) for reason in Reason}


@EACH
def test_an_alert_groups_and_speaks_by_labels_that_there_are(alert: dict[str, Any]) -> None:
    labels = OF_PROMETHEUS.union(
        *(METRICS[name] for name in re.findall(r"\b(?:sponsored_proxy|config)_\w+", alert["expr"]))
    )
    grouped = {name for names in re.findall(r"by \(([^)]+)\)", alert["expr"]) for name in names.split(", ")}
    words = " ".join(alert["annotations"].values())
    spoken = set(re.findall(r"\$labels\.(\w+)", words))
    assert grouped <= labels
    assert spoken <= (grouped or labels)


@EACH
def test_an_alert_says_whom_it_wakes_what_is_so_and_what_to_do(alert: dict[str, Any]) -> None:
    assert alert.keys() <= {"alert", "expr", "for", "labels", "annotations"}
    assert alert["labels"]["severity"] in ("page", "ticket")
    assert alert["annotations"].keys() == {"summary", "description"}
    assert duration(alert.get("for", "0")) <= 900


def test_no_two_alerts_have_a_name_in_common() -> None:
    assert len({alert["alert"] for alert in ALERTS}) == len(ALERTS)


def test_every_metric_that_its_page_calls_an_alert_has_one() -> None:
    asked = {name for alert in ALERTS for name in re.findall(r"\bsponsored_proxy_\w+", alert["expr"])}
    called = {row[0].strip("`") for row in table_rows(ROOT / "docs" / "metrics.md") if "ALERT" in row[-1]}
    assert called
    assert called <= asked


def test_prometheus_asks_with_the_token_of_the_admin_address() -> None:
    monitor = yaml.safe_load((DEPLOY / "prometheus" / "pod-monitor.yaml").read_text())
    (endpoint,) = monitor["spec"]["podMetricsEndpoints"]
    assert (endpoint["port"], endpoint["path"]) == ("admin", "/metrics")
    assert endpoint["authorization"]["credentials"] == {"name": "sponsored-proxy-admin", "key": "token"}
    assert monitor["spec"]["selector"]["matchLabels"] == {"app.kubernetes.io/name": "sponsored-proxy"}
    (scrape,) = yaml.safe_load((DEPLOY / "prometheus" / "scrape.yaml").read_text())["scrape_configs"]
    assert scrape["authorization"]["type"] == "Bearer"
    assert {target.rpartition(":")[2] for static in scrape["static_configs"] for target in static["targets"]} == {
        "9090"
    }
