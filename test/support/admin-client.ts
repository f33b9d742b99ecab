// The HTTP API of an MTA process, asked without a process of its own for each question. What fails while the
// MTA is down is told as undefined: whether it was taken is then unknown.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { MtaProcess } from './mta-process.ts';
import type { Site } from './network.ts';

export class AdminClient {
  readonly #mta: MtaProcess;
  readonly #base: string;

  constructor(mta: MtaProcess, site: Site) {
    this.#mta = mta;
    this.#base = `http://127.0.0.1:${site.adminPort}/api/v1`;
  }

  get<T>(path: string): Promise<T | undefined> {
    return this.#ask<T>(path, { method: 'GET' });
  }

  post<T>(path: string, body: object): Promise<T | undefined> {
    const headers = { 'content-type': 'application/json' };
    return this.#ask<T>(path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  async #ask<T>(path: string, request: RequestInit): Promise<T | undefined> {
    try {
      const token = await readFile(join(this.#mta.directory, 'store', 'admin.token'), 'utf8');
      const headers = { ...request.headers, authorization: `Bearer ${token.trim()}` };
      const signal = AbortSignal.timeout(10_000);
      const answer = await fetch(`${this.#base}${path}`, { ...request, headers, signal });
      return answer.ok ? ((await answer.json()) as T) : undefined;
    } catch {
      return undefined;
    }
  }
}
