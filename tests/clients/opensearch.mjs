// OpenSearch's client with its defaults, and once with compression.

import { Client } from "@opensearch-project/opensearch";
import { print } from "./said.mjs";

const client = new Client({ node: process.env.SEARCH, maxRetries: 0 });
const compressing = new Client({ node: process.env.SEARCH, maxRetries: 0, compression: "gzip" });
const match = (text) => ({ query: { match: { name: { query: text } } }, aggs: { brand: { terms: { field: "brand" } } } });
const body = async (answer) => (await answer).body;

await print({
  search: () => body(client.search({ index: "products", size: 8, body: match("lamp") })),
  compressed: () => body(compressing.search({ index: "products", body: match("chair") })),
  msearch: () => body(client.msearch({ body: [{ index: "products" }, match("lamp"), { index: "outlet" }, match("chair")] })),
  nothing: () => body(client.search({ index: "products", body: match("zeppelin") })),
  missing: () => body(client.search({ index: "no-such-index", body: match("lamp") })),
});
