// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { createModel, type Model } from "./model.ts";

const process = {};
const inactivityMs = 600_000;

function granted(model: Model = createModel()): Model {
  model.mayApprove();
  model.authorize(process, "a")({ kind: "granted", inactivityMs });
  return model;
}

function ask(model: Model, kind: "served" | "unauthenticated"): Model {
  model.request(process, "a", "Request")({ kind });
  return model;
}

describe("the model fails a broker that", () => {
  const wrong: Record<string, () => Model> = {
    "serves what was never granted (SES-001)": () =>
      ask(createModel(), "served"),
    "serves another process (SES-007)": () => {
      const model = granted();
      model.request({}, "a", "Request")({ kind: "served" });
      return model;
    },
    "serves another account (SES-006)": () => {
      const model = granted();
      model.request(process, "b", "Request")({ kind: "served" });
      return model;
    },
    "refuses what is live (EXP-001)": () => {
      const model = granted();
      model.advance(inactivityMs - 1)();
      return ask(model, "unauthenticated");
    },
    "serves at ten minutes (EXP-001)": () => {
      const model = granted();
      model.advance(inactivityMs)();
      return ask(model, "served");
    },
    "refuses what was granted anew after ten minutes (EXP-001)": () => {
      const model = granted();
      model.advance(inactivityMs)();
      granted(model).advance(inactivityMs - 1)();
      return ask(model, "unauthenticated");
    },
    "does not count use (EXP-002)": () => {
      const model = granted();
      model.advance(inactivityMs - 1)();
      ask(model, "served").advance(inactivityMs - 1)();
      return ask(model, "unauthenticated");
    },
    "revives what it called expired (EXP-008)": () =>
      ask(
        (() => {
          const model = granted();
          model.advance(inactivityMs)();
          return ask(model, "unauthenticated");
        })(),
        "served",
      ),
    "serves after twelve hours of use (EXP-013)": () => {
      const model = granted();
      for (let hour = 0; hour < 12 * 12; hour += 1) {
        ask(model, "served").advance(300_000)();
      }
      return ask(model, "served");
    },
    "serves after a lock is done (LCK-001)": () => {
      const model = granted();
      model.ending({ account: "a" })();
      return ask(model, "served");
    },
    "lets a lock of another account end it (LCK-006)": () => {
      const model = granted();
      model.ending({ account: "b" })();
      return ask(model, "unauthenticated");
    },
    "serves after Revoke (RVK-001)": () => {
      const model = granted();
      model.revoke(process)({ kind: "served" });
      return ask(model, "served");
    },
  };
  test.each(Object.entries(wrong))("%s", (_, run) => {
    expect(() => run().check()).toThrow(/the model/);
  });
});

describe("the model leaves alone a broker that", () => {
  const lawful: Record<string, () => Model> = {
    "does as it should": () => {
      const model = ask(createModel(), "unauthenticated");
      ask(granted(model), "served").advance(inactivityMs)();
      ask(model, "unauthenticated");
      return ask(granted(model), "served");
    },
    "answers either way while a lock is under way": () => {
      const model = granted();
      const done = model.ending({ account: "a" });
      ask(model, "served");
      ask(model, "unauthenticated");
      done();
      return model;
    },
    "answers either way while the user is asked": () => {
      const model = createModel();
      model.authorize(process, "a");
      return ask(model, "served");
    },
    "served what was sent before a lock": () => {
      const model = granted();
      const answered = model.request(process, "a", "Request");
      model.ending({ account: "a" })();
      answered({ kind: "served" });
      return model;
    },
    "granted what there was, moments before it ended (EXP-001)": () => {
      const model = granted();
      model.advance(inactivityMs - 1)();
      const answered = model.authorize(process, "a");
      model.advance(1_000)();
      answered({ kind: "granted", inactivityMs });
      return ask(model, "unauthenticated");
    },
    "granted the same to two at once, of which the later is told first (EXP-001)":
      () => {
        const model = createModel();
        model.mayApprove();
        const first = model.authorize(process, "a");
        model.advance(1_000)();
        const second = model.authorize(process, "a");
        second({ kind: "granted", inactivityMs });
        first({ kind: "granted", inactivityMs });
        model.advance(inactivityMs - 1)();
        return ask(model, "unauthenticated");
      },
    "may have granted what nobody was told of": () => {
      const model = createModel();
      model.mayApprove();
      model.authorize(process, "a")({ kind: "unknown" });
      return ask(model, "served");
    },
    "is spoken to in ways that the model does not see": () => {
      const model = createModel();
      model.blind();
      return ask(model, "served");
    },
  };
  test.each(Object.entries(lawful))("%s", (_, run) => {
    expect(() => run().check()).not.toThrow();
  });
});

test("where time is real it goes by of itself, and what is uncertain of it is not judged", () => {
  const passed = { least: 0, most: 0 };
  const later = (least: number, most: number) => {
    const model = granted(createModel(() => ({ ...passed })));
    Object.assign(passed, { least, most });
    return model;
  };
  const ends = (model: Model, kind: "served" | "unauthenticated") => () =>
    ask(model, kind).check();
  const { minute, hour } = { minute: 60_000, hour: 3_600_000 };
  expect(ends(later(9 * minute, 9 * minute), "unauthenticated")).toThrow();
  Object.assign(passed, { least: 0, most: 0 });
  expect(ends(later(10 * minute, 10 * minute), "served")).toThrow();
  Object.assign(passed, { least: 0, most: 0 });
  // The machine slept, or its clock was set: nobody knows which.
  for (const kind of ["served", "unauthenticated"] as const) {
    Object.assign(passed, { least: 0, most: 0 });
    expect(ends(later(minute, hour), kind)).not.toThrow();
  }
});
