"""One small catalogue in the shapes of five search APIs: Algolia's, Elasticsearch's, Meilisearch's, Solr's, Typesense's.

Pure. It searches, cuts to a page and counts brands; nothing takes time, so that the same query has the same
answer. The names of fields are those of the vendors' references, the products are ours.
"""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

Product = dict[str, Any]

BRANDS = ("Lumenhaus", "Orbit & Co", "Hargreave")
NAMES = (
    *("Arco floor lamp", "Pixel desk lamp", "Banker’s lamp “Whitehall”", "Paper lamp, Ø 40 cm", "Clip-on lamp"),
    *("Storm lamp", "Salt lamp", "Piano lamp", "Garden lamp", "Rattan chair", "Folding chair", "Café chair"),
    *("Rocking chair", "Stool / chair", "Wing chair <left>", "Milk jug", "Oak table"),
)
CATALOGUE: tuple[Product, ...] = tuple(
    {
        "sku": f"P-{7700 + place * 13}",
        "name": name,
        "brand": BRANDS[place % 3],
        "price": float(19 + place * 5),
        "categories": ["Home", "Home > Light" if "lamp" in name else "Home > Seats"],
        "seller": {"id": f"s{place % 4}", "since": None},
        "rating": 5 - place % 3,
    }
    for place, name in enumerate(NAMES)
)


@dataclass(frozen=True)
class Found:
    """The products of one page, and what was found in all."""

    page: list[Product]
    all: list[Product]

    @property
    def brands(self) -> dict[str, int]:
        return dict(Counter(product["brand"] for product in self.all))


def search(words: str, size: int, start: int = 0, brands: tuple[str, ...] = ()) -> Found:
    """Products that have every word in their name."""
    all_of = [each for each in CATALOGUE if all(word in each["name"].lower() for word in words.lower().split())]
    found = [each for each in all_of if not brands or each["brand"] in brands]
    return Found(found[start : start + size], found)


# -- Algolia -------------------------------------------------------------------


def algolia(query: dict[str, Any]) -> dict[str, Any]:
    """One result of a query, whose parameters may be packed into `params`."""
    told = {**dict(parse_qsl(query.get("params", ""))), **query}
    size, page, words = int(told.get("hitsPerPage", 20)), int(told.get("page", 0)), told.get("query", "")
    filters = (
        json.loads(told["facetFilters"]) if isinstance(told.get("facetFilters"), str) else told.get("facetFilters", [])
    )
    brands = tuple(
        one.removeprefix("brand:") for group in filters for one in ([group] if isinstance(group, str) else group)
    )
    found = search(words, size, size * page, brands)
    hits = [{**each, "objectID": each["sku"], "_highlightResult": _highlight(each, words)} for each in found.page]
    return {
        "hits": hits,
        "nbHits": len(found.all),
        "page": page,
        "nbPages": -(-len(found.all) // size) if size else 0,
        "hitsPerPage": size,
        "facets": {"brand": found.brands},
        "exhaustive": {"facetsCount": True, "nbHits": True},
        "exhaustiveNbHits": True,
        "query": words,
        "params": query.get("params", ""),
        "index": told.get("indexName", "products"),
        "processingTimeMS": 1,
        "renderingContent": {},
    }


def _highlight(product: Product, words: str) -> dict[str, Any]:
    level = "full" if words else "none"
    return {"name": {"value": product["name"], "matchLevel": level, "matchedWords": words.split()}}


# -- Elasticsearch -------------------------------------------------------------


def elasticsearch(query: dict[str, Any]) -> dict[str, Any]:
    """The answer to a search that matches one field."""
    words = next(iter(query.get("query", {}).get("match", {"": ""}).values()))
    found = search(words if isinstance(words, str) else words["query"], query.get("size", 10), query.get("from", 0))
    hits = [{"_index": "products", "_id": each["sku"], "_score": 1.5, "_source": each} for each in found.page]
    return {
        "took": 2,
        "timed_out": False,
        "_shards": {"total": 1, "successful": 1, "skipped": 0, "failed": 0},
        "hits": {"total": {"value": len(found.all), "relation": "eq"}, "max_score": 1.5, "hits": hits},
        "aggregations": {"brand": {"buckets": [{"key": key, "doc_count": n} for key, n in found.brands.items()]}},
    }


# -- Meilisearch -----------------------------------------------------------------


def meilisearch(query: dict[str, Any]) -> dict[str, Any]:
    """The answer to a search, or one result of several."""
    words, limit, offset = query.get("q") or "", int(query.get("limit", 20)), int(query.get("offset", 0))
    found = search(words, limit, offset)
    named = {"indexUid": query["indexUid"]} if "indexUid" in query else {}
    return {
        **named,
        "hits": [{"id": each["sku"], **each, "_formatted": {"name": each["name"]}} for each in found.page],
        "query": words,
        "processingTimeMs": 1,
        "limit": limit,
        "offset": offset,
        "estimatedTotalHits": len(found.all),
        "facetDistribution": {"brand": found.brands},
    }


def federated(queries: list[dict[str, Any]]) -> dict[str, Any]:
    """One list for several queries, each hit saying whose it is."""
    results = [meilisearch(query) for query in queries]
    hits = [
        hit | {"_federation": {"indexUid": query["indexUid"], "queriesPosition": place, "weightedRankingScore": 0.5}}
        for place, (query, result) in enumerate(zip(queries, results, strict=True))
        for hit in result["hits"]
    ]
    return {"hits": hits, "processingTimeMs": 2, "limit": 20, "offset": 0, "estimatedTotalHits": len(hits)}


# -- Solr ----------------------------------------------------------------------------


def solr(query: dict[str, Any]) -> dict[str, Any]:
    """The answer of a request handler for search."""
    start = int(query.get("start", 0))
    found = search(query["q"], int(query.get("rows", 10)), start)
    docs = [{"id": each["sku"], **each, "_version_": 1790000000000000000} for each in found.page]
    return {
        "responseHeader": {"status": 0, "QTime": 1, "params": query},
        "response": {"numFound": len(found.all), "start": start, "numFoundExact": True, "docs": docs},
        "facet_counts": {"facet_fields": {"brand": [part for pair in found.brands.items() for part in pair]}},
    }


# -- Typesense -------------------------------------------------------------------


def typesense(query: dict[str, Any]) -> dict[str, Any]:
    """The answer to a search, or one result of several."""
    size, page = int(query.get("per_page", 10)), int(query.get("page", 1))
    found = search("" if query["q"] == "*" else query["q"], size, size * (page - 1))
    hits = [{"document": {"id": each["sku"], **each}, "highlight": {}, "text_match": 578730} for each in found.page]
    counts = [{"count": n, "highlighted": key, "value": key} for key, n in found.brands.items()]
    return {
        "facet_counts": [{"counts": counts, "field_name": "brand", "sampled": False}],
        "found": len(found.all),
        "hits": hits,
        "out_of": len(CATALOGUE),
        "page": page,
        "request_params": {"collection_name": "products", "per_page": size, "q": query["q"]},
        "search_cutoff": False,
        "search_time_ms": 1,
    }
