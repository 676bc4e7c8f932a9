// SPDX-License-Identifier: Apache-2.0
import type { Catalogue } from "../catalogue/catalogue.ts";
import { script, style } from "./html-style.ts";
import {
  type CaseRecord,
  type ClauseRecord,
  count,
  type Results,
} from "./results.ts";
import { escaped } from "./xml.ts";

/** How a case looks: a mark, a colour, and the word that it is filtered by. */
type Look = readonly [mark: string, colour: string, word: string];

function lookOf({ verdict, baseline, unscored }: CaseRecord): Look {
  if (unscored !== undefined) return ["–", "soft", "not scored"];
  if (baseline !== undefined) return ["✘", "known", "known"];
  if (verdict === "pass") return ["✔", "good", "passed"];
  if (verdict === "fail") return ["✘", "bad", "failed"];
  if (verdict === "error") return ["!", "bad", "error"];
  return ["○", "idle", verdict.replace("-", " ")];
}

/** The report as one page, which needs nothing from elsewhere. */
export function html(
  results: Results,
  catalogue: Catalogue,
  replay: (id: string) => string,
): string {
  const { implementation, conclusion, cases, clauses } = results;
  const title = `${implementation.name} ${implementation.version}`;
  const groups = Map.groupBy(cases, ({ id }) => id.split("/")[0] ?? "");
  const words = [...new Set(cases.map((one) => lookOf(one)[2]))];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escaped(`${title}: ${conclusion.text}`)}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${escaped(title)}</h1>
<p class="conclusion ${conclusion.exit === 0 ? "good" : "bad"}">${escaped(conclusion.text)} <span class="soft">(exit ${conclusion.exit})</span></p>
${facts(results)}
${bar(cases)}
${failures(cases)}
</header>
<div class="filters">
<input type="search" placeholder="Name, rule or word" aria-label="Show only cases with these words">
${words.map((word) => `<label><input type="checkbox" value="${word}" checked> ${word}</label>`).join("\n")}
<button type="button">Light or dark</button>
</div>
<main>
${[...groups].map(([name, all]) => group(name, all, catalogue, replay)).join("\n")}
<h2>Rules</h2>
<table>
<thead><tr><th>Rule</th><th>Verdict</th><th>Text</th></tr></thead>
<tbody>
${clauses.map((clause) => rule(clause, catalogue)).join("\n")}
</tbody>
</table>
</main>
<script>${script}</script>
</body>
</html>
`;
}

function facts(results: Results): string {
  const { machine, implementation, conclusion } = results;
  const missing = Object.entries(machine.features)
    .filter(([, what]) => what !== null)
    .map(([name, what]) => `${name}: needs ${what}`);
  return list([
    [
      "Suite",
      `${results.suite}, requirements ${results.requirements} (frozen ${results.frozen}), profile ${results.profile}`,
    ],
    [
      "Run",
      `${results.mode}, grade ${results.grade}, seed ${results.seed}, ${results.began}, ${(results.ms / 1_000).toFixed(1)} s${results.partial ? ", partial" : ""}`,
    ],
    ["Machine", `${machine.platform}, Node ${machine.node}`],
    ["Command", implementation.command.join(" ")],
    ...missing.map((text): [string, string] => ["Missing here", text]),
    ...conclusion.stale.map((text): [string, string] => ["Stale", text]),
  ]);
}

const styles: Readonly<Record<string, string>> = {
  Command: ` class="mono"`,
  Expected: ` class="mono good"`,
  Got: ` class="mono bad"`,
  Again: ` class="mono"`,
};

function list(pairs: readonly (readonly [string, string])[]): string {
  const rows = pairs.map(
    ([name, text]) =>
      `<dt>${escaped(name)}</dt><dd${styles[name] ?? ""}>${escaped(text)}</dd>`,
  );
  return `<dl>${rows.join("\n")}</dl>`;
}

function bar(cases: readonly CaseRecord[]): string {
  const { passed, failed, errors, expected, notRun, pending, notApplicable } =
    count(cases);
  const parts: readonly (readonly [string, number, string])[] = [
    ["good", passed, "passed"],
    ["bad", failed + errors, "failed"],
    ["known", expected, "failed as the baseline says"],
    ["idle", notRun + pending, "not run or pending"],
    ["soft", notApplicable, "not applicable"],
  ];
  const some = parts.filter(([, number]) => number > 0);
  return `<div class="bar" aria-hidden="true">${some
    .map(
      ([colour, number]) => `<i class="${colour}" style="flex:${number}"></i>`,
    )
    .join("")}</div>
<p>${some.map(([colour, number, what]) => `<span class="${colour}">${number} ${what}</span>`).join(" · ")}</p>`;
}

/** Where to look first. */
function failures(cases: readonly CaseRecord[]): string {
  const bad = cases.filter((one) => lookOf(one)[1] === "bad");
  if (bad.length === 0) return "";
  const links = bad.map(
    ({ id }) => `<a class="mono" href="#${escaped(id)}">${escaped(id)}</a>`,
  );
  return `<p>Failed: ${links.join(", ")}</p>`;
}

function group(
  name: string,
  cases: readonly CaseRecord[],
  catalogue: Catalogue,
  replay: (id: string) => string,
): string {
  const { passed, unscored } = count(cases);
  return `<section data-group="${escaped(name)}">
<h2>${escaped(name)}<small>${passed} of ${cases.length - unscored} passed</small></h2>
${cases.map((one) => row(one, catalogue, replay)).join("\n")}
</section>`;
}

function row(
  one: CaseRecord,
  catalogue: Catalogue,
  replay: (id: string) => string,
): string {
  const [mark, colour, word] = lookOf(one);
  const known = catalogue.cases.get(one.id);
  const optional = (name: string, text: string | undefined) =>
    text === undefined ? [] : [[name, text] as const];
  const isBad = one.verdict === "fail" || one.verdict === "error";
  const searched = [one.id, ...one.clauses, known?.does, word].join(" ");
  return `<details class="case" id="${escaped(one.id)}" data-verdict="${word}" data-words="${escaped(searched.toLowerCase())}"${isBad && !one.unscored ? " open" : ""}>
<summary><span class="mark ${colour}" aria-label="${word}">${mark}</span><span class="name mono">${escaped(one.id)}</span><span class="rules">${one.clauses
    .map(
      (id) =>
        `<a href="#${escaped(id)}" data-clause="${escaped(id.toLowerCase())}">${escaped(id)}</a>`,
    )
    .join(" ")}</span><span class="ms">${one.ms} ms</span></summary>
${list([
  ...optional("Does", known?.does),
  ...(isBad ? [] : optional("Shall", known?.expects)),
  ...optional("Looked at", one.assertion),
  ...optional("Expected", one.expected),
  ...optional("Got", one.got),
  ...optional(word, one.why ?? one.unscored),
  ...(one.like ?? []).map(
    (id) =>
      [
        "Like",
        `mutant ${id}: ${catalogue.mutants.get(id)?.what ?? ""}`,
      ] as const,
  ),
  ...(one.baseline
    ? [
        [
          "Known",
          `${one.baseline.reason} (${one.baseline.issue}, until ${one.baseline.until})`,
        ] as const,
      ]
    : []),
  ...(one.flaky
    ? [["Flaky", "it came out differently when it was repeated"] as const]
    : []),
  ...(isBad
    ? one.clauses.map(
        (id) => [id, catalogue.clauses.get(id)?.text ?? ""] as const,
      )
    : []),
  ...(isBad ? [["Again", replay(one.id)] as const] : []),
])}
</details>`;
}

function rule(
  { id, level, verdict }: ClauseRecord,
  catalogue: Catalogue,
): string {
  const text = catalogue.clauses.get(id)?.text ?? "";
  const colour = {
    met: "good",
    "not met": "bad",
    "not shown": "idle",
    "not applicable": "soft",
  }[verdict];
  return `<tr id="${escaped(id)}" data-words="${escaped(`${id} ${text} ${verdict}`.toLowerCase())}"><td>${escaped(id)} <span class="soft">${level}</span></td><td class="${colour}">${verdict}</td><td>${escaped(text)}</td></tr>`;
}
