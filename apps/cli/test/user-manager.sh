#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A systemd of an ordinary user, where none runs: in namespaces of its own, as
# root has made them with
#   unshare --mount --pid --fork --mount-proc --cgroup user-manager.sh REPOSITORY NODE
# Reads commands from stdin once it says "ready"; ends with its input.
set -euo pipefail
repository=$1 node=$2
user=1000 runtime=/run/user/1000

mount -t tmpfs tmpfs /run
# systemd looks here to tell whether the system was started by one.
mkdir -p /run/systemd/system /run/repository "$runtime/home"
# The ordinary user may not be able to reach either where it is.
mount --bind "$repository" /run/repository
touch /run/node
mount --bind "$node" /run/node
# In place of a browser, where there is one: tells what it was started as.
if [ -f /usr/bin/chromium ]; then
  cat >/run/browser <<'END'
#!/bin/sh
{ cat /proc/self/cgroup; grep -E 'NoNewPrivs|Seccomp:' /proc/self/status; echo "$@"; } >"$HOME/opened.new"
mv "$HOME/opened.new" "$HOME/opened"
exec sleep 60
END
  chmod 755 /run/browser
  mount --bind /run/browser /usr/bin/chromium
fi
chown -R "$user:$user" "$runtime"
chmod 700 "$runtime"

umount --lazy --recursive /sys/fs/cgroup 2>/dev/null || true
mount -t cgroup2 cgroup2 /sys/fs/cgroup
group=/sys/fs/cgroup/assent-test-$RANDOM$RANDOM
mkdir "$group"
chown -R "$user:$user" "$group"
chown "$user:$user" /sys/fs/cgroup/cgroup.procs
echo $$ >"$group/cgroup.procs"

cd /
setpriv --reuid "$user" --regid "$user" --clear-groups \
  env -i PATH="$PATH" HOME="$runtime/home" XDG_RUNTIME_DIR="$runtime" \
  bash -c '
    mkdir -p "$HOME/.config" "$XDG_RUNTIME_DIR/systemd"
    /lib/systemd/systemd --user --log-target=console >"$HOME/manager.log" 2>&1 &
    manager=$!
    until systemctl --user --quiet is-active default.target 2>/dev/null; do
      kill -0 "$manager" || { cat "$HOME/manager.log"; exit 1; }
      sleep 0.05
    done
    echo ready
    while read -r line; do
      status=0; (eval "$line") </dev/null || status=$?
      printf "\nended %s\n" "$status"
    done
    kill "$manager"
    wait "$manager" || true
  '
echo $$ >/sys/fs/cgroup/cgroup.procs
find "$group" -depth -type d -exec rmdir {} +
