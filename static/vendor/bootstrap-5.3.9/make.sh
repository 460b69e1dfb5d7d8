#!/bin/sh
# Builds bootstrap-parts.min.css from parts.scss. Needs Node.js and npm, for this alone.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export BROWSERSLIST="chrome 105, firefox 121, safari 15.4, ios_saf 15.4" # the first that know :has() or @layer
npm install --silent --no-save --no-audit --no-fund --ignore-scripts \
    bootstrap@5.3.9 sass@1.77.8 postcss@8.5.33 postcss-cli@11.0.1 autoprefixer@10.7.0 caniuse-lite@1.0.30001828
npx --no-install sass --quiet --load-path=node_modules --style=compressed --no-source-map "$here/parts.scss" |
    npx --no-install postcss --use autoprefixer --no-map --output "$here/bootstrap-parts.min.css"
