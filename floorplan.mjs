// The floor plan: every room of src/, in the order of a message's way. A room imports only from rooms
// above it in this list. The dependency rules and the README's diagram are made from this file.

/** Rooms in corridor order. `what` is one line for the diagram; `io` says the room may do I/O. */
export const rooms = [
  { room: 'base', what: 'octets, instants, results, assertions, seeded random', io: false },
  { room: 'events', what: 'the event catalogue and metric names', io: false },
  { room: 'asn1', what: 'BER and the declaration language', io: false },
  { room: 'stack/kernel', what: 'state tables and the machine contract', io: false },
  { room: 'stack/tpkt', what: 'RFC 1006 packets', io: false },
  { room: 'stack/transport', what: 'X.224 class 0', io: false },
  { room: 'stack/session', what: 'X.225', io: false },
  { room: 'stack/presentation', what: 'X.226', io: false },
  { room: 'stack/acse', what: 'X.227', io: false },
  { room: 'stack/rtse', what: 'X.228', io: false },
  { room: 'stack/association', what: 'the six layers as one object', io: false },
  { room: 'address', what: 'O/R addresses and names', io: false },
  { room: 'config', what: 'one schema for every key', io: true },
  { room: 'p1', what: 'the MTS-APDUs of X.411', io: false },
  { room: 'content', what: 'P2, P22, headings', io: false },
  { room: 'store', what: 'the ledger of responsibility', io: true },
  { room: 'routing', what: 'which next hop, and why', io: false },
  { room: 'report', what: 'delivery and non-delivery reports', io: false },
  { room: 'scheduler', what: 'what is sent now, what later', io: false },
  { room: 'transfer', what: 'P1 over an association to and from the queue', io: false },
  { room: 'delivery', what: 'local delivery into directories', io: true },
  { room: 'submission', what: 'messages from local users', io: false },
  { room: 'net', what: 'sockets: listeners and the dialler', io: true },
  { room: 'admin', what: 'HTTP API and metrics', io: true },
  { room: 'cli', what: 'the command line', io: true },
];

/** Stack rooms see only the service of the rooms above them; these two may see more. */
export const stackWholeImports = ['stack/kernel', 'stack/association'];
