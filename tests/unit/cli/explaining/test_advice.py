from proxy.cli.explaining.advice import TO_DO, why_it_came, why_it_went
from proxy.reasons import Reason
from tests.docs.markdown import ROOT, table_rows


def test_the_advice_is_the_one_that_the_operations_page_gives() -> None:
    told = {cells[0].strip("`"): cells[2] for cells in table_rows(ROOT / "docs" / "operations.md") if len(cells) == 3}
    assert {str(reason): TO_DO[reason] for reason in Reason} == {str(reason): told[str(reason)] for reason in Reason}


def test_a_header_field_is_explained_whatever_its_spelling() -> None:
    assert why_it_went("ETag") == "true only of the marketplace's own bytes"
    assert why_it_came("Cache-Control") == "the ads are for one shopper"
    assert why_it_came("X-Odd") == why_it_went("X-Odd") == ""
