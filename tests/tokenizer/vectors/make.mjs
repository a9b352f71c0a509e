// SPDX-License-Identifier: Apache-2.0
// Makes texts.jsonl: texts of tests/live/texts.mjs with their tokens as npm `tiktoken` says them. In a folder where that
// is installed (a build's tests/live): `node .../tests/tokenizer/vectors/make.mjs`.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { makeTexts } from '../../live/texts.mjs';

const { get_encoding } = createRequire(`${process.cwd()}/index.js`)('tiktoken');
const encodings = ['cl100k_base', 'o200k_base', 'p50k_base'].map((name) => [name, get_encoding(name)]);
const texts = makeTexts(20240513, 1200).filter((text) => text.length <= 120).slice(0, 300);
const lines = texts.map((text) => JSON.stringify(
  { text, ...Object.fromEntries(encodings.map(([name, encoding]) => [name, Array.from(encoding.encode_ordinary(text))])) }));
writeFileSync(new URL('texts.jsonl', import.meta.url), `${lines.join('\n')}\n`);
