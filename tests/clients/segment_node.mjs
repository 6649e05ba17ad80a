// Segment's own library for servers, pointed at the proxy: an ad that was seen and clicked, and an order.

import { Analytics } from "@segment/analytics-node";

const { HOST, KEY, BID } = process.env;
const analytics = new Analytics({ writeKey: KEY, host: HOST, path: "/topsort/segment/v1/batch", maxRetries: 0 });
const failed = [];
analytics.on("error", (error) => failed.push(String(error.reason ?? error)));

const anonymousId = "shopper-of-node";
const properties = { resolvedBidId: BID };
analytics.identify({ userId: "u1", traits: { plan: "none" } });
analytics.track({ anonymousId, event: "Product Viewed", properties });
analytics.track({ anonymousId, event: "Product Clicked", properties });
const products = [{ product_id: "P-7765", price: 24.5, quantity: 2 }];
analytics.track({ anonymousId, event: "Order Completed", properties: { products } });
await analytics.closeAndFlush();
console.log(JSON.stringify({ failed }));
