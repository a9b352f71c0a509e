// SPDX-License-Identifier: Apache-2.0
// node --require loopback.cjs PROGRAM: whatever listens on a port does so on 127.0.0.1, though it names no address.
const { Server } = require('node:net');

const { listen } = Server.prototype;
Server.prototype.listen = function listenOnLoopback(port, ...rest) {
  return listen.call(this, port, '127.0.0.1', ...rest.filter((argument) => typeof argument === 'function'));
};
