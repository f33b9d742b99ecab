// One HTTP request to the local MTA, by node:http: `fetch` refuses a list of ports, and an administrator may
// have chosen one of them.

import { type IncomingMessage, request } from 'node:http';
import { Readable } from 'node:stream';

export interface HttpRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  /** Octets, or a stream of them whose length nobody knows. */
  readonly body?: Uint8Array | AsyncIterable<Uint8Array> | undefined;
}

/** The answer once its head has come; its octets are read from it. Rejects with the system's error. */
export function httpRequest({ url, method, headers, body }: HttpRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const whole = body === undefined || body instanceof Uint8Array;
    const length = body instanceof Uint8Array ? { 'content-length': String(body.length) } : {};
    const outgoing = request(url, { method, headers: { ...headers, ...length }, agent: false }, resolve);
    outgoing.on('error', reject);
    if (whole) outgoing.end(body);
    else {
      // An answer may come before all is sent: what cannot be sent then is no failure.
      const stream = Readable.from(body, { objectMode: false });
      stream.on('error', (error) => outgoing.destroy(error));
      outgoing.on('close', () => stream.destroy());
      stream.pipe(outgoing);
    }
  });
}
