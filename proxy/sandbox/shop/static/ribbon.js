// The ribbon above the results: what won the page's banner slot, drawn from the banner's own files and words.
// It bears the marks of every ad on the page, so that it is reported as they are.

import { byId, make } from "/assets/common.js";

/** Show the banners of an answer; with none, the ribbon is not there. */
export function showRibbon(banners) {
  const shown = banners.filter((banner) => banner.asset?.length);
  byId("ribbon").hidden = !shown.length;
  byId("ribbon").replaceChildren(...shown.map(drawn));
}

function drawn(banner, place) {
  const [{ url, content = {} }] = banner.asset;
  return make("div", {
    class: "banner",
    "data-ts-product": banner.id,
    "data-ts-resolved-bid": banner.resolvedBidId,
    "data-ts-position": place + 1,
  },
    make("a", { href: address(content.link) ?? target(banner) },
      make("img", { src: address(url), alt: "" }),
      make("span", { class: "words" },
        make("strong", {}, content.heading ?? ""),
        make("span", {}, content.text ?? "")),
      make("span", { class: "label", title: "The advertiser pays for this place" }, "Sponsored")));
}

/** Where a click leads, by what won. */
function target({ type, id }) {
  if (type === "product") return `/product/${encodeURIComponent(id)}`;
  if (type === "url") return address(id);
  return `/search?q=${encodeURIComponent(id)}`;
}

/** An address that a page may lead to: whatever an advertiser wrote, it is no script. */
function address(written) {
  if (!written) return null;
  const url = new URL(written, location.origin);
  return ["http:", "https:"].includes(url.protocol) ? url.href : null;
}
