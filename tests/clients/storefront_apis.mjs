// Clients of commerce platforms with their defaults: what each hands to the page. Only their host is set; two speak
// nothing but https, so their requests are led here.

import { createApiBuilderFromCtpClient } from "@commercetools/platform-sdk";
import { ClientBuilder } from "@commercetools/ts-client";
import Constructor from "@constructor-io/constructorio-client-javascript";
import Medusa from "@medusajs/js-sdk";
import { createStorefrontApiClient } from "@shopify/storefront-api-client";
import { print } from "./said.mjs";

const host = process.env.SEARCH;
const here = (url, init) => fetch(String(url).replace(/^https:\/\/[^/]+/, host), init);

const medusa = new Medusa({ baseUrl: host, publishableKey: "pk_1" });
const constructor = new Constructor({
  apiKey: "key_1",
  serviceUrl: "https://search.shop.example",
  clientId: "c",
  sessionId: 1,
  fetch: here,
  sendTrackingEvents: false,
});
const middleware = new ClientBuilder().withHttpMiddleware({ host, httpClient: fetch }).build();
const commercetools = createApiBuilderFromCtpClient(middleware).withProjectKey({ projectKey: "shop-eu" });
const shopify = createStorefrontApiClient({
  storeDomain: "shop.myshopify.com",
  apiVersion: "2025-07",
  publicAccessToken: "public",
  customFetchApi: here,
});
const query = "query Search($term: String!) { products: search(query: $term, first: 7) { edges { node { ... on Product { id title } } } } }";

const body = async (answer) => (await answer).body;

await print({
  medusa: () => medusa.store.product.list({ q: "headphones", limit: 12 }),
  constructor: () => constructor.search.getSearchResults("desk lamp"),
  "constructor-browse": () => constructor.browse.getBrowseResults("group_id", "chairs"),
  "constructor-autocomplete": () => constructor.autocomplete.getAutocompleteResults("headp"),
  commercetools: () =>
    body(commercetools.products().search().post({ body: { query: { fullText: { field: "name", language: "en", value: "lamp" } } } }).execute()),
  "commercetools-projection": () =>
    body(commercetools.productProjections().search().get({ queryArgs: { "text.en": "chair" } }).execute()),
  "shopify-graphql": () => shopify.request(query, { variables: { term: "lamp" } }),
});
