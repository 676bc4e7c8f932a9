// SPDX-License-Identifier: Apache-2.0
import type { Catalogue } from "../catalogue/catalogue.ts";
import { type CaseRecord, count, type Results } from "./results.ts";

/** Marks words; of a terminal with colours, or as they are. */
export interface Paint {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly strong: (text: string) => string;
}

/** For a terminal (`true`), or for a file. */
export function paint(colours: boolean): Paint {
  const with_ = (from: number, to: number) => (text: string) =>
    colours ? `\u001b[${from}m${text}\u001b[${to}m` : text;
  return {
    good: with_(32, 39),
    bad: with_(31, 39),
    dim: with_(2, 22),
    strong: with_(1, 22),
  };
}

/** What is said before the first case. */
export function heading(results: Results, ink: Paint): string {
  const { implementation, machine } = results;
  const features = Object.entries(machine.features).map(
    ([name, missing]) => `${name} ${missing === null ? "yes" : "no"}`,
  );
  return [
    `${ink.strong(results.suite)}   requirements ${results.requirements} (frozen ${results.frozen})   profile ${results.profile}   seed ${results.seed}   grade ${results.grade}`,
    `${results.mode}  ${ink.strong(`${implementation.name} ${implementation.version}`)}   ${machine.platform}   node ${machine.node}`,
    ink.dim(
      `${implementation.capabilities.length} capabilities   ${features.join(", ")}`,
    ),
    "",
  ].join("\n");
}

/** The groups, each with how many passed of those that count. */
export function groupLines(cases: readonly CaseRecord[], ink: Paint): string {
  const groups = Map.groupBy(cases, ({ id }) => id.split("/")[0] ?? "");
  const cells = [...groups].map(([name, all]) => {
    const { passed, failed, errors, expected, notRun, pending } = count(all);
    const total = passed + failed + errors + expected + notRun + pending;
    const mark =
      failed + errors > 0
        ? ink.bad("✘")
        : passed === total
          ? ink.good("✔")
          : ink.dim("○");
    return `${name.padEnd(8)} ${mark} ${`${passed}/${total}`.padEnd(7)}`;
  });
  const lines: string[] = [];
  for (let at = 0; at < cells.length; at += 4) {
    lines.push(
      `  ${cells
        .slice(at, at + 4)
        .join("  ")
        .trimEnd()}`,
    );
  }
  return lines.join("\n");
}

const columns = 84;

/** A text in lines that fit beside their name; its own lines are kept. */
function wrapped(text: string): readonly string[] {
  return text.split("\n").flatMap((paragraph) => {
    const lines: string[] = [];
    let line = "";
    for (const word of paragraph.trimEnd().split(" ")) {
      if (line !== "" && line.length + word.length >= columns) {
        lines.push(line);
        line = word;
      } else line += line === "" ? word : ` ${word}`;
    }
    return [...lines, line];
  });
}

/** One case that did not pass, for somebody who has never seen it. */
export function failureText(
  one: CaseRecord,
  catalogue: Catalogue,
  ink: Paint,
  again: string,
): string {
  const levels = one.clauses.map((id) => catalogue.clauses.get(id));
  const level = levels.some((clause) => clause?.level.startsWith("MUST"))
    ? "MUST"
    : "SHOULD";
  const does = catalogue.cases.get(one.id)?.does;
  const lines = [
    `  ${ink.bad("✘")} ${ink.strong(one.id.padEnd(52))} ${one.clauses.join(" ")} ${level}`,
  ];
  const line = (name: string, text: string, colour = (word: string) => word) =>
    wrapped(text).forEach((part, index) => {
      const label = (index === 0 ? name : "").padEnd(9);
      lines.push(`      ${ink.dim(label)} ${colour(part)}`);
    });
  if (does !== undefined) line("does", does);
  if (one.assertion !== undefined) line("looked at", one.assertion);
  if (one.expected !== undefined) line("expected", one.expected, ink.good);
  if (one.got !== undefined) line("got", one.got, ink.bad);
  if (one.why !== undefined) line("fault", one.why);
  for (const clause of levels) {
    if (clause === undefined) continue;
    line("rule", `${clause.id}: ${clause.text}`);
  }
  for (const id of one.like ?? []) {
    const mutant = catalogue.mutants.get(id);
    line("like", `mutant ${id}${mutant ? `: ${mutant.what}` : ""}`);
  }
  if (one.baseline) {
    line(
      "known",
      `${one.baseline.reason} (${one.baseline.issue}, until ${one.baseline.until})`,
    );
  }
  if (one.flaky) line("flaky", "it came out differently when it was repeated");
  // In one line, to be copied.
  lines.push(`      ${ink.dim("again".padEnd(9))} ${again}`);
  return `${lines.join("\n")}\n`;
}

/** Everything that is said after the last case. */
export function conclusionText(
  results: Results,
  catalogue: Catalogue,
  ink: Paint,
  replay: (id: string) => string,
): string {
  const { cases, clauses, conclusion } = results;
  const bad = cases.filter(({ verdict }) =>
    ["fail", "error"].includes(verdict),
  );
  const counts = count(cases);
  const out = [groupLines(cases, ink), ""];
  for (const one of bad) {
    out.push(failureText(one, catalogue, ink, replay(one.id)));
  }
  const idle = cases.filter(
    ({ verdict, unscored }) =>
      (verdict === "not-run" || verdict === "pending") && !unscored,
  );
  for (const [why, ones] of Map.groupBy(
    idle,
    (one) => `${one.verdict}: ${one.why}`,
  )) {
    const names = ones.map(({ id }) => id);
    const shown = names.slice(0, 3).join(", ");
    const more = names.length > 3 ? ` and ${names.length - 3} more` : "";
    out.push(ink.dim(`  ${names.length} ${why}\n      ${shown}${more}`));
  }
  for (const one of conclusion.stale) out.push(ink.bad(`  stale: ${one}`));
  if (idle.length + conclusion.stale.length > 0) out.push("");
  const parts = [
    `${counts.passed} passed`,
    `${counts.failed} failed`,
    ...some(counts.expected, "failed as the baseline says"),
    ...some(counts.errors, "with a fault of the suite"),
  ];
  const rest = [
    ...some(counts.notRun, "not run"),
    ...some(counts.pending, "pending"),
    ...some(counts.notApplicable, "not applicable"),
    ...some(counts.unscored, "not scored"),
  ];
  out.push(
    `  ${counts.run} run: ${parts.join(", ")}${rest.length > 0 ? `   ${rest.join(", ")}` : ""}`,
  );
  const musts = clauses.filter(({ level }) => level.startsWith("MUST"));
  const of = (verdict: string) =>
    musts.filter((clause) => clause.verdict === verdict).length;
  const colour = conclusion.exit === 0 ? ink.good : ink.bad;
  out.push(
    `  MUST clauses: ${of("met")} met, ${of("not met")} not met, ${of("not shown")} not shown   → ${colour(ink.strong(`${conclusion.text} (exit ${conclusion.exit})`))}`,
  );
  return out.join("\n");
}

function some(number: number, what: string): string[] {
  return number > 0 ? [`${number} ${what}`] : [];
}
