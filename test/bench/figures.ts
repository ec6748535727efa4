// Figures that several benchmarks tell: the API's memory, the middle of the rounds, two decimals.
import fs from 'node:fs';

/** Resident memory in MB of the API: the child of ours that runs it; 0 when there is none. */
export function apiRssMb(): number {
  for (const pid of fs.readdirSync('/proc').filter((name) => /^\d+$/u.test(name))) {
    try {
      const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
      const isChild = new RegExp(`^PPid:\\s+${process.pid}$`, 'mu').test(status);
      if (isChild && fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('app/main.js')) return Math.round(Number(/VmRSS:\s+(\d+)/u.exec(status)?.[1]) / 1024);
    } catch {
      // it ended while we looked
    }
  }
  return 0;
}

/** The middle value; of two, the mean of both. 0 when there is none. */
export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

export const round2 = (value: number): number => Math.round(value * 100) / 100;
