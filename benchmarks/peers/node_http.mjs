// The job in Node with its own http module, as somebody who knows it writes it: kept connections, streams, no framework.
//
// node node_http.mjs PORT MARKETPLACE ADS
import http from "node:http";
import { pipeline } from "node:stream";

const [port, marketplace, ads] = process.argv.slice(2);
const shop = new URL(marketplace);
const platform = new URL(ads);
const agent = new http.Agent({ keepAlive: true, maxSockets: 1024, maxFreeSockets: 1024 });
const HOP_BY_HOP = ["connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer"];

function forwarded(headers) {
  const kept = { ...headers };
  for (const name of HOP_BY_HOP) delete kept[name];
  return kept;
}

function send(options, body) {
  return new Promise((resolve, reject) => {
    const request = http.request({ ...options, agent }, resolve);
    request.on("error", reject);
    request.end(body);
  });
}

async function read(response) {
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function auction(products, query) {
  const question = JSON.stringify({
    auctions: [{ type: "listings", slots: 2, products: { ids: products.map((each) => each.id) }, searchQuery: query }],
  });
  const headers = {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(question),
    authorization: "Bearer TSE_benchmark",
  };
  const options = { host: platform.hostname, port: platform.port, path: "/v2/auctions", method: "POST", headers };
  return JSON.parse(await read(await send(options, question))).results[0].winners;
}

function merge(products, winners) {
  const byId = new Map(products.map((each) => [each.id, each]));
  const sponsored = [];
  for (const { id, resolvedBidId, rank } of winners) {
    const product = byId.get(id);
    if (!product) continue;
    byId.delete(id);
    sponsored.push(Object.assign(product, { resolvedBidId, rank }));
  }
  return [...sponsored, ...byId.values()];
}

async function search(options, url, answer) {
  const response = await send(options);
  const page = JSON.parse(await read(response));
  const query = new URLSearchParams(url.slice(url.indexOf("?") + 1)).get("q");
  page.products = merge(page.products, await auction(page.products, query));
  const body = Buffer.from(JSON.stringify(page));
  const headers = { ...forwarded(response.headers), "content-length": body.length };
  answer.writeHead(response.statusCode, headers).end(body);
}

function passThrough(options, request, answer) {
  const upstream = http.request({ ...options, agent }, (response) => {
    answer.writeHead(response.statusCode, forwarded(response.headers));
    pipeline(response, answer, () => {});
  });
  upstream.on("error", () => answer.writeHead(502).end());
  request.pipe(upstream);
}

http
  .createServer((request, answer) => {
    const { method, url } = request;
    const options = { host: shop.hostname, port: shop.port, path: url, method, headers: forwarded(request.headers) };
    if (!url.startsWith("/search/")) return passThrough(options, request, answer);
    search(options, url, answer).catch(() => answer.writeHead(502).end());
  })
  .listen(Number(port), "127.0.0.1");
