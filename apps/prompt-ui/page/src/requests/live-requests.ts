// SPDX-License-Identifier: Apache-2.0
import { createStore, type Store } from "../store.ts";
import { perform } from "./answers.ts";
import {
  countWaiting,
  initialState,
  type RequestsEvent,
  type RequestsState,
} from "./requests-state.ts";
import { step } from "./step.ts";

/** The requests of this page. */
export const requests: Store<RequestsState> =
  createStore<RequestsState>(initialState);

/** Something happened: the next state is there at once, what comes of it follows. */
export function dispatch(event: RequestsEvent): void {
  const { state, effects } = step(requests.get(), event);
  requests.set(state);
  for (const effect of effects) {
    void perform(effect).then((next) => next && dispatch(next));
  }
}

/** How many requests wait. */
export function waitingNow(): number {
  return countWaiting(requests.get());
}
