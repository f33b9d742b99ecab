// The body of a submission that carries content octets as they are: one line of JSON, then the content, as a
// stream. The line is read at once, the content when somebody asks for it.

/** Longest line of JSON, in octets: 32,767 recipients with room to spare. */
const line_octets_max = 32 * 1024 * 1024;

export interface SubmissionBody {
  readonly head: object;
  /** Absent if nothing stood behind the line, not even its end. */
  readonly content: AsyncIterable<Uint8Array> | undefined;
}

/** The object of the first line, and what follows it. Rejects with an error of status 400. */
export async function readSubmissionBody(payload: AsyncIterable<Uint8Array>): Promise<SubmissionBody> {
  const pieces = payload[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  let octets = 0;
  for (;;) {
    const next = await pieces.next();
    if (next.done === true) return { head: objectIn(held), content: undefined };
    const piece = next.value;
    const end = piece.indexOf(0x0a);
    octets += end < 0 ? piece.length : end;
    if (octets > line_octets_max) throw malformed('the first line of the body is too long');
    held.push(end < 0 ? piece : piece.subarray(0, end));
    if (end >= 0) return { head: objectIn(held), content: rest(piece.subarray(end + 1), pieces) };
  }
}

async function* rest(first: Uint8Array, pieces: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first;
  for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value;
}

function objectIn(line: readonly Uint8Array[]): object {
  let head: unknown;
  try {
    head = JSON.parse(Buffer.concat(line).toString('utf8'));
  } catch {
    head = undefined;
  }
  if (typeof head === 'object' && head !== null) return head;
  throw malformed('the first line of the body is no JSON object');
}

function malformed(message: string): Error {
  return Object.assign(new Error(message), { statusCode: 400 });
}
