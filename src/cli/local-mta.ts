// Speaks to the MTA that runs with a configuration: its address is that of `admin` there (or the one that it
// wrote into the store's directory when the port is any free one), its token lies in the store's directory.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { dirname, join } from 'node:path';
import { json } from 'node:stream/consumers';

import { readToken } from '../admin/index.ts';
import type { Configuration } from '../config/index.ts';
import { CommandFailure } from './failure.ts';
import { httpRequest } from './http-request.ts';

export interface LocalMta {
  get<T>(path: string, query?: object): Promise<T>;
  post<T>(path: string, body?: PostBody): Promise<T>;
  /** The octets of an answer in pieces: to a GET, or to a POST of this body. */
  octets(path: string, body?: PostBody): Promise<AsyncIterable<Uint8Array>>;
}

export type PostBody =
  | { readonly json: unknown }
  | { readonly mediaType: string; readonly octets: Uint8Array | AsyncIterable<Uint8Array> };

/** No MTA runs there. */
export class NotRunning extends CommandFailure {
  constructor(message: string) {
    super(message, 'not-running');
  }
}

/** The running MTA of this configuration. Nothing is asked yet. */
export function localMta(configuration: Configuration): LocalMta {
  const base = baseUrl(configuration);
  const call = async (method: 'GET' | 'POST', path: string, body?: PostBody): Promise<IncomingMessage> => {
    const token = readToken(configuration.admin.tokenFile);
    const headers = {
      ...(body !== undefined && { 'content-type': mediaTypeOf(body) }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
    const url = `${base}${path}`;
    const answer = await httpRequest({ url, method, headers, body: body && octetsOf(body) }).catch(
      (error: unknown) => {
        throw unreachableMta(base, configuration, error);
      },
    );
    if ((answer.statusCode ?? 0) >= 400) throw await refusal(answer, configuration, url);
    return answer;
  };
  return {
    get: async (path, query) => (await json(await call('GET', path + queryText(query)))) as never,
    post: async (path, body) => (await json(await call('POST', path, body))) as never,
    octets: (path, body) => call(body === undefined ? 'GET' : 'POST', path, body),
  };
}

function mediaTypeOf(body: PostBody): string {
  return 'json' in body ? 'application/json' : body.mediaType;
}

function octetsOf(body: PostBody): Uint8Array | AsyncIterable<Uint8Array> {
  return 'json' in body ? Buffer.from(JSON.stringify(body.json)) : body.octets;
}

/** Where the MTA of `configuration` is asked. */
export function baseUrl(configuration: Configuration): string {
  const { port } = configuration.admin;
  const written = port === 0 ? readAddress(configuration) : undefined;
  const address = reachable(written?.address ?? configuration.admin.address);
  return `http://${address.includes(':') ? `[${address}]` : address}:${written?.port ?? port}`;
}

/** Tells local commands where the HTTP API listens. Returns a function that takes it back. */
export function announceAddress(
  configuration: Configuration,
  listening: { readonly address: string; readonly port: number },
): () => void {
  const file = addressFile(configuration);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ ...listening, pid: process.pid })}\n`);
  return () => rmSync(file, { force: true });
}

function addressFile(configuration: Configuration): string {
  return join(configuration.store.directory, 'admin.address');
}

function readAddress(configuration: Configuration): { address: string; port: number } | undefined {
  try {
    const { address, port } = JSON.parse(readFileSync(addressFile(configuration), 'utf8'));
    return typeof address === 'string' && typeof port === 'number' ? { address, port } : undefined;
  } catch {
    return undefined;
  }
}

/** An address that listens to all is called by the loopback. */
function reachable(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  return address === '::' ? '::1' : address;
}

function queryText(query: object | undefined): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null) search.set(name, String(value));
  }
  return search.size === 0 ? '' : `?${search}`;
}

function unreachableMta(base: string, configuration: Configuration, error: unknown): CommandFailure {
  const { code, message } = error as { code?: string; message?: string };
  const file = configuration.file ?? 'the built-in configuration';
  if (code === 'ECONNREFUSED') {
    return new NotRunning(`no MTA answers at ${base} (from ${file}): start it with "chappe start"`);
  }
  return new CommandFailure(`the MTA at ${base} cannot be asked: ${code ?? message}`, 'unreachable');
}

async function refusal(
  answer: IncomingMessage,
  configuration: Configuration,
  url: string,
): Promise<CommandFailure> {
  if (answer.statusCode === 401) {
    answer.resume();
    const { tokenFile } = configuration.admin;
    return new CommandFailure(
      `what answers at ${url} does not take the token of ${tokenFile}: ` +
        'is it the MTA of this configuration, and may you read that file?',
      'unauthorized',
    );
  }
  const body = (await json(answer).catch(() => ({}))) as RefusalBody;
  const details = body.errors?.map(({ field, index, problem }) =>
    index === undefined ? `${field}: ${problem}` : `${field}[${index}]: ${problem}`,
  );
  const message = details?.join('\n') ?? body.message ?? `status ${answer.statusCode}`;
  return new CommandFailure(message, body.error);
}

interface RefusalBody {
  readonly error?: string;
  readonly message?: string;
  readonly errors?: readonly { readonly field: string; readonly index?: number; readonly problem: string }[];
}
