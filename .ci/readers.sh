#!/usr/bin/env bash
# Installs what opens exports in the tests of local/readers, and prints what the
# caller's shell must know: LibreOffice, Poppler and Node.js are Debian's packages,
# DuckDB is npm's.
#
#   readers=$(.ci/readers.sh) && eval "$readers"
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

missing=()
command -v soffice >/dev/null || missing+=(libreoffice-calc-nogui)
command -v pdftotext >/dev/null || missing+=(poppler-utils)
command -v npm >/dev/null || missing+=(nodejs npm)
if [ "${#missing[@]}" -gt 0 ]; then
  root=''
  [ "$(id -u)" -eq 0 ] || root=sudo
  $root apt-get update -qq >&2
  $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
fi

duckdb=$here/duckdb
installed=$duckdb/node_modules/.package-lock.json
if [ ! -e "$installed" ] || [ "$duckdb/package-lock.json" -nt "$installed" ]; then
  npm ci --prefix "$duckdb" --ignore-scripts --no-audit --no-fund >&2
fi
printf 'export DUCKDB_QUERY=%q\n' "$duckdb/query.js"
