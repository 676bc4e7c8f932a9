// SPDX-License-Identifier: Apache-2.0
import { type Gates, idleCases, type Matrix } from "./matrix-gates.ts";

/** The matrix for people, in Markdown. */
export function matrixPage(matrix: Matrix, gates: Gates): string {
  const { suite, seed, mutants } = matrix;
  const killed = mutants.filter(({ verdict }) => verdict === "killed");
  const lines = [
    "# The kill matrix",
    "",
    `${suite}, seed ${seed}: ${killed.length} of ${mutants.length} mutants killed.`,
    "",
    "| Gate | |",
    "|---|---|",
    ...Object.entries(gates).map(
      ([gate, wrong]) =>
        `| ${gate} | ${wrong.length === 0 ? "holds" : text(wrong.join("; "))} |`,
    ),
    "",
    "| Mutant | Broken | Must be noticed by | Verdict | Noticed by | s |",
    "|---|---|---|---|---|---|",
  ];
  for (const { id, what, noticedBy, verdict, kills, why, ms } of mutants) {
    const by =
      kills.length > 0
        ? kills.map((kill) => `\`${kill.case}\` (${text(kill.assertion)})`)
        : why.map(text);
    lines.push(
      `| ${id} | ${text(what)} | ${noticedBy} | ${verdict} | ${by.join("<br>")} | ${Math.round(ms / 1_000)} |`,
    );
  }
  const idle = idleCases(matrix);
  if (idle.length > 0) {
    lines.push(
      "",
      `${idle.length} cases were tried on mutants of their rules and noticed none:`,
      "",
      ...idle.map((id) => `- \`${id}\``),
    );
  }
  return `${lines.join("\n")}\n`;
}

function text(plain: string): string {
  return plain.replaceAll("\n", " ").replace(/[|<>*_`]/g, "\\$&");
}
