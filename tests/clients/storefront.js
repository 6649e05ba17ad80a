// A storefront of InstantSearch's own widgets. `?search=HOST` is where it searches, else its own host; `?with=NAME` is
// the API that it speaks there, else Algolia's: InstantSearch knows the others by their vendors' adapters. `?report=USER`
// tells the ad platform with Topsort's own SDK what this shopper was shown, clicked and bought.

import { instantMeiliSearch } from "@meilisearch/instant-meilisearch";
import { liteClient } from "algoliasearch/lite";
import instantsearch from "instantsearch.js";
import { configure, hits, pagination, refinementList, searchBox, stats } from "instantsearch.js/es/widgets";
import TypesenseAdapter from "typesense-instantsearch-adapter";
import { reporting } from "./reporting.js";

const told = new URLSearchParams(location.search);
const at = new URL(`http://${told.get("search") ?? location.host}`);
const key = "search-only-key";

const clients = {
  algolia: () => liteClient("SHOPAPP", key, { hosts: [{ url: at.host, accept: "readWrite", protocol: "http" }] }),
  meilisearch: () => instantMeiliSearch(at.origin, key).searchClient,
  typesense: () =>
    new TypesenseAdapter({
      server: { apiKey: key, nodes: [{ host: at.hostname, port: at.port, protocol: "http" }] },
      additionalSearchParameters: { query_by: "name" },
    }).searchClient,
};
const search = instantsearch({ indexName: "products", searchClient: clients[told.get("with") ?? "algolia"]() });

const item = (hit, { html, components }) => html`
  <article data-sku=${hit.sku} data-ts-resolved-bid=${hit.resolvedBidId}>
    ${hit.resolvedBidId ? html`<em>Sponsored</em>` : ""} ${components.Highlight({ hit, attribute: "name" })}
    <button type="button">Buy</button>
  </article>
`;

search.addWidgets([
  configure({ hitsPerPage: 12 }),
  searchBox({ container: "#box" }),
  stats({ container: "#stats", templates: { text: ({ nbHits }) => `${nbHits} products` } }),
  refinementList({ container: "#brands", attribute: "brand" }),
  hits({ container: "#hits", templates: { item } }),
  pagination({ container: "#pages" }),
]);
if (told.has("report")) reporting(search, told.get("report"), at.origin);
search.start();
