// What the shopper sees, clicks and buys, told to the ad platform by way of the proxy before this shop.
// The shop says where the proxy takes events; that one stands here is seen by what it writes onto an answer.
// Where none does, nothing is sent and nobody complains.

const MOST_OF_A_KIND = 50;
const A_MOMENT = 300;
const TRIES = 4;

let door = null;
let stands = null; // nobody knows yet; then true or false, for as long as the page lives
let timer = null;
let failed = 0;
const waiting = { impressions: [], clicks: [], purchases: [] };

/** An answer came: with a proxy's mark on it, there is somebody to tell. */
export function proxyStands(yes) {
  if (!yes || stands !== null) return;
  stands = true;
  soon(A_MOMENT);
}

/** Where events are taken: the path before `/v2/events`. */
export function reportTo(prefix) {
  door = `${prefix}/v2/events`;
  soon(A_MOMENT);
}

/** The shopper's id for the ad platform: random, in a cookie, for a year. */
export function shopperId() {
  const known = /(?:^|; )tsuid=([^;]+)/.exec(document.cookie)?.[1];
  if (known) return known;
  const id = freshId();
  document.cookie = `tsuid=${id}; path=/; max-age=31536000; samesite=lax`;
  return id;
}

/** Report each of these elements once, when half of it is in view. An older list, no longer shown, is forgotten. */
export function watch(elements) {
  observer.disconnect();
  for (const element of elements) observer.observe(element);
}

/** Report an order of `[{product, quantity}]`. Its id. */
export function bought(lines) {
  const items = lines.map(({ product, quantity }) =>
    ({ productId: product.id, unitPrice: product.price, quantity, vendorId: product.seller.id }));
  const order = happened({ items });
  waiting.purchases.push(order);
  send();
  return order.id;
}

const observer = new IntersectionObserver((entries) => {
  for (const { target, intersectionRatio } of entries) {
    if (intersectionRatio < 0.5) continue;
    observer.unobserve(target);
    waiting.impressions.push(interaction(target));
    soon(A_MOMENT);
  }
}, { threshold: 0.5 });

/** An event about a product that is shown: of the ad where it is one, of the product itself where it is not. */
function interaction({ dataset }) {
  const about = dataset.tsResolvedBid
    ? { resolvedBidId: dataset.tsResolvedBid }
    : { entity: { id: dataset.tsProduct, type: "product" } };
  return happened({ ...about, placement: placement(dataset) });
}

function placement({ tsPosition }) {
  const here = new URLSearchParams(location.search);
  return {
    path: location.pathname,
    ...(tsPosition ? { position: Number(tsPosition) } : {}),
    page: Number(here.get("page")) || 1,
    ...(here.get("q") ? { searchQuery: here.get("q") } : {}),
  };
}

function happened(what) {
  const deviceType = matchMedia("(max-width: 640px)").matches ? "mobile" : "desktop";
  return { id: freshId(), occurredAt: new Date().toISOString(), opaqueUserId: shopperId(), deviceType, channel: "onsite", ...what };
}

/** A random UUID; browsers give one by name only to pages that they call secure. */
function freshId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

// -- sending ------------------------------------------------------------------

function soon(milliseconds) {
  timer ??= setTimeout(() => { timer = null; send(); }, milliseconds);
}

/** Post what is waiting. `keepalive` lets it end although the shopper leaves the page. */
function send() {
  if (!stands || !door) return;
  const batch = {};
  for (const [kind, events] of Object.entries(waiting)) {
    if (events.length) batch[kind] = events.splice(0, MOST_OF_A_KIND);
  }
  if (!Object.keys(batch).length) return;
  const request = { method: "POST", keepalive: true, headers: { "Content-Type": "application/json" }, body: JSON.stringify(batch) };
  fetch(door, request).then((answer) => settle(answer.status, batch), () => settle(0, batch));
  if (Object.values(waiting).some((events) => events.length)) soon(0);
}

/** What may still be taken goes back, with the ids that it has: sent twice, it counts once. */
function settle(status, batch) {
  if (status === 404 || status === 405) stands = false;
  const again = status === 0 || status === 429 || status >= 500;
  failed = again ? failed + 1 : 0;
  if (!again || failed >= TRIES) return;
  for (const [kind, events] of Object.entries(batch)) waiting[kind].unshift(...events);
  soon(1000 * 2 ** failed);
}

function clicked(event) {
  const element = event.target.closest?.("a") && event.target.closest("[data-ts-product]");
  if (!element || event.button > 1) return;
  waiting.clicks.push(interaction(element));
  send();
}

document.addEventListener("click", clicked, { capture: true });
document.addEventListener("auxclick", clicked, { capture: true });
addEventListener("pagehide", send);
