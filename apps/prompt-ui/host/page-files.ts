// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from "node:fs";
import { extname, join, relative } from "node:path";
import { pageKeyItem } from "./contract.ts";

/** One thing that anybody may fetch; none of it is secret. */
export interface PageFile {
  readonly body: Uint8Array;
  readonly type: string;
  /** Named by its content: never changes. */
  readonly isFixed: boolean;
}

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/** Where the script of the landing page is. */
export const landingScriptPath = "/land.js";

const landingScript = `const { key } = document.body.dataset;
if (key) sessionStorage.setItem(${JSON.stringify(pageKeyItem)}, key);
location.replace("/");
`;

/**
 * Everything that is served, by path, read once: no path of a request ever
 * becomes the path of a file.
 *
 * @throws Error when the page was not built
 */
export function readPageFiles(
  directory: string,
): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>();
  const entries = readdirSync(directory, {
    recursive: true,
    withFileTypes: true,
  });
  for (const entry of entries) {
    const type = types[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const file = join(entry.parentPath, entry.name);
    const path = `/${relative(directory, file)}`;
    files.set(path === "/index.html" ? "/" : path, {
      body: readFileSync(file),
      type,
      isFixed: path.startsWith("/assets/"),
    });
  }
  if (!files.has("/")) throw new Error(`no page at ${directory}`);
  files.set(landingScriptPath, {
    body: new TextEncoder().encode(landingScript),
    type: types[".js"] ?? "",
    isFixed: false,
  });
  return files;
}

/**
 * What a bootstrap is answered with. The key is in an attribute, since nothing
 * inline may run; it is origin-bound from there on, which a cookie is not.
 */
export function landingPage(key: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Assent</title></head><body data-key="${key}"><script src="${landingScriptPath}"></script></body></html>`;
}
