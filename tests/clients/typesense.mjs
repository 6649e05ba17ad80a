// Typesense's client with its defaults, and once as it is set up for a browser.

import { Client } from "typesense";
import { print } from "./said.mjs";

const { hostname, port } = new URL(process.env.SEARCH);
const settings = { nodes: [{ host: hostname, port: Number(port), protocol: "http" }], apiKey: "search-only-key", numRetries: 0 };
const client = new Client(settings);
const inBrowsers = new Client({ ...settings, sendApiKeyAsQueryParam: true });
const common = { query_by: "name", per_page: 8 };
const searches = [{ collection: "products", q: "lamp" }, { collection: "outlet", q: "chair" }];

await print({
  search: () => client.collections("products").documents().search({ q: "lamp", ...common }),
  multiSearch: () => client.multiSearch.perform({ searches }, common),
  inBrowsers: () => inBrowsers.multiSearch.perform({ searches }, common),
  nothing: () => client.collections("products").documents().search({ q: "zeppelin", ...common }),
  missing: () => client.collections("no-such-collection").documents().search({ q: "lamp", ...common }),
});
