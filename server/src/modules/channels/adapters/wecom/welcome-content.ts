// What a welcome says: a text, and at most one thing to tap.
import type { WindowSend } from '../../adapter.js';

export interface WelcomeContent {
  text: string;
  attachment?: Exclude<WindowSend['content'], { type: 'text' }> | undefined;
}
