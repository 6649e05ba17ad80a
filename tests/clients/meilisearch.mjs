// Meilisearch's client with its defaults.

import { Meilisearch } from "meilisearch";
import { print } from "./said.mjs";

const client = new Meilisearch({ host: process.env.SEARCH, apiKey: "search-only-key" });
// A federated search has the address of one with several answers, so the rule for it has a host of its own.
const federating = new Meilisearch({ host: process.env.SEARCH.replace("127.0.0.1", "localhost"), apiKey: "search-only-key" });
const lamps = { indexUid: "products", q: "lamp", facets: ["brand"] };
const chairs = { indexUid: "outlet", q: "chair" };

await print({
  search: () => client.index("products").search("lamp", { limit: 8 }),
  searchGet: () => client.index("products").searchGet("chair"),
  multiSearch: () => client.multiSearch({ queries: [lamps, chairs] }),
  federated: () => federating.multiSearch({ federation: {}, queries: [lamps, chairs] }),
  nothing: () => client.index("products").search("zeppelin"),
  missing: () => client.index("no-such-index").search("lamp"),
});
