// Topsort's own SDK, pointed at the proxy as its page says: what each report comes to.

import { TopsortClient } from "@topsort/sdk";
import { print } from "./said.mjs";

const client = new TopsortClient({ apiKey: "none", host: process.env.HOST });
const event = { occurredAt: "2023-11-14T22:13:19Z", opaqueUserId: "u1", resolvedBidId: "b1" };
const item = { productId: "x", unitPrice: 19.99, quantity: 1 };

await print({
  impression: () => client.reportEvent({ impressions: [{ ...event, id: "i1" }] }),
  again: () => client.reportEvent({ impressions: [{ ...event, id: "i1" }] }),
  purchase: () => client.reportEvent({ purchases: [{ ...event, id: "p1", items: [item] }] }),
  bad: () => client.reportEvent({ impressions: [{ ...event, id: "" }] }).catch(({ status, body }) => ({ status, body })),
  more: () => client.reportEvent({ impressions: [{ ...event, id: "i2" }] }),
  auction: () => client.createAuction({ auctions: [] }).catch(({ status }) => ({ status })),
});
