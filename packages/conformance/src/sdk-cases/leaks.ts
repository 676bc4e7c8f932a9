// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { Reason } from "@assent/protocol";
import { DriverFeature } from "@assent/protocol/conformance";
import { equal, that } from "../case/check.ts";
import { failed, gives, wentWell } from "../sdk/expectation.ts";
import { refuse } from "../sdk/script.ts";
import type { SdkCases } from "../sdk/sdk-case.ts";

const internal = refuse("internal", Reason.INTERNAL);
const exitMs = 5_000;

/** Places where a secret must not be. What a program shows is looked through with every case. */
export const leakCases: SdkCases = {
  "redact-error": {
    needs: { features: [DriverFeature.WRITE] },
    async run(world) {
      const client = await world.authorized();
      const { broker } = world;
      for (const answer of [
        internal,
        refuse("invalid_argument", Reason.INVALID),
        refuse("unknown"),
        { close: "break" } as const,
      ]) {
        broker.script([{ on: "Request", does: [answer] }]);
        failed("write", await client.write());
      }
      await client.inspect();
    },
  },
  "redact-inspect": {
    async run(world) {
      const client = await world.authorized();
      const { renderings } = await client.inspect();
      that("something is shown", renderings.length > 0);
      world.clean("inspection", Buffer.from(renderings.join("\n")));
    },
  },
  "redact-debug-log": {
    needs: { features: [DriverFeature.DEBUG_LOG] },
    async run(world) {
      const client = await world.authorized({ debugLogging: true });
      if (world.described.features.includes(DriverFeature.WRITE)) {
        wentWell("write", await client.write());
      }
      world.broker.script([{ on: "Request", does: [internal] }]);
      failed("read", await client.read());
      world.clean("the log", client.driver.stderr());
    },
  },
  "redact-broker-echo": {
    needs: { features: [DriverFeature.WRITE] },
    async run(world) {
      const client = await world.authorized();
      const message = `cannot store "${world.written}"`;
      for (const reason of [Reason.INVALID, undefined]) {
        const answer = refuse("invalid_argument", reason, { message });
        world.broker.script([{ on: "Request", does: [answer] }]);
        const { renderings } = failed("write", await client.write());
        world.clean("the error", Buffer.from(renderings.join("\n")));
      }
    },
  },
  "redact-unhandled": {
    needs: { features: [DriverFeature.WRITE] },
    async run(world) {
      const client = await world.authorized();
      const message = `cannot store "${world.written}"`;
      const answer = refuse("invalid_argument", Reason.INVALID, { message });
      world.broker.script([{ on: "Request", does: [answer] }]);
      failed("write", await client.write());
      const end = await client.exit({ withUnhandledError: true }, exitMs);
      that("the program ends", end !== undefined, "it goes on");
      that("its failure is told", end !== 0, "exit 0");
      world.clean("its standard error", client.driver.stderr());
    },
  },
  "no-disk": {
    async run(world) {
      const trace = join(world.home, "trace");
      const isTraced = canTrace();
      const client = await world.authorized(
        isTraced ? { within: (command) => traced(trace, command) } : {},
      );
      gives("read", await client.read(), world.secret);
      await client.exit({ disposeFirst: true }, exitMs);
      // Standard output carries the value to the suite; it is no file.
      if (isTraced) {
        const writes = readFileSync(trace, "latin1")
          .split("\n")
          .filter((line) => /\(\d+<\/(?!dev\/)[^>]*>/.test(line));
        world.clean("what is written to files", Buffer.from(writes.join("\n")));
      }
      world.ignore(trace);
    },
  },
  "no-child-env": {
    async run(world) {
      const client = await world.authorized();
      const { environment, arguments: given } = await client.child(false);
      const shown = [...environment, ...given].join("\n");
      that("the child tells its environment", environment.length > 0);
      world.clean("environment and arguments of a child", Buffer.from(shown));
    },
  },
  "fd-cloexec": {
    needs: { features: [DriverFeature.OWNS_CHANNEL] },
    async run(world) {
      const { broker } = world;
      const client = await world.authorized();
      // Some keep no connection but for a call under way.
      broker.script([{ on: "Request", does: [{ never: true }] }]);
      client.startRead();
      await broker.until(() => broker.count("Request") === 1);
      const own = socketsOf(client.driver.pid);
      that("the program has a connection", own.size > 0, "none");
      const { descriptors } = await client.child(false);
      that("the child tells its descriptors", descriptors.length > 0);
      const inherited = descriptors.filter((target) => own.has(target));
      that(
        "no connection of the SDK is in a child",
        inherited.length === 0,
        inherited.join(", "),
      );
    },
  },
  "fork-child": {
    needs: { features: [DriverFeature.OWNS_CHANNEL, DriverFeature.FORK] },
    async run(world) {
      const { broker } = world;
      const client = await world.client();
      gives("the first read", await client.read(), world.secret);
      const ofParent = [...broker.connections];
      broker.script([], { forgets: true });
      const { call } = await client.child(true);
      const read = call?.result ?? { case: undefined };
      gives("the read in the child", read, world.secret);
      that(
        "a connection of its own",
        broker.calls.every(({ connection }) => !ofParent.includes(connection)),
        "its parent's",
      );
      equal("Authorize of the child", broker.count("Authorize"), 1);
    },
  },
};

const writingCalls = "write,pwrite64,writev,pwritev,pwritev2";

function traced(
  trace: string,
  command: readonly [string, ...string[]],
): readonly [string, ...string[]] {
  const flags = ["-f", "-qq", "-y", "-s", "100000"];
  return [
    "strace",
    ...flags,
    `--trace=${writingCalls}`,
    ...["-o", trace, ...command],
  ];
}

// Without it only the files that are left are looked at.
function canTrace(): boolean {
  return spawnSync("strace", ["-o", "/dev/null", "true"]).status === 0;
}

/** Targets of the sockets that a process has, besides its standard streams. */
function socketsOf(pid: number): ReadonlySet<string> {
  const folder = `/proc/${pid}/fd`;
  const standard = new Set(["0", "1", "2"].map((fd) => targetOf(folder, fd)));
  const targets = readdirSync(folder).map((fd) => targetOf(folder, fd));
  return new Set(
    targets.filter(
      (target) => target.startsWith("socket:") && !standard.has(target),
    ),
  );
}

function targetOf(folder: string, fd: string): string {
  try {
    return readlinkSync(join(folder, fd));
  } catch {
    return "";
  }
}
