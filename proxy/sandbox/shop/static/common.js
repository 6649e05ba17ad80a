// What both pages share: cards, the shelves, and the bar that tells how a page was made.

import { proxyStands, reportTo } from "/assets/report.js";

const money = new Intl.NumberFormat("en-IE", { style: "currency", currency: "EUR" });

/** An element with attributes and children; text is always text, never markup. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

export const byId = (id) => document.getElementById(id);
export const price = (product) => money.format(product.price);
export const isSponsored = (product) => Boolean(product.resolvedBidId);

export async function showShelves(current) {
  const { categories } = await (await fetch("/api/categories")).json();
  const link = (href, name, id) =>
    make("li", {}, make("a", { href, "data-go": true, "aria-current": current === id ? "page" : null }, name));
  byId("shelves").replaceChildren(
    link("/", "All", null),
    ...categories.map((category) => link(`/c/${category.id}`, category.name, category.id)),
  );
}

export function stars(product) {
  const share = `${(product.rating / 5) * 100}%`;
  return make("span", { class: "rating" },
    make("span", { class: "stars", style: `--share:${share}`, "aria-hidden": "true" }),
    make("span", { class: "hidden" }, `rated ${product.rating} of 5 by `),
    make("span", {}, `${product.rating.toFixed(1)} (${product.reviews})`));
}

export function card(product, place) {
  const sponsored = isSponsored(product);
  return make("li", {
    class: sponsored ? "card sponsored" : "card",
    "data-ts-product": product.id,
    "data-ts-resolved-bid": product.resolvedBidId,
    "data-ts-position": place + 1,
  },
    make("a", { href: product.url },
      make("span", { class: "picture" },
        make("img", { src: product.image, alt: "", width: 400, height: 400, loading: place < 8 ? "eager" : "lazy", decoding: "async" }),
        sponsored && make("span", { class: "label", title: "The seller pays for this place" }, "Sponsored")),
      make("span", { class: "name" }, product.name),
      make("span", { class: "seller" }, `from ${product.seller.name}`),
      make("span", { class: "line" }, make("span", { class: "price" }, price(product)), stars(product))));
}

const MEANINGS = {
  served: (winners) => `${winners} ${winners === 1 ? "ad" : "ads"} merged in`,
  shadow: () => "the auction ran and changed nothing",
  off: () => "the rule is off",
  skipped_query: () => "sorted or filtered: no auction, the shop's own order",
  skipped_page: () => "a later page: no auction",
  too_few_products: () => "too few products for an auction",
  no_winners: () => "nobody bid on these products",
  no_match: () => "the winners are not on this page",
  too_late: () => "the ad platform took too long; the shopper did not wait",
  ads_down: () => "the ad platform is down; the page is organic",
  ads_refused: () => "the ad platform refused; the page is organic",
  ads_invalid: () => "the ad platform answered nonsense; the page is organic",
  breaker_open: () => "the ad platform failed lately; not asked for a while",
  overloaded: () => "too many auctions under way",
};

/** Fill the bar at the foot from the answer's headers. */
export function showVisit(response) {
  const status = response.headers.get("Sponsored-Status");
  proxyStands(Boolean(status));
  const bar = byId("visit");
  if (!status) {
    bar.dataset.state = "none";
    byId("visit-reason").textContent = "no proxy here";
    byId("visit-meaning").textContent = "this answer came without a rule, or straight from the shop";
    byId("visit-times").replaceChildren();
    byId("visit-id").textContent = "";
    return;
  }
  const [reason, ...more] = status.split(";").map((part) => part.trim());
  const fields = Object.fromEntries(more.map((part) => part.split("=")));
  bar.dataset.state = reason === "served" ? "served" : "organic";
  byId("visit-reason").textContent = reason;
  byId("visit-meaning").textContent = MEANINGS[reason]?.(Number(fields.winners)) ?? "an organic page";
  byId("visit-times").replaceChildren(...times(response.headers.get("Server-Timing") ?? ""));
  byId("visit-id").textContent = fields.visit ?? "";
}

function times(header) {
  const parts = header.split(",").map((part) => /^\s*(\w+);dur=([\d.]+)/.exec(part)).filter(Boolean);
  const total = parts.reduce((sum, [, , ms]) => sum + Number(ms), 0) || 1;
  return parts.map(([, name, ms]) =>
    make("span", { class: `time ${name}` },
      make("i", { style: `width:${Math.max(4, (Number(ms) / total) * 64)}px`, "aria-hidden": "true" }),
      `${name} ${Number(ms) < 10 ? Number(ms).toFixed(1) : Math.round(ms)} ms`));
}

export function say(text) {
  const note = byId("note");
  note.textContent = text;
  note.hidden = !text;
}

/** What the shop was told of the ad platform: its report, one click away, and where events are taken. */
export async function meetAdPlatform() {
  const { report, events } = await (await fetch("/api/shop")).json();
  byId("report").hidden = !report;
  if (report) byId("report").href = report;
  if (events !== null) reportTo(events);
}
