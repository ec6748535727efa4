// How far the story is: a bar that moves on a terminal, plain lines elsewhere.
const WIDTH = 24;
const LINES = 4; // where nothing can be overwritten, so many lines per phase are enough

export class Progress {
  private readonly out: NodeJS.WriteStream;
  private label = '';
  private total = 0;
  private done = 0;
  private since = 0;
  private shownAt = 0;

  constructor(out: NodeJS.WriteStream = process.stdout) {
    this.out = out;
  }

  /** Begins the next phase; the one before is finished. */
  phase(label: string, total: number): void {
    Object.assign(this, { label, total, done: 0, since: Date.now(), shownAt: 0 });
    this.show();
  }

  /** One step of the phase is done. */
  step(by = 1): void {
    const before = this.done;
    this.done = Math.min(this.total, this.done + by);
    const isLast = this.done === this.total && before < this.total;
    if (this.out.isTTY) {
      if (isLast || Date.now() - this.shownAt > 80) this.show();
      if (isLast) this.out.write('\n');
    } else if (Math.floor((this.done * LINES) / this.total) > Math.floor((before * LINES) / this.total)) this.show();
  }

  private show(): void {
    this.shownAt = Date.now();
    const line = progressLine({ label: this.label, done: this.done, total: this.total, ms: Date.now() - this.since });
    if (this.out.isTTY) this.out.write(`\r\u001B[2K${line}`);
    else this.out.write(`${line}\n`);
  }
}

/** One line, for example `  顾客到店 Customers come in  ████░░░░  120/300  about 9 s left`. */
export function progressLine({ label, done, total, ms }: { label: string; done: number; total: number; ms: number }): string {
  const full = Math.round((done / total) * WIDTH);
  const bar = '█'.repeat(full) + '░'.repeat(WIDTH - full);
  const seconds = done === 0 ? undefined : Math.ceil(((ms / done) * (total - done)) / 1000);
  const time = done === total ? `${(ms / 1000).toFixed(1)} s` : seconds === undefined ? '' : `about ${seconds} s left`;
  return `  ${padded(label, 32)} ${bar}  ${done}/${total}  ${time}`.trimEnd();
}

/** Chinese characters take two columns. */
export function columns(text: string): number {
  return [...text].reduce((sum, letter) => sum + (letter.codePointAt(0)! > 0x2e7f ? 2 : 1), 0);
}

/** The text with blanks up to `width` columns. */
export const padded = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - columns(text)));
