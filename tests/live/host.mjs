// SPDX-License-Identifier: Apache-2.0
// The host program on free ports, with files of the test's own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

/// Writes `files` (path to text) into a folder, and runs `sluice run` on its `artifacts`.
export async function startHost(files, more = []) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-live-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const program = spawn(process.env.SLUICE_COMMAND, ['run', join(folder, 'artifacts'), '--listen', '127.0.0.1:0', '--workers', '1', ...more],
    { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(program, 'exit');
  const port = await new Promise((resolve, reject) => {
    program.once('exit', (code) => reject(new Error(`the host has ended with ${code}`)));
    createInterface({ input: program.stdout }).on('line', (line) => {
      const found = /^listening on .*:(\d+)$/.exec(line);
      if (found) resolve(Number(found[1]));
    });
  });
  return {
    port,
    residentKilobytes: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${program.pid}/status`, 'utf8'))[1]),
    /// Ends it as an operator does; its exit code.
    async stop() {
      program.kill('SIGTERM');
      const [code] = await ended;
      rmSync(folder, { recursive: true });
      return code;
    },
  };
}
