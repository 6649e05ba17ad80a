"""The marks by which each search backend is known: a table, and nothing else. Pure.

A backend that learns a preset gets its lines here. Fields are those that no
other backend sends; what many send (`page`, `total`) tells nobody apart.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Marks:
    """How a backend is known.

    Attributes:
        preset: the preset's name.
        shapes: places in the response of which one must be there.
        fields: places in the response that speak for it, one point each; with ` ~ ` and a pattern where the value
            must match it.
        path: a pattern that the request's path holds, worth two points.
        headers: names of request headers, worth two points together; `x-*` is any that begins so.
        host: a pattern that the request's host holds, worth two points.
        body: places in the request's JSON body, one point each.
        query: a parameter of the request and its value, worth a point.
    """

    preset: str
    shapes: tuple[str, ...]
    fields: tuple[str, ...] = ()
    path: str = ""
    headers: tuple[str, ...] = ()
    host: str = ""
    body: tuple[str, ...] = ()
    query: tuple[str, str] | None = None


BACKENDS: Final = (
    Marks(
        "algolia-multi",
        ("$.results[*].hits",),
        ("$.results[*].nbHits", "$.results[*].processingTimeMS", "$.results[*].hits[*].objectID", "$.results[*].index"),
        path=r"/1/indexes/(\*|%2A)/(queries|objects)$",
        headers=("x-algolia-*",),
    ),
    Marks(
        "algolia",
        ("$.hits",),
        ("$.nbHits", "$.processingTimeMS", "$.hits[*].objectID", "$.exhaustiveNbHits", "$.hitsPerPage"),
        path=r"/1/indexes/[^/*]+(/query)?$",
        headers=("x-algolia-*",),
    ),
    Marks(
        "typesense-multi",
        ("$.results[*].hits[*].document",),
        ("$.results[*].found", "$.results[*].search_time_ms", "$.results[*].request_params", "$.results[*].out_of"),
        path=r"/multi_search$",
        headers=("x-typesense-api-key",),
    ),
    Marks(
        "typesense",
        ("$.hits[*].document",),
        ("$.found", "$.search_time_ms", "$.request_params", "$.out_of", "$.hits[*].text_match", "$.facet_counts"),
        path=r"/collections/[^/]+/documents/search$",
        headers=("x-typesense-api-key",),
    ),
    Marks(
        "typesense-grouped",
        ("$.grouped_hits[*].hits",),
        (
            "$.found",
            "$.search_time_ms",
            "$.request_params",
            "$.out_of",
            "$.grouped_hits[*].group_key",
            "$.facet_counts",
        ),
        path=r"/collections/[^/]+/documents/search$",
        headers=("x-typesense-api-key",),
    ),
    Marks(
        "meilisearch-multi",
        ("$.results[*].hits",),
        (
            "$.results[*].indexUid",
            "$.results[*].estimatedTotalHits",
            "$.results[*].totalHits",
            "$.results[*].processingTimeMs",
        ),
        path=r"/multi-search$",
    ),
    Marks(
        "meilisearch-federated",
        ("$.hits[*]._federation",),
        ("$.estimatedTotalHits", "$.totalHits", "$.processingTimeMs", "$.hits[*]._federation", "$.hits[*]._formatted"),
        path=r"/multi-search$",
    ),
    Marks(
        "meilisearch",
        ("$.hits",),
        ("$.estimatedTotalHits", "$.totalHits", "$.processingTimeMs", "$.hits[*]._formatted"),
        path=r"/indexes/[^/]+/search$",
    ),
    Marks(
        "elasticsearch-msearch",
        ("$.responses[*].hits.hits",),
        ("$.responses[*]._shards", "$.responses[*].took", "$.responses[*].timed_out", "$.responses[*].status"),
        path=r"/_msearch$",
    ),
    Marks(
        "elasticsearch",
        ("$.hits.hits",),
        (
            "$._shards",
            "$.timed_out",
            "$.took",
            "$.hits.hits[*]._source",
            "$.hits.hits[*]._index",
            "$.hits.max_score",
        ),
        path=r"/_search$",
    ),
    # OpenSearch answers like the Elasticsearch that it comes from; only its address can tell.
    Marks(
        "opensearch",
        ("$.hits.hits",),
        (
            "$._shards",
            "$.timed_out",
            "$.took",
            "$.hits.hits[*]._source",
            "$.hits.hits[*]._index",
            "$.hits.max_score",
        ),
        path=r"/_search$",
        host=r"opensearch|\baoss\b|\.es\.amazonaws\.com$",
    ),
    Marks(
        "solr",
        ("$.response.docs",),
        ("$.responseHeader.QTime", "$.responseHeader.status", "$.responseHeader.params", "$.facet_counts.facet_fields"),
        path=r"/(solr/.*|[^/]+/)(select|query|browse)$",
    ),
    Marks(
        "solr-grouped",
        ("$.grouped[*].groups",),
        ("$.responseHeader.QTime", "$.responseHeader.status", "$.grouped[*].matches", "$.facet_counts.facet_fields"),
        path=r"/(solr/.*|[^/]+/)(select|query|browse)$",
    ),
    Marks(
        "bloomreach",
        ("$.response.docs",),
        (
            "$.response.docs[*].pid",
            "$.response.numFound",
            "$.response.docs[*].thumb_image",
            "$.did_you_mean",
            "$.metadata.query",
        ),
        path=r"/api/v1/core/?$",
        host=r"brsrvr\.com|dxpapi\.com|exponea|bloomreach",
    ),
    Marks(
        "bloomreach-category",
        ("$.response.docs",),
        (
            "$.response.docs[*].pid",
            "$.response.numFound",
            "$.response.docs[*].thumb_image",
            "$.did_you_mean",
            "$.metadata.query",
        ),
        path=r"/api/v1/core/?$",
        host=r"brsrvr\.com|dxpapi\.com|exponea|bloomreach",
        query=("search_type", "category"),
    ),
    Marks(
        "vtex-graphql",
        ("$.data.productSearch.products",),
        (
            "$.data.productSearch.products[*].productId",
            "$.data.productSearch.products[*].cacheId",
            "$.data.productSearch.products",
        ),
        path=r"/_v/(segment|private|public)/graphql/v1$",
    ),
    Marks(
        "vtex",
        ("$.products[*].productId",),
        (
            "$.recordsFiltered",
            "$.products[*].linkText",
            "$.products[*].items[*].sellers",
            "$.products[*].cacheId",
            "$.correction",
        ),
        path=r"/(_v/api/)?intelligent-search/|/product[_-]search/",
        host=r"vtex(commercestable|assets)?\.com",
    ),
    Marks(
        "vtex-catalog",
        ("$[*].productId",),
        ("$[*].linkText", "$[*].items[*].sellers", "$[*].productReference", "$[*].clusterHighlights"),
        path=r"/api/catalog_system/pub/products/search",
        host=r"vtex(commercestable|assets)?\.com",
    ),
    Marks(
        "sfcc",
        ("$.hits[*].productId",),
        ("$.hits[*].hitType", "$.hits[*].representedProduct", "$.selectedSortingOption", "$.sortingOptions"),
        path=r"/shopper-search/v\d",
    ),
    Marks(
        "sfcc-ocapi",
        ("$.hits[*].product_id",),
        ("$.hits[*].hit_type", "$.hits[*].represented_product", "$._type ~ product_search_result"),
        path=r"/dw/shop/v\d+_\d+/product_search$",
    ),
    Marks(
        "shopify-suggest",
        ("$.resources.results.products",),
        ("$.resources.results", "$.resources.results.products[*].handle", "$.resources.results.products[*].price_max"),
        path=r"/search/suggest(\.json)?$",
    ),
    Marks(
        "shopify-graphql",
        ("$.data[*].edges[*].node.id",),
        (r"$.data[*].edges[*].node.id ~ gid://shopify/Product/\d+.*", "$.data[*].edges[*].node.handle"),
        path=r"/api/(\d{4}-\d\d|unstable)/graphql(\.json)?$",
        headers=("x-shopify-storefront-access-token", "shopify-storefront-private-token"),
        host=r"myshopify\.com$",
    ),
    Marks(
        "shopify-graphql-nodes",
        ("$.data[*].nodes[*].id",),
        (r"$.data[*].nodes[*].id ~ gid://shopify/Product/\d+.*", "$.data[*].nodes[*].handle"),
        path=r"/api/(\d{4}-\d\d|unstable)/graphql(\.json)?$",
        headers=("x-shopify-storefront-access-token", "shopify-storefront-private-token"),
        host=r"myshopify\.com$",
    ),
    Marks(
        "saleor",
        ("$.data.products.edges[*].node.id",),
        (
            r"$.data.products.edges[*].node.id ~ UHJvZHVjdDo[\w=+/-]*",
            "$.data.products.edges[*].node.pricing.priceRange",
            "$.data.products.edges[*].node.thumbnail",
            "$.extensions.cost",
        ),
        host=r"saleor",
    ),
    Marks(
        "bigcommerce",
        ("$.data.site.search.searchProducts.products.edges",),
        ("$.data.site.search.searchProducts", "$.data.site.search.searchProducts.products.edges[*].node.entityId"),
        host=r"mybigcommerce\.com$",
    ),
    Marks(
        "magento-graphql",
        ("$.data.products.items",),
        (
            "$.data.products.items[*].sku",
            "$.data.products.items[*].url_key",
            "$.data.products.page_info.current_page",
            "$.data.products.aggregations",
            "$.data.products.items[*].price_range.minimum_price",
        ),
        headers=("store", "content-currency"),
    ),
    Marks(
        "magento",
        ("$.items[*].sku",),
        (
            "$.search_criteria.filter_groups",
            "$.items[*].custom_attributes",
            "$.items[*].attribute_set_id",
            "$.items[*].type_id",
        ),
        path=r"/rest/(\w+/)?V1/products$",
    ),
    Marks(
        "vendure",
        ("$.data.search.items",),
        (
            "$.data.search.items[*].productVariantId",
            "$.data.search.items[*].productId",
            "$.data.search.items[*].priceWithTax",
        ),
        path=r"/shop-api$",
        headers=("vendure-token",),
    ),
    Marks(
        "medusa",
        ("$.products[*].id",),
        (r"$.products[*].id ~ prod_[0-9A-Za-z]{10,}", r"$.products[*].variants[*].id ~ variant_[0-9A-Za-z]{10,}"),
        path=r"/store/products$",
        headers=("x-publishable-api-key",),
    ),
    Marks(
        "constructor",
        ("$.response.results[*].data",),
        (
            "$.response.total_num_results",
            "$.response.result_sources",
            "$.result_id",
            "$.response.results[*].matched_terms",
        ),
        path=r"/search/[^/]+$",
        host=r"cnstrc\.com$",
    ),
    Marks(
        "constructor-browse",
        ("$.response.results[*].data",),
        (
            "$.response.total_num_results",
            "$.response.result_sources",
            "$.result_id",
            "$.response.results[*].matched_terms",
        ),
        path=r"/browse/[^/]+/[^/]+$",
        host=r"cnstrc\.com$",
    ),
    Marks(
        "constructor-autocomplete",
        ("$.sections.Products[*].data",),
        ("$.result_id", "$.sections.Products[*].matched_terms"),
        path=r"/autocomplete/[^/]+$",
        host=r"cnstrc\.com$",
    ),
    Marks(
        "coveo",
        ("$.products",),
        ("$.products[*].ec_product_id", "$.products[*].permanentid", "$.pagination.totalEntries", "$.responseId"),
        path=r"/rest/organizations/[^/]+/commerce/v\d+/search",
        host=r"coveo\.com$",
    ),
    Marks(
        "coveo-listing",
        ("$.products",),
        ("$.products[*].ec_product_id", "$.products[*].permanentid", "$.pagination.totalEntries", "$.responseId"),
        path=r"/rest/organizations/[^/]+/commerce/v\d+/listing",
        host=r"coveo\.com$",
    ),
    Marks(
        "vertex",
        ("$.results[*].id",),
        (
            "$.attributionToken",
            "$.results[*].product.name ~ projects/.+/products/.+",
            "$.results[*].matchingVariantCount",
            "$.results[*].product.priceInfo",
        ),
        path=r"/placements/[^/]+:search$|/servingConfigs/[^/]+:search$",
        host=r"retail\.googleapis\.com$",
    ),
    Marks(
        "klevu",
        ("$.queryResults[*].records",),
        ("$.queryResults[*].meta.totalResultsFound", "$.queryResults[*].records[*].itemGroupId", "$.meta.qTime"),
        path=r"/cs/v2/search$",
        host=r"ksearchnet\.com$|klevu",
        body=("$.recordQueries",),
    ),
    Marks(
        "searchspring",
        ("$.results[*].uid",),
        ("$.pagination.defaultPerPage", "$.results[*].intellisuggestData", "$.merchandising", "$.sorting.options"),
        path=r"/api/search/search\.json$",
        host=r"searchspring",
    ),
    Marks(
        "commercetools",
        ("$.results[*].productProjection", "$.results[*].matchingVariants"),
        (
            "$.results[*].productProjection.productType",
            "$.results[*].matchingVariants",
            "$.results[*].productProjection",
        ),
        path=r"/products/search$",
        host=r"commercetools\.com$",
    ),
    Marks(
        "commercetools-projection",
        ("$.results[*].masterVariant",),
        (
            "$.results[*].masterVariant.prices[*].value.centAmount",
            "$.results[*].productType",
            "$.results[*].masterVariant.sku",
        ),
        path=r"/product-projections(/search)?$",
        host=r"commercetools\.com$",
    ),
    Marks(
        "django-oscar",
        ("$[*].url",),
        ("$[*].availability ~ https?://.*/api/products/.*", "$[*].price ~ https?://.*/api/products/.*"),
    ),
    Marks(
        "django-oscar-paged",
        ("$.results[*].url",),
        (
            "$.results[*].availability ~ https?://.*/api/products/.*",
            "$.results[*].price ~ https?://.*/api/products/.*",
        ),
    ),
)
