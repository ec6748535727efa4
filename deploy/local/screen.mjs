// What the person at the terminal sees: one line per step, moving while it works, and the box at the end.
import path from 'node:path';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const SHOW_AFTER_MS = 400;
const PLAIN_EVERY_MS = 10_000;

const seconds = (ms) => (ms < 950 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

/** A screen on a stream: a moving line on a terminal, plain lines elsewhere. */
export class Screen {
  constructor(out = process.stdout) {
    this.out = out;
    this.isTerminal = Boolean(out.isTTY);
    this.current = undefined;
  }

  /** Prints whole lines without disturbing the moving one. */
  say(text) {
    if (this.current && this.isTerminal) this.out.write('\r\u001B[K');
    this.out.write(`${text}\n`);
  }

  /**
   * Runs one step and shows it: `work` gets a function that sets the detail shown beside the title.
   * @template T
   * @param {string} title
   * @param {(detail: (text: string) => void) => Promise<T>} work
   * @returns {Promise<T>}
   */
  async step(title, work) {
    const began = Date.now();
    const step = { title, detail: '', began, frame: 0 };
    this.current = step;
    const timer = this.isTerminal ? setInterval(() => this.draw(step), 90) : this.plainTimer(step);
    try {
      const result = await work((text) => (step.detail = text));
      this.finish(`✓ ${title}`, seconds(Date.now() - began));
      return result;
    } catch (error) {
      this.finish(`✗ ${title}`, seconds(Date.now() - began));
      throw error;
    } finally {
      clearInterval(timer);
      this.current = undefined;
    }
  }

  draw(step) {
    const passed = Date.now() - step.began;
    if (passed < SHOW_AFTER_MS) return;
    step.frame = (step.frame + 1) % FRAMES.length;
    const line = `${FRAMES[step.frame]} ${step.title}  ${seconds(passed)}  ${step.detail}`;
    this.out.write(`\r\u001B[K${line.slice(0, (this.out.columns ?? 80) - 1)}`);
  }

  plainTimer(step) {
    let shown = 0;
    return setInterval(() => {
      const passed = Date.now() - step.began;
      if (passed < 1000 || (shown > 0 && passed - shown < PLAIN_EVERY_MS)) return;
      shown = passed;
      this.out.write(`… ${step.title}${step.detail ? `: ${step.detail}` : ''}\n`);
    }, 250);
  }

  finish(text, time) {
    if (this.isTerminal) this.out.write('\r\u001B[K');
    this.out.write(`${text}  ${time}\n`);
  }
}

/** Display columns of a text: CJK characters take two. */
function width(text) {
  let columns = 0;
  for (const char of text) columns += /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60]/u.test(char) ? 2 : 1;
  return columns;
}

/** The lines in a frame. */
export function box(lines) {
  const inner = Math.max(...lines.map(width));
  const rows = lines.map((line) => `│  ${line}${' '.repeat(inner - width(line))}  │`);
  const bar = '─'.repeat(inner + 4);
  return [`┌${bar}┐`, ...rows, `└${bar}┘`].join('\n');
}

/** A path as short as it can be said from the working folder. */
export function shown(file) {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith('..') ? file : relative;
}
