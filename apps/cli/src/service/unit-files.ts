// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import type { Places } from "@assent/protocol";
import { assignment, plain, quoted } from "./unit-text.ts";

/** Names of the units of `assent service`. */
export const socketUnit = "assent-broker.socket";
export const serviceUnit = "assent-broker.service";

/** First line of what we wrote; what has another one is not touched. */
export const marker =
  "# Written by: assent service install. Remove it with: assent service remove";

/** What the units say. */
export interface UnitFacts {
  readonly places: Places;
  /** Node and our script, absolute. */
  readonly command: readonly string[];
  /** `--home`, absolute; undefined: the user's own directories. */
  readonly home: string | undefined;
  /** XDG_DATA_HOME as it is now; the user manager may not know it. */
  readonly dataHome: string | undefined;
}

/** A unit, and where it belongs. */
export interface UnitFile {
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/**
 * The two units of a broker that runs as a service of the user.
 *
 * @throws RangeError when a path cannot be written into a unit
 */
export function unitFiles(facts: UnitFacts, directory: string): UnitFile[] {
  return [
    { name: socketUnit, text: socketText(facts) },
    { name: serviceUnit, text: serviceText(facts) },
  ].map(({ name, text }) => ({ name, path: join(directory, name), text }));
}

const socketText = ({ places }: UnitFacts) => `${marker}
[Unit]
Description=Assent, where you answer and look after your secrets

[Socket]
# The owner's socket alone. The one for programs is the broker's own: it exists
# only while the integration is on.
ListenStream=${plain(places.ownerSocket)}
# The broker takes no socket of another name.
FileDescriptorName=owner
SocketMode=0600
DirectoryMode=0700
RemoveOnStop=yes

[Install]
WantedBy=sockets.target
`;

const serviceText = ({ command, home, dataHome }: UnitFacts) => `${marker}
[Unit]
Description=Assent, which asks you before a program gets a secret
# Without its socket nobody can answer.
Requires=${socketUnit}
After=${socketUnit}

[Service]
Type=exec
ExecStart=${[...command, "broker", "run", ...(home === undefined ? [] : ["--home", home])].map(quoted).join(" ")}
ExecReload=kill -HUP $MAINPID
Restart=on-failure
RestartSec=2
# Wrong settings, another broker, a system that lacks something: starting again
# would not help.
RestartPreventExitStatus=7 8 9
# What could lead the broker to other files, or put other code into it.
UnsetEnvironment=ASSENT_HOME ASSENT_ENDPOINT NODE_OPTIONS NODE_PATH NODE_COMPILE_CACHE LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT
${home !== undefined || dataHome === undefined ? "" : `Environment=${assignment("XDG_DATA_HOME", dataHome)}\n`}
# Secrets stay out of core files and out of swap; what is written is yours alone.
LimitCORE=0
MemorySwapMax=0
UMask=0077
KeyringMode=private

# What the broker never does, the kernel does not let it do.
NoNewPrivileges=yes
# The host of the web page, which the broker starts, listens on loopback. The
# broker itself opens no such socket.
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@aio @chown @keyring @memlock @privileged @setuid process_vm_readv process_vm_writev
SystemCallErrorNumber=EPERM

# Left out on purpose. In a service of a user, ProtectSystem, ProtectHome,
# ProtectProc, ProtectKernelTunables, PrivateTmp, PrivateDevices and all others
# that take a namespace put it into a user namespace of its own, or do nothing
# at all. From in there the kernel does not tell which file a program runs, and
# the broker could not say who asks. CapabilityBoundingSet needs a privilege
# that a user's manager does not have. MemoryDenyWriteExecute does not go with
# a compiler that works while the program runs, as Node's does.

[Install]
# The socket for programs is there only while the broker runs.
WantedBy=default.target
`;
