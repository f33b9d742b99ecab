// Two network namespaces of Linux joined by one virtual cable, and rules that lose packets on it. Needs root,
// iproute2 and iptables. Whatever happens, the namespaces go with the test, and with them cable and rules.

import { execFileSync, spawnSync } from 'node:child_process';

export interface Namespace {
  readonly name: string;
  readonly address: string;
  readonly device: string;
  /** What a command in this namespace begins with. */
  readonly within: readonly string[];
}

export interface TwoNamespaces {
  readonly a: Namespace;
  readonly b: Namespace;
  /** Loses this share of the packets, each way. 0: none. */
  lose(share: number): void;
  /** Packets that the rules have dropped and let through so far, of both ways. */
  counted(): { readonly dropped: number; readonly passed: number };
  remove(): void;
}

/** Known to these two namespaces alone. */
const SUBNET = '10.213.7';

/** Why there can be none here; undefined where there can. */
export function namespacesMissing(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces are there on Linux only';
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  for (const program of ['ip', 'iptables']) {
    if (spawnSync(program, ['-V']).status !== 0) return `${program} not found`;
  }
  const probe = `chappe-probe-${process.pid}`;
  if (spawnSync('ip', ['netns', 'add', probe]).status !== 0) return 'this machine makes no network namespace';
  const rule = ['netns', 'exec', probe, 'iptables', ...dropRule('lo', 0.5)];
  const works = spawnSync('ip', rule).status === 0;
  spawnSync('ip', ['netns', 'del', probe]);
  return works ? undefined : 'iptables has no statistic match here';
}

export function twoNamespaces(): TwoNamespaces {
  const a = namespace('a', `${SUBNET}.1`);
  const b = namespace('b', `${SUBNET}.2`);
  const remove = (): void => {
    for (const { name } of [a, b]) spawnSync('ip', ['netns', 'del', name]);
  };
  // Also when the test process ends without having come to its cleaning.
  process.once('exit', remove);
  try {
    for (const { name } of [a, b]) ip('netns', 'add', name);
    ip('link', 'add', a.device, 'netns', a.name, 'type', 'veth', 'peer', 'name', b.device, 'netns', b.name);
    for (const { name, address, device } of [a, b]) {
      ip('-n', name, 'address', 'add', `${address}/30`, 'dev', device);
      ip('-n', name, 'link', 'set', 'lo', 'up');
      ip('-n', name, 'link', 'set', device, 'up');
      // The network's own repetitions come soon: more associations get on, and fail half way, in less time.
      ip('-n', name, 'route', 'replace', `${SUBNET}.0/30`, 'dev', device, 'src', address, 'rto_min', '5ms');
    }
  } catch (error) {
    remove();
    throw error;
  }
  let before = { dropped: 0, passed: 0 };
  const counted = (): { dropped: number; passed: number } => {
    const listed = [a, b].map(({ name }) => inside(name, 'iptables', '-v', '-S')).join('\n');
    return {
      dropped: before.dropped + packetsOf('DROP', listed),
      passed: before.passed + packetsOf('ACCEPT', listed),
    };
  };
  return {
    a,
    b,
    lose: (share) => {
      before = counted();
      for (const { name, device } of [a, b]) {
        inside(name, 'iptables', '-F');
        if (share === 0) continue;
        inside(name, 'iptables', ...dropRule(device, share));
        inside(name, 'iptables', '-A', 'INPUT', '-i', device, '-j', 'ACCEPT');
      }
    },
    counted,
    remove: () => {
      process.off('exit', remove);
      remove();
    },
  };
}

function namespace(side: string, address: string): Namespace {
  const name = `chappe-${process.pid}-${side}`;
  return { name, address, device: `ch${process.pid}${side}`, within: ['ip', 'netns', 'exec', name] };
}

function dropRule(device: string, share: number): readonly string[] {
  const statistic = ['-m', 'statistic', '--mode', 'random', '--probability', String(share)];
  return ['-A', 'INPUT', '-i', device, ...statistic, '-j', 'DROP'];
}

/** Packets that rules of this verdict met, in a listing with counts. */
function packetsOf(verdict: 'DROP' | 'ACCEPT', listed: string): number {
  const rules = listed.split('\n').filter((line) => line.startsWith('-A') && line.includes(`-j ${verdict}`));
  return rules.reduce((sum, rule) => sum + Number(/-c (\d+) /.exec(rule)?.[1] ?? 0), 0);
}

function inside(name: string, ...command: readonly string[]): string {
  return ip('netns', 'exec', name, ...command);
}

function ip(...args: readonly string[]): string {
  return execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'pipe'] }).toString();
}
