// SPDX-License-Identifier: Apache-2.0
// `sluice tokens` beside the published package (npm `tiktoken`): the same tokens for 10,000 texts of many scripts.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

import { get_encoding } from 'tiktoken';

import { makeFolder } from './host.mjs';
import { makeTexts } from './texts.mjs';

const seed = Number(process.env.SLUICE_SEED ?? 1);
const count = 10_000;

/// The lines that the command prints, one for each text.
function ours(texts, encoding, ...options) {
  const folder = makeFolder({ 'texts.jsonl': texts.map((text) => `${JSON.stringify(text)}\n`).join('') });
  const out = execFileSync(process.env.SLUICE_COMMAND, ['tokens', '--jsonl', '--encoding', encoding, ...options, folder.file('texts.jsonl')],
    { maxBuffer: 1 << 28, encoding: 'utf8' });
  folder.remove();
  return out.split('\n').slice(0, -1);
}

for (const name of ['cl100k_base', 'o200k_base', 'p50k_base']) {
  test(`${name}: the tokens of ${count} texts are those of the package`, () => {
    const texts = makeTexts(seed, count);
    const encoding = get_encoding(name);
    const ids = ours(texts, name, '--ids');
    const counts = ours(texts, name);
    assert.equal(ids.length, count);
    assert.equal(counts.length, count);
    texts.forEach((text, i) => {
      const wanted = Array.from(encoding.encode_ordinary(text));
      assert.equal(ids[i], wanted.join(' '), `seed ${seed}, text ${i}: ${JSON.stringify(text)}`);
      assert.equal(counts[i], String(wanted.length));
    });
    encoding.free();
  });

  test(`${name}: the characters of Unicode are of the classes that the package takes them for`, () => {
    const encoding = get_encoding(name);
    const texts = [];
    for (let point = 0; point < 0x110000; ++point) {
      if (point === 0xd800) point = 0xe000;
      // Within the blocks of ideographs and where nothing is assigned samples will do.
      if (((point >= 0x32000 && point < 0xe0000) || point >= 0xe0200) && point % 997 !== 0) continue;
      if (((point >= 0x3500 && point < 0x9f00) || (point >= 0xad00 && point < 0xd700) || (point >= 0x17000 && point < 0x18a00) ||
        (point >= 0x20000 && point < 0x32000)) && point % 41 !== 0) continue;
      const c = String.fromCodePoint(point);
      texts.push(`${c}${c}${c} a${c}b ${c}12 .${c}\n\n${c}A'${c} A${c}Bc  ${c}\n x${c}${c}${c}${c}${c}1234${c}123`);
    }
    const ids = ours(texts, name, '--ids');
    texts.forEach((text, i) => assert.equal(ids[i], Array.from(encoding.encode_ordinary(text)).join(' '), JSON.stringify(text)));
    encoding.free();
  });
}
