// Vendure with the catalogue of catalogue.csv, on a database in its own memory; prints where it listens once it can be searched.

import {
  bootstrap,
  ConfigService,
  DefaultLogger,
  DefaultSearchPlugin,
  JobQueueService,
  LanguageCode,
  LogLevel,
  RequestContextService,
  SearchService,
} from "@vendure/core";
import { populate } from "@vendure/core/cli/index.js";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const config = {
  apiOptions: { hostname: "127.0.0.1", port: 0, shopApiPath: "shop-api" },
  authOptions: { tokenMethod: ["bearer", "cookie"], cookieOptions: { secret: "a test's" } },
  dbConnectionOptions: { type: "sqljs", synchronize: true, logging: false },
  logger: new DefaultLogger({ level: LogLevel.Error }),
  paymentOptions: { paymentMethodHandlers: [] },
  plugins: [DefaultSearchPlugin.init({})],
};

const shop = {
  defaultLanguage: LanguageCode.en,
  defaultZone: "Europe",
  countries: [{ name: "Germany", code: "DE", zone: "Europe" }],
  taxRates: [{ name: "Standard", percentage: 19 }],
  shippingMethods: [],
  paymentMethods: [],
  collections: [],
};

const catalogue = fileURLToPath(new URL("catalogue.csv", import.meta.url));
const app = await populate(() => bootstrap(config), shop, catalogue);

await app.get(JobQueueService).start();
const context = await app.get(RequestContextService).create({ apiType: "admin" });
const { id } = await app.get(SearchService).reindex(context);
const jobs = app.get(ConfigService).jobQueueOptions.jobQueueStrategy;
// A job's own `updates` compare the job with itself in this queue, and may never tell.
for (let job = await jobs.findOne(id); job.state !== "COMPLETED"; job = await jobs.findOne(id)) {
  if (job.isSettled) throw new Error(`the catalogue is not indexed: ${job.error}`);
  await pause(20);
}
console.log(`listening on http://127.0.0.1:${app.getHttpServer().address().port}`);
