// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PromptBodySchema, PromptSchema } from "@assent/protocol/owner";
import { create, toBinary } from "@bufbuild/protobuf";
import { expect, it } from "vitest";
import type { Desktop } from "./desktop.ts";
import { notificationText, notify } from "./notification.ts";

function prompt(name: string, account?: string) {
  const body = create(PromptBodySchema, {
    process: { name },
    ...(account === undefined ? {} : { account: { id: "x", name: account } }),
  });
  return create(PromptSchema, {
    id: "p",
    body: toBinary(PromptBodySchema, body),
  });
}

it("says who asks for what, in characters that hide nothing and are no markup (T21)", () => {
  expect(notificationText(prompt("deploy", "Personal"))).toBe(
    "deploy asks to use Personal. Review it in Assent.",
  );
  expect(notificationText(prompt("deploy"))).toBe(
    "deploy asks for access. Review it in Assent.",
  );
  const text = notificationText(
    prompt('<a href="x">&\u202e\u001b[1m', "Work\n<b>"),
  );
  expect(text).not.toMatch(/[<>\p{Cc}\p{Cf}]|&(?!(amp|lt|gt);)/u);
  expect(text).toContain("&lt;a href=");
  expect(notificationText(prompt("x".repeat(4_000))).length).toBeLessThan(120);
});

it("starts one program, named in full, that gets text and no action", () => {
  const started: (readonly string[])[] = [];
  const desktop: Desktop = {
    find: ([path]) => path,
    async start(command) {
      started.push(command);
      return false;
    },
  };
  notify(desktop, prompt("--action=yes"));
  const [[program, ...args] = []] = started;
  expect(program).toBe("/usr/bin/notify-send");
  const options = args.slice(0, args.indexOf("--"));
  expect(options).toEqual(["--app-name=Assent"]);
  expect(args.join(" ")).toContain("-- Assent --action=yes asks");
  notify({ ...desktop, find: () => undefined }, prompt("x"));
  expect(started).toHaveLength(1);
});

const needed = ["dbus-run-session", "gdbus", "notify-send"];
const hasService =
  needed.every((name) => existsSync(`/usr/bin/${name}`)) &&
  spawnSync("/usr/bin/python3", ["-c", "import dbusmock"]).status === 0;
if (!hasService) {
  process.stderr.write(
    "NOT RUN: a notification on a real message bus\n  it needs: apt-get install libnotify-bin dbus libglib2.0-bin python3-dbusmock\n",
  );
}

it.skipIf(!hasService)(
  "comes to the desktop's service as text alone, without an action (T21)",
  () => {
    let command: readonly string[] = [];
    const desktop: Desktop = {
      find: ([path]) => path,
      async start(given) {
        command = given;
        return false;
      },
    };
    notify(desktop, prompt("<b>--action=yes", "Personal"));
    const folder = mkdtempSync(join(tmpdir(), "assent-notification-"));
    const log = join(folder, "log");
    const script = `
      /usr/bin/python3 -m dbusmock --session -t notification_daemon -l "$1" &
      service=$!
      shift
      gdbus wait --session --timeout 30 org.freedesktop.Notifications && "$@"
      kill $service`;
    const sh = ["--", "sh", "-c", script, "sh", log, ...command];
    spawnSync("/usr/bin/dbus-run-session", sh);
    const heard = readFileSync(log, "utf8");
    rmSync(folder, { recursive: true });
    expect(heard).toMatch(
      /Notify "Assent" 0 "" "Assent" "&lt;b&gt;--action=yes asks to use Personal\. Review it in Assent\." \[\]/,
    );
  },
);
