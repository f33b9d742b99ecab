// Free TCP ports for tests: drawn by lot and tried, never fixed. They lie below those that the system gives
// to whoever calls somebody: one of these may be taken by any connection before the test listens on it.

import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';

const lowest = 10_000;
const tries_max = 100;

/** `count` ports that were free on 127.0.0.1 a moment ago, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const held = new Map<number, Server>();
  for (let tries = 0; held.size < count; tries += 1) {
    if (tries > tries_max + count) throw new Error(`no ${count} ports are free below ${ephemeral()}`);
    const port = lowest + Math.floor(Math.random() * (ephemeral() - lowest));
    const server = held.has(port) ? undefined : await listening(port);
    if (server !== undefined) held.set(port, server);
  }
  await Promise.all([...held.values()].map((server) => new Promise((resolve) => server.close(resolve))));
  return [...held.keys()];
}

/** Undefined if somebody else listens there. */
function listening(port: number): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

/** The first port that the system gives by itself: of Linux what it says, elsewhere what IANA says. */
function ephemeral(): number {
  try {
    const first = Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s/)[0]);
    return first > lowest + 1000 ? first : 32_768;
  } catch {
    return 49_152;
  }
}
