// SPDX-License-Identifier: Apache-2.0
import { spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { base64, type Rig, startRig } from "./rig.ts";

// Clients that nobody here wrote: they get the same refusals and, after the
// user said yes, the same secret (WIR-008).

const secret = "from strangers' hands";
const reference = "assent://Dev/GitHub/token";
const python = "/usr/bin/python3";
const schema = fileURLToPath(new URL("../../../proto", import.meta.url));
const script = fileURLToPath(new URL("grpc_caller.py", import.meta.url));
let rig: Rig;

beforeAll(async () => {
  rig = await startRig();
  const dev = await rig.vault("Personal", "Dev");
  await rig.item("Personal", dev, "GitHub", { token: secret });
});
afterAll(() => rig.close());

const has = (command: string, ...args: string[]) =>
  spawnSync(command, args, { stdio: "ignore" }).status === 0;
const withGrpc = has(python, "-c", "import grpc, grpc_tools") ? it : it.skip;
const withCurl = has("curl", "--version") ? it : it.skip;

withGrpc(
  "gRPC by Python is served like Connect (WIR-008, SES-002); NOT RUN without: apt-get install python3-grpcio python3-grpc-tools",
  async () => {
    const child = spawn(
      python,
      [script, schema, rig.places.brokerSocket, reference],
      {
        stdio: ["pipe", "pipe", "inherit"],
      },
    );
    const lines = createInterface({ input: child.stdout })[
      Symbol.asyncIterator
    ]();
    const next = async () => JSON.parse((await lines.next()).value ?? "");
    const required = {
      ok: false,
      code: "UNAUTHENTICATED",
      reason: "REASON_AUTHORIZATION_REQUIRED",
    };
    expect(await next()).toEqual({
      call: "no version",
      ok: false,
      code: "FAILED_PRECONDITION",
      reason: "REASON_VERSION_UNSUPPORTED",
    });
    expect(await next()).toEqual({ call: "before", ...required });
    const [prompt] = await rig.pending();
    expect(prompt?.body.process?.name).toMatch(/^python3/);
    if (prompt) await rig.approve(prompt);
    expect(await next()).toMatchObject({ call: "authorize", ok: true });
    expect(await next()).toEqual({ call: "after", ok: true, values: [secret] });
    await rig.owner.owner("AccountService/LockAccount", {});
    child.stdin.end("\n");
    expect(await next()).toEqual({
      call: "locked",
      ok: false,
      code: "UNAUTHENTICATED",
      reason: "REASON_ACCOUNT_LOCKED",
    });
  },
);

withCurl(
  "curl with JSON over HTTP/1.1 is served like all others (WIR-008, WIR-012); NOT RUN without: apt-get install curl",
  async () => {
    const call = (method: string, message: object) => [
      "--silent",
      "--unix-socket",
      rig.places.brokerSocket,
      "--header",
      "content-type: application/json",
      "--header",
      "assent-protocol-version: 1.0",
      "--data",
      JSON.stringify(message),
      `http://localhost/assent.v1.BrokerService/${method}`,
    ];
    const request = {
      account: "Personal",
      operation: { resolveSecrets: { references: [reference] } },
    };
    // One process: the authorization is its own (SES-007).
    const child = spawn(
      "curl",
      [
        ...call("Request", request),
        "--next",
        ...call("Authorize", { account: "Personal" }),
        "--next",
        ...call("Request", request),
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    const output = (async () => {
      let text = "";
      for await (const chunk of child.stdout) text += chunk;
      return text;
    })();
    const [prompt] = await rig.pending();
    expect(prompt?.body.process?.name).toBe("curl");
    if (prompt) await rig.approve(prompt);
    const [before, grant, after] = (await output)
      .split(/(?<=})(?={)/)
      .map((text) => JSON.parse(text));
    expect(before.code).toBe("unauthenticated");
    expect(grant.grant.accountName).toBe("Personal");
    expect(after.result.resolvedSecrets.secrets[0].value).toBe(base64(secret));
  },
);

it("every flavour has the same rules and one session (WIR-008, EXP-002)", async () => {
  const flavours = fileURLToPath(new URL("flavours.mjs", import.meta.url));
  const child = spawn(
    process.execPath,
    [flavours, rig.places.brokerSocket, reference],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const steps: { step: string; flavour: string; outcome: string }[] = [];
  const done = (async () => {
    for await (const line of createInterface({ input: child.stdout })) {
      steps.push(JSON.parse(line));
    }
  })();
  const [prompt] = await rig.pending();
  if (prompt) await rig.approve(prompt);
  await done;
  const outcomes = (step: string) =>
    Object.fromEntries(
      steps.filter((s) => s.step === step).map((s) => [s.flavour, s.outcome]),
    );
  const names = Object.keys(outcomes("before"));
  expect(names).toHaveLength(8);
  const all = (outcome: string) =>
    Object.fromEntries(names.map((name) => [name, outcome]));
  expect(outcomes("before")).toEqual(all("refused: AUTHORIZATION_REQUIRED"));
  expect(outcomes("after")).toEqual(all(secret));
});
