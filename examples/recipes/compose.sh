#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
set -eu
cd "$(dirname "$0")"
assent run --env DATABASE_PASSWORD=assent://Dev/Database/password -- docker compose up --detach
