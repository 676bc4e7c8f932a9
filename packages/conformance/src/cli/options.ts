// SPDX-License-Identifier: Apache-2.0
import { availableParallelism } from "node:os";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { ProfileName } from "../catalogue/requirements.ts";

/** Options that every run has. */
export interface RunOptions {
  readonly requirements: string;
  readonly profile: ProfileName;
  readonly run?: readonly string[];
  readonly skip?: readonly string[];
  readonly clause?: readonly string[];
  readonly baseline?: string;
  readonly updateBaseline?: boolean;
  readonly seed?: string;
  readonly order: "random" | "catalogue";
  readonly parallel: number;
  readonly repeat: number;
  readonly out?: string;
  readonly timeout: number;
  readonly debug?: boolean;
  readonly allowIncomplete?: boolean;
}

/** Gives a command the options that every run has. */
export function addRunOptions(command: Command): Command {
  return command
    .option("--requirements <version>", "set of requirements", "1.0")
    .addOption(
      new Option("--profile <name>", "how much is asked")
        .choices(["core", "full", "hardened"])
        .default("full"),
    )
    .option("--run <pattern...>", "only cases of these names (*, **)")
    .option("--skip <pattern...>", "no cases of these names")
    .option("--clause <pattern...>", "only cases of these clauses (SES-00*)")
    .option("--baseline <file>", "failures that are known")
    .option("--update-baseline", "write what fails now into the baseline")
    .option(
      "--seed <text>",
      "of order and of what is random; told in each report",
    )
    .addOption(
      new Option("--order <order>", "of the cases")
        .choices(["random", "catalogue"])
        .default("random"),
    )
    .option(
      "--parallel <number>",
      "implementations at once",
      positive,
      Math.min(2, availableParallelism()),
    )
    .option(
      "--repeat <number>",
      "how often, each time in another order",
      positive,
      1,
    )
    .option("--out <folder>", "where reports are written")
    .option("--timeout <seconds>", "of one case", positive, 120)
    .option("--debug", "no timeouts, one at a time, each call told")
    .option("--allow-incomplete", "what could not be shown fails nothing");
}

/** Gives a command the options of what tries a broker. */
export function addBrokerOptions(command: Command): Command {
  return command
    .option(
      "--release <command>",
      "what starts its release, which is tried too",
    )
    .option(
      "--fuzz <walks>",
      "so many random walks instead of the cases",
      positive,
    )
    .option("--black-box", "it has no control service, and nobody decides")
    .option("--auto-approve", "a black box that approves all by itself")
    .option("--interactive", "it has none: you decide, as you are told")
    .option(
      "--on-prompt <command>",
      "it has none: this shows prompts and decides",
    )
    .option("--lock <command>", "locks ASSENT_ACCOUNT, or all")
    .option(
      "--unlock <command>",
      "unlocks ASSENT_ACCOUNT with ASSENT_CREDENTIAL",
    );
}

/** Gives a command the options of what tries an SDK. */
export function addSdkOptions(command: Command): Command {
  return command
    .option("--sdk <name>", "only this one of assent-conformance.json")
    .addOption(
      new Option("--framing <form>", "of what the driver is told")
        .choices(["proto", "json"])
        .default("proto"),
    );
}

/** A whole number above zero. */
export function positive(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) {
    throw new InvalidArgumentError("It has to be a whole number above zero.");
  }
  return Number(text);
}
