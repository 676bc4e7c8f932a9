#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Inside new namespaces, where root owns nothing of the system outside: runs a
# program where "/" and /tmp are its own, as a broker wants them, and /proc is
# mounted anew. Arguments: a directory to keep although it may lie in /tmp,
# options of /proc, the program and its arguments.
set -e
keep=$1 options=$2
shift 2
room=$(mktemp -d)
mount -t tmpfs -o mode=755 none "$room"
for place in /*; do
  if [ -L "$place" ]; then
    cp -P "$place" "$room$place"
  elif [ -d "$place" ]; then
    mkdir "$room$place"
    case $place in
    /proc | /tmp) ;;
    *) mount --rbind "$place" "$room$place" ;;
    esac
  fi
done
mount -t tmpfs -o mode=1777 none "$room/tmp"
mount -t proc -o "$options" proc "$room/proc"
mkdir -p "$room$keep"
mount --rbind "$keep" "$room$keep"
exec chroot "$room" "$@"
