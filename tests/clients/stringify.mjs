// What JavaScript makes of JSON texts: `JSON.stringify(JSON.parse(text))` of each, as one array of texts in ASCII.

import { readFileSync } from "node:fs";

const texts = JSON.parse(readFileSync(process.argv[2], "utf8"));
const ascii = (text) => text.replace(/[^\x20-\x7e]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
const written = texts.map((text) => JSON.stringify(JSON.parse(text)));
console.log(ascii(JSON.stringify(written)));
