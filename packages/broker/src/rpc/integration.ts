// SPDX-License-Identifier: Apache-2.0
import type { Channel } from "../channel/connection.ts";
import type { SettingsFile } from "../settings/settings.ts";

/** Whether programs are served: the broker channel, and the setting that says so. */
export interface IntegrationSwitch {
  /** False from the moment it is turned off, whatever becomes of the setting. */
  readonly isOn: boolean;
  /** Open the channel, then write it down. Rejects when either fails; it is then off. */
  turnOn(): Promise<void>;
  /**
   * Off at once; then the channel is closed and it is written down. Rejects
   * when it could not be written: it is off, but may be on after a restart.
   */
  turnOff(): Promise<void>;
  /** As the setting says, at the start. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Create the switch; changes are made one after the other. */
export function createIntegrationSwitch(
  settings: SettingsFile,
  open: () => Promise<Channel>,
  graceMs: number,
): IntegrationSwitch {
  let channel: Channel | undefined;
  let wanted = false;
  let turn: Promise<void> = Promise.resolve();

  const write = (integrationEnabled: boolean) => {
    if (settings.current.integrationEnabled === integrationEnabled) return;
    settings.change({ ...settings.current, integrationEnabled });
  };
  const close = async () => {
    const closing = channel;
    channel = undefined;
    await closing?.close(graceMs);
  };
  const listen = async () => {
    channel ??= await open();
    if (!wanted) await close();
  };
  const inTurn = (step: () => Promise<void>): Promise<void> => {
    const mine = turn.then(step);
    turn = mine.catch(() => {});
    return mine;
  };
  return {
    get isOn() {
      return wanted;
    },
    turnOn() {
      wanted = true;
      return inTurn(async () => {
        try {
          await listen();
          if (wanted) write(true);
        } catch (error) {
          wanted = false;
          await close();
          throw error;
        }
      });
    },
    turnOff() {
      wanted = false;
      return inTurn(async () => {
        await close();
        if (!wanted) write(false);
      });
    },
    start() {
      wanted = settings.current.integrationEnabled;
      return inTurn(async () => {
        if (wanted) await listen();
      });
    },
    stop() {
      wanted = false;
      return inTurn(close);
    },
  };
}
