// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { loadCatalogue, packaged } from "../catalogue/catalogue.ts";
import type { Results } from "../report/results.ts";
import { type Form, forms, reportIn } from "../report/write-reports.ts";
import { UsageError } from "../run/selection.ts";
import type { Io } from "./io.ts";
import { replayLine } from "./replay.ts";

/** Reads results. @throws UsageError when they are not of this form */
export function readResults(file: string): Results {
  let results: Results;
  try {
    results = JSON.parse(readFileSync(file, "utf8")) as Results;
  } catch (error) {
    throw new UsageError(`${file}: ${(error as Error).message}`);
  }
  const form: unknown = results?.form;
  if (form !== undefined && form !== 1) {
    throw new UsageError(
      `${file}: results of form ${form}, and this suite reads form 1: take the version that wrote them (${results.suite})`,
    );
  }
  const parts: readonly unknown[] = [
    results?.cases,
    results?.clauses,
    results?.conclusion,
    results?.implementation?.command,
    results?.machine?.features,
  ];
  if (form === undefined || parts.includes(undefined)) {
    throw new UsageError(`${file}: no results of this suite`);
  }
  return results;
}

/** Makes reports from results; `-` is standard output. */
export function report(
  io: Io,
  file: string,
  options: Partial<Record<Form, string>>,
): number {
  const results = readResults(file);
  const catalogue = loadCatalogue();
  const wanted = forms.filter((form) => options[form] !== undefined);
  if (wanted.length === 0) {
    throw new UsageError(
      `which? ${forms.map((form) => `--${form}`).join(", ")}`,
    );
  }
  for (const form of wanted) {
    const again = (id: string) => replayLine(results, file, id);
    const text = reportIn(form, results, catalogue, again);
    const target = options[form] ?? "-";
    if (target === "-") io.stdout.write(text);
    else writeFileSync(target, text);
  }
  return 0;
}

const templates = {
  driver: ["driver.ts", "driver.ts"],
  baseline: ["baseline.yaml", "conformance-baseline.yaml"],
  action: ["workflow.yaml", ".github/workflows/conformance.yml"],
  config: ["assent-conformance.json", "assent-conformance.json"],
} as const;
/** What `init` can write. */
export const templateNames = Object.keys(
  templates,
) as readonly (keyof typeof templates)[];

/** Writes a file to begin with; `-` is standard output. */
export function init(
  io: Io,
  name: keyof typeof templates,
  target: string | undefined,
  language: "ts" | "python" = "ts",
): number {
  const [source, usual] =
    name === "driver" && language === "python"
      ? ["driver.py", "driver.py"]
      : templates[name];
  const text = readFileSync(packaged("templates", source), "utf8");
  const file = target ?? usual;
  if (file === "-") {
    io.stdout.write(text);
    return 0;
  }
  if (existsSync(file)) throw new UsageError(`${file} is there already`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  io.stdout.write(`${file}: written\n`);
  return 0;
}
