// The storefront. The address bar holds all state; every change of it asks the search API of this very origin.

import { byId, card, make, price, isSponsored, say, meetAdPlatform, showShelves, showVisit } from "/assets/common.js";
import { shopperId, watch } from "/assets/report.js";
import { showRibbon } from "/assets/ribbon.js";

const FILTERS = ["brand", "price", "sort"];
let asked = 0;

/** What the address asks for. */
function wish() {
  const here = new URL(location.href);
  const category = /^\/c\/([^/]+)/.exec(here.pathname)?.[1] ?? null;
  const search = here.pathname === "/search";
  return { category, search, home: !category && !search, params: here.searchParams, compare: here.searchParams.has("compare") };
}

/** The API's address for a wish; `organic` asks for the page that the rules leave alone. */
function question({ category, search, params }, organic) {
  const api = new URL(category ? `/api/categories/${category}` : search ? "/api/search" : "/api/featured", location.origin);
  for (const name of ["q", ...FILTERS, "page"]) {
    const value = params.get(name);
    if (value && !(name === "page" && value === "1")) api.searchParams.set(name, value);
  }
  if (search && !api.searchParams.has("q")) api.searchParams.set("q", "");
  if (organic) api.searchParams.set("organic", "1");
  return api;
}

const address = () => location.pathname + location.search;
let shown = null;

async function show() {
  const turn = ++asked;
  shown = address();
  const wanted = wish();
  document.body.classList.toggle("comparing", wanted.compare);
  byId("compare").checked = wanted.compare;
  byId("q").value = wanted.params.get("q") ?? "";
  byId("hero").hidden = !wanted.home || wanted.compare || wanted.params.get("page") > 1;
  byId("grid").setAttribute("aria-busy", "true");
  showShelves(wanted.category);
  try {
    const [response, organic] = await Promise.all([
      fetch(question(wanted)),
      wanted.compare ? fetch(question(wanted, true)).then((answer) => answer.json()) : null,
    ]);
    if (turn !== asked) return;
    if (!response.ok) throw new Error(`the shop answered ${response.status}`);
    const found = await response.json();
    if (turn !== asked) return;
    showVisit(response);
    title(wanted, found);
    filters(wanted, found);
    pager(wanted, found);
    showRibbon(wanted.compare ? [] : found.banners ?? []);
    grid(wanted.compare ? [] : found.products);
    comparison(wanted.compare ? { organic: organic.products, merged: found.products, ads: response.headers.has("Sponsored-Status") } : null);
    watch(document.querySelectorAll("[data-ts-product]"));
    say(found.products.length ? "" : "Nothing found. Try fewer words, or another shelf.");
  } catch (trouble) {
    if (turn === asked) say(`Sorry, that did not work: ${trouble.message}.`);
  } finally {
    if (turn === asked) byId("grid").removeAttribute("aria-busy");
  }
}

function title({ home, search, params, category }, found) {
  const shelf = found.facets?.categories.find((one) => one.id === category)?.name;
  const name = home ? "Popular now" : search && params.get("q") ? `“${params.get("q")}”` : shelf ?? "Everything";
  byId("title").textContent = name;
  document.title = home ? "Larkmoor: good things from good makers" : `${name} · Larkmoor`;
  byId("count").textContent = `${found.total} ${found.total === 1 ? "product" : "products"}`;
}

function filters({ params, home }, { facets }) {
  const form = byId("filters");
  form.hidden = home;
  if (home) return;
  const option = (value, text) => make("option", { value, selected: value === (options.current ?? "") }, text);
  const options = { current: params.get("brand") };
  form.brand.replaceChildren(option("", "All brands"), ...facets.brands.map((one) => option(one.name, `${one.name} (${one.count})`)));
  options.current = params.get("price");
  form.price.replaceChildren(option("", "Any price"), ...facets.prices.map((one) => option(one.id, `${range(one)} (${one.count})`)));
  form.sort.value = params.get("sort") ?? "";
  for (const name of FILTERS) form[name].parentElement.classList.toggle("set", Boolean(form[name].value));
}

const range = ({ from, to }) => (from === null ? `under €${to}` : to === null ? `€${from} and more` : `€${from} to €${to}`);

function pager({ params }, { page, per_page, total }) {
  const last = Math.max(1, Math.ceil(total / per_page));
  const link = (to, text, name) => {
    const target = new URL(location.href);
    to === 1 ? target.searchParams.delete("page") : target.searchParams.set("page", to);
    return make("a", { href: target.pathname + target.search, "data-go": true, "aria-label": name, "aria-current": to === page ? "page" : null }, text);
  };
  const near = [...Array(last).keys()].map((n) => n + 1).filter((n) => n === 1 || n === last || Math.abs(n - page) < 3);
  byId("pager").hidden = last === 1;
  byId("pager").replaceChildren(
    ...(page > 1 ? [link(page - 1, "←", "Previous page")] : []),
    ...near.flatMap((n, place) => [place && n - near[place - 1] > 1 ? make("span", {}, "…") : null, link(n, String(n), `Page ${n}`)]).filter(Boolean),
    ...(page < last ? [link(page + 1, "→", "Next page")] : []),
  );
}

function grid(products) {
  byId("grid").replaceChildren(...products.map(card));
}

// -- the comparison: the organic answer on the left, what the shopper sees on the right, and what moved between --

function comparison(pair) {
  const section = byId("comparison");
  section.hidden = !pair;
  section.replaceChildren();
  if (!pair) return;
  const before = new Map(pair.organic.map((product, place) => [product.id, place]));
  const after = new Map();
  pair.merged.forEach((product, place) => after.has(product.id) || after.set(product.id, place));
  const promoted = new Set(pair.merged.filter(isSponsored).map((one) => one.id));
  const left = make("ol", { class: "rows organic" }, ...pair.organic.map((one, place) => row(one, place, place, after.get(one.id), false)));
  for (const one of left.children) one.classList.toggle("promoted", promoted.has(one.dataset.id));
  const right = make("ol", { class: "rows merged" }, ...pair.merged.map((one, place) => row(one, place, before.get(one.id), place, true)));
  const wires = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  wires.setAttribute("class", "wires");
  wires.setAttribute("aria-hidden", "true");
  section.append(
    make("div", { class: "head" }, make("h3", {}, "The marketplace alone"), make("p", {}, "its own order, as the search returned it")),
    make("div", { class: "head" }, make("h3", {}, pair.ads ? "What the shopper sees" : "The same, again"),
      make("p", {}, pair.ads ? "the same answer, with the auction's winners merged in" : "no proxy stands in front of this address")),
    left, wires, right);
  draw(section, wires, left, right, pair.merged);
}

function row(product, place, from, to, isMerged) {
  const sponsored = isSponsored(product);
  const shown = isMerged && { "data-ts-product": product.id, "data-ts-resolved-bid": product.resolvedBidId, "data-ts-position": place + 1 };
  return make("li", { class: sponsored ? "row sponsored" : "row", "data-id": product.id, ...shown },
    make("a", { href: product.url },
      make("span", { class: "place" }, String(place + 1)),
      make("img", { src: product.image, alt: "", width: 48, height: 48, loading: "lazy" }),
      make("span", { class: "what" }, make("span", { class: "name" }, product.name), make("span", { class: "seller" }, `${product.seller.name} · ${price(product)}`)),
      sponsored && make("span", { class: "label" }, "Sponsored"),
      isMerged ? movement(from, to) : null));
}

function movement(from, to) {
  if (from === undefined) return make("span", { class: "moved new" }, "new");
  const by = from - to;
  if (by === 0) return make("span", { class: "moved same" }, make("span", { "aria-hidden": "true" }, "="), make("span", { class: "hidden" }, "same place"));
  return make("span", { class: by > 0 ? "moved up" : "moved down" },
    make("span", { "aria-hidden": "true" }, by > 0 ? `↑ from ${from + 1}` : `↓ ${-by}`),
    make("span", { class: "hidden" }, `moved from place ${from + 1} to ${to + 1}`));
}

function draw(section, wires, left, right, merged) {
  const sponsored = new Set(merged.filter(isSponsored).map((product) => product.id));
  const paint = () => {
    const frame = wires.getBoundingClientRect();
    const middle = (element) => { const box = element.getBoundingClientRect(); return box.top + box.height / 2 - frame.top; };
    const starts = new Map([...left.children].map((one) => [one.dataset.id, middle(one)]));
    wires.replaceChildren();
    const ordered = [...right.children].sort((a, b) => sponsored.has(a.dataset.id) - sponsored.has(b.dataset.id));
    for (const target of ordered) {
      const id = target.dataset.id;
      if (!starts.has(id)) continue;
      const [from, to, wide] = [starts.get(id), middle(target), frame.width];
      const wire = document.createElementNS("http://www.w3.org/2000/svg", "path");
      wire.setAttribute("d", `M0 ${from}C${wide * 0.55} ${from} ${wide * 0.45} ${to} ${wide} ${to}`);
      wire.setAttribute("class", sponsored.has(id) ? "wire sponsored" : Math.abs(from - to) < 1 ? "wire still" : "wire");
      wire.dataset.id = id;
      wires.append(wire);
    }
  };
  const light = (event) => {
    const id = event.target.closest?.(".row")?.dataset.id;
    for (const element of section.querySelectorAll("[data-id]")) element.classList.toggle("lit", Boolean(id) && element.dataset.id === id);
    section.classList.toggle("pointing", Boolean(id));
  };
  section.onpointerover = section.onfocusin = light;
  section.onpointerleave = () => light({ target: section });
  new ResizeObserver(paint).observe(left);
  paint();
}

// -- moving about -----------------------------------------------------------

function go(target, focus) {
  if (wish().compare) target.searchParams.set("compare", "1");
  history.pushState(null, "", target);
  show();
  scrollTo({ top: 0 });
  if (focus) byId("results").focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-go]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  go(new URL(link.href), true);
});

document.querySelector("form.search").addEventListener("submit", (event) => {
  event.preventDefault();
  const q = byId("q").value.trim();
  const target = new URL(q ? "/search" : "/", location.origin);
  if (q) target.searchParams.set("q", q);
  byId("q").blur();
  go(target, true);
});

byId("filters").addEventListener("change", (event) => {
  const target = new URL(location.href);
  target.searchParams.delete("page");
  event.target.value ? target.searchParams.set(event.target.name, event.target.value) : target.searchParams.delete(event.target.name);
  go(target, false);
});

byId("compare").addEventListener("change", (event) => {
  const target = new URL(location.href);
  event.target.checked ? target.searchParams.set("compare", "1") : target.searchParams.delete("compare");
  history.pushState(null, "", target);
  show();
});

// A jump within the page (the link that skips to the products) is no other search.
addEventListener("popstate", () => address() !== shown && show());
shopperId();
show();
meetAdPlatform();
