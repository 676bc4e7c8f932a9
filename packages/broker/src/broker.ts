// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { limits, type Places } from "@assent/protocol";
import type { Away } from "./away/away-watch.ts";
import type { ActivatedSocket } from "./channel/activation.ts";
import { openChannel } from "./channel/channel.ts";
import type { Channel, ChannelHandler } from "./channel/connection.ts";
import { createId } from "./crypto/id.ts";
import { systemRandom } from "./crypto/random.ts";
import { createLinuxSource } from "./peer/linux-source.ts";
import type { Peer } from "./peer/peer.ts";
import { createPeerRegistry } from "./peer/registry.ts";
import type { Scheduler } from "./peer/scheduler.ts";
import { Approvals } from "./prompt/approvals.ts";
import { createBackOff } from "./prompt/back-off.ts";
import { createMutes } from "./prompt/mutes.ts";
import { Prompts } from "./prompt/prompts.ts";
import {
  createBrokerHandler,
  createOwnerHandler,
} from "./rpc/channel-handlers.ts";
import { createCredentialCheck } from "./rpc/credential-check.ts";
import { endProcess, lockAccount, mayGrant } from "./rpc/endings.ts";
import { createFaultReport } from "./rpc/fault.ts";
import { Flights } from "./rpc/flight.ts";
import type { AtGate } from "./rpc/gate.ts";
import { createIntegrationSwitch } from "./rpc/integration.ts";
import type { MuteFacts } from "./rpc/mute.ts";
import { createOwnerAccess } from "./rpc/owner-access.ts";
import type { BrokerParts, Granted, Terms } from "./rpc/parts.ts";
import { createProcessCards } from "./rpc/process-card.ts";
import { createRecorder } from "./rpc/recorder.ts";
import type { ChannelName } from "./rpc/refusal-line.ts";
import { reloadSettings } from "./rpc/settings-reload.ts";
import { createSurfaces, type SurfaceProgram } from "./rpc/surfaces.ts";
import { createUnlocks } from "./rpc/unlocks.ts";
import { createUploads } from "./rpc/uploads.ts";
import { Sessions } from "./session/sessions.ts";
import { openSeenExecutables } from "./settings/seen-file.ts";
import { openStorage, type StorageOptions } from "./storage.ts";

/** What a broker is made of; a test brings its own clock, scheduler and password cost. */
export interface BrokerOptions extends StorageOptions {
  readonly scheduler: Scheduler;
  readonly version: string;
  /** For tests alone: holds calls where they wait. */
  readonly at?: AtGate | undefined;
  /** Real paths of the scripts of our own command line: relays (decisions 13). */
  readonly relayScripts?: readonly string[];
  /** Started when nobody shows a prompt; undefined: none is. */
  readonly surface?: SurfaceProgram | undefined;
}

/** A running broker. */
export interface Broker {
  readonly places: Places;
  readonly parts: BrokerParts;
  /** Find out who exited, what timed out, what is due to lock. Called a few times a second. */
  sweep(): void;
  /** The user went away: what was unlocked by hand locks now (decisions 7). */
  userWentAway(why: Away): void;
  /**
   * Take what the settings file says now. Rejects with one clear line when it
   * is not well-formed; the settings from before then stand.
   */
  reload(): Promise<void>;
  /** Sessions end, accounts lock, sockets go; calls under way end as unavailable. */
  stop(): Promise<void>;
}

const promptsPerProcess = 32;
const promptsInAll = 256;
const logKeptMs = 30 * 24 * 3_600_000;

/**
 * Start a broker: the owner channel, and the broker channel while the
 * integration is on. Throws with one clear line when something is in the way;
 * nothing is then left behind.
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const { places, binding, clock, scheduler, log } = options;
  using undo = new DisposableStack();
  const storage = undo.use(await openStorage(options));
  const { runtime, settings, accounts, brokerLog, logOf } = storage;
  const registry = undo.adopt(
    createPeerRegistry({
      source: createLinuxSource({
        binding,
        scheduler,
        wallMs: () => clock.wallMs(),
      }),
    }),
    (opened) => opened.close(),
  );
  const newId = () => createId(systemRandom);
  const bootMs = () => clock.bootMs();
  const seen = openSeenExecutables(
    join(places.dataDirectory, "seen"),
    (code, path) => log.warn("seen-not-written", { code, path }),
  );
  const cards = createProcessCards(seen, options.relayScripts ?? []);
  const recorder = createRecorder({
    clock,
    cards,
    logOf,
    brokerLog,
    nameOf: (accountId) => accounts.find(accountId)?.name,
    log,
  });
  storage.onNotice((accountId, kind) => recorder.note(accountId, { kind }));
  const unlocks = createUnlocks(bootMs);
  const uploads = createUploads(bootMs);
  const sessions = new Sessions(newId, (session, end) => {
    const event = {
      kind: "session-ended",
      ...recorder.process(session.process),
      cause: end,
    };
    recorder.note(session.accountId, event, { session: session.id });
  });
  const prompts = new Prompts<Granted>({
    newId,
    bootMs,
    timeoutMs: limits.promptMs,
    perProcess: promptsPerProcess,
    inAll: promptsInAll,
  });
  prompts.listen({
    changed: () => {},
    ended(prompt, ending) {
      const peer = parts.terms.get(prompt.question)?.peer;
      if (peer !== undefined) backOff.ended(peer, ending);
      if (ending === "approved" || ending === "denied") return;
      const event = {
        kind: "prompt-ended",
        ...recorder.process(prompt.question.process),
        cause: ending,
      };
      recorder.note(prompt.frozen.accountId, event, { prompt: prompt.id });
    },
  });

  const flights = new Flights();
  const integration = createIntegrationSwitch(
    settings,
    async () =>
      tell(
        "broker",
        await listen("broker", places.brokerSocket, brokerHandler),
      ),
    graceMs,
  );
  const stemsFrom = (peer: Peer, origin: Peer) =>
    registry.stemsFrom(peer, origin);
  const backOff = createBackOff<Peer>({ bootMs, stemsFrom });
  const mutes = undo.adopt(
    createMutes<Peer, MuteFacts>({
      newId,
      bootMs,
      stemsFrom,
      executableOf: (peer) => peer.executable,
      pin: (peer) => peer.pinExecutable(),
    }),
    (opened) => opened.close(),
  );
  const access = createOwnerAccess(accounts, clock);
  let owners: Channel | undefined;
  const surfaces = createSurfaces({
    program: options.surface,
    prompts,
    scheduler,
    registry,
    channel: () => owners,
    access,
    isWebWanted: () => settings.current.webSurface,
    log,
  });
  const parts: BrokerParts = {
    clock,
    accounts,
    sessions,
    prompts,
    backOff,
    mutes,
    surfaces,
    approvals: new Approvals<Terms>(newId, bootMs),
    terms: new WeakMap(),
    flights,
    recorder,
    settings,
    cards,
    seen,
    credentials: createCredentialCheck(accounts, clock, recorder),
    unlocks,
    uploads,
    brokerLog,
    logOf,
    removeLog: storage.removeLog,
    integration,
    onFault: createFaultReport(log),
    version: options.version,
    at: options.at,
  };

  const brokerHandler = createBrokerHandler(parts, log);
  const ownerHandler = createOwnerHandler(parts, access, log);
  const tell = (channel: ChannelName, opened: Channel): Channel => {
    log.info("listening", { channel, path: opened.path });
    return opened;
  };
  const listen = (
    name: ChannelName,
    path: string,
    handler: ChannelHandler,
    activated?: ActivatedSocket,
  ): Promise<Channel> =>
    openChannel({
      path,
      directory: runtime,
      registry,
      scheduler,
      handler,
      activated,
      onRefused: (reason) =>
        log.debug("connection-refused", { channel: name, reason }),
      isKept: (connection) => access.isTrusted(connection),
    });

  registry.keepAlive(
    (peer) => prompts.holds(peer.number) || sessions.remembers(peer.number),
  );
  registry.onEnded((peer, end) => endProcess(parts, peer.number, end));

  const ownerChannel = await listen(
    "owner",
    places.ownerSocket,
    ownerHandler,
    options.activated,
  );
  owners = ownerChannel;
  try {
    await integration.start();
  } catch (error) {
    await ownerChannel.close();
    throw error;
  }
  recorder.note(undefined, { kind: "broker-started", version: parts.version });
  storage.keep();
  tell("owner", ownerChannel);
  log.info("broker-started", { pid: process.pid, version: parts.version });
  const resources = undo.move();
  let prunedAtMs = Number.NEGATIVE_INFINITY;

  return {
    places,
    parts,
    sweep() {
      registry.sweep();
      cards.keep(
        (number) => prompts.holds(number) || sessions.remembers(number),
      );
      prompts.sweep();
      mutes.sweep();
      backOff.sweep(
        ({ number }) => prompts.holds(number) || sessions.remembers(number),
      );
      const now = clock.bootMs();
      sessions.sweep(now);
      uploads.sweep();
      const idle = unlocks.due({
        autoLockMs: settings.current.autoLockMs,
        sessions: (accountId) => sessions.count(accountId),
        isAsked: (accountId) =>
          prompts.some((question, frozen) =>
            mayGrant(parts, question, frozen, accountId),
          ),
      });
      for (const accountId of idle) lockAccount(parts, accountId, "idle");
      if (now - prunedAtMs > 3_600_000) {
        prunedAtMs = now;
        storage.prune(clock.wallMs() - logKeptMs);
      }
    },
    userWentAway(why) {
      for (const id of unlocks.heldByHand()) lockAccount(parts, id, why);
    },
    reload: () => reloadSettings(parts, log),
    async stop() {
      log.info("broker-stopping");
      prompts.endWhere(() => true, "integration-off");
      for (const account of accounts.list()) {
        lockAccount(parts, account.id, "stop");
      }
      await Promise.all([
        surfaces.stop(),
        integration.stop(),
        ownerChannel.close(graceMs),
      ]);
      recorder.note(undefined, { kind: "broker-stopped" });
      log.info("broker-stopped");
      resources.dispose();
    },
  };
}

/** Time for calls that were told to end to be answered. */
const graceMs = 500;
