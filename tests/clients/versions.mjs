// The installed version of every package that package.json asks for, and Node's own.

import { readFileSync } from "node:fs";

const read = (file) => JSON.parse(readFileSync(new URL(file, import.meta.url)));
const wanted = Object.keys(read("package.json").dependencies);
const versions = Object.fromEntries(wanted.map((name) => [name, read(`node_modules/${name}/package.json`).version]));
console.log(JSON.stringify({ node: process.versions.node, ...versions }));
