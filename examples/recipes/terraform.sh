#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
set -eu
cd "$(dirname "$0")/terraform"
assent run --env TF_VAR_github_token=assent://Dev/GitHub/token -- terraform apply "$@"
