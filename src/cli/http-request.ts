// One HTTP request to the local MTA, by node:http: `fetch` refuses a list of ports, and an administrator may
// have chosen one of them.

import { type IncomingMessage, request } from 'node:http';

export interface HttpRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
}

/** The answer once its head has come; its octets are read from it. Rejects with the system's error. */
export function httpRequest({ url, method, headers, body }: HttpRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(body.length) };
    const outgoing = request(url, { method, headers: { ...headers, ...length }, agent: false }, resolve);
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
