// SPDX-License-Identifier: Apache-2.0

const firstDescriptor = 3;

/**
 * Descriptors that systemd opened for this process, by the name their socket
 * unit gives them (T60). They are taken out of the environment, so that no
 * program we start believes they are for it. Descriptors with the same name,
 * or meant for another process, are not given.
 */
export function takeActivatedSockets(
  environment: Record<string, string | undefined>,
  ownPid: number,
): ReadonlyMap<string, number> {
  const count = Number(environment["LISTEN_FDS"] ?? 0);
  const names = (environment["LISTEN_FDNAMES"] ?? "").split(":");
  const forUs = environment["LISTEN_PID"] === String(ownPid);
  for (const name of ["LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PID"]) {
    delete environment[name];
  }
  const sockets = new Map<string, number>();
  if (!forUs || !Number.isInteger(count)) return sockets;
  names.slice(0, count).forEach((name, index) => {
    if (names.indexOf(name) === names.lastIndexOf(name) && name !== "") {
      sockets.set(name, firstDescriptor + index);
    }
  });
  return sockets;
}
