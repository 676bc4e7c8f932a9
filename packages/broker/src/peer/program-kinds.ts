// SPDX-License-Identifier: Apache-2.0
import { posix } from "node:path";

const interpreters = words(`
  node nodejs deno bun electron qjs gjs osascript
  bash sh dash zsh fish ksh mksh ash busybox tcsh csh nu xonsh pwsh
  java dotnet mono wine wine-preloader wine64 wine64-preloader beam.smp escript
  awk gawk mawk expect Rscript R`);

// Names that carry a version: python3.12, perl5.36.0, lua5.4.
const versioned =
  /^(?:python|pypy|perl|ruby|jruby|truffleruby|php|lua|luajit|tclsh|wish|guile|julia|racket|node)[-_.0-9]*(?:-?dbg|[dmt])?$/;

// The loader runs any program that is given to it.
const loader = /^ld-(?:linux|musl|[0-9.]+\.so)/;

const relays = words(`
  ssh sshd sshd-session sshd-auth autossh dbclient dropbear mosh-server mosh-client
  socat nc ncat netcat nc.openbsd nc.traditional websocat stunnel stunnel4
  npiperelay.exe wslrelay.exe
  docker-proxy dockerd containerd-shim containerd-shim-runc-v2 conmon
  rootlesskit rootlessport slirp4netns passt passt.avx2 pasta pasta.avx2
  systemd-socket-proxyd systemd-stdio-bridge xdg-dbus-proxy
  haproxy envoy kubectl adb waypipe`);

/** Whether an executable of this name runs programs that are files of their own (T8). */
export function isInterpreter(name: string): boolean {
  return interpreters.has(name) || versioned.test(name) || loader.test(name);
}

/**
 * Whether a program of this name speaks for another that we do not see (T31).
 * Our own command line is one, too: it runs in an interpreter, so its script
 * tells; whoever claims to be it gains a warning and nothing else.
 */
export function isRelay(name: string, script: string): boolean {
  return (
    relays.has(name) ||
    posix.basename(script) === "assent" ||
    /\/(?:@assent|apps)\/cli\/(?:src|dist)\/[^/]+$/.test(script)
  );
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
