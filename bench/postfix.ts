// A Postfix of its own for the relay bench: a whole instance in a temporary directory, on a free port, with a
// relay host. Not tuned against itself: no DNS, no chroot, no flow delay, logging to a file as ours does.
// Needs root (Postfix does).

import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const services = `127.0.0.1:PORT inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`;

export interface PostfixInstance {
  stop(): void;
}

/** Whether Postfix and its test programs are on this machine, and we may start it. */
export function hasPostfix(): boolean {
  return spawnSync('smtp-sink', ['-h']).error === undefined && process.getuid?.() === 0;
}

/** Starts a Postfix that listens on `port` and relays everything to `relayPort`. */
export function startPostfix(port: number, relayPort: number): PostfixInstance {
  const directory = mkdtempSync(join(tmpdir(), 'chappe-postfix-'));
  chmodSync(directory, 0o755);
  const [config, queue, data] = ['config', 'queue', 'data'].map((name) => join(directory, name));
  for (const each of [config, queue, data]) mkdirSync(each);
  execFileSync('chown', ['postfix', data]);
  writeFileSync(join(config, 'master.cf'), services.replace('PORT', String(port)));
  writeFileSync(
    join(config, 'main.cf'),
    `compatibility_level = 3.6
queue_directory = ${queue}
data_directory = ${data}
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
myhostname = relay.bench
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
relayhost = [127.0.0.1]:${relayPort}
disable_dns_lookups = yes
smtp_host_lookup = native
smtpd_peername_lookup = no
smtp_tls_security_level = none
smtpd_tls_security_level = none
in_flow_delay = 0
alias_maps =
local_recipient_maps =
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
maillog_file = ${join(directory, 'maillog')}
maillog_file_prefixes = ${directory}
`,
  );
  execFileSync('postfix', ['-c', config, 'start'], { stdio: 'ignore' });
  return {
    stop() {
      spawnSync('postfix', ['-c', config, 'stop'], { stdio: 'ignore' });
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
