// What a shopper saw, clicked and bought, told by Topsort's SDK: an ad once for each answer that it came with.

import { TopsortClient } from "@topsort/sdk";

export function reporting(search, opaqueUserId, origin) {
  const topsort = new TopsortClient({ apiKey: "none", host: `${origin}/topsort` });
  const told = new Set();
  const event = (resolvedBidId) => ({
    id: crypto.randomUUID(),
    occurredAt: new Date().toISOString(),
    opaqueUserId,
    ...(resolvedBidId && { resolvedBidId }),
  });
  const report = (events) => topsort.reportEvent(events).catch((error) => console.error(String(error)));

  search.on("render", () => {
    const ads = [...document.querySelectorAll("[data-ts-resolved-bid]")].map((ad) => ad.dataset.tsResolvedBid);
    const fresh = ads.filter((bid) => !told.has(bid));
    fresh.forEach((bid) => told.add(bid));
    if (fresh.length) report({ impressions: fresh.map((bid) => event(bid)) });
  });

  document.addEventListener("click", ({ target }) => {
    const { sku, tsResolvedBid } = target.closest("article")?.dataset ?? {};
    const item = { productId: sku, unitPrice: 24.5, quantity: 2 };
    if (target.matches("button")) report({ purchases: [{ ...event(), items: [item] }] });
    else if (tsResolvedBid) report({ clicks: [event(tsResolvedBid)] });
  });
}
