// SPDX-License-Identifier: Apache-2.0
// Runs a real broker for minutes under everything at once (programs that ask,
// read, revoke, exec, reconnect and are killed; approvals, denials, locks; and
// malformed bytes) and fails unless what it holds stays flat.
// `npm run soak -- --help`
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { readArguments } from "./arguments.mjs";

const usage = `npm run soak [-- options]
  --minutes N  how long (10)`;
const minutes = readArguments(
  usage,
  { minutes: { type: "string", default: "10" } },
  (values) => {
    const number = Number(values.minutes);
    if (number > 0) return number;
    throw new Error("--minutes takes a number above 0");
  },
);
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const broker = join(root, "packages/broker");
const from = (path) => import(join(broker, path));
const { startCaller } = await from("test/caller.ts");
const { promptDigest } = await from("../protocol/dist/index.js");

/** Flat: the median of the last third is at most this above that of the second. */
const mostGrowth = { heap: 4 << 20, external: 8 << 20, descriptors: 8 };
/** The system gives memory back late: of the least in each third. */
const mostRssGrowth = 64 << 20;

const home = mkdtempSync(join(tmpdir(), "assent-soak-"));
const password = Buffer.from("correct horse battery").toString("base64");
const credential = { account: "Personal", password };
const sockets = {
  brokerSocket: join(home, "run/broker.sock"),
  ownerSocket: join(home, "run/owner.sock"),
};
const count = {};
const add = (what) => {
  count[what] = (count[what] ?? 0) + 1;
};
const samples = [];
const children = new Set();
let over = false;
let ended;

const daemon = spawn(
  process.execPath,
  ["--expose-gc", join(broker, "test/soak-broker.mjs"), home],
  { stdio: ["ignore", "pipe", "inherit"] },
);
daemon.once("exit", (code, signal) => {
  if (!over) ended = `the broker ended: ${code ?? signal}`;
});
await new Promise((resolve) => {
  createInterface({ input: daemon.stdout }).on("line", (line) => {
    const said = JSON.parse(line);
    if (said.ready) resolve();
    else samples.push(said);
  });
});

const owner = await startCaller(sockets);
const must = async (method, message) => {
  const answer = await owner.owner(method, message);
  if (answer.status !== 200) throw new Error(`${method}: ${answer.text}`);
  return answer.body;
};
await must("AccountService/CreateAccount", { name: "Personal", password });
await must("AccountService/Authenticate", { credential });
await must("SettingsService/PutSettings", {
  credential,
  settings: { integrationEnabled: true },
});
const operate = async (operation) =>
  (await must("VaultService/Operate", { credential, operation })).result;
const { vault } = await operate({ putVault: { vault: { name: "Dev" } } });
const field = {
  title: "token",
  type: "FIELD_TYPE_CONCEALED",
  value: Buffer.from("soak").toString("base64"),
};
await operate({
  putItems: {
    items: [
      { overview: { vaultId: vault.id, title: "GitHub" }, fields: [field] },
    ],
  },
});

const untilMs = Date.now() + minutes * 60_000;
const goesOn = () => !over && ended === undefined && Date.now() < untilMs;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Somebody who approves two of three, one after the other, and denies the rest. */
async function decide() {
  const watching = owner.watch("PromptService/WatchPrompts", {});
  const decided = new Set();
  let turn = 0;
  while (goesOn()) {
    const { prompts = [] } = await watching.next((event) => event.prompts);
    for (const { id, body } of prompts) {
      if (decided.has(id)) continue;
      decided.add(id);
      turn += 1;
      const isOurs = Buffer.from(body, "base64").includes("caller.mjs");
      if (!isOurs || turn % 3 === 0) {
        await owner.owner("PromptService/Deny", { promptId: id });
        add("denied");
        continue;
      }
      const digest = await promptDigest(Buffer.from(body, "base64"));
      const begun = await owner.owner("PromptService/BeginApproval", {
        promptId: id,
        digest: Buffer.from(digest).toString("base64"),
        method: "APPROVAL_METHOD_PASSWORD",
      });
      if (begun.status !== 200) continue;
      const done = await owner.owner("PromptService/Approve", {
        approvalId: begun.body.approvalId,
        password,
      });
      add(done.status === 200 ? "approved" : "not approved");
    }
  }
}

/** A program: it asks, reads, and goes in one of several ways. */
async function program(number) {
  for (let turn = number; goesOn(); turn += 1) {
    const one = await startCaller(sockets);
    children.add(one);
    const answer = await one.broker(
      "Authorize",
      { account: turn % 7 === 0 ? `made up ${turn}` : "Personal" },
      { headers: { "connect-timeout-ms": "20000" } },
    );
    add(answer.status === 200 ? "authorized" : `asked: ${answer.reason}`);
    const read = () =>
      one.broker("Request", {
        account: "Personal",
        operation: {
          resolveSecrets: { references: ["assent://Dev/GitHub/token"] },
        },
      });
    for (let left = 40; left > 0 && goesOn(); left -= 1) {
      const { status } = await read();
      add(status === 200 ? "read" : "not read");
      if (left % 10 === 0) await one.act({ do: "close", on: "broker" });
      if (status !== 200) break;
    }
    if (turn % 4 === 0) {
      await one.broker("Revoke", {});
      add("revoked");
    } else if (turn % 4 === 1) {
      const again = one.ready();
      one.tell({ do: "exec", file: process.execPath, args: one.args });
      await again;
      const { status } = await read();
      add(status === 200 ? "READ AFTER EXEC" : "exec");
    }
    await one.kill();
    children.delete(one);
    add("exited");
  }
}

async function lock() {
  while (goesOn()) {
    await pause(7000);
    await owner.owner("AccountService/LockAccount", { account: "Personal" });
    add("locked");
  }
}

/** Malformed bytes of every kind, by processes that come and go. */
async function rubbish() {
  const kinds = [
    ["http1", "bytes-caller.ts"],
    ["envelopes", "call-caller.ts"],
    ["json", "call-caller.ts"],
    ["protobuf", "call-caller.ts"],
  ];
  for (let turn = 0; goesOn(); turn += 1) {
    const [target, file] = kinds[turn % kinds.length];
    const child = spawn(process.execPath, [join(broker, "fuzz", file)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    children.add(child);
    const work = {
      target,
      seed: 1000 * turn,
      runs: 500,
      // Deadlines are real here: what was not answered is no finding.
      ending: false,
      sockets: { broker: sockets.brokerSocket, owner: sockets.ownerSocket },
      secrets: ["canary-never-stored"],
    };
    for await (const line of createInterface({ input: child.stdout })) {
      const said = JSON.parse(line);
      if (said.ready) child.stdin.write(`${JSON.stringify(work)}\n`);
      if (said.finding) add(`rubbish: ${said.finding.what}`);
      if (said.finished !== undefined) break;
      if (!goesOn()) break;
    }
    child.kill("SIGKILL");
    children.delete(child);
    add("rubbish x500");
  }
}

const megabytes = (bytes) => (bytes / 2 ** 20).toFixed(1);
const started = Date.now();
const show = () => {
  const { rss, heap, external, descriptors } = samples.at(-1) ?? {};
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(
    `${seconds} s: RSS ${megabytes(rss)} MB, heap ${megabytes(heap)} MB, external ${megabytes(external)} MB, ${descriptors} descriptors`,
  );
};
const showing = setInterval(show, 15_000);
const load = [decide(), lock(), rubbish(), program(0), program(1), program(2)];
for (const one of load) {
  one.catch((error) => {
    if (goesOn()) ended ??= error.stack;
  });
}
while (goesOn()) await pause(200);
over = true;
clearInterval(showing);
show();
for (const child of children) child.kill("SIGKILL");
await owner.kill();
daemon.kill("SIGTERM");
await new Promise((resolve) =>
  daemon.exitCode === null && daemon.signalCode === null
    ? daemon.once("exit", resolve)
    : resolve(),
);
rmSync(home, { recursive: true, force: true });

console.log(
  Object.entries(count)
    .sort()
    .map(([what, times]) => `${what}: ${times}`)
    .join("\n"),
);
const third = Math.floor(samples.length / 3);
const [second, last] = [
  samples.slice(third, 2 * third),
  samples.slice(2 * third),
];
const median = (list, key) =>
  list.map((one) => one[key]).sort((a, b) => a - b)[
    Math.floor(list.length / 2)
  ];
const least = (list) => Math.min(...list.map(({ rss }) => rss));
const failures = [];
if (ended !== undefined) failures.push(ended);
for (const [key, most] of Object.entries(mostGrowth)) {
  const growth = median(last, key) - median(second, key);
  console.log(`${key}: grew by ${growth} (at most ${most})`);
  if (!(growth <= most)) failures.push(`${key} is not flat`);
}
const grown = least(last) - least(second);
console.log(`rss: grew by ${grown} (at most ${mostRssGrowth})`);
if (!(grown <= mostRssGrowth)) failures.push("rss is not flat");
for (const what of ["READ AFTER EXEC"]) {
  if (count[what]) failures.push(what);
}
for (const what of ["authorized", "read", "denied", "locked", "exec"]) {
  if (!count[what]) failures.push(`nothing was ${what}`);
}
for (const failure of failures) console.log(`failed: ${failure}`);
process.exit(failures.length > 0 ? 1 : 0);
