// The event catalogue: the only place where an event is defined. Numbers below 10000 are the old MTA's, kept
// where the meaning is the same; ours begin at 10000, a block of hundred for each stage of a message's way.
// Severity is by operator impact, one cause has one number, and a number is never given to another meaning.

import type { EventDefinition, EventFields } from './event.ts';

const remote = 'address and port of the other end';
const layer = 'tpkt, transport, session, presentation, acse, rtse or p1';
const detail = 'what happened, in words';
const association = 'number of the association since the start';

export const catalogue = {
  // The process: 10000.
  starting: {
    number: 10000,
    severity: 'info',
    meaning: 'The MTA is starting.',
    fields: { mta: 'MTA name', version: 'version of the program', configuration: 'the file it reads' },
    action: 'None.',
  },
  ready: {
    number: 9298,
    severity: 'info',
    meaning: 'Start complete: the MTA listens and its queue is loaded.',
    fields: { listen: 'address:port of each listener', admin: 'where the HTTP API listens' },
    action: 'None.',
  },
  stopping: {
    number: 10001,
    severity: 'info',
    meaning: 'The MTA was asked to stop: it takes no new work and lets transfers end.',
    fields: { reason: 'signal or command' },
    action: 'None.',
  },
  stopped: {
    number: 9299,
    severity: 'info',
    meaning: 'Closedown complete: everything that was answered for is in the store.',
    fields: { uptime: 'seconds since the start' },
    action: 'None.',
  },
  'start-failed': {
    number: 9266,
    severity: 'alert',
    meaning: 'The MTA could not start.',
    fields: { detail },
    action: 'Mend what the detail names (port in use, directory not writable…) and start again.',
  },
  'listen-failed': {
    number: 10002,
    severity: 'alert',
    meaning: 'A listener could not be opened: peers cannot call in there.',
    fields: { listen: 'address:port', code: 'error code of the system', detail },
    action: 'Find what holds the port, or change listen in the configuration; then reload.',
  },
  'configuration-reloaded': {
    number: 10003,
    severity: 'notice',
    meaning: 'The configuration was read again and taken over.',
    fields: { changed: 'keys that changed', restart: 'changed keys that count from the next start' },
    action: 'Restart where a key under restart is needed now; otherwise none.',
  },
  'configuration-invalid': {
    number: 10004,
    severity: 'error',
    meaning:
      'The configuration has an error that refuses a start, or a reload: the previous one stays in force.',
    fields: { file: 'file', line: 'line', column: 'column', key: 'key', detail },
    action: 'Mend the key; `chappe config check` lists every error at once.',
  },
  'entry-set-aside': {
    number: 10006,
    severity: 'error',
    meaning:
      'An entry of the configuration has errors that touch nothing else: the rest runs without it, or, ' +
      'after a reload, with the entry as it was before.',
    fields: {
      entry: 'what it is and its name: a link, a group, a deliver space, a redirection or a list',
      file: 'file',
      line: 'line of the first error',
      key: 'key of the first error',
      errors: 'every error of the entry, with its line and what would be right',
      meanwhile: 'what is done with it until it is mended, and what a start would do',
    },
    action:
      'Mend the entry (`chappe config check` lists what is wrong), then send SIGHUP: what waits for it ' +
      'goes on. `chappe queue list --next-hop link/NAME` shows what waits for a link.',
  },
  'internal-error': {
    number: 9405,
    severity: 'alert',
    meaning:
      'The program contradicted itself; the association or message concerned was given up, the rest goes on.',
    fields: { where: 'the room', detail, stack: 'call stack' },
    action:
      'Report it to the authors with this line. Mail is kept; look at the queue for what was concerned.',
  },
  'events-dropped': {
    number: 10007,
    severity: 'warning',
    meaning: 'Lines of this log could not be written: its reader was too slow, or its disk was full.',
    fields: { lines: 'how many since the start' },
    action: 'Make room, or read faster. Mail is not affected; tracking has what was done with it.',
  },
  'event-loop-slow': {
    number: 10005,
    severity: 'warning',
    meaning: 'The program was busy in one piece for too long; every link waited.',
    fields: {
      delay: 'milliseconds, the longest of the last seconds',
      limit: 'alarms.loopDelay, milliseconds',
    },
    action: 'Give the machine more processor time; report it to the authors if it has enough.',
  },

  // Admission of callers and of answers: 10100.
  'inbound-unknown-peer': {
    number: 51,
    severity: 'warning',
    meaning: 'An MTA whose name no link knows called; its bind was refused.',
    fields: { remote, presented: 'the MTA name that it presented', mode: 'mode of the association' },
    action: 'If the caller is a partner, set peer.mta of its link to exactly that name (case counts).',
  },
  'wrong-password': {
    number: 48,
    severity: 'warning',
    meaning: 'The peer presented credentials that differ from peer.password; the association was refused.',
    fields: { remote, direction: 'in: it called; out: it answered our call' },
    action: 'Agree on the password with the peer and set peer.password of this link.',
  },
  'wrong-mta-name': {
    number: 10100,
    severity: 'warning',
    meaning: 'The other MTA has the right password but another name than peer.mta; it was refused.',
    fields: { remote, expected: 'peer.mta', presented: 'the name that it gave' },
    action:
      'Correct peer.mta of this link (case counts); or another MTA lives at peer.address and peer.port.',
  },
  'selector-mismatch': {
    number: 9301,
    severity: 'warning',
    meaning: 'A known MTA called with selectors that fit none of its links; the association was refused.',
    fields: {
      remote,
      layer: 'transport, session or presentation',
      which: 'called (our selectors.local) or calling (our selectors.remote)',
      expected: 'the configured selector',
      got: 'the selector that came',
    },
    action: 'Agree on the selectors with the peer: what it calls is our selectors.local, unless left out.',
  },
  'unknown-transport-selector': {
    number: 4293,
    severity: 'warning',
    meaning: 'A caller asked for a transport selector that no link has; the connection was refused at once.',
    fields: { remote, got: 'the selector that it called', known: 'the selectors that we have' },
    action: 'Tell the peer our transport selector, or set selectors.local.transport of its link.',
  },
  'unknown-selector': {
    number: 10102,
    severity: 'warning',
    meaning: 'A caller asked for a session or presentation selector that no link has; it was refused.',
    fields: {
      remote,
      layer: 'session or presentation',
      got: 'the selector that it called',
      known: 'the selectors of that layer that we have',
    },
    action: 'Tell the peer our selectors, or set selectors.local of its link.',
  },
  'mode-mismatch': {
    number: 10101,
    severity: 'warning',
    meaning: 'A known MTA called in another mode than its link has; the association was refused.',
    fields: { remote, expected: 'mode of the link', got: 'mode of the association' },
    action:
      'Agree on normal, x410-1988 or x410-1984 and set mode of this link, or have the peer change its own.',
  },
  'dialogue-mismatch': {
    number: 55,
    severity: 'warning',
    meaning:
      'The peer asked for a dialogue mode that rts.dialogue does not allow; the association was refused.',
    fields: { remote, expected: 'rts.dialogue of the link', got: 'the dialogue mode asked for' },
    action: 'Agree on monologue or two-way alternate, or set rts.dialogue to any.',
  },
  'link-disabled': {
    number: 37,
    severity: 'notice',
    meaning: 'A peer called while its link is disabled or its schedule says never; it was refused.',
    fields: { remote, key: 'what closes the link' },
    action: 'Enable the link when mail shall flow again; otherwise none.',
  },
  'association-limit': {
    number: 57,
    severity: 'warning',
    meaning: 'The limit of associations is reached; one more was refused or waits.',
    fields: { remote, direction: 'in or out', limit: 'the limit', key: 'the configuration key that sets it' },
    action: 'None if it passes. If it stays, look for a backlog on the link or raise the limit.',
  },
  'bind-malformed': {
    number: 1192,
    severity: 'warning',
    meaning: 'The bind of a caller, or the answer to ours, could not be decoded.',
    fields: { remote, path: 'where in the bind', expected: 'what was due', got: 'what came' },
    action: 'Compare the mode with the peer; report a standard peer that does this to the authors.',
  },
  'credentials-refused-by-peer': {
    number: 10110,
    severity: 'error',
    meaning: 'The peer refused our MTA name or password (authentication error).',
    fields: { remote, presented: 'the MTA name that we presented' },
    action: 'Agree with the peer on credentials.mta and credentials.password of this link.',
  },
  'dialogue-refused-by-peer': {
    number: 10111,
    severity: 'error',
    meaning: 'The peer does not take the dialogue mode that we proposed.',
    fields: { remote, proposed: 'monologue or two-way-alternate' },
    action: 'Set rts.dialogue of this link to what the peer takes.',
  },
  'selector-refused-by-peer': {
    number: 10112,
    severity: 'error',
    meaning: 'The peer does not know the selectors that we called, or those that we called from.',
    fields: {
      remote,
      layer,
      which: 'called (our selectors.remote) or calling (our selectors.local)',
      called: 'these selectors, layer by layer',
      reason: 'the reason that it gave',
    },
    action: 'Correct selectors.remote of this link; selectors.local where which is calling.',
  },
  'mode-refused-by-peer': {
    number: 10114,
    severity: 'error',
    meaning: 'The peer does not take the mode of this link, or not the P1 that goes with it.',
    fields: { remote, layer, mode: 'mode of the link', reason: 'the reason that it gave' },
    action: 'Agree on normal, x410-1988 or x410-1984 with the peer and set mode of this link.',
  },
  'peer-busy': {
    number: 10113,
    severity: 'notice',
    meaning: 'The peer is too busy to open an association.',
    fields: { remote, layer },
    action: 'None: it is tried again. If it stays, ask the peer.',
  },
  'association-refused': {
    number: 1290,
    severity: 'warning',
    meaning: 'The peer refused the association for another reason.',
    fields: { remote, layer, reason: 'the reason that it gave' },
    action: 'Compare mode and selectors with the peer; its log says more.',
  },

  'tls-handshake-failed': {
    number: 10120,
    severity: 'warning',
    meaning:
      'The TLS handshake with a peer failed, or its certificate does not fit; the connection was closed.',
    fields: {
      remote,
      direction: 'in: it called; out: we called',
      code: 'what failed: handshake-timeout, fingerprint, authority, name, protocol…',
      expected: 'what was due',
      got: 'what came',
      listen: 'address:port of the listener that was called',
    },
    action:
      'Compare tls of the link and of the listener with the peer: certificate, authority, name, protocol.',
  },
  'tls-required': {
    number: 10121,
    severity: 'warning',
    meaning: 'A peer whose link requires TLS called without it; the association was refused.',
    fields: { remote },
    action: 'Have the peer call the listener that has TLS, or set tls.required of this link to false.',
  },
  'client-certificate-refused': {
    number: 10122,
    severity: 'warning',
    meaning: 'A peer called without a certificate that its link requires; the association was refused.',
    fields: { remote, expected: 'what the link asks for', got: 'fingerprint of what came, or none' },
    action: 'Agree on the certificate with the peer; set tls.fingerprint or tls.ca of this link.',
  },
  'address-not-allowed': {
    number: 10123,
    severity: 'warning',
    meaning: 'A peer called from an address that peer.addresses does not have; the association was refused.',
    fields: { remote, allowed: 'peer.addresses of the link' },
    action:
      'If the address is the peer’s, add it to peer.addresses; otherwise its password is in strange hands.',
  },
  'tls-files-failed': {
    number: 10124,
    severity: 'error',
    meaning: 'Certificates or keys could not be read or used; where others are in force, they stay.',
    fields: { file: 'the file', detail },
    action: 'Mend the file that the detail names, then send SIGHUP.',
  },
  'security-refused-by-peer': {
    number: 10125,
    severity: 'error',
    meaning: 'The peer refused our association because of its security: TLS, certificate or address.',
    fields: { remote, reason: 'the reason that it gave' },
    action: 'Ask the peer whether it wants TLS or a certificate, and set tls of this link.',
  },

  // Connections and associations: 10200.
  'connect-failed': {
    number: 9215,
    severity: 'warning',
    meaning: 'The TCP connection to a peer could not be made.',
    fields: { remote, code: 'error code of the system', detail },
    action: 'Check peer.address and peer.port, the network and whether the peer runs. It is tried again.',
  },
  'link-open-failed': {
    number: 289,
    severity: 'error',
    meaning: 'No association to the peer could be opened; its queue waits.',
    fields: {
      attempts: 'failed opens since the last success',
      failure: 'refused (by the peer or its host), timeout, policy (we refused the peer), lost',
      error: 'why',
      nextAttempt: 'when it is tried again',
      queued: 'copies that wait',
    },
    action: 'See the event before this one for the cause. `chappe links connect` tries at once.',
  },
  'open-retry': {
    number: 301,
    severity: 'info',
    meaning: 'The delay before the next open of a link began.',
    fields: { nextAttempt: 'when', delay: 'milliseconds' },
    action: 'None.',
  },
  'accept-failed': {
    number: 9202,
    severity: 'error',
    meaning: 'A connection could not be accepted.',
    fields: { listen: 'address:port', code: 'error code of the system', detail },
    action: 'With EMFILE raise the limit of open files; otherwise see the detail. Listening goes on.',
  },
  'send-failed': {
    number: 9224,
    severity: 'warning',
    meaning: 'Octets could not be sent to the peer: the connection is gone.',
    fields: { remote, association, code: 'error code of the system', detail },
    action: 'None: what was in transfer is tried again. If it repeats, check the network.',
  },
  'association-opened': {
    number: 10200,
    severity: 'info',
    meaning: 'An association stands.',
    fields: {
      remote,
      association,
      direction: 'in or out',
      mode: 'mode',
      checkpoint: 'agreed checkpoint size in KiB',
      window: 'agreed window',
      dialogue: 'agreed dialogue mode',
    },
    action: 'None.',
  },
  'association-closed': {
    number: 10201,
    severity: 'info',
    meaning: 'An association was released in order.',
    fields: {
      remote,
      association,
      direction: 'in or out',
      by: 'us or the peer',
      transfers: 'messages it carried',
    },
    action: 'None.',
  },
  'association-lost': {
    number: 1294,
    severity: 'warning',
    meaning: 'An association ended abnormally.',
    fields: {
      remote,
      association,
      direction: 'in or out',
      by: 'peer-user, peer-provider, provider or network',
      reason: 'abort reason',
      detail,
      transferring: 'whether a message was in transfer',
    },
    action:
      'None for a single one: the message is tried again. If it repeats, check the network and the peer.',
  },
  'association-timeout': {
    number: 10202,
    severity: 'warning',
    meaning: 'The peer was silent for too long; the association was aborted.',
    fields: {
      remote,
      association,
      layer: 'the layer that waited',
      timer: 'the timer that ran out',
      limit: 'milliseconds',
      state: 'state by layer',
    },
    action: 'Check the peer; raise the timer of this link if the peer is only slow.',
  },
  'turn-not-given': {
    number: 10203,
    severity: 'warning',
    meaning: 'The peer was asked for the turn, and neither gave it nor used it; the association was aborted.',
    fields: { waited: 'milliseconds since it last did something', queued: 'copies that wait for this link' },
    action: 'None for a single one: mail goes over the next association. If it repeats, check the peer.',
  },
  'framing-violation': {
    number: 10210,
    severity: 'warning',
    meaning: 'What came is no TPKT (RFC 1006); the connection was closed.',
    fields: { remote, clause: 'clause', expected: 'what was due', got: 'what came' },
    action: 'None if a stranger knocked. A peer that does this speaks something else on this port.',
  },
  'protocol-violation': {
    number: 10211,
    severity: 'warning',
    meaning: 'The peer broke the protocol; its association was aborted, nothing else was touched.',
    fields: {
      remote,
      association,
      layer,
      clause: 'Recommendation and clause',
      state: 'state of our machine',
      expected: 'what was due',
      got: 'what came',
    },
    action: 'Tell the operator of the peer; a capture of the association helps (`chappe decode`).',
  },
  'tolerance-used': {
    number: 10212,
    severity: 'info',
    meaning: 'The peer departed from the standard in a way that is tolerated, or we did for its sake.',
    fields: {
      remote,
      association,
      tolerance: 'name of the key under tolerances of the link',
      times: 'uses since the last event of this link and tolerance, which comes once a minute at most',
    },
    action: 'None. The metric chappe_tolerance_used_total counts every use.',
  },
  'tolerance-off': {
    number: 10213,
    severity: 'warning',
    meaning: 'A peer needs a tolerance that its link has switched off; what it sent was refused.',
    fields: { remote, association, tolerance: 'name of the key under tolerances of the link', detail },
    action: 'Switch the tolerance on if the peer cannot be mended.',
  },

  // Transfer: 10300.
  'transfer-in': {
    number: 272,
    severity: 'info',
    meaning: 'A message, probe or report came in and was secured; responsibility is ours.',
    fields: {
      remote,
      association,
      kind: 'message, probe or report',
      octets: 'octets of the APDU',
      recipients: 'recipients that we answer for',
      duration: 'milliseconds',
    },
    action: 'None.',
  },
  'transfer-out': {
    number: 271,
    severity: 'info',
    meaning: 'A message, probe or report was transferred; the peer has confirmed that it is responsible.',
    fields: {
      remote,
      association,
      kind: 'message, probe or report',
      octets: 'octets of the APDU',
      recipients: 'recipients of this copy',
      duration: 'milliseconds',
      transit: 'milliseconds since it was accepted here, with all waiting and deferral',
    },
    action: 'None.',
  },
  'transfer-failed': {
    number: 25,
    severity: 'warning',
    meaning: 'A transfer to the peer failed, and its association stands; the copy stays in the queue.',
    fields: {
      attempts: 'attempts so far',
      error: 'why',
      nextAttempt: 'when it is tried again',
    },
    action: 'None: it is tried again. If it stays, hold or reroute the message and ask the peer.',
  },
  'transfer-in-failed': {
    number: 10300,
    severity: 'warning',
    meaning: 'An incoming transfer ended before it was complete; the peer stays responsible.',
    fields: { remote, association, octets: 'octets that had come', detail },
    action: 'None: the peer will send it again.',
  },
  'apdu-malformed': {
    number: 200,
    severity: 'error',
    meaning: 'A received MTS-APDU could not be decoded; it was refused.',
    fields: {
      remote,
      association,
      path: 'where in the APDU',
      offset: 'octet in the APDU',
      expected: 'what was due',
      got: 'what came',
      octets: 'octets of the APDU',
      dump: 'file with its octets; one a link in ten minutes',
    },
    action: 'Tell the operator of the peer: its queue shows the message, and `chappe decode` the dump.',
  },
  'message-refused': {
    number: 10301,
    severity: 'warning',
    meaning: 'A message was not accepted from the peer.',
    fields: { remote, association, reason: 'size, recipients, store…', limit: 'the limit', got: 'the value' },
    action: 'Raise the limit if such messages are wanted; otherwise none: the originator gets a report.',
  },
  'loop-detected': {
    number: 201,
    severity: 'error',
    meaning: 'The trace shows that this message has been here before; a non-delivery report goes back.',
    fields: { remote, trace: 'domains or MTAs of the trace', recipients: 'recipients concerned' },
    action: 'Compare the routes with the neighbours: `chappe route explain` with the recipient shows ours.',
  },
  'duplicate-received': {
    number: 10302,
    severity: 'notice',
    meaning: 'A message came that was received before under the same MTS identifier.',
    fields: { remote, association, kept: 'whether it was taken nevertheless' },
    action: 'None.',
  },
  'trace-domain-mismatch': {
    number: 209,
    severity: 'notice',
    meaning: 'The first trace element names another domain than the MTS identifier.',
    fields: { remote, identifier: 'domain of the MTS identifier', trace: 'domain of the trace' },
    action: 'None: the message is relayed. The peer may be configured with the wrong domain.',
  },
  'time-implausible': {
    number: 10414,
    severity: 'warning',
    meaning: 'A message bears a time that cannot be right: days ahead, or months behind. It is carried on.',
    fields: {
      remote,
      domain: 'domain whose mark in the trace it is',
      marked: 'the time, in ISO 8601',
      off: 'how far from our clock',
    },
    action: 'Have the clock of that domain set. If it is told of every peer, the clock here is wrong.',
  },
  'recovery-started': {
    number: 10310,
    severity: 'info',
    meaning: 'A broken transfer is resumed from its last confirmed checkpoint.',
    fields: { remote, direction: 'in or out', octets: 'octets confirmed' },
    action: 'None.',
  },
  'recovery-failed': {
    number: 10311,
    severity: 'notice',
    meaning: 'A broken transfer could not be resumed; it begins anew.',
    fields: { remote, direction: 'in or out', detail },
    action: 'None.',
  },

  // Routing and reports: 10400.
  'no-route': {
    number: 142,
    severity: 'warning',
    meaning: 'A recipient cannot be routed; a non-delivery report goes back.',
    fields: { recipient: 'O/R address', reason: 'why the candidates were dropped' },
    action:
      'If the address should be reachable, give a link its address space; `chappe route explain` shows why.',
  },
  'report-unroutable': {
    number: 141,
    severity: 'error',
    meaning:
      'A report cannot go on to the originator; it lies as a dead letter until somebody looks after it.',
    fields: { recipient: 'originator of the subject', subject: 'MTS identifier of the subject', detail },
    action:
      'Give a link the address space of that originator, then `chappe queue release` the copies of ' +
      '`chappe queue list --next-hop dead-letter/reports`; or `reroute --via LINK`, `export`, `delete` them.',
  },
  'non-delivery': {
    number: 290,
    severity: 'notice',
    meaning: 'A recipient was not reached; a non-delivery report is generated where one is asked for.',
    fields: {
      recipient: 'O/R address',
      reason: 'reason code and name',
      diagnostic: 'diagnostic code and name',
      supplementary: 'supplementary information',
    },
    action: 'Unknown users are the originator’s affair. For other reasons see the diagnostic.',
  },
  'report-generated': {
    number: 10400,
    severity: 'info',
    meaning: 'A report was generated and is queued for the originator.',
    fields: { subject: 'MTS identifier of the subject', delivered: 'recipients', nonDelivered: 'recipients' },
    action: 'None.',
  },
  'message-expired': {
    number: 208,
    severity: 'warning',
    meaning: 'A message reached its latest time in the queue; it is returned.',
    fields: { nextHop: 'where it waited', recipients: 'recipients concerned', lastError: 'the last error' },
    action: 'See the last error: the link did not work for that long.',
  },
  'conversion-failed': {
    number: 210,
    severity: 'warning',
    meaning:
      'A text of a message must not, or cannot, become what its recipients take: it is returned, or goes ' +
      'to the alternate that its originator requested.',
    fields: {
      recipients: 'recipients concerned',
      cause: 'what the report says',
      nextHop: 'where it was to go, if to another MTA',
      detail,
      lost: 'characters that would be lost, where that is why',
      dump: 'file about the original, where it was kept',
    },
    action:
      'Nothing is lost. See the `conversion` keys of the link or deliver space if its users can take it; ' +
      '`chappe decode` shows the dump.',
  },
  'unable-to-downgrade': {
    number: 175,
    severity: 'warning',
    meaning: 'P1 or P2 of 1984 cannot say what a message says; it is returned for these recipients.',
    fields: {
      nextHop: 'the link to the MTA of 1984',
      recipients: 'recipients concerned',
      detail,
      dump: 'file about the original, where it was kept',
    },
    action:
      'Nothing is lost. If the peer reads P22, set contentDowngrade: none; `chappe decode` shows the dump.',
  },
  rerouted: {
    number: 287,
    severity: 'notice',
    meaning: 'A copy was moved to another next hop.',
    fields: { from: 'previous next hop', to: 'new next hop', recipients: 'recipients', reason: 'why' },
    action: 'None.',
  },
  redirected: {
    number: 10401,
    severity: 'info',
    meaning: 'A recipient was replaced by an alternate recipient.',
    fields: {
      recipient: 'O/R address',
      alternate: 'O/R address',
      reason: 'why',
      by: 'who commanded it; left out where it happened by itself',
      note: 'what was said of it by whoever commanded it',
    },
    action: 'None.',
  },
  'list-expanded': {
    number: 10410,
    severity: 'info',
    meaning: 'A distribution list was expanded: every member has its place in the queue.',
    fields: { list: 'name of the list', originator: 'O/R address', members: 'how many, each once' },
    action: 'None.',
  },
  'list-unavailable': {
    number: 10411,
    severity: 'error',
    meaning: 'A distribution list cannot be expanded; who sent to it gets a non-delivery report.',
    fields: { list: 'name of the list', file: 'the file of its members', detail },
    action: 'Mend what the detail names (the file of members, its rights); it is read again by itself.',
  },
  'list-lines-bad': {
    number: 10413,
    severity: 'warning',
    meaning: 'Lines in the file of a distribution list are no O/R addresses; they are passed over.',
    fields: {
      list: 'name of the list',
      file: 'the file of its members',
      lines: 'numbers of the first such lines',
      count: 'how many there are',
    },
    action: 'Mend these lines: an O/R address each, such as /S=Smith/P=SITE/A= /C=GB/, or # for a comment.',
  },
  'list-waits': {
    number: 10412,
    severity: 'warning',
    meaning: 'The members of a distribution list cannot be read now; the message waits and is tried again.',
    fields: { list: 'name of the list', file: 'the file of its members', detail },
    action: 'Mend what the detail names; `chappe queue list` shows what waits for the list.',
  },

  // Delivery and submission: 10500.
  delivered: {
    number: 10500,
    severity: 'info',
    meaning: 'A message or report was delivered.',
    fields: {
      recipient: 'O/R address',
      kind: 'message or report',
      octets: 'octets of content',
      deliver: 'space',
    },
    action: 'None.',
  },
  'delivery-failed': {
    number: 62,
    severity: 'error',
    meaning: 'A delivery failed; the copy stays in the queue.',
    fields: { recipient: 'O/R address', directory: 'directory', code: 'error code of the system', detail },
    action: 'See that the directory can be written and has space. It is tried again.',
  },
  submitted: {
    number: 10501,
    severity: 'info',
    meaning: 'A message or probe was submitted here and secured.',
    fields: {
      kind: 'message or probe',
      originator: 'O/R address',
      recipients: 'number of recipients',
      octets: 'octets of content',
      priority: 'priority',
    },
    action: 'None.',
  },
  'submission-refused': {
    number: 3144,
    severity: 'notice',
    meaning: 'A submission was refused.',
    fields: { originator: 'O/R address', detail },
    action: 'None: the submitter was told.',
  },
  'deferred-started': {
    number: 275,
    severity: 'info',
    meaning: 'A message waits for its deferred delivery time.',
    fields: { until: 'when it is taken up' },
    action: 'None.',
  },

  // The queue, by command: 10600.
  held: {
    number: 10600,
    severity: 'notice',
    meaning: 'A copy is held by command; it is not sent until it is released.',
    fields: { nextHop: 'where it waits', by: 'who commanded it' },
    action: 'Release it with `chappe queue release` when it shall go on.',
  },
  released: {
    number: 10601,
    severity: 'notice',
    meaning: 'A held copy was released.',
    fields: { nextHop: 'where it goes', by: 'who commanded it' },
    action: 'None.',
  },
  'priority-changed': {
    number: 10604,
    severity: 'notice',
    meaning: 'A copy is served with another priority by command; its envelope is as it was.',
    fields: { nextHop: 'where it waits', from: 'before', to: 'from now on', by: 'who commanded it' },
    action: 'None.',
  },
  'deferred-by-command': {
    number: 10605,
    severity: 'notice',
    meaning: 'A copy is not tried before a time, by command; it expires when it would have.',
    fields: { nextHop: 'where it waits', until: 'not before', by: 'who commanded it' },
    action: 'Release it with `chappe queue release` when it shall go on earlier.',
  },
  'deleted-by-command': {
    number: 10602,
    severity: 'notice',
    meaning: 'A copy was deleted by command, without a report.',
    fields: { nextHop: 'where it waited', recipients: 'recipients', by: 'who commanded it' },
    action: 'None.',
  },
  'returned-by-command': {
    number: 10603,
    severity: 'notice',
    meaning:
      'A copy was returned by command: its originator gets a non-delivery report, unless none was wanted. ' +
      'A report is discarded, and nobody is told.',
    fields: {
      kind: 'message, probe or report',
      nextHop: 'where it waited',
      recipients: 'recipients',
      by: 'who commanded it',
    },
    action: 'None.',
  },
  'queue-backlogged': {
    number: 659,
    severity: 'warning',
    meaning: 'The queue of a next hop has become as long, or as old, as alarms.queue says.',
    fields: { nextHop: 'next hop', queued: 'copies', oldest: 'when the oldest was accepted' },
    action: 'Look at the link: `chappe links show` tells its last error.',
  },
  'queue-subsided': {
    number: 660,
    severity: 'info',
    meaning: 'The queue of a next hop is down to half of what was told as a backlog.',
    fields: { nextHop: 'next hop', queued: 'copies' },
    action: 'None.',
  },
  // 10610 and 10611 are spoken for: claims with leases, of a store that several MTAs share.

  // The store: 10700.
  'store-opened': {
    number: 10700,
    severity: 'info',
    meaning: 'The store is open.',
    fields: { directory: 'directory', queued: 'copies in the queue', duration: 'milliseconds that it took' },
    action: 'None.',
  },
  'store-recovered': {
    number: 2207,
    severity: 'notice',
    meaning: 'Something was killed and did not end in order; what it had left in the store is put in order.',
    fields: { directory: 'directory', detail },
    action: 'None. `chappe store check` verifies the store.',
  },
  'store-full': {
    number: 9411,
    severity: 'alert',
    meaning: 'The disk of the store is full: nothing new is accepted until there is space. Nothing is lost.',
    fields: { directory: 'directory', detail },
    action: 'Free space on that disk. The MTA goes on by itself.',
  },
  'store-space-back': {
    number: 10701,
    severity: 'notice',
    meaning: 'The store has space again; messages are accepted.',
    fields: { directory: 'directory' },
    action: 'None.',
  },
  'store-space-low': {
    number: 10721,
    severity: 'alert',
    meaning:
      'The disk of the store has less free than store.space.low: nothing new is accepted, with a temporary ' +
      'refusal; what is queued goes on.',
    fields: {
      directory: 'directory',
      free: 'octets free',
      lowWater: 'octets below which nothing new is accepted',
      highWater: 'octets from which on everything is accepted again',
    },
    action: 'Free space on that disk. The MTA goes on by itself above the high-water mark.',
  },
  'store-space-enough': {
    number: 10720,
    severity: 'notice',
    meaning: 'The disk of the store has enough free again; messages are accepted.',
    fields: {
      directory: 'directory',
      free: 'octets free',
      lowWater: 'octets below which nothing new is accepted',
      highWater: 'octets from which on everything is accepted again',
    },
    action: 'None.',
  },
  'conversion-postponed': {
    number: 10723,
    severity: 'warning',
    meaning:
      'A conversion would need room on the disk of the store, which has less free than store.space.low: ' +
      'the copy waits, and nothing else for it.',
    fields: { nextHop: 'where it is to go', detail },
    action: 'Free space on that disk. Above the high-water mark it is converted at its next attempt.',
  },
  'tracking-pruned': {
    number: 10722,
    severity: 'info',
    meaning: 'Tracking of messages that ended longer ago than it is kept was removed.',
    fields: { records: 'records removed', duration: 'milliseconds' },
    action: 'None. `tracking.keep` says how long it is kept.',
  },
  'store-failed': {
    number: 2124,
    severity: 'alert',
    meaning: 'The store reported an error; what was to be written is not answered for.',
    fields: { directory: 'directory', detail },
    action: 'Check the disk and the rights of the directory; then `chappe store check`.',
  },
  'store-ended': {
    number: 10704,
    severity: 'alert',
    meaning:
      'The disk of the store failed, or its database is damaged; the store cannot go on, and the MTA ' +
      'stops, with exit code 1.',
    fields: { directory: 'directory', detail },
    action:
      'Mend the disk (dmesg, smartctl). If the detail says that the database is damaged: ' +
      '`chappe store check --repair`. Then start the MTA. What it answered for is in the store.',
  },
  quarantined: {
    number: 10711,
    severity: 'alert',
    meaning: 'A message is damaged or cannot be handled; it was set aside, the rest goes on.',
    fields: { copy: 'number of the copy', detail, stage: 'where it failed', dump: 'file with the reason' },
    action: 'Look at it with `chappe queue show`, and at the dump; release, export, return or delete it.',
  },
  'spool-orphan': {
    number: 10703,
    severity: 'notice',
    meaning: 'Spool files that belong to no message were found after a start, and removed.',
    fields: { directory: 'directory', spools: 'the files', octets: 'their size together' },
    action: 'None: what they held was never answered for. A process that was killed had left them.',
  },

  // Links: 10800.
  'link-unhealthy': {
    number: 10800,
    severity: 'error',
    meaning: 'A link used up its retries: alternates are tried, and it is called on at its interval.',
    fields: { attempts: 'failed attempts', error: 'last error', queued: 'copies that wait' },
    action: 'See the last error and mend it; messages wait until they expire.',
  },
  'link-healthy': {
    number: 10801,
    severity: 'notice',
    meaning: 'A link that was unhealthy works again.',
    fields: { duration: 'seconds that it did not work' },
    action: 'None.',
  },
  'link-enabled': {
    number: 10802,
    severity: 'notice',
    meaning: 'A link was enabled by command or by configuration.',
    fields: { by: 'who did it' },
    action: 'None.',
  },
  'link-disabled-by-command': {
    number: 10803,
    severity: 'notice',
    meaning: 'A link was disabled by command or by configuration: it is neither called nor answered.',
    fields: { by: 'who did it', queued: 'copies that wait' },
    action: 'Enable it when mail shall flow again.',
  },
  'clock-stepped': {
    number: 10833,
    severity: 'warning',
    meaning:
      "The system's clock was set while we ran: delays and timers stay as long as they were; hours of " +
      'schedules, deferred delivery and expiry go by the new time.',
    fields: { by: 'seconds that it was put forward; negative: back' },
    action: 'Look at the time service of the host. Times in events and trace before this one may be wrong.',
  },
  'link-command': {
    number: 10832,
    severity: 'notice',
    meaning:
      'An operator gave a command about a link. It holds until a restart, or a reload that changes it.',
    fields: { command: 'what and for how long', by: 'who did it' },
    action: 'None.',
  },
  'schedule-began': {
    number: 10830,
    severity: 'info',
    meaning: 'The hours of the schedule of a link began: it is called for everything.',
    fields: { until: 'when they end, as far as a clock says so', queued: 'copies that wait' },
    action: 'None.',
  },
  'schedule-ended': {
    number: 10831,
    severity: 'info',
    meaning:
      'The hours of the schedule of a link ended: transfers under way end, then its associations are ' +
      'closed. With urgentIgnoresSchedule urgent messages are sent on.',
    fields: { until: 'when they begin again, as far as a clock says so', queued: 'copies that wait' },
    action: 'None. `chappe links connect` calls nevertheless.',
  },

  // Administration: 10900.
  'admin-listening': {
    number: 10900,
    severity: 'info',
    meaning: 'The HTTP API listens.',
    fields: { listen: 'address:port', tokenFile: 'file with the bearer token' },
    action: 'None.',
  },
  'admin-failed': {
    number: 10901,
    severity: 'error',
    meaning: 'The HTTP API could not be opened; the MTA does not start.',
    fields: { listen: 'address:port', code: 'error code of the system', detail },
    action: 'Find what holds the port, or change admin in the configuration; then start again.',
  },
  'admin-unauthorized': {
    number: 10902,
    severity: 'warning',
    meaning: 'A request without the right token was refused.',
    fields: { remote, method: 'HTTP method', path: 'path' },
    action: 'None if it was a mistake; otherwise find out who asks.',
  },
  'admin-command': {
    number: 10903,
    severity: 'notice',
    meaning: 'A command that changes something came by the HTTP API.',
    fields: { remote, command: 'the command', detail: 'its arguments' },
    action: 'None.',
  },
} as const satisfies Readonly<Record<string, EventDefinition>>;

export type EventName = keyof typeof catalogue;

/** Reports an occurrence. Never throws, never waits. */
export type Emit = (name: EventName, fields: EventFields) => void;
