// Meilisearch's client with its defaults.

import { Meilisearch } from "meilisearch";
import { print } from "./said.mjs";

const client = new Meilisearch({ host: process.env.SEARCH, apiKey: "search-only-key" });
const lamps = { indexUid: "products", q: "lamp", facets: ["brand"] };
const chairs = { indexUid: "outlet", q: "chair" };

await print({
  search: () => client.index("products").search("lamp", { limit: 8 }),
  searchGet: () => client.index("products").searchGet("chair"),
  multiSearch: () => client.multiSearch({ queries: [lamps, chairs] }),
  federated: () => client.multiSearch({ federation: {}, queries: [lamps, chairs] }),
  nothing: () => client.index("products").search("zeppelin"),
  missing: () => client.index("no-such-index").search("lamp"),
});
