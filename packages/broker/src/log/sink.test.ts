// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { createDescriptorSink } from "./sink.ts";

/** A descriptor that takes so many bytes, then refuses until it is given more room. */
function start(room: number, code = "EAGAIN") {
  let taken = "";
  const sink = createDescriptorSink(
    () => 7,
    (count) => `lost ${count}\n`,
    (_, bytes) => {
      if (room === 0) throw Object.assign(new Error(code), { code });
      const part = bytes.subarray(0, room);
      room -= part.length;
      taken += Buffer.from(part);
      return part.length;
    },
  );
  return {
    sink,
    taken: () => taken,
    give: (bytes: number) => {
      room = bytes;
    },
  };
}

describe("a sink of lines", () => {
  it.each(["EAGAIN", "EPIPE", "ENOSPC", "EIO", "EBADF"])(
    "goes on after %s, and tells how many lines were lost",
    (code) => {
      const { sink, taken, give } = start(4, code);
      sink.write("one\n");
      sink.write("two\n");
      sink.write("three\n");
      expect(taken()).toBe("one\n");
      give(100);
      sink.write("four\n");
      expect(taken()).toBe("one\nlost 2\nfour\n");
    },
  );

  it("finishes a line that has begun before it writes another", () => {
    const { sink, taken, give } = start(2);
    sink.write("one\n");
    sink.write("two\n");
    expect(taken()).toBe("on");
    give(1);
    sink.write("three\n");
    expect(taken()).toBe("one");
    give(100);
    sink.write("four\n");
    expect(taken()).toBe("one\nlost 2\nfour\n");
  });
});
