#!/usr/bin/env bash
# Prints the path of a browser for the tests of local/browser. Where there is none,
# Debian's Chromium is installed, with a font for the screenshots:
#
#   CHROMIUM=$(.ci/browser.sh) && export CHROMIUM
set -euo pipefail

if ! command -v "${CHROMIUM:-chromium}" >/dev/null; then
  root=''
  [ "$(id -u)" -eq 0 ] || root=sudo
  $root apt-get update -qq >&2
  $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >&2
fi
command -v "${CHROMIUM:-chromium}"
