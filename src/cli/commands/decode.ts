// chappe decode: a capture file or raw BER, printed layer by layer with names.

import { readFile, stat } from 'node:fs/promises';

import type { CommandContext, CommonOptions } from '../context.ts';
import { decodeBer, type DecodedLayer } from '../decode/ber-file.ts';
import { isCapture, readCapture } from '../decode/capture.ts';
import { captureFlaws } from '../decode/capture-flaws.ts';
import { decodeCapture, type DecodedPacket, isForeign } from '../decode/decode-capture.ts';
import { CommandFailure, exitCodes, WrongUsage } from '../failure.ts';
import { report } from '../output.ts';

/** The largest file: it is read whole, and what is printed of it takes several times as much. */
const file_octets_max = 256 * 1024 * 1024;

export interface DecodeOptions extends CommonOptions {
  readonly port?: readonly string[];
}

export async function decode(
  { terminal }: CommandContext,
  file: string,
  options: DecodeOptions,
): Promise<number> {
  const ports = (options.port ?? []).map(portOf);
  const octets = await octetsOf(file);
  if (!isCapture(octets)) {
    const layers = decodeBer(octets);
    if (layers.length === 0) throw new CommandFailure(`${file} is empty`);
    await report(terminal, options, { json: layers, text: () => layers.map(layerText).join('\n') });
    return exitCodes.success;
  }
  const capture = readCapture(octets);
  if (!capture.ok) throw new CommandFailure(`${file}: ${capture.error}`);
  const packets = [...decodeCapture(capture.value.packets, ports)];
  await report(terminal, options, { json: packets, text: () => packets.map(packetText).join('\n\n') });
  for (const flaw of captureFlaws(capture.value)) await terminal.err(`${file}: ${flaw}\n`);
  if (!packets.every(isForeign)) return exitCodes.success;
  throw new CommandFailure(
    `${file}: no RFC 1006 traffic in ${capture.value.packets.length} packets`,
    'nothing-found',
  );
}

function portOf(written: string): number {
  const port = Number(written);
  if (Number.isInteger(port) && port > 0 && port < 65536) return port;
  throw new WrongUsage(`--port: "${written}" is no port`);
}

async function octetsOf(file: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(file);
    if (size > file_octets_max) {
      const said = `${size} octets are more than the ${file_octets_max} that decode reads`;
      throw new CommandFailure(`${file}: ${said}: cut it, with \`editcap -c 100000\` for one`);
    }
    return await readFile(file);
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw new CommandFailure(`${file} cannot be read: ${(error as Error).message}`);
  }
}

function packetText({ packet, time, connection, from, to, layers }: DecodedPacket): string {
  const head = `packet ${packet}  ${time}  connection ${connection}  ${from} -> ${to}`;
  return [head, ...layers.map((layer) => indented(layerText(layer)))].join('\n');
}

function layerText({ layer, name, detail }: DecodedLayer): string {
  return [`${layer} ${name}`, ...detail.map((line) => `  ${line}`)].join('\n');
}

function indented(text: string): string {
  return text.replace(/^/gm, '  ');
}
