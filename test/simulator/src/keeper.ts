import { saveWorld } from './snapshot.ts';
import type { World } from './world.ts';

const EVERY_MS = 3000;
/** A world larger than this is saved at the end only: writing it every few seconds would slow it down. */
const LARGE = 20_000;

/** Saves a world to its file while it changes, and once more at the end. */
export class Keeper {
  private changed = false;
  private saving: Promise<void> = Promise.resolve();
  private readonly timer: NodeJS.Timeout;
  private readonly world: World;
  private readonly file: string;

  constructor(world: World, file: string) {
    this.world = world;
    this.file = file;
    this.timer = setInterval(() => this.tick(), EVERY_MS);
    this.timer.unref();
  }

  /** Something may have changed since the last save. */
  touch(): void {
    this.changed = true;
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.saving;
    await saveWorld(this.world, this.file);
  }

  private tick(): void {
    if (!this.changed || this.world.people.size > LARGE) return;
    this.changed = false;
    this.saving = saveWorld(this.world, this.file).catch((error: unknown) => {
      process.stderr.write(`simulator state not saved: ${String(error)}\n`);
    });
  }
}
