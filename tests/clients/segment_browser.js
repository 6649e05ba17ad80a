// Segment's own library for browsers, pointed at the proxy. `?bid=...&key=...`, and `?batching` for one request of many calls.

import { AnalyticsBrowser } from "@segment/analytics-next";

const told = new URLSearchParams(location.search);
const [writeKey, resolvedBidId] = [told.get("key"), told.get("bid")];
const deliveryStrategy = told.has("batching") ? { strategy: "batching", config: { size: 3, timeout: 100 } } : undefined;
const segment = { apiHost: `${location.host}/topsort/segment/v1`, protocol: "http", deliveryStrategy };
const analytics = AnalyticsBrowser.load(
  { writeKey, cdnSettings: { integrations: { "Segment.io": { apiKey: writeKey } } } },
  { integrations: { "Segment.io": segment } },
);
const products = [{ product_id: "P-7765", price: 24.5, quantity: 2 }];
Promise.all([
  analytics.track("Product Viewed", { resolvedBidId }),
  analytics.track("Product Clicked", { resolvedBidId }),
  analytics.track("Order Completed", { products }),
  analytics.page("category", "Lamps", { page: { type: "category", pageId: "lamps" } }),
]).then(() => (document.title = "sent"));
