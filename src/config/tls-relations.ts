// What must hold between the keys of TLS: nobody is trusted without a reason, and nothing is asked of callers
// that no listener can ask of them.

import { at, type Complain, listAt } from './written.ts';

/** Complains of every `tls` group of a link that cannot do what it says. */
export function checkTls(value: unknown, complain: Complain): void {
  const asks = listAt(value, 'listen').some((entry) => at(entry, 'tls', 'requestClientCertificate') === true);
  const secure = listAt(value, 'listen').some((entry) => at(entry, 'tls') !== undefined);
  listAt(value, 'links').forEach((link, index) => {
    const tls = at(link, 'tls');
    if (tls === undefined) return;
    const path = ['links', index, 'tls'] as const;
    const has = (key: string): boolean => at(tls, key) !== undefined;
    const calls = at(tls, 'call') !== false && at(link, 'peer', 'address') !== undefined;
    if (calls && !has('ca') && !has('fingerprint')) {
      complain(path, 'ca or fingerprint is wanted: without either, anybody could answer as this peer');
    }
    if (has('certificate') !== has('key')) {
      complain(path, 'certificate and key belong together: give both, or neither');
    }
    if (at(tls, 'sni') === true && !has('serverName')) {
      complain([...path, 'sni'], 'serverName is wanted: it is what SNI tells the peer');
    }
    if (at(tls, 'requireClientCertificate') === true) {
      if (!has('ca') && !has('fingerprint')) {
        complain([...path, 'requireClientCertificate'], 'ca or fingerprint is wanted, to compare it with');
      }
      if (!asks) {
        complain(
          [...path, 'requireClientCertificate'],
          'no entry of listen has tls.requestClientCertificate: true, so this peer could never call',
        );
      }
    }
    if (at(tls, 'required') !== false && !calls && !secure) {
      complain(
        [...path, 'required'],
        'no entry of listen has tls, and the peer is not called: no mail could flow',
      );
    }
  });
}
