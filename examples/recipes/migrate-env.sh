#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Takes a .env file over into the vault Dev, and leaves a template that may be
# committed: names and references, no values.
set -eu
env_file=${1:-.env}
title=$(basename "$env_file")
assent import --from env "$env_file" --vault Dev
sed -n -E "s#^(export )?([A-Za-z_][A-Za-z0-9_]*)=.*#\2=assent://Dev/$title/\2#p" \
  "$env_file" > "$env_file.tpl"
echo "Look at $env_file.tpl, then remove $env_file. Start with:"
echo "  assent run --env-file $env_file.tpl -- COMMAND"
