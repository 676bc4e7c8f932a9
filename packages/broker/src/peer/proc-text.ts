// SPDX-License-Identifier: Apache-2.0

/** What /proc/PID/stat tells. */
export interface ProcessStat {
  /** Name that the process gave itself; anything at all. */
  readonly comm: string;
  /** One letter; Z and X are dead. */
  readonly state: string;
  readonly parentPid: number;
  /** Ticks from boot to its start; unchanged by exec. */
  readonly startTicks: number;
  /** Where its stack begins, as a number in decimal: another at each exec, unless the system places all programs alike. */
  readonly stackStart: string;
}

/**
 * Reads /proc/PID/stat. The name in parentheses may hold anything, parentheses
 * and line feeds too: what counts begins after the last one.
 *
 * @throws SyntaxError when it is not such a text.
 */
export function parseProcessStat(text: string): ProcessStat {
  const open = text.indexOf("(");
  const close = text.lastIndexOf(")");
  const fields = text.slice(close + 2).split(" ");
  const parentPid = Number(fields[1]);
  const startTicks = Number(fields[19]);
  if (
    open < 1 ||
    close < open ||
    !Number.isSafeInteger(parentPid) ||
    !Number.isSafeInteger(startTicks)
  ) {
    throw new SyntaxError("not a process stat");
  }
  return {
    comm: text.slice(open + 1, close),
    state: fields[0] ?? "",
    parentPid,
    startTicks,
    stackStart: fields[25] ?? "",
  };
}

/** Pid of the process that traces this one, from /proc/PID/status; 0: none. */
export function parseTracerPid(text: string): number {
  return Number(/^TracerPid:\t(\d+)$/m.exec(text)?.[1] ?? 0);
}

/** The pid that /proc/self/fdinfo tells for a pidfd; -1 reaped, 0 not in our namespace. */
export function parsePidfdPid(text: string): number | undefined {
  const found = /^Pid:\t(-?\d+)$/m.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** Path of the control group, from /proc/PID/cgroup: version 2, else systemd's own hierarchy; empty: none. */
export function parseControlGroup(text: string): string {
  const unified = /^0::(.*)$/m.exec(text)?.[1] ?? "";
  if (unified !== "" && unified !== "/") return unified;
  return /^\d+:name=systemd:(.*)$/m.exec(text)?.[1] ?? unified;
}

/**
 * The system service in a control group's path; empty: none. Only system.slice
 * says something: users move their own processes between units of their own.
 */
export function systemUnit(controlGroup: string): string {
  const [root, slice, ...rest] = controlGroup.split("/");
  if (root !== "" || slice !== "system.slice") return "";
  return rest.find((part) => !part.endsWith(".slice")) ?? "";
}

const containerPatterns: readonly [RegExp, string][] = [
  [
    /(?:^|\/)docker[-/]([0-9a-f]{12})[0-9a-f]{52}(?:\.scope)?(?:\/|$)/,
    "docker",
  ],
  [/(?:^|\/)libpod-([0-9a-f]{12})[0-9a-f]{52}(?:\.scope)?(?:\/|$)/, "podman"],
  [
    /(?:^|\/)cri-containerd-([0-9a-f]{12})[0-9a-f]{52}\.scope(?:\/|$)/,
    "containerd",
  ],
  [/(?:^|\/)lxc(?:\.payload)?[./]([^/]+)(?:\/|$)/, "lxc"],
  [/(?:^|\/)app-flatpak-(.+)-\d+\.scope(?:\/|$)/, "flatpak"],
  [/(?:^|\/)snap\.([^./]+)\.[^/]+\.(?:scope|service)(?:\/|$)/, "snap"],
  [
    /(?:^|\/)machine\.slice\/(?:systemd-nspawn@|machine-)([^/]+?)\.(?:service|scope)(?:\/|$)/,
    "machine",
  ],
];

/** "docker 0123456789ab" and the like, from a control group's path; empty: not one we know. */
export function containerName(controlGroup: string): string {
  for (const [pattern, kind] of containerPatterns) {
    const name = pattern.exec(controlGroup)?.[1];
    if (name !== undefined) return `${kind} ${name}`;
  }
  return "";
}
