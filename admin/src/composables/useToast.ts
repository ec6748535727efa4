// Short messages at the foot of the screen, read out by screen readers.
import { shallowRef } from 'vue';

export interface Toast {
  id: number;
  text: string;
  tone: 'good' | 'bad';
}

const SHOWN_FOR_MS = 4_000;
let lastId = 0;
export const toasts = shallowRef<Toast[]>([]);

export function dismissToast(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

/** Shows a sentence for four seconds. */
export function toast(text: string, tone: Toast['tone'] = 'good'): void {
  lastId += 1;
  const id = lastId;
  toasts.value = [...toasts.value, { id, text, tone }];
  setTimeout(() => dismissToast(id), SHOWN_FOR_MS);
}
