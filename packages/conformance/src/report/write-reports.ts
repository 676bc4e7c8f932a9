// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Catalogue } from "../catalogue/catalogue.ts";
import { badge } from "./badge.ts";
import { html } from "./html.ts";
import { junit } from "./junit.ts";
import type { Results } from "./results.ts";
import { summary } from "./summary.ts";
import { tap } from "./tap.ts";

/** What a report can be made into. */
export const forms = ["html", "junit", "tap", "badge", "summary"] as const;
/** One of {@link forms}. */
export type Form = (typeof forms)[number];

/** Names of the files in a folder of reports. */
export const names: Readonly<Record<Form | "json", string>> = {
  json: "results.json",
  html: "report.html",
  junit: "junit.xml",
  tap: "results.tap",
  badge: "badge.json",
  summary: "summary.md",
};

/** Makes one report. `replay`: the command that runs a case again. */
export function reportIn(
  form: Form,
  results: Results,
  catalogue: Catalogue,
  replay: (id: string) => string,
): string {
  switch (form) {
    case "html":
      return html(results, catalogue, replay);
    case "junit":
      return junit(results);
    case "tap":
      return tap(results);
    case "badge":
      return badge(results);
    case "summary":
      return summary(results);
  }
}

/** Writes all of them to a folder; the path of results.json. */
export function writeReports(
  folder: string,
  results: Results,
  catalogue: Catalogue,
  replay: (id: string) => string,
): string {
  for (const form of forms) {
    write(
      join(folder, names[form]),
      reportIn(form, results, catalogue, replay),
    );
  }
  const file = join(folder, names.json);
  write(file, `${JSON.stringify(results, null, 2)}\n`);
  return file;
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
