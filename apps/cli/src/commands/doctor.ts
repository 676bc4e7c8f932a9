// SPDX-License-Identifier: Apache-2.0
import { makeSafe } from "@assent/wording";
import type { Command } from "commander";
import { lookAtBroker } from "../doctor/broker.ts";
import { lookAtFiles } from "../doctor/files.ts";
import type { Finding } from "../doctor/finding.ts";
import { lookAtSystem } from "../doctor/system.ts";
import { CommandError, exitCodes } from "../exit.ts";
import { type Io, writeLine } from "../io.ts";
import { takesHome, takesJson, withExamples } from "../options.ts";
import { type JsonOptions, pad, writeJson } from "../output.ts";
import type { HomeOptions } from "../owner/session.ts";
import { findPlaces } from "../places.ts";

/** `assent doctor`: what stands in the way, and what to do; tells no secret and takes no password. */
export function addDoctorCommand(
  program: Command,
  io: Io,
  version: string,
): void {
  withExamples(
    takesJson(
      takesHome(
        program
          .command("doctor")
          .description(
            "look for what stands in the way; exit code 1 when there is a problem",
          ),
      ),
    ),
    "assent doctor",
  ).action(async (options: HomeOptions & JsonOptions) => {
    const findings = await examine(io, options, version);
    const problems = findings.filter(({ state }) => state === "problem");
    if (options.json) await writeJson(io, { findings });
    else for (const finding of findings) await tell(io, finding);
    if (problems.length === 0) return;
    throw new CommandError(
      exitCodes.failed,
      problems.length === 1
        ? "There is a problem."
        : `There are ${problems.length} problems.`,
    );
  });
}

async function examine(
  io: Io,
  options: HomeOptions,
  version: string,
): Promise<Finding[]> {
  const places = findPlaces(io, options.home);
  const { inspect } = await import("@assent/broker");
  const inspection = await inspect(places);
  return [
    ...(await lookAtSystem(io, inspection)),
    ...lookAtFiles(io, places, inspection.settings),
    ...(await lookAtBroker(io, options, places, version)),
  ];
}

async function tell(io: Io, { about, state, text, hint }: Finding) {
  const line = `${pad(state, 7)}  ${pad(about, 11)}  ${makeSafe(text, { maxLength: 400 })}`;
  await writeLine(io.stdout, line);
  if (hint !== undefined) {
    await writeLine(
      io.stdout,
      `${" ".repeat(22)}${makeSafe(hint, { maxLength: 400 })}`,
    );
  }
}
