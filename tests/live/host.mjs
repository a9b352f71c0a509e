// SPDX-License-Identifier: Apache-2.0
// The host program on free ports, with files of the test's own, and what several tests put around it.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

/// A folder of the test's own, with `files` (path to text or bytes) in it.
export function makeFolder(files = {}) {
  const path = mkdtempSync(join(tmpdir(), 'sluice-live-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  }
  return { path, file: (name) => join(path, name), remove: () => rmSync(path, { recursive: true }) };
}

/// Runs `sluice run` on the `artifacts` of `files`, with the settings of a host.
export async function startHost(files, settings = {}) {
  const folder = makeFolder({ ...files, 'settings.json': JSON.stringify(settings) });
  const program = spawn(process.env.SLUICE_COMMAND, ['run', folder.file('artifacts'), '--settings', folder.file('settings.json'),
    '--listen', '127.0.0.1:0', '--workers', '1'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(program, 'exit');
  const wanted = ['listening', ...['admin', 'management'].filter((name) => settings[name])];
  const ports = await new Promise((resolve, reject) => {
    const heard = {};
    program.once('exit', (code) => reject(new Error(`the host has ended with ${code}`)));
    createInterface({ input: program.stdout }).on('line', (line) => {
      const found = /^(listening|admin|management) on .*:(\d+)$/.exec(line);
      if (found) heard[found[1]] = Number(found[2]);
      if (wanted.every((name) => heard[name] !== undefined)) resolve(heard);
    });
  });
  return {
    port: ports.listening,
    adminPort: ports.admin,
    managementPort: ports.management,
    residentKilobytes: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${program.pid}/status`, 'utf8'))[1]),
    /// Ends it as an operator does; its exit code.
    async stop() {
      program.kill('SIGTERM');
      const [code] = await ended;
      folder.remove();
      return code;
    },
  };
}

/// Simulated services of models (examples/simulated_upstreams), one for each name, with their settings.
export async function startUpstreams(settings) {
  const names = Object.keys(settings);
  const flags = names.flatMap((name) => ['--openai', `0:${name}`, '--set', name, JSON.stringify(settings[name])]);
  const program = spawn(process.env.SLUICE_UPSTREAMS, flags, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(program, 'exit');
  const ports = await new Promise((resolve, reject) => {
    const heard = {};
    program.once('exit', (code) => reject(new Error(`the upstreams have ended with ${code}`)));
    createInterface({ input: program.stdout }).on('line', (line) => {
      const found = /^(\S+) listening on .*:(\d+)$/.exec(line);
      if (found) heard[found[1]] = Number(found[2]);
      if (names.every((name) => heard[name] !== undefined)) resolve(heard);
    });
  });
  const control = async (name, path, options) => {
    const answer = await fetch(`http://127.0.0.1:${ports[name]}/_control${path}`, options);
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  };
  return {
    url: (name) => `http://127.0.0.1:${ports[name]}`,
    set: (name, change) => control(name, '', { method: 'PUT', body: JSON.stringify(change) }),
    statistics: (name) => control(name, '/statistics'),
    requests: (name) => control(name, '/requests'),
    /// Forgets what has come.
    async clear(name) {
      for (const path of ['/requests', '/statistics']) await control(name, path, { method: 'DELETE' });
    },
    async stop() {
      program.kill('SIGTERM');
      return (await ended)[0];
    },
  };
}

/// The files of an API that passes everything on to `url`, with `policy` as its backend section. `type`: of the API,
/// where it is not HTTP.
export function api(name, url, policy, type = 'http') {
  const verbs = ['get', 'head', 'post', 'put'];
  return {
    [`artifacts/apis/${name}/apiInformation.json`]: JSON.stringify({
      properties: { displayName: name, path: name, type, protocols: ['http', 'https'], subscriptionRequired: false, serviceUrl: url },
    }),
    [`artifacts/apis/${name}/policy.xml`]: `<policies><inbound><base /></inbound><backend>${policy}</backend>
      <outbound><base /></outbound></policies>`,
    [`artifacts/apis/${name}/specification.json`]: JSON.stringify({
      openapi: '3.0.1', info: { title: name, version: '1' },
      paths: { '/*': Object.fromEntries(verbs.map((verb) =>
        [verb, { operationId: `${name}-${verb}`, responses: { 200: { description: 'ok' } } }])) },
    }),
  };
}

/// A key and a certificate for 127.0.0.1, in PEM, signed by itself.
export function makeCertificate(folder) {
  const keyFile = folder.file('tls.key');
  const certificateFile = folder.file('tls.pem');
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1',
    '-subj', '/CN=live', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', keyFile, '-out', certificateFile], { stdio: 'pipe' });
  return { keyFile, certificateFile };
}

/// Where `program`, which does not say it, listens on 127.0.0.1, as soon as it does.
export async function portOf(program) {
  const descriptors = `/proc/${program.pid}/fd`;
  const listening = '0A';
  while (program.exitCode === null) {
    const sockets = new Set();
    for (const descriptor of readdirSync(descriptors)) {
      try {
        sockets.add(/^socket:\[(\d+)\]$/.exec(readlinkSync(join(descriptors, descriptor)))?.[1]);
      } catch (error) {
        if (error.code !== 'ENOENT') throw error;  // closed in the meantime
      }
    }
    for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1)) {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
      if (state === listening && sockets.has(inode)) return parseInt(local.split(':')[1], 16);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`${program.spawnfile} has ended with ${program.exitCode}`);
}
