// Elasticsearch's client with its defaults, and once with compression, as its guide advises.

import { Client } from "@elastic/elasticsearch";
import { print } from "./said.mjs";

const client = new Client({ node: process.env.SEARCH, maxRetries: 0 });
const compressing = new Client({ node: process.env.SEARCH, maxRetries: 0, compression: true });
const match = (text) => ({ query: { match: { name: text } }, aggs: { brand: { terms: { field: "brand" } } } });

await print({
  search: () => client.search({ index: "products", size: 8, ...match("lamp") }),
  everywhere: () => client.search({ ...match("chair") }),
  compressed: () => compressing.search({ index: "products", ...match("lamp") }),
  msearch: () => client.msearch({ searches: [{ index: "products" }, match("lamp"), { index: "outlet" }, match("chair")] }),
  nothing: () => client.search({ index: "products", ...match("zeppelin") }),
  missing: () => client.search({ index: "no-such-index", ...match("lamp") }),
});
