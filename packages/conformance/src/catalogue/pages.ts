// SPDX-License-Identifier: Apache-2.0
import { type Catalogue, type CatalogueCase, isMust } from "./catalogue.ts";
import { type KillMatrix, loadKills } from "./kills.ts";
import type { Requirements } from "./requirements.ts";

const made =
  "<!-- Made from packages/conformance/catalogue by `npm run conformance:pages`. -->";

const families: Readonly<Record<string, string>> = {
  SES: "Sessions: authorizations of processes",
  PRM: "Prompts: what the user sees and decides",
  EXP: "Expiry: when an authorization ends by itself",
  LCK: "Lock: what ends at once",
  RVK: "Revoke: giving back",
  PRC: "Processes: who asks",
  CHN: "The channel: where it is asked",
  LEAK: "Leaks: where no secret may be",
  WIR: "The wire: what comes over the channel",
  VER: "Versions",
  TST: "Test builds",
  SDK: "SDKs",
};

const modes: Readonly<Record<CatalogueCase["mode"], string>> = {
  "black-box": "over the endpoint alone",
  control: "control service",
  processes: "what processes do",
  "real-time": "real time",
  sdk: "scripted broker",
};

/** docs/conformance/rules.md: every clause under its id, with what shows it. */
export function rulesPage(
  { clauses, cases, mutants }: Catalogue,
  requirements: Requirements,
  kills: KillMatrix = loadKills(),
): string {
  const lines = [
    made,
    "",
    "# The rules",
    "",
    `The ${clauses.size} rules that brokers and SDKs keep, as the [conformance suite](README.md) shows them. Ids are stable for ever. What each case does is in the [catalogue](catalogue.md); the mutants are brokers and SDKs broken on purpose, which the suite must notice.`,
    "",
  ];
  let family = "";
  for (const clause of clauses.values()) {
    const [prefix = ""] = clause.id.split("-");
    if (prefix !== family) {
      family = prefix;
      lines.push(`## ${families[prefix] ?? prefix}`, "");
    }
    lines.push(
      `### ${clause.id}`,
      "",
      `**${clause.level}**, ${clause.side === "sdk" ? "SDKs" : "brokers"}. ${text(clause.text)}`,
      "",
    );
    const unscored = requirements.notScored.find(
      (one) => one.clause === clause.id,
    );
    if (unscored)
      lines.push(
        `Not scored in ${requirements.version}: ${unscored.because}.`,
        "",
      );
    const shown = [...cases.values()].filter((one) =>
      one.clauses.includes(clause.id),
    );
    if (shown.length > 0) {
      const links = shown.map(
        ({ id }) => `[${id}](catalogue.md#${groupOf(id)})`,
      );
      lines.push(`Cases: ${links.join(", ")}.`, "");
    }
    const broken = [...mutants.values()].filter(
      (one) => one.clause === clause.id,
    );
    for (const { id, what } of broken) {
      const by = (kills[id] ?? []).map((kill) => kill.case);
      const noticed = by.length > 0 ? ` (noticed by ${by.join(", ")})` : "";
      lines.push(`- ${id}: ${text(what)}${noticed}`);
    }
    if (broken.length > 0) lines.push("");
    if (broken.length === 0 && isMust(clause) && !unscored) {
      throw new Error(`${clause.id} has no mutant`);
    }
  }
  return `${lines.join("\n").trimEnd()}\n`;
}

/** docs/conformance/catalogue.md: every case, by group. */
export function cataloguePage({ cases, clauses }: Catalogue): string {
  const lines = [
    made,
    "",
    "# The cases",
    "",
    `What the [conformance suite](README.md) does (${cases.size} cases), what must come of it, and which [rules](rules.md) that shows. Names are stable for ever.`,
    "",
  ];
  const groups = Map.groupBy(cases.values(), ({ id }) => groupOf(id));
  for (const [group, all] of groups) {
    lines.push(
      `## ${group}`,
      "",
      "| Case | Does | Expects | Rules | Takes |",
      "|---|---|---|---|---|",
    );
    for (const one of all) {
      const rules = one.clauses
        .filter((id) => clauses.has(id))
        .map((id) => `[${id}](rules.md#${id.toLowerCase()})`);
      lines.push(
        `| \`${one.id}\` | ${text(one.does)} | ${text(one.expects)} | ${rules.join(", ")} | ${modes[one.mode]} |`,
      );
    }
    lines.push("");
  }
  return `${lines.join("\n").trimEnd()}\n`;
}

function groupOf(id: string): string {
  return id.split("/")[0] ?? id;
}

/** As it is, in Markdown. */
function text(plain: string): string {
  return plain.replace(/[\\`*_{}[\]<>|#]/g, "\\$&");
}
