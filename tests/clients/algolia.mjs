// Algolia's client with its defaults; only its host is set.

import { algoliasearch } from "algoliasearch";
import { print } from "./said.mjs";

const { host } = new URL(process.env.SEARCH);
const client = algoliasearch("SHOPAPP", "search-only-key", { hosts: [{ url: host, accept: "readWrite", protocol: "http" }] });
const lamps = { indexName: "products", query: "lamp", hitsPerPage: 8, facets: ["brand"] };

await print({
  search: () => client.searchSingleIndex({ indexName: "products", searchParams: { query: "lamp", hitsPerPage: 8 } }),
  multi: () => client.search({ requests: [lamps, { ...lamps, hitsPerPage: 0 }, { indexName: "outlet", query: "chair" }] }),
  hits: () => client.searchForHits({ requests: [lamps] }),
  nothing: () => client.searchSingleIndex({ indexName: "products", searchParams: { query: "zeppelin" } }),
  missing: () => client.searchSingleIndex({ indexName: "no-such-index", searchParams: { query: "lamp" } }),
});
