// SPDX-License-Identifier: Apache-2.0
// Runs one benchmark in this process, alone; one JSON object out.
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const { measure } = await import(pathToFileURL(resolve(process.argv[2])).href);
console.log(JSON.stringify(await measure()));
process.exit(0);
