// Loaded into a Chappe before it starts (`node --import`): watches how long each turn of its event loop
// takes, by the wall and by the processor time of the main thread. The second is the MTA's own doing,
// however busy the machine is. On SIGUSR2 appends what it saw since the last time to the file
// LOOP_MONITOR_FILE, as one JSON line, and begins anew.

import { appendFileSync } from 'node:fs';
import process from 'node:process';

const file = process.env.LOOP_MONITOR_FILE;
let wall: number[] = [];
let cpu: number[] = [];

/**
 * Asking for the whole process makes the kernel bring the running thread's account up to date, which else
 * lacks what it did since the last tick (4 ms).
 */
function cpuTime_ms(): number {
  process.cpuUsage();
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

let wallBefore = performance.now();
let cpuBefore = cpuTime_ms();

function look(): void {
  const [wallNow, cpuNow] = [performance.now(), cpuTime_ms()];
  // The timer itself takes a millisecond.
  wall.push(Math.max(0, wallNow - wallBefore - 1));
  cpu.push(cpuNow - cpuBefore);
  [wallBefore, cpuBefore] = [wallNow, cpuNow];
  setTimeout(look, 1).unref();
}

function summary(gaps: number[]): object {
  gaps.sort((a, b) => a - b);
  const at = (share: number): number => gaps[Math.min(gaps.length - 1, Math.floor(gaps.length * share))] ?? 0;
  return {
    turns: gaps.length,
    p50_ms: at(0.5),
    p99_ms: at(0.99),
    max_ms: gaps.at(-1) ?? 0,
    longest_ms: gaps.slice(-12),
  };
}

if (file !== undefined) {
  look();
  process.on('SIGUSR2', () => {
    appendFileSync(file, `${JSON.stringify({ wall: summary(wall), cpu: summary(cpu) })}\n`);
    wall = [];
    cpu = [];
  });
}
