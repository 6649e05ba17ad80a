// One product's page.

import { byId, card, keepShopperId, make, price, say, showShelves, showVisit, stars } from "/assets/common.js";

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
  const basket = make("button", { type: "button", class: "buy" }, "Add to basket");
  basket.addEventListener("click", () => { basket.textContent = "In your basket ✓"; });
  byId("product").replaceChildren(
    make("div", { class: "picture" }, make("img", { src: product.image, alt: product.name, width: 400, height: 400 })),
    make("div", { class: "facts" },
      make("p", { class: "seller" }, product.brand),
      make("h1", {}, product.name),
      stars(product),
      make("p", { class: "price" }, price(product)),
      make("p", { class: "story" }, product.description),
      basket,
      make("dl", {},
        ...Object.entries({ Material: product.material, Colour: product.colour, "Sold by": product.seller.name, "Article": product.id })
          .flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]))));
  const { products } = await similar.json();
  byId("grid").replaceChildren(...products.map(card));
  showVisit(similar);
}

keepShopperId();
show().catch((trouble) => say(`Sorry, that did not work: ${trouble.message}.`));
