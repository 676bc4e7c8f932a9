// SPDX-License-Identifier: Apache-2.0

// Stands in the page for what turns messages into JSON and back: Connect offers
// it as the other format, and the page asks for binary messages alone. It would
// be a twelfth of the script.

/** Never called. @throws always */
export function fromJson(): never {
  throw new Error("the page speaks binary messages");
}

export {
  fromJson as enumFromJson,
  fromJson as enumToJson,
  fromJson as fromJsonString,
  fromJson as mergeFromJson,
  fromJson as mergeFromJsonString,
  fromJson as toJson,
  fromJson as toJsonString,
};
