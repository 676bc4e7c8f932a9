#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A release from your own machine, without tokens in a CI: one approval for the
# one command that gets the token.
set -eu
assent run --env NODE_AUTH_TOKEN=assent://Dev/GitHub/token -- npm publish "$@"
