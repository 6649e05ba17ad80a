"""What a vendor's client for Python reads, call by call, as one JSON value. Runs in the environment .venv/clients.

    python_clients.py elasticsearch http://127.0.0.1:8080

Each client has its defaults; only its host is set. A call that fails is told as the error's class and words.
"""

import json
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

Calls = dict[str, Callable[[], Any]]
LAMPS, CHAIRS = {"match": {"name": "lamp"}}, {"match": {"name": "chair"}}


def algolia(at: str) -> Calls:
    from algoliasearch.http.hosts import Host, HostsCollection
    from algoliasearch.search.client import SearchClientSync
    from algoliasearch.search.config import SearchConfig

    config = SearchConfig("SHOPAPP", "search-only-key")
    config.hosts = HostsCollection([Host(urlsplit(at).netloc, scheme="http")])
    client = SearchClientSync.create_with_config(config)
    lamps = {"indexName": "products", "query": "lamp", "hitsPerPage": 8}

    def one(index: str, words: str) -> Any:
        return client.search_single_index(index, {"query": words}).to_dict()

    return {
        "search": lambda: one("products", "lamp"),
        "multi": lambda: client.search({"requests": [lamps, {"indexName": "outlet", "query": "chair"}]}).to_dict(),
        "nothing": lambda: one("products", "zeppelin"),
        "missing": lambda: one("no-such-index", "lamp"),
    }


def elasticsearch(at: str) -> Calls:
    from elasticsearch import Elasticsearch

    client, compressing = Elasticsearch(at, max_retries=0), Elasticsearch(at, max_retries=0, http_compress=True)
    return {
        "search": lambda: client.search(index="products", query=LAMPS, size=8).body,
        "compressed": lambda: compressing.search(index="products", query=CHAIRS).body,
        "msearch": lambda: (
            client.msearch(searches=[{"index": "products"}, {"query": LAMPS}, {}, {"query": CHAIRS}]).body
        ),
        "nothing": lambda: client.search(index="products", query={"match": {"name": "zeppelin"}}).body,
        "missing": lambda: client.search(index="no-such-index", query=LAMPS).body,
    }


def meilisearch(at: str) -> Calls:
    from meilisearch import Client

    client = Client(at, "search-only-key")
    lamps, chairs = {"indexUid": "products", "q": "lamp"}, {"indexUid": "outlet", "q": "chair"}
    return {
        "search": lambda: client.index("products").search("lamp", {"limit": 8}),
        "multi": lambda: client.multi_search([lamps, chairs]),
        "nothing": lambda: client.index("products").search("zeppelin"),
        "missing": lambda: client.index("no-such-index").search("lamp"),
    }


def solr(at: str) -> Calls:
    from pysolr import Solr

    client = Solr(f"{at}/solr/products")
    return {
        "search": lambda: client.search("lamp", rows=8).raw_response,
        "shown": lambda: list(client.search("chair")),
        "nothing": lambda: client.search("zeppelin").raw_response,
        "missing": lambda: Solr(f"{at}/solr/no-such-index").search("lamp").raw_response,
    }


def typesense(at: str) -> Calls:
    from typesense import Client

    node = {"host": urlsplit(at).hostname, "port": urlsplit(at).port, "protocol": "http"}
    client = Client({"nodes": [node], "api_key": "search-only-key", "num_retries": 0})
    common = {"query_by": "name", "per_page": 8}
    searches = [{"collection": "products", "q": "lamp"}, {"collection": "outlet", "q": "chair"}]
    return {
        "search": lambda: client.collections["products"].documents.search({"q": "lamp", **common}),
        "multi": lambda: client.multi_search.perform({"searches": searches}, common),
        "nothing": lambda: client.collections["products"].documents.search({"q": "zeppelin", **common}),
        "missing": lambda: client.collections["no-such-index"].documents.search({"q": "lamp", **common}),
    }


def said(call: Callable[[], Any], at: str) -> Any:
    try:
        return call()
    except Exception as error:
        return {"error": type(error).__name__, "message": str(error).replace(at, "")}


if __name__ == "__main__":
    name, url = sys.argv[1:]
    calls: Calls = globals()[name](url)
    json.dump({call: said(calls[call], url) for call in calls}, sys.stdout)
