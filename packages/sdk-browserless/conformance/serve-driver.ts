// SPDX-License-Identifier: Apache-2.0
// Lets the conformance suite steer a client of this SDK, whatever opens its
// channel. Not part of what is published.
import {
  Access,
  type Scope as ScopeMessage,
  ScopeSchema,
} from "@assent/protocol";
import {
  type DriverFeature,
  type DriverRequest,
  type DriverResponse,
  DriverResponseSchema,
} from "@assent/protocol/conformance";
import type {
  AssentClient,
  CallOptions,
  Grant,
  Scope,
  Secret,
} from "@assent/sdk-browserless";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { createDriverPipe } from "./framing.ts";
import { renderings, showChild, showError } from "./show.ts";

/** An SDK as the suite sees it. */
export interface DrivenSdk {
  readonly sdk: string;
  readonly features: readonly DriverFeature[];
  /** A client for an account; `endpoint` "": as the environment says. */
  createClient(endpoint: string, account: string): AssentClient;
}

type Op = DriverRequest["op"];
type Result = NonNullable<
  MessageInitShape<typeof DriverResponseSchema>["result"]
>;

const ok: Result = { case: "ok", value: {} };

/** Serve the driver protocol until the suite says that it is over. */
export function serveDriver(driven: DrivenSdk): void {
  const pipe = createDriverPipe(process.argv.includes("--framing=json"));
  const endpoints = new Map<string, string>();
  const clients = new Map<string, AssentClient>();
  const controllers = new Map<bigint, AbortController>();
  let lastSecret: Secret | undefined;
  let lastError: unknown;

  function clientFor(name: string, account: string): AssentClient {
    const key = `${name} ${account}`;
    const known = clients.get(key);
    if (known !== undefined) return known;
    const client = driven.createClient(endpoints.get(name) ?? "", account);
    clients.set(key, client);
    return client;
  }
  const clientsOf = (name: string) =>
    [...clients].filter(([key]) => key.startsWith(`${name} `));

  async function run(op: Op, options: CallOptions): Promise<Result> {
    switch (op.case) {
      case "hello": {
        const { sdk, features } = driven;
        const value = {
          sdk,
          sdkVersion: "0.0.0",
          language: `node ${process.version}`,
          protocolVersions: ["1.0"],
          features: [...features],
        };
        return { case: "hello", value };
      }
      case "open":
        if (op.value.debugLogging) {
          return { case: "unsupported", value: "the SDK writes no log" };
        }
        endpoints.set(op.value.client, op.value.endpoint);
        return ok;
      case "authorize": {
        const { client, accountId, scope } = op.value;
        const asked = scope && readScope(scope);
        return granted(
          await clientFor(client, accountId).authorize(asked, options),
        );
      }
      case "read": {
        const { client, accountId, reference } = op.value;
        const { secrets } = clientFor(client, accountId);
        const outcomes = await secrets.resolveAll([reference], options);
        const { secret, error } = outcomes.get(reference) ?? {};
        if (secret === undefined) throw error;
        lastSecret = secret;
        return { case: "read", value: { value: secret.reveal() } };
      }
      case "write": {
        const { client, accountId, vaultId, title, value } = op.value;
        const fields = [{ title: "value", value, type: "concealed" as const }];
        const item = { vaultId, title, fields };
        await clientFor(client, accountId).items.create(item, options);
        return ok;
      }
      case "revoke": {
        const { client, accountId } = op.value;
        if (accountId !== "")
          await clientFor(client, accountId).revoke(options);
        else {
          for (const [, each] of clientsOf(client)) await each.revoke(options);
        }
        return ok;
      }
      case "dispose":
        await Promise.all(
          clientsOf(op.value.client).map(([, each]) => each.close()),
        );
        return ok;
      case "cancel":
        controllers.get(op.value)?.abort();
        return ok;
      case "inspect": {
        const shown = clientsOf(op.value.client).flatMap(([, each]) => each);
        const values = [...shown, lastSecret, lastError];
        const value = { renderings: values.flatMap(renderings) };
        return { case: "inspect", value };
      }
      case "child":
        return op.value.fork
          ? { case: "unsupported", value: "Node cannot fork" }
          : { case: "child", value: await showChild() };
      case "exit":
        if (op.value.disposeFirst) {
          await Promise.all([...clients.values()].map((each) => each.close()));
        }
        pipe.close();
        if (op.value.withUnhandledError) {
          setImmediate(() => {
            throw lastError;
          });
        }
        return ok;
      default:
        return { case: "unsupported", value: `${op.case}` };
    }
  }

  pipe.listen(async ({ id, op }) => {
    const controller = new AbortController();
    controllers.set(id, controller);
    const timeoutMs = (op.value as { timeoutMs?: number }).timeoutMs ?? 0;
    const { signal } = controller;
    let result: Result;
    try {
      result = await run(
        op,
        timeoutMs > 0 ? { signal, timeoutMs } : { signal },
      );
    } catch (error) {
      lastError = error;
      result = { case: "error", value: showError(error) };
    }
    controllers.delete(id);
    const response: DriverResponse = create(DriverResponseSchema, {
      id,
      result,
    });
    pipe.answer(response);
  });
}

function granted({ scope, inactivityTimeoutMs }: Grant): Result {
  return {
    case: "ok",
    value: {
      grantedScope: scopeMessage(scope),
      grantedInactivityTimeoutMs: BigInt(inactivityTimeoutMs ?? 0),
    },
  };
}

function readScope({ access, extent }: ScopeMessage): Scope {
  return {
    access: access === Access.READ_WRITE ? "read-write" : "read",
    ...(extent.case === "vaults" && { vaults: extent.value.vaults }),
    ...(extent.case === "references" && {
      references: extent.value.references,
    }),
  };
}

function scopeMessage({ access, vaults, references }: Scope): ScopeMessage {
  return create(ScopeSchema, {
    access: access === "read-write" ? Access.READ_WRITE : Access.READ,
    extent:
      vaults !== undefined
        ? { case: "vaults", value: { vaults: [...vaults] } }
        : references !== undefined
          ? { case: "references", value: { references: [...references] } }
          : { case: "everyVault", value: {} },
  });
}
