# SPDX-License-Identifier: Apache-2.0
# `ephemeral` keeps the token out of the plan and the state (Terraform 1.10).
variable "github_token" {
  type      = string
  sensitive = true
  ephemeral = true
}

provider "github" {
  token = var.github_token
}
