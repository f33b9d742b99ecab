// The door of the net room: sockets below associations, and the real clock.

export { TlsFiles } from './tls-files.ts';
export { monotonicClock, type SystemClock, systemClock } from './clock.ts';
export { type DiallerParts, tcpNetwork } from './dialler.ts';
export { type Listener, type ListenerParts, listen } from './listener.ts';
