// A storefront of InstantSearch's own widgets; `?search=HOST` is where it searches, else its own host.

import { liteClient } from "algoliasearch/lite";
import instantsearch from "instantsearch.js";
import { configure, hits, pagination, refinementList, searchBox, stats } from "instantsearch.js/es/widgets";

const url = new URLSearchParams(location.search).get("search") ?? location.host;
const search = instantsearch({
  indexName: "products",
  searchClient: liteClient("SHOPAPP", "search-only-key", { hosts: [{ url, accept: "readWrite", protocol: "http" }] }),
});

const item = (hit, { html, components }) => html`
  <article data-sku=${hit.objectID} data-ts-resolved-bid=${hit.resolvedBidId}>
    ${hit.resolvedBidId ? html`<em>Sponsored</em>` : ""} ${components.Highlight({ hit, attribute: "name" })}
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
search.start();
