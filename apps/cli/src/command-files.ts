// SPDX-License-Identifier: Apache-2.0
import type { Command } from "commander";
import type { Io } from "./io.ts";

/** Adds commands to the program. */
export type AddCommands = (program: Command, io: Io, version: string) => void;

/** Commands, by name, with what adds them. */
export interface CommandFile {
  readonly names: readonly string[];
  /** It says something of the others: they have to be there. */
  readonly needsAll?: boolean;
  load(): Promise<AddCommands>;
}

/**
 * Every command, in the order of the help. Loading them all takes longer than
 * most of them take to run, so the one that is called comes alone.
 */
export const commandFiles: readonly CommandFile[] = [
  {
    names: ["broker"],
    load: async () => (await import("./commands/broker.ts")).addBrokerCommands,
  },
  {
    names: ["service"],
    load: async () =>
      (await import("./commands/service.ts")).addServiceCommands,
  },
  {
    names: ["status"],
    load: async () => (await import("./commands/status.ts")).addStatusCommand,
  },
  {
    names: ["doctor"],
    load: async () => (await import("./commands/doctor.ts")).addDoctorCommand,
  },
  {
    names: ["account"],
    load: async () =>
      (await import("./commands/account.ts")).addAccountCommands,
  },
  {
    names: ["lock"],
    load: async () => (await import("./commands/lock.ts")).addLockCommand,
  },
  {
    names: ["vault"],
    load: async () => (await import("./commands/vault.ts")).addVaultCommands,
  },
  {
    names: ["item"],
    load: async () => (await import("./commands/item.ts")).addItemCommands,
  },
  {
    names: ["integration"],
    load: async () =>
      (await import("./commands/integration.ts")).addIntegrationCommands,
  },
  {
    names: ["watch"],
    load: async () => (await import("./commands/watch.ts")).addWatchCommand,
  },
  {
    names: ["ui"],
    load: async () => (await import("./commands/ui.ts")).addUiCommand,
  },
  {
    names: ["page"],
    load: async () => (await import("./commands/page.ts")).addPageCommands,
  },
  {
    names: ["prompts"],
    load: async () => (await import("./commands/prompts.ts")).addPromptsCommand,
  },
  {
    names: ["approve"],
    load: async () => (await import("./commands/approve.ts")).addApproveCommand,
  },
  {
    names: ["deny"],
    load: async () => (await import("./commands/deny.ts")).addDenyCommand,
  },
  {
    names: ["mutes", "unmute"],
    load: async () => (await import("./commands/mutes.ts")).addMuteCommands,
  },
  {
    names: ["sessions", "revoke"],
    load: async () =>
      (await import("./commands/sessions.ts")).addSessionCommands,
  },
  {
    names: ["activity"],
    load: async () =>
      (await import("./commands/activity.ts")).addActivityCommand,
  },
  {
    names: ["read"],
    load: async () => (await import("./commands/read.ts")).addReadCommand,
  },
  {
    names: ["run"],
    load: async () => (await import("./commands/run.ts")).addRunCommand,
  },
  {
    names: ["inject"],
    load: async () => (await import("./commands/inject.ts")).addInjectCommand,
  },
  {
    names: ["import"],
    load: async () => (await import("./commands/import.ts")).addImportCommand,
  },
  {
    names: ["export"],
    load: async () => (await import("./commands/export.ts")).addExportCommand,
  },
  {
    names: ["generate"],
    load: async () =>
      (await import("./commands/generate.ts")).addGenerateCommands,
  },
  {
    names: ["completion"],
    needsAll: true,
    load: async () =>
      (await import("./commands/completion.ts")).addCompletionCommand,
  },
  {
    names: ["surface"],
    load: async () => (await import("./commands/surface.ts")).addSurfaceCommand,
  },
];

/** Those that a command line needs: of what it does not call by name, all. */
export function filesFor(args: readonly string[]): readonly CommandFile[] {
  if (args[0] === "--version") return [];
  const called = commandFiles.filter(({ names }) =>
    names.includes(args[0] ?? ""),
  );
  const isAlone = called.length > 0 && !called.some(({ needsAll }) => needsAll);
  return isAlone ? called : commandFiles;
}
