// One product's page, and the basket, which is kept in the browser and bought on the spot.

import { byId, card, make, price, say, meetAdPlatform, showShelves, showVisit, stars } from "/assets/common.js";
import { bought, shopperId, watch } from "/assets/report.js";

const BASKET = "basket";
const basket = () => JSON.parse(localStorage.getItem(BASKET) ?? "[]");
const keep = (lines) => localStorage.setItem(BASKET, JSON.stringify(lines));

function add(product) {
  const lines = basket();
  const line = lines.find((one) => one.product.id === product.id);
  line ? (line.quantity += 1) : lines.push({ product, quantity: 1 });
  keep(lines);
}

/** The two buttons: into the basket, and out of the shop with all that is in it. */
function buying(product) {
  const take = make("button", { type: "button", class: "buy" }, "Add to basket");
  const pay = make("button", { type: "button", class: "buy pay" });
  const done = make("p", { class: "thanks", role: "status" });
  const show = () => {
    const lines = basket();
    const pieces = lines.reduce((sum, line) => sum + line.quantity, 0);
    const amount = lines.reduce((sum, line) => sum + line.quantity * line.product.price, 0);
    pay.hidden = !pieces;
    pay.textContent = `Buy ${pieces} ${pieces === 1 ? "thing" : "things"} for ${price({ price: amount })}`;
  };
  take.addEventListener("click", () => {
    add({ id: product.id, price: product.price, seller: { id: product.seller.id } });
    done.textContent = "";
    show();
  });
  pay.addEventListener("click", () => {
    const order = bought(basket());
    keep([]);
    done.textContent = `Thank you. Your order is ${order.slice(0, 8)}; nothing will be sent, and nothing charged.`;
    show();
  });
  show();
  return make("div", { class: "buying" }, take, pay, done);
}

async function show() {
  const id = location.pathname.split("/").pop();
  const [answer, similar] = await Promise.all([fetch(`/api/products/${id}`), fetch(`/api/products/${id}/similar`)]);
  if (!answer.ok) {
    say("There is no such product. It may have been sold.");
    showVisit(answer);
    return showShelves(null);
  }
  const { product } = await answer.json();
  document.title = `${product.name} · Larkmoor`;
  showShelves(product.category);
  byId("product").replaceChildren(
    make("div", { class: "picture" }, make("img", { src: product.image, alt: product.name, width: 400, height: 400 })),
    make("div", { class: "facts" },
      make("p", { class: "seller" }, product.brand),
      make("h1", {}, product.name),
      stars(product),
      make("p", { class: "price" }, price(product)),
      make("p", { class: "story" }, product.description),
      buying(product),
      make("dl", {},
        ...Object.entries({ Material: product.material, Colour: product.colour, "Sold by": product.seller.name, "Article": product.id })
          .flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]))));
  const { products } = await similar.json();
  byId("grid").replaceChildren(...products.map(card));
  watch(document.querySelectorAll("[data-ts-product]"));
  showVisit(similar);
}

shopperId();
meetAdPlatform();
show().catch((trouble) => say(`Sorry, that did not work: ${trouble.message}.`));
